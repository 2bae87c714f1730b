/** One flood with an audience, of which one may be stopped meanwhile: what it took, and what everybody saw of it. */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Frame } from '../../src/core/frame.js';
import type { Bench } from './bench.js';
import { type Contestant, dismiss, watchers } from './contestant.js';
import { writeLog } from './log.js';
import { Eye, screenAfter } from './screens.js';
import { type Printed, SIGCONT, SIGSTOP, settled, type Terminal } from './terminals.js';

const NS_PER_MS = 1e6;
const MEGABYTE = 1e6;
/** Twenty megabytes through tmux with fifty observers take 40 s and more, in ms. */
const FLOOD_MS = 180_000;
/** With one stopped: a presenter who has not come to the end by then stands still, in ms. Others need a few seconds. */
const STILL_MS = 20_000;
/** Who still gets something of a flood after that is not waited for, in ms: twice what 2 MB take on a bad link. */
const SLOWEST_MS = 32_000;

/** A session, those who watch it, and what their terminals show. */
export interface Audience {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly eyes: readonly Eye[];
}

export interface Round {
  /** From the command to its end, at the presenter; null when he stood still until the stopped observer was woken. */
  readonly ms: number | null;
  /** Bytes are missing at the presenter, or changed. */
  readonly lost: boolean;
  /** Largest of the observers, in MB. */
  readonly observerMb: number;
  /** Longest of the observers, in ms after the presenter's end; null when one never got there. */
  readonly lagMs: number | null;
  /** The stopped observer, in ms after it was woken. */
  readonly wakeMs: number | null;
  /** What he got after that, in bytes. */
  readonly wakeBytes: number;
}

/** A command, and what it prints, as a terminal gets it. */
export interface Flood {
  readonly command: string;
  readonly printed: Buffer;
}

/** A log of so many bytes. */
export function logFlood(bench: Bench, bytes: number): Flood {
  const path = join(bench.folder, `flood-${bytes}.log`);
  const log = writeLog(path, bytes).toString('latin1');
  return { command: `cat ${path}`, printed: Buffer.from(log.replaceAll('\n', '\r\n'), 'latin1') };
}

/** So many bytes of lines that are all the same: nothing but scrolling. */
export function yesFlood(bytes: number): Flood {
  return { command: `yes | head -c ${bytes}`, printed: Buffer.from('y\r\n'.repeat(bytes / 2)) };
}

export async function audienceOf(bench: Bench, contestant: Contestant, count: number): Promise<Audience> {
  const terminals = contestant.watch.length === 0 ? [] : await watchers(bench.all, contestant, count);
  return { contestant, terminals, eyes: terminals.map(({ size }) => new Eye(size)) };
}

export function goHome({ terminals }: Audience): Promise<void> {
  return dismiss(terminals);
}

let rounds = 0;

export interface PlayOptions {
  /** One of the audience, who is stopped until all is over. */
  readonly sleeper?: Terminal;
  /** Observers who get nothing for half of it, in ms, have what there was for them. */
  readonly afterMs: number;
}

/** Runs a flood, and looks at what it was for everybody. */
export async function play(audience: Audience, flood: Flood, { sleeper, afterMs }: PlayOptions): Promise<Round> {
  const { stage } = audience.contestant;
  await bringUp(audience, afterMs);
  await sleeper?.kill(SIGSTOP);
  const end = `@END-${++rounds}@`;
  const ended = stage.mark(end, FLOOD_MS);
  const began = await stage.type(`${flood.command}; printf '@%s@\\n' END-${rounds}\r`);
  const still = sleeper !== undefined && (await inTime(ended)) === null;
  const awake = audience.terminals.filter((terminal) => terminal !== sleeper);
  if (!still) await ended.then(() => settled(awake, afterMs / 2, SLOWEST_MS));
  const wokenNs = await sleeper?.kill(SIGCONT);
  const endNs = await ended;
  if (sleeper !== undefined) await settled(audience.terminals, afterMs / 2, SLOWEST_MS);
  const { bytes } = await stage.printed();
  const at = bytes.indexOf(end);
  const seen = await look(audience, screenAfter(stage.size, bytes), endNs, sleeper, wokenNs ?? endNs);
  return {
    ...seen,
    ms: still ? null : Number(endNs - began) / NS_PER_MS,
    lagMs: still ? null : seen.lagMs,
    lost: Buffer.compare(bytes.subarray(Math.max(0, at - flood.printed.length), at), flood.printed) !== 0,
  };
}

/** Null when the end does not come. */
function inTime(ended: Promise<bigint>): Promise<bigint | null> {
  return Promise.race([ended, after(STILL_MS, null, { ref: false })]);
}

/** Everybody has the screen of now, and what was printed before is forgotten. */
async function bringUp({ contestant, terminals, eyes }: Audience, afterMs: number): Promise<void> {
  await contestant.stage.type('\r');
  await settled(terminals, afterMs / 2, SLOWEST_MS);
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
  sleeper: Terminal | undefined,
  wokenNs: bigint,
) {
  let observerMb = 0;
  let lagMs: number | null = 0;
  let wakeMs: number | null = null;
  let wakeBytes = 0;
  for (const [i, terminal] of terminals.entries()) {
    const printed = await terminal.printed();
    const fromNs = terminal === sleeper ? wokenNs : endNs;
    const rightNs = eyes[i]!.watch(printed, wanted, fromNs);
    await terminal.clear();
    const ms = rightNs === null ? null : Number(rightNs - fromNs) / NS_PER_MS;
    if (terminal === sleeper) {
      wakeMs = ms;
      wakeBytes = bytesAfter(printed, wokenNs);
    } else {
      lagMs = ms === null || lagMs === null ? null : Math.max(lagMs, ms);
    }
    observerMb = Math.max(observerMb, printed.bytes.length / MEGABYTE);
  }
  return { observerMb, lagMs, wakeMs, wakeBytes };
}

function bytesAfter({ bytes, readings }: Printed, ns: bigint): number {
  return bytes.length - (readings.findLast((reading) => reading.ns <= ns)?.end ?? 0);
}
