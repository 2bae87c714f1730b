/**
 * An observer behind a bad link: 100 ms there and back, 1 Mbit/s, one segment in a hundred lost. How old what he sees is
 * while something moves, and how long after a flood he has the right screen.
 */
import { animation } from './animate.js';
import type { Bench } from './bench.js';
import { type Contestant, dismiss } from './contestant.js';
import { BAD, Link } from './link.js';
import { type Audience, logFlood, play, type Round } from './rounds.js';
import { Eye, screenAfter } from './screens.js';
import { drawn, Sights } from './staleness.js';
import { medianOfAll, type Name, type Outcome, quantile, type Result } from './table.js';
import { sleep, type Terminal } from './terminals.js';

const FPS = 20;
/** A few hundred bytes a picture: some 60 kbit/s. */
const LINES = 2;
const DONE = '@DONE@';
const GOAL_LATE_MS = 150;
const GOAL_P50_MS = BAD.delayMs + 15;

interface Line {
  readonly contestant: Contestant;
  readonly terminal: Terminal;
  readonly link: Link;
}

interface Found {
  readonly delaysMs: readonly number[];
  readonly right: boolean;
  readonly rounds: readonly Round[];
}

export async function badLink(bench: Bench): Promise<Outcome> {
  const found = new Map<Name, Found>();
  for (const contestant of await bench.watched()) {
    if (contestant.through === null) continue;
    const link = await Link.open(bench.folder, contestant.port, BAD);
    const terminal = await bench.all.open(contestant.glass, contestant.through(link.port));
    await terminal.mark('\x1b[');
    await sleep(bench.measures.linkMs);
    const line = { contestant, terminal, link };
    found.set(contestant.name, { ...(await moved(bench, line)), rounds: await flooded(bench, line) });
    await dismiss([terminal]);
    link.close();
  }
  return { results: results(found), wrong: faults(found.get('lectern')!) };
}

async function moved(bench: Bench, { contestant: { stage, glass }, terminal }: Line) {
  const before = (await terminal.printed()).bytes;
  await terminal.clear();
  await stage.clear();
  const done = stage.mark(DONE);
  await stage.type(`${animation(FPS, bench.measures.animationMs, LINES)}\r`);
  await done;
  await sleep(bench.measures.linkMs);
  const printed = await stage.printed();
  const sights = new Sights(drawn(printed), screenAfter(stage.size, printed.bytes), glass);
  return sights.of(before, await terminal.printed());
}

async function flooded(bench: Bench, { contestant, terminal }: Line): Promise<Round[]> {
  const audience: Audience = { contestant, terminals: [terminal], eyes: [new Eye(terminal.size)] };
  const flood = logFlood(bench, bench.measures.linkBytes);
  const rounds: Round[] = [];
  // One who queues everything is as late in one round as in three.
  const count = contestant.name === 'lectern' ? bench.measures.linkRounds : 1;
  for (let i = 0; i < count; i++) rounds.push(await play(audience, flood, { afterMs: bench.measures.linkMs }));
  return rounds;
}

function results(found: ReadonlyMap<Name, Found>): Result[] {
  const line = (what: string, unit: string, pick: (one: Found) => number | null, goal?: number): Result => ({
    part: 'link',
    what,
    unit,
    figures: Object.fromEntries([...found].map(([name, one]) => [name, pick(one)])),
    ...(goal !== undefined && { goal }),
  });
  return [
    line('age of a picture, p50', 'ms', ({ delaysMs }) => quantile(delaysMs, 0.5), GOAL_P50_MS),
    line('age of a picture, p99', 'ms', ({ delaysMs }) => quantile(delaysMs, 0.99)),
    line(
      'right screen after a flood',
      'ms',
      ({ rounds }) => medianOfAll(rounds.map(({ lagMs }) => lagMs)),
      GOAL_LATE_MS,
    ),
    line('observer gets of it', 'MB', ({ rounds }) => medianOfAll(rounds.map(({ observerMb }) => observerMb))),
    line('flood at the presenter', 'ms', ({ rounds }) => medianOfAll(rounds.map(({ ms }) => ms))),
  ];
}

function faults({ right, rounds }: Found): string[] {
  return [
    ...(right ? [] : ['link: the observer does not have the right screen after an animation']),
    ...(rounds.some(({ lagMs }) => lagMs === null) ? ['link: the observer did not get the right screen'] : []),
    ...(rounds.some(({ lost }) => lost) ? ['link: bytes of the presenter were lost or changed'] : []),
  ];
}
