/**
 * How commands print: data on stdout, talk on stderr, tables for people and JSON for scripts. It knows nothing of what
 * is printed.
 */
import pc from 'picocolors';
import { columnsOf, fitted } from '../observers/ssh/columns.js';

export interface PrintOptions {
  readonly json?: boolean;
}

/** Data, as lines. */
export function print(...lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** One JSON object on one line, with the version of its shape. */
export function printJson(value: object): void {
  print(JSON.stringify({ v: 1, ...value }));
}

/** A remark for the person, not for the pipe. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Rows in columns two blanks apart, under dimmed headings. Cells must be printable. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((_, i) => Math.max(...[headings, ...rows].map((row) => columnsOf(row[i] ?? ''))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => fitted(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  print(pc.dim(line(headings)), ...rows.map(line));
}

/** An ISO time as the clock on the wall shows it, with the date when it is not today's. */
export function localTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = time.toTimeString().slice(0, 8);
  return time.toDateString() === now.toDateString() ? clock : `${time.toLocaleDateString('sv-SE')} ${clock}`;
}
