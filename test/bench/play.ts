/**
 * Plays a recording (asciicast v2) into its terminal as fast as it was recorded. It stops once, in the middle, until a
 * key is pressed: so that what everybody sees then can be compared.
 *
 *   node dist/test/bench/play.js FILE
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sleep } from './terminals.js';

const MS_PER_S = 1000;

export interface Recording {
  readonly events: readonly (readonly [ms: number, text: string])[];
  /** The event before which it stops. */
  readonly stop: number;
  /** How long it plays until it stops, in ms. */
  readonly firstMs: number;
}

export function recording(path: string): Recording {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const events = lines.map((line) => {
    const [seconds, , text] = JSON.parse(line) as [number, 'o', string];
    return [seconds * MS_PER_S, text] as const;
  });
  const stop = Math.floor(events.length / 2);
  return { events, stop, firstMs: events[stop - 1]![0] };
}

/** The words of the command. */
export function playing(path: string): string {
  return `${process.execPath} ${fileURLToPath(import.meta.url)} ${path}`;
}

async function main(path: string): Promise<void> {
  const { events, stop } = recording(path);
  process.stdin.setRawMode(true);
  let started = performance.now();
  for (const [i, [ms, text]] of events.entries()) {
    if (i === stop) started += await pressed();
    const wait = started + ms - performance.now();
    if (wait > 0) await sleep(wait);
    process.stdout.write(text);
  }
  process.stdin.setRawMode(false);
  process.stdin.pause();
}

/** @returns how long it took, in ms */
function pressed(): Promise<number> {
  const since = performance.now();
  return new Promise((resolve) => process.stdin.once('data', () => resolve(performance.now() - since)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]!);
