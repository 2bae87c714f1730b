/**
 * Echo: from a key in the presenter's terminal to the character in an observer's. The program is `cat`, so that the
 * kernel echoes and nothing else of the session is measured.
 */
import type { Bench } from './bench.js';
import { type Contestant, dismiss, watchers } from './contestant.js';
import { CALM_MS, keysOf, press, TURN_KEYS } from './keys.js';
import { cpuSeconds } from './processes.js';
import { type Outcome, quantile, type Result, ratio } from './table.js';
import { sleep, type Terminal } from './terminals.js';

const US_PER_S = 1e6;
/** Times tmux over sshd. */
const GOAL_ALONE = 1.5;
const GOAL_MANY = 0.7;
const GOAL_P99 = 1;
const MANY = 50;

interface Side {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly latenciesMs: number[];
  cpuS: number;
  keys: number;
}

export async function echo(bench: Bench): Promise<Outcome> {
  const results: Result[] = [];
  for (const count of bench.measures.echoObservers) results.push(...(await measure(bench, count)));
  return { results, wrong: [] };
}

async function measure(bench: Bench, count: number): Promise<Result[]> {
  const sides: Side[] = [];
  for (const contestant of [await bench.lectern, await bench.tmux]) {
    const terminals = await watchers(bench.all, contestant, count);
    await contestant.stage.type('clear; cat\r');
    sides.push({ contestant, terminals, latenciesMs: [], cpuS: 0, keys: 0 });
  }
  await sleep(CALM_MS);
  for (let typed = 0; typed < bench.measures.keys; typed += TURN_KEYS) for (const side of sides) await turn(side);
  for (const { contestant, terminals } of sides) {
    await contestant.stage.type('\x03');
    await dismiss(terminals);
  }
  return rows(sides[0]!, sides[1]!, count);
}

async function turn(side: Side): Promise<void> {
  const { stage, pids } = side.contestant;
  const before = cpuSeconds(pids);
  for await (const key of keysOf(stage)) side.latenciesMs.push(...(await press(stage, side.terminals, key)));
  side.cpuS += cpuSeconds(pids) - before;
  side.keys += TURN_KEYS;
}

function rows(ours: Side, theirs: Side, count: number): Result[] {
  const who = count === 1 ? '1 observer' : `${count} observers`;
  const line = (name: string, share: number, goal?: number): Result => {
    const lectern = quantile(ours.latenciesMs, share);
    const tmux = quantile(theirs.latenciesMs, share);
    return {
      part: 'echo',
      what: `${name}, ${who}`,
      unit: 'ms',
      figures: { lectern, tmux },
      ratio: ratio(lectern, tmux),
      ...(goal !== undefined && { goal }),
    };
  };
  const cpu = ({ cpuS, keys }: Side) => (cpuS * US_PER_S) / keys / count;
  return [
    line('p50', 0.5, count === 1 ? GOAL_ALONE : count >= MANY ? GOAL_MANY : undefined),
    line('p90', 0.9),
    line('p99', 0.99, GOAL_P99),
    {
      part: 'echo',
      what: `CPU per key and observer, ${who}`,
      unit: 'us',
      figures: { lectern: cpu(ours), tmux: cpu(theirs) },
      ratio: ratio(cpu(ours), cpu(theirs)),
    },
  ];
}
