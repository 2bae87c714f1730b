/**
 * A flood: `cat` of a coloured log with observers. How long the presenter's terminal needs, what each observer gets,
 * and when everybody's screen is right; the same with an observer who was stopped.
 */
import { join } from 'node:path';
import type { Frame } from '../../src/core/frame.js';
import { type Contestant, dismiss, GLASS, watchers } from './contestant.js';
import { writeLog } from './log.js';
import { Eye, screenAfter } from './screens.js';
import { median, type Result, ratio } from './table.js';
import { SIGCONT, SIGSTOP, sleep, type Terminal, type Terminals } from './terminals.js';

const OBSERVERS = 3;
/** Between the end at the presenter and the look at the observers: far more than the goal, in ms. */
const AFTER_MS = 1000;
const NS_PER_MS = 1e6;
const MEGABYTE = 1e6;

export interface FloodOptions {
  readonly bytes: number;
  readonly rounds: number;
  readonly folder: string;
}

interface Audience {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly eyes: readonly Eye[];
}

interface Round {
  readonly ms: number;
  readonly lost: boolean;
  /** Largest of the observers, in MB. */
  readonly observerMb: number;
  /** Longest of the observers, in ms after the presenter's end; null when one never got there. */
  readonly lagMs: number | null;
  /** The stopped observer, in ms after it was woken. */
  readonly wakeMs: number | null;
}

export async function flood(all: Terminals, contestants: readonly Contestant[], options: FloodOptions) {
  const path = join(options.folder, 'flood.log');
  const log = Buffer.from(writeLog(path, options.bytes).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  const audiences: Audience[] = [];
  for (const contestant of contestants) {
    const terminals = contestant.watch.length === 0 ? [] : await watchers(all, contestant, OBSERVERS);
    audiences.push({ contestant, terminals, eyes: terminals.map(() => new Eye(GLASS)) });
  }
  const plain = new Map<string, Round[]>();
  const stopped = new Map<string, Round[]>();
  for (let i = 0; i < options.rounds; i++) {
    for (const audience of audiences) {
      const { name } = audience.contestant;
      plain.set(name, [...(plain.get(name) ?? []), await play(audience, path, log, false)]);
      if (audience.eyes.length === 0) continue;
      stopped.set(name, [...(stopped.get(name) ?? []), await play(audience, path, log, true)]);
    }
  }
  for (const { terminals } of audiences) await dismiss(terminals);
  return { results: results(plain, stopped), wrong: faults(plain.get('lectern')!, stopped.get('lectern')!) };
}

let rounds = 0;

async function play(audience: Audience, path: string, log: Buffer, withStopped: boolean): Promise<Round> {
  const { stage } = audience.contestant;
  const sleeper = withStopped ? audience.terminals.at(-1)! : null;
  await bringUp(audience);
  await sleeper?.kill(SIGSTOP);
  const end = `@END-${++rounds}@`;
  const ended = stage.mark(end);
  const began = await stage.type(`cat ${path}; printf '@%s@\\n' END-${rounds}\r`);
  const endNs = await ended;
  await sleep(AFTER_MS);
  const wokenNs = (await sleeper?.kill(SIGCONT)) ?? endNs;
  await sleep(AFTER_MS);
  const { bytes } = await stage.printed();
  const wanted = screenAfter(stage.size, bytes);
  const at = bytes.indexOf(end);
  const seen = await look(audience, wanted, endNs, sleeper, wokenNs);
  return {
    ms: Number(endNs - began) / NS_PER_MS,
    lost: Buffer.compare(bytes.subarray(at - log.length, at), log) !== 0,
    ...seen,
  };
}

/** Everybody has the screen of now, and what was printed before is forgotten. */
async function bringUp({ contestant, terminals, eyes }: Audience): Promise<void> {
  await contestant.stage.type('\r');
  await sleep(AFTER_MS / 2);
  for (const [i, terminal] of terminals.entries()) {
    eyes[i]!.take((await terminal.printed()).bytes);
    await terminal.clear();
  }
  await contestant.stage.clear();
}

async function look(
  { terminals, eyes }: Audience,
  wanted: Frame,
  endNs: bigint,
  sleeper: Terminal | null,
  wokenNs: bigint,
) {
  let observerMb = 0;
  let lagMs: number | null = 0;
  let wakeMs: number | null = null;
  for (const [i, terminal] of terminals.entries()) {
    const printed = await terminal.printed();
    const fromNs = terminal === sleeper ? wokenNs : endNs;
    const rightNs = eyes[i]!.watch(printed, wanted, fromNs);
    await terminal.clear();
    const ms = rightNs === null ? null : Number(rightNs - fromNs) / NS_PER_MS;
    if (terminal === sleeper) wakeMs = ms;
    else lagMs = ms === null || lagMs === null ? null : Math.max(lagMs, ms);
    observerMb = Math.max(observerMb, printed.bytes.length / MEGABYTE);
  }
  return { observerMb, lagMs, wakeMs };
}

type Rounds = ReadonlyMap<string, readonly Round[]>;

function results(plain: Rounds, stopped: Rounds): Result[] {
  const tell = (rounds: Rounds, name: string, pick: (round: Round) => number | null) => {
    const values = (rounds.get(name) ?? []).map(pick);
    // One observer who never got there is worth telling, not averaging.
    return values.includes(null) ? null : median(values as number[]);
  };
  const ours = tell(plain, 'lectern', ({ ms }) => ms);
  const script = tell(plain, 'script', ({ ms }) => ms);
  const tmux = tell(plain, 'tmux', ({ ms }) => ms);
  const late = tell(stopped, 'lectern', ({ ms }) => ms);
  const pair = (what: string, unit: string, rounds: Rounds, pick: (round: Round) => number | null, goal: number) =>
    ({
      part: 'flood',
      what,
      unit,
      lectern: tell(rounds, 'lectern', pick),
      tmux: tell(rounds, 'tmux', pick),
      goal,
    }) satisfies Result;
  return [
    {
      part: 'flood',
      what: 'presenter against script',
      unit: 'ms',
      lectern: ours,
      script,
      ratio: ratio(ours, script),
      goal: 1.4,
    },
    {
      part: 'flood',
      what: 'presenter against tmux',
      unit: 'ms',
      lectern: ours,
      tmux,
      ratio: ratio(ours, tmux),
      goal: 0.7,
    },
    pair('each observer gets', 'MB', plain, ({ observerMb }) => observerMb, 0.5),
    pair('last screen right after', 'ms', plain, ({ lagMs }) => lagMs, 100),
    {
      part: 'flood',
      what: 'one observer stopped: presenter against none stopped',
      unit: 'ms',
      lectern: late,
      tmux: tell(stopped, 'tmux', ({ ms }) => ms),
      ratio: ratio(late, ours),
    },
    pair('one stopped: others right after', 'ms', stopped, ({ lagMs }) => lagMs, 100),
    pair('stopped one right after waking', 'ms', stopped, ({ wakeMs }) => wakeMs, 200),
  ];
}

/** What may never happen, whatever the machine is doing. */
function faults(plain: readonly Round[], stopped: readonly Round[]): string[] {
  const all = [...plain, ...stopped];
  return [
    ...(all.some(({ lost }) => lost) ? ['flood: bytes of the presenter were lost or changed'] : []),
    ...(all.some(({ lagMs }) => lagMs === null) ? ['flood: an observer did not get the right screen'] : []),
    ...(stopped.some(({ wakeMs }) => wakeMs === null) ? ['flood: a woken observer did not get the right screen'] : []),
  ];
}
