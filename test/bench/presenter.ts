/** The presenter's own echo: from a key in his terminal to the character in it, with more and more who watch. */
import type { Bench } from './bench.js';
import { bare, type Contestant, crowdOf, dismiss } from './contestant.js';
import { CALM_MS, keysOf, press } from './keys.js';
import { type Outcome, quantile, type Result, ratio } from './table.js';
import { sleep, type Terminal } from './terminals.js';

/** Above a bare terminal, in ms. */
const GOAL_ABOVE_MS = 0.5;
/** Times that without observers. */
const GOAL_P99 = 1.3;

type Times = number[];

export async function presenter(bench: Bench): Promise<Outcome> {
  const { keys, turnKeys } = bench.measures;
  const ours = await bench.lectern;
  const sides = new Map<Contestant, Times>([
    [await bare(bench.all), []],
    [ours, []],
    [await bench.tmux, []],
  ]);
  for (const { stage } of sides.keys()) await stage.type('clear; cat\r');
  const counts = new Map<number, Times>();
  const crowd: Terminal[] = [];
  for (const count of bench.measures.presenterObservers) {
    crowd.push(...(await crowdOf(bench.crowd, ours, count - crowd.length)));
    await sleep(CALM_MS);
    const times: Times = [];
    for (let typed = 0; typed < keys; typed += turnKeys) {
      if (count > 0) await turn(ours, times, turnKeys);
      else for (const [side, list] of sides) await turn(side, list, turnKeys);
    }
    counts.set(count, count > 0 ? times : sides.get(ours)!);
  }
  for (const { stage, name, end } of sides.keys()) {
    await stage.type('\x03');
    if (name === 'bare') end();
  }
  await dismiss(crowd);
  return { results: [...alone(sides), ...among(counts)], wrong: [] };
}

async function turn({ stage }: Contestant, times: Times, keys: number): Promise<void> {
  for await (const key of keysOf(stage, keys)) times.push(...(await press(stage, [stage], key)));
}

function alone(sides: ReadonlyMap<Contestant, Times>): Result[] {
  const figures = (share: number) =>
    Object.fromEntries([...sides].map(([{ name }, times]) => [name, quantile(times, share)]));
  const [p50, p99] = [figures(0.5), figures(0.99)] as const;
  return [
    { part: 'presenter', what: 'p50, no observer', unit: 'ms', figures: p50 },
    {
      part: 'presenter',
      what: 'p50 above a bare terminal',
      unit: 'ms',
      figures: { lectern: p50['lectern']! - p50['bare']!, tmux: p50['tmux']! - p50['bare']! },
      goal: GOAL_ABOVE_MS,
    },
    { part: 'presenter', what: 'p99, no observer', unit: 'ms', figures: p99 },
  ];
}

function among(counts: ReadonlyMap<number, Times>): Result[] {
  const none = quantile(counts.get(0) ?? [], 0.99);
  return [...counts]
    .filter(([count]) => count > 0)
    .flatMap(([count, times]) => {
      const line = (what: string, share: number): Result => ({
        part: 'presenter',
        what: `${what}, ${count} observers`,
        unit: 'ms',
        figures: { lectern: quantile(times, share) },
      });
      const p99 = line('p99', 0.99);
      return [line('p50', 0.5), { ...p99, ratio: ratio(p99.figures.lectern, none), goal: GOAL_P99 }];
    });
}
