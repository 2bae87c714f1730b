/**
 * A program that changes much of its screen, again and again: each picture is some 1.2 KB and carries the moment at which
 * it was drawn, so that whoever sees it knows how old it is.
 *
 *   node dist/test/bench/animate.js FRAMES_PER_SECOND MS LINES
 */
import { fileURLToPath } from 'node:url';

/** The moment in a picture: microseconds of the monotonic clock, parted so that it looks like no number that is a secret. */
export const STAMP = /<(\d+)\.(\d{3})ms>/;
const NS_PER_US = 1000n;
const US_PER_MS = 1000n;

/** @returns the moment in `text`, in ns; null for none */
export function stampOf(text: string): bigint | null {
  const found = STAMP.exec(text);
  return found === null ? null : (BigInt(found[1]!) * US_PER_MS + BigInt(found[2]!)) * NS_PER_US;
}

/** The words of the command. */
export function animation(fps: number, ms: number, lines: number): string {
  return `${process.execPath} ${fileURLToPath(import.meta.url)} ${fps} ${ms} ${lines}`;
}

/** Columns that change in each line. */
const CHANGING = 70;

function picture(number: number, lines: number): string {
  const us = process.hrtime.bigint() / NS_PER_US;
  const stamp = `<${us / US_PER_MS}.${String(us % US_PER_MS).padStart(3, '0')}ms>`;
  const rows = Array.from({ length: lines }, (_, y) => {
    const letters = Array.from({ length: CHANGING }, (_, x) =>
      String.fromCharCode(97 + ((number * 7 + x * (y + 3)) % 26)),
    );
    return `\x1b[${y + 3};1H\x1b[3${(number + y) % 8}m${letters.join('')}`;
  });
  return `\x1b[1;1H\x1b[m${stamp}${rows.join('')}\x1b[m`;
}

function main([fps, ms, lines]: readonly number[]): void {
  const until = performance.now() + ms!;
  let number = 0;
  process.stdout.write('\x1b[2J');
  const timer = setInterval(() => {
    process.stdout.write(picture(number++, lines!));
    if (performance.now() < until) return;
    clearInterval(timer);
    process.stdout.write('\x1b[23;1H@DONE@');
  }, 1000 / fps!);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2).map(Number));
