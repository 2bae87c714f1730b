/**
 * The secrets of plain text, as places: what `lectern redact test` prints. Never holds the secrets themselves.
 */
import type { Span } from './masks.js';
import type { Redactor } from './redactor.js';

/** A secret in a text. `line` and `column` count from 1, columns and `length` in UTF-16 units. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly rule: string;
}

/** All secrets of a text, in order, without those inside others. A secret over several lines is one finding. */
export function check(redactor: Redactor, text: string): readonly Finding[] {
  const lines = text.split('\n');
  const starts: number[] = [];
  const spans: Span[] = [...redactor.spansOver(text)];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    for (const { from, to, rule } of redactor.spansOf(line)) spans.push({ from: start + from, to: start + to, rule });
    start += line.length + 1;
  }
  return outermost(spans).map(({ from, to, rule }) => {
    const line = lineAt(starts, from);
    return { line: line + 1, column: from - starts[line]! + 1, length: to - from, rule };
  });
}

function outermost(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  let covered = -1;
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (span.to > covered) out.push(span);
    covered = Math.max(covered, span.to);
  }
  return out;
}

function lineAt(starts: readonly number[], at: number): number {
  let low = 0;
  for (let high = starts.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
