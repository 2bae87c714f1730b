/**
 * A flood: `cat` of a coloured log with observers, or `yes`. How long the presenter's terminal needs, what each observer
 * gets, and when everybody's screen is right.
 */
import type { Bench } from './bench.js';
import type { Contestant } from './contestant.js';
import { type Audience, audienceOf, type Flood, goHome, logFlood, play, type Round, yesFlood } from './rounds.js';
import { medianOfAll, type Name, type Outcome, type Result, ratio } from './table.js';

/** Times `script`, times tmux, and times itself with nobody there. */
const GOAL_SCRIPT = 1.15;
const GOAL_TMUX = 0.6;
const GOAL_CROWD = 1.3;
const GOAL_OBSERVER_MB = 0.15;
const GOAL_LAG_MS = 100;
const FEW = 3;

type Rounds = ReadonlyMap<Name, readonly Round[]>;

/** A log, with nobody there and with a few. */
export async function flood(bench: Bench): Promise<Outcome> {
  const log = logFlood(bench, bench.measures.floodBytes);
  const results: Result[] = [];
  const wrong: string[] = [];
  for (const observers of bench.measures.floodObservers) {
    const contestants = [await bench.lectern, await bench.script, ...(await bench.watched()).slice(1)];
    const rounds = await inTurns(bench, contestants, observers, bench.measures.rounds, log);
    const who = observers === 0 ? 'nobody watches' : `${observers} watch`;
    results.push(...against(rounds, who), ...(observers > 0 ? seen(rounds, who) : []));
    wrong.push(...faults(rounds, who));
  }
  return { results, wrong };
}

/** The same with many, beside itself with nobody. */
export async function crowdFlood(bench: Bench): Promise<Outcome> {
  const log = logFlood(bench, bench.measures.floodBytes);
  const pair = [await bench.lectern, await bench.tmux];
  const none = await inTurns(bench, [pair[0]!], 0, bench.measures.crowdRounds * 2, log);
  const many = await inTurns(bench, pair, bench.measures.crowd, bench.measures.crowdRounds, log);
  const who = `${bench.measures.crowd} watch`;
  const [alone, crowd] = [none, many].map((rounds) => msOf(rounds, 'lectern')) as [number | null, number | null];
  return {
    results: [
      {
        part: 'crowd-flood',
        what: `presenter, ${who}, against nobody`,
        unit: 'ms',
        figures: { lectern: crowd, tmux: msOf(many, 'tmux') },
        ratio: ratio(crowd, alone),
        goal: GOAL_CROWD,
      },
      ...seen(many, who).map((result) => ({ ...result, part: 'crowd-flood' })),
    ],
    wrong: [...faults(none, 'nobody watches'), ...faults(many, who)],
  };
}

/** Lines that are all the same: nothing but scrolling. */
export async function yes(bench: Bench): Promise<Outcome> {
  const contestants = [await bench.lectern, await bench.script, await bench.tmux];
  const lines = yesFlood(bench.measures.floodBytes);
  const rounds = await inTurns(bench, contestants, FEW, bench.measures.crowdRounds, lines);
  const who = `${FEW} watch`;
  const results = [...against(rounds, who), ...seen(rounds, who)];
  return { results: results.map((result) => ({ ...result, part: 'yes' })), wrong: faults(rounds, who) };
}

async function inTurns(
  bench: Bench,
  contestants: readonly Contestant[],
  observers: number,
  count: number,
  what: Flood,
): Promise<Rounds> {
  const audiences: Audience[] = [];
  for (const contestant of contestants) audiences.push(await audienceOf(bench, contestant, observers));
  const rounds = new Map<Name, Round[]>(contestants.map(({ name }) => [name, []]));
  for (let i = 0; i < count; i++) {
    for (const audience of audiences) {
      rounds.get(audience.contestant.name)!.push(await play(audience, what, bench.measures));
    }
  }
  for (const audience of audiences) await goHome(audience);
  return rounds;
}

function msOf(rounds: Rounds, name: Name): number | null {
  return medianOfAll((rounds.get(name) ?? []).map(({ ms }) => ms));
}

function figuresOf(rounds: Rounds, pick: (round: Round) => number | null): Result['figures'] {
  return Object.fromEntries([...rounds].map(([name, list]) => [name, medianOfAll(list.map(pick))]));
}

function against(rounds: Rounds, who: string): Result[] {
  const figures = figuresOf(rounds, ({ ms }) => ms);
  return [
    {
      part: 'flood',
      what: `presenter against script, ${who}`,
      unit: 'ms',
      figures,
      ratio: ratio(figures.lectern, figures.script),
      goal: GOAL_SCRIPT,
    },
    {
      part: 'flood',
      what: `presenter against tmux, ${who}`,
      unit: 'ms',
      figures: { lectern: figures.lectern ?? null, tmux: figures.tmux ?? null },
      ratio: ratio(figures.lectern, figures.tmux),
      goal: GOAL_TMUX,
    },
  ];
}

function seen(rounds: Rounds, who: string): Result[] {
  const watched: Rounds = new Map([...rounds].filter(([name]) => name !== 'script'));
  const line = (what: string, unit: string, pick: (round: Round) => number | null, goal: number): Result => ({
    part: 'flood',
    what: `${what}, ${who}`,
    unit,
    figures: figuresOf(watched, pick),
    goal,
  });
  return [
    line('each observer gets', 'MB', ({ observerMb }) => observerMb, GOAL_OBSERVER_MB),
    line('last screen right after', 'ms', ({ lagMs }) => lagMs, GOAL_LAG_MS),
  ];
}

function faults(rounds: Rounds, who: string): string[] {
  const ours = rounds.get('lectern') ?? [];
  return [
    ...(ours.some(({ lost }) => lost) ? [`flood: bytes of the presenter were lost or changed, ${who}`] : []),
    ...(ours.some(({ lagMs }) => lagMs === null) ? [`flood: an observer did not get the right screen, ${who}`] : []),
  ];
}
