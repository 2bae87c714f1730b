/** One observer is stopped (SIGSTOP) while a flood goes by: what that does to the others, and how he comes back. */
import type { Bench } from './bench.js';
import { type Audience, audienceOf, goHome, logFlood, play, type Round } from './rounds.js';
import { medianOfAll, type Name, type Outcome, type Result, ratio } from './table.js';

const OBSERVERS = 3;
const KB = 1e3;
/** Times `script`, and times itself with nobody stopped: nothing that can be told from noise. */
const GOAL_SCRIPT = 1.15;
const GOAL_RATIO = 1.15;
const GOAL_WAKE_MS = 50;
const GOAL_LAG_MS = 100;

export async function stopped(bench: Bench): Promise<Outcome> {
  const log = logFlood(bench, bench.measures.floodBytes);
  const plain = await audienceOf(bench, await bench.script, 0);
  const script: Round[] = [];
  const audiences: Audience[] = [];
  for (const contestant of await bench.watched()) audiences.push(await audienceOf(bench, contestant, OBSERVERS));
  const awake = new Map<Name, Round[]>();
  const asleep = new Map<Name, Round[]>();
  for (let i = 0; i < bench.measures.rounds; i++) {
    script.push(await play(plain, log, bench.measures));
    for (const audience of audiences) {
      const { name } = audience.contestant;
      awake.set(name, [...(awake.get(name) ?? []), await play(audience, log, bench.measures)]);
      const sleeper = audience.terminals.at(-1)!;
      // One that stands still does so for STILL_MS, and once is enough to know.
      if (asleep.get(name)?.some(({ ms }) => ms === null)) continue;
      asleep.set(name, [...(asleep.get(name) ?? []), await play(audience, log, { ...bench.measures, sleeper })]);
    }
  }
  for (const audience of audiences) await goHome(audience);
  return {
    results: results(awake, asleep, script),
    wrong: faults([...awake.get('lectern')!, ...asleep.get('lectern')!]),
  };
}

type Rounds = ReadonlyMap<Name, readonly Round[]>;

function results(awake: Rounds, asleep: Rounds, script: readonly Round[]): Result[] {
  const figures = (rounds: Rounds, pick: (round: Round) => number | null) =>
    Object.fromEntries([...rounds].map(([name, list]) => [name, medianOfAll(list.map(pick))]));
  const line = (what: string, unit: string, pick: (round: Round) => number | null, goal?: number): Result => ({
    part: 'stopped',
    what,
    unit,
    figures: figures(asleep, pick),
    ...(goal !== undefined && { goal }),
  });
  const [full, one] = [figures(awake, ({ ms }) => ms), figures(asleep, ({ ms }) => ms)];
  const bare = medianOfAll(script.map(({ ms }) => ms));
  return [
    {
      ...line('presenter against script, one stopped', 'ms', ({ ms }) => ms, GOAL_SCRIPT),
      figures: { lectern: one['lectern']!, script: bare },
      ratio: ratio(one['lectern'], bare),
    },
    {
      ...line('presenter, against nobody stopped', 'ms', ({ ms }) => ms, GOAL_RATIO),
      ratio: ratio(one['lectern'], full['lectern']),
    },
    line('others right after', 'ms', ({ lagMs }) => lagMs, GOAL_LAG_MS),
    line('stopped one right after waking', 'ms', ({ wakeMs }) => wakeMs, GOAL_WAKE_MS),
    line('stopped one gets after waking', 'KB', ({ wakeBytes }) => wakeBytes / KB),
  ];
}

function faults(rounds: readonly Round[]): string[] {
  return [
    ...(rounds.some(({ lost }) => lost) ? ['stopped: bytes of the presenter were lost or changed'] : []),
    ...(rounds.some(({ lagMs }) => lagMs === null) ? ['stopped: an observer did not get the right screen'] : []),
    ...(rounds.slice(rounds.length / 2).some(({ wakeMs }) => wakeMs === null)
      ? ['stopped: a woken observer did not get the right screen']
      : []),
  ];
}
