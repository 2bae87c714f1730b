/**
 * A hash chain over the lines of a log: each line ends in `"h"`, the SHA-256 of the line before it and of itself up to
 * there, so that a line which is changed, taken out, put in or moved breaks the chain at its place. It tells a careless
 * hand from a clean log; whoever may write the file can also make the whole chain anew, unless its last hash is kept
 * elsewhere. Pure.
 */
import { createHash } from 'node:crypto';

/** What stands before the first line. */
export const GENESIS = '0'.repeat(64);

const LINK = /^(\{.*),"h":"([0-9a-f]{64})"\}$/;

/** The line that holds `record` and is chained to the hash `before`, without its newline; and its own hash. */
export function link(record: object, before: string): { readonly line: string; readonly hash: string } {
  const body = JSON.stringify(record).slice(0, -1);
  const hash = hashOf(before, body);
  return { line: `${body},"h":"${hash}"}`, hash };
}

/** The hash that the last line of a log says it has: what the next one is chained to. */
export function headOf(text: string): string {
  return LINK.exec(text.trimEnd().split('\n').at(-1) ?? '')?.[2] ?? GENESIS;
}

/** What is wrong with a chain: the number of the line, from 1. */
export interface Break {
  readonly line: number;
  readonly reason: string;
}

export interface Verdict {
  readonly lines: number;
  /** Hash of the last good line. */
  readonly head: string;
  readonly broken: Break | null;
  /** The last line says that the session ended, so nothing was cut off behind it. */
  readonly ended: boolean;
}

/** Follows the chain from its first line to its end, or to its first break. */
export function verify(text: string): Verdict {
  const lines = text.split('\n');
  const rest = lines.pop();
  let head = GENESIS;
  let ended = false;
  for (const [i, line] of lines.entries()) {
    const found = LINK.exec(line);
    const [, body = '', hash] = found ?? [];
    const at = { lines: i, head, ended: false };
    if (found === null) return { ...at, broken: { line: i + 1, reason: 'is not a line of this log' } };
    if (hash !== hashOf(head, body)) {
      return { ...at, broken: { line: i + 1, reason: 'was changed, or a line before it was' } };
    }
    head = hash;
    ended = body.includes('"type":"end"') && (JSON.parse(line) as { type?: unknown }).type === 'end';
  }
  const torn = rest === '' ? null : { line: lines.length + 1, reason: 'is not whole' };
  return { lines: lines.length, head, broken: torn, ended };
}

function hashOf(before: string, body: string): string {
  return createHash('sha256').update(before).update(body).digest('hex');
}
