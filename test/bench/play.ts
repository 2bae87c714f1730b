/**
 * Plays a recording (asciicast v2) into its terminal as fast as it was recorded. It stops once, in the middle, until a
 * key is pressed: so that what everybody sees then can be compared.
 *
 *   node dist/test/bench/play.js FILE
 */
import { fileURLToPath } from 'node:url';
import { type Recorded, recorded } from '../support/recordings.js';
import { sleep } from './terminals.js';

/** The event before which it stops. */
function stopOf({ events }: Recorded): number {
  return Math.floor(events.length / 2);
}

/** How long it plays until it stops, in ms. */
export function firstMsOf(path: string): number {
  const all = recorded(path);
  return all.events[stopOf(all) - 1]![0];
}

/** The words of the command. */
export function playing(path: string): string {
  return `${process.execPath} ${fileURLToPath(import.meta.url)} ${path}`;
}

async function main(path: string): Promise<void> {
  const all = recorded(path);
  const stop = stopOf(all);
  process.stdin.setRawMode(true);
  let started = performance.now();
  for (const [i, [ms, text]] of all.events.entries()) {
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
