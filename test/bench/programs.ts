/**
 * Recorded programs: an editor, a pager, a process viewer, a file manager, a build. What each observer is sent while one
 * is played, at his terminal and on the wire, with and without `ssh -C`; and whether he sees what the presenter sees, in
 * the middle of it and at its end.
 */
import { basename } from 'node:path';
import { recordings } from '../support/recordings.js';
import type { Bench } from './bench.js';
import { type Contestant, dismiss } from './contestant.js';
import { Link, PERFECT } from './link.js';
import { firstMsOf, playing } from './play.js';
import { difference, Eye, screenAfter } from './screens.js';
import { type Name, type Outcome, type Result, ratio } from './table.js';
import { sleep, type Terminal } from './terminals.js';

/** A recording that ends in the middle leaves its colours and modes behind. */
const RESET = "printf '\\033c'\r";
/** A node that plays has started, and everybody has what came last, by then, in ms. */
const AFTER_MS = 500;
const KB = 1e3;
const GOAL_EACH = 1;
const GOAL_SUM = 0.8;
const GOAL_COMPRESSED = 0.4;

/** One observer: his terminal, and the way to it, on which bytes are counted. */
interface Seat {
  readonly name: Name;
  readonly compressed: boolean;
  readonly contestant: Contestant;
  readonly terminal: Terminal;
  readonly link: Link;
}

interface Bytes {
  readonly seat: Seat;
  /** At the terminal. */
  readonly seen: number;
  /** Between server and client: with what SSH adds. */
  readonly wire: number;
  /** Where he did not see what the presenter saw; '' for nowhere. */
  readonly differs: string;
}

export async function programs(bench: Bench): Promise<Outcome> {
  const seats = [
    await seat(bench, await bench.lectern, false),
    await seat(bench, await bench.lectern, true),
    await seat(bench, await bench.tmux, false),
  ];
  const played: { name: string; bytes: readonly Bytes[] }[] = [];
  const paths = recordings().toSorted((a, b) => firstMsOf(a) - firstMsOf(b));
  for (const path of paths.slice(0, bench.measures.recordings)) {
    played.push({ name: basename(path, '.cast'), bytes: await play(seats, path) });
  }
  for (const stage of new Set(seats.map(({ contestant }) => contestant.stage))) await stage.type(RESET);
  await dismiss(seats.map(({ terminal }) => terminal));
  for (const { link } of seats) link.close();
  return {
    results: results(played),
    wrong: played.flatMap(({ name, bytes }) =>
      bytes
        .filter(({ seat, differs }) => differs !== '' && seat.name === 'lectern')
        .map(({ differs }) => `programs: an observer does not see what the presenter sees of ${name}: ${differs}`),
    ),
  };
}

async function seat(bench: Bench, contestant: Contestant, compressed: boolean): Promise<Seat> {
  const link = await Link.open(bench.folder, contestant.port, PERFECT);
  const [ssh, ...words] = contestant.through!(link.port);
  const terminal = await bench.all.open(contestant.glass, [ssh!, ...(compressed ? ['-C'] : []), ...words]);
  await terminal.mark('\x1b[');
  return { name: contestant.name, compressed, contestant, terminal, link };
}

async function play(seats: readonly Seat[], path: string): Promise<Bytes[]> {
  const contestants = [...new Set(seats.map(({ contestant }) => contestant))];
  for (const { stage } of contestants) await stage.clear();
  for (const { stage } of contestants) await stage.type(RESET);
  await sleep(AFTER_MS);
  const before = await counts(seats);
  const halves = await playHalves(contestants, seats, path);
  const after = await counts(seats);
  return seats.map((seat, i) => ({
    seat,
    seen: after[i]!.seen - before[i]!.seen,
    wire: after[i]!.wire - before[i]!.wire,
    differs: halves
      .map((half) => half[i]!)
      .filter(Boolean)
      .join('; '),
  }));
}

async function counts(seats: readonly Seat[]) {
  const list: { readonly seen: number; readonly wire: number }[] = [];
  for (const { terminal, link } of seats) {
    list.push({ seen: (await terminal.printed()).bytes.length, wire: await link.received(0) });
  }
  return list;
}

/** Plays both halves. @returns for each of them where each seat showed what its presenter did not see. */
async function playHalves(
  contestants: readonly Contestant[],
  seats: readonly Seat[],
  path: string,
): Promise<string[][]> {
  for (const { stage } of contestants) await stage.type(`${playing(path)}; printf '@%s@' END\r`);
  await sleep(firstMsOf(path) + 2 * AFTER_MS);
  const first = await compared(seats);
  const ended = contestants.map(({ stage }) => stage.mark('@END@'));
  for (const { stage } of contestants) await stage.type('x');
  await Promise.all(ended);
  await sleep(AFTER_MS);
  return [first, await compared(seats)];
}

/** What a terminal got is read from the beginning: it is never forgotten. */
async function compared(seats: readonly Seat[]): Promise<string[]> {
  const found: string[] = [];
  for (const { contestant, terminal } of seats) {
    const eye = new Eye(terminal.size);
    eye.take((await terminal.printed()).bytes);
    found.push(difference(eye.look(), screenAfter(contestant.stage.size, (await contestant.stage.printed()).bytes)));
  }
  return found;
}

function results(played: readonly { readonly name: string; readonly bytes: readonly Bytes[] }[]): Result[] {
  const kb = (bytes: readonly Bytes[], name: Name, compressed: boolean, pick: (one: Bytes) => number) =>
    bytes
      .filter(({ seat }) => seat.name === name && seat.compressed === compressed)
      .reduce((sum, one) => sum + pick(one), 0) / KB;
  const line = (what: string, bytes: readonly Bytes[], pick: (one: Bytes) => number, goal?: number): Result => {
    const figures = { lectern: kb(bytes, 'lectern', false, pick), tmux: kb(bytes, 'tmux', false, pick) };
    const compared = ratio(figures.lectern, figures.tmux);
    return { part: 'programs', what, unit: 'KB', figures, ratio: compared, ...(goal !== undefined && { goal }) };
  };
  const all = played.flatMap(({ bytes }) => bytes);
  const compressed = kb(all, 'lectern', true, ({ wire }) => wire);
  return [
    ...played.map(({ name, bytes }) => line(name, bytes, ({ seen }) => seen, GOAL_EACH)),
    line('all of them', all, ({ seen }) => seen, GOAL_SUM),
    line('all of them, on the wire', all, ({ wire }) => wire),
    {
      part: 'programs',
      what: 'all of them, on the wire with ssh -C, against without',
      unit: 'KB',
      figures: { lectern: compressed },
      ratio: ratio(
        compressed,
        kb(all, 'lectern', false, ({ wire }) => wire),
      ),
      goal: GOAL_COMPRESSED,
    },
  ];
}
