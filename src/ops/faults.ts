/**
 * What is wrong with a file, told all at once: one line a fault, each with file, line and column. Turns the issues
 * that a zod schema finds into such lines, without the values that were found: they may be secrets.
 */
import type { z } from 'zod';
import { LecternError } from '../core/errors.js';
import type { Document, Path, Place } from './toml.js';

export interface Fault extends Place {
  readonly file: string;
  /** What is wrong and what to do. */
  readonly what: string;
}

/** `file:line:column: what`. */
export function formatFault({ file, line, column, what }: Fault): string {
  return `${file}:${line}:${column}: ${what}`;
}

/** @throws {LecternError} CONFIG when there is a fault: a line for each, in the order of files and lines. */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const files = [...new Set(faults.map(({ file }) => file))];
  const sorted = [...faults].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
  throw new LecternError('CONFIG', sorted.map(formatFault).join('\n'));
}

/**
 * The faults that a schema found.
 * @param known keys that exist, to guess what a misspelt one was meant to be
 * @param subject what a path belongs to, to begin the line with: `rule "x": `
 */
export function faultsOf(
  file: string,
  document: Document,
  issues: readonly z.core.$ZodIssue[],
  known: readonly string[],
  subject: (path: Path) => string = () => '',
): readonly Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const tell = (at: Path, what: string): Fault => ({ file, ...document.at(at), what: `${subject(at)}${what}` });
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => tell([...path, key], `unknown key "${key}": ${hint(key, known)}`));
    }
    return [tell(path, `${keyOf(path)}${issue.message}`)];
  });
}

function keyOf(path: Path): string {
  const key = path.findLast((step) => typeof step === 'string');
  return key === undefined ? '' : `${key}: `;
}

function hint(key: string, known: readonly string[]): string {
  const near = known.find((one) => distance(one.toLowerCase(), key.toLowerCase()) <= 2);
  return near === undefined || near === key ? 'remove it' : `did you mean "${near}"?`;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change));
    }
    row = next;
  }
  return row[b.length]!;
}
