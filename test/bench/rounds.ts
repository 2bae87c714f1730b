/** One flood with an audience, of which one may be stopped meanwhile: what it took, and what everybody saw of it. */
import { join } from 'node:path';
import type { Frame } from '../../src/core/frame.js';
import type { Bench } from './bench.js';
import { type Contestant, dismiss, watchers } from './contestant.js';
import { writeLog } from './log.js';
import { Eye, screenAfter } from './screens.js';
import { type Printed, SIGCONT, SIGSTOP, sleep, type Terminal } from './terminals.js';

const NS_PER_MS = 1e6;
const MEGABYTE = 1e6;

/** A session, those who watch it, and what their terminals show. */
export interface Audience {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly eyes: readonly Eye[];
}

export interface Round {
  /** From the command to its end, at the presenter. */
  readonly ms: number;
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
  /** Between the end at the presenter and the look at the observers, in ms. */
  readonly afterMs: number;
}

/** Runs a flood, and looks at what it was for everybody. */
export async function play(audience: Audience, flood: Flood, { sleeper, afterMs }: PlayOptions): Promise<Round> {
  const { stage } = audience.contestant;
  await bringUp(audience, afterMs);
  await sleeper?.kill(SIGSTOP);
  const end = `@END-${++rounds}@`;
  const ended = stage.mark(end);
  const began = await stage.type(`${flood.command}; printf '@%s@\\n' END-${rounds}\r`);
  const endNs = await ended;
  await sleep(afterMs);
  const wokenNs = (await sleeper?.kill(SIGCONT)) ?? endNs;
  if (sleeper !== undefined) await sleep(afterMs);
  const { bytes } = await stage.printed();
  const at = bytes.indexOf(end);
  return {
    ms: Number(endNs - began) / NS_PER_MS,
    lost: Buffer.compare(bytes.subarray(Math.max(0, at - flood.printed.length), at), flood.printed) !== 0,
    ...(await look(audience, screenAfter(stage.size, bytes), endNs, sleeper, wokenNs)),
  };
}

/** Everybody has the screen of now, and what was printed before is forgotten. */
async function bringUp({ contestant, terminals, eyes }: Audience, afterMs: number): Promise<void> {
  await contestant.stage.type('\r');
  await sleep(afterMs);
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
