/**
 * The secrets of plain text, as places: what `lectern redact test` prints. The text is searched as the screens that
 * would show it, so that what is told is what a session masks. Never holds the secrets themselves.
 */
import type { Placed } from './masks.js';
import type { Redactor } from './redactor.js';
import { type Page, pagesOf } from './sheet.js';

/** A secret in a text. `line` and `column` count from 1, columns and `length` in UTF-16 units. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly rule: string;
  /** True for what is masked only because it may be the beginning of a secret. */
  readonly held: boolean;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly rule: string;
  readonly held: boolean;
}

/** Longer than anything is held for a time, in ms: what is held after it is held for good. */
const SETTLED_MS = 1e9;

/** All secrets of a text, in order, without those inside others. A secret over several lines is one finding. */
export function check(redactor: Redactor, text: string): readonly Finding[] {
  const ranges: Range[] = [];
  let now = 0;
  for (const page of pagesOf(text)) {
    redactor.placed(page.screen, now);
    now += SETTLED_MS;
    ranges.push(...redactor.placed(page.screen, now).flatMap((placed) => rangesOf(placed, page)));
  }
  const starts = lineStarts(text);
  return outermost(ranges).map(({ from, to, rule, held }) => {
    const line = lineAt(starts, from);
    return { line: line + 1, column: from - starts[line]! + 1, length: to - from, rule, held };
  });
}

function rangesOf({ rule, top, parts, held = false }: Placed, page: Page): readonly Range[] {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = page.offset(top + first.row, first.from);
  return [{ from, to: page.offset(top + last.row, last.to), rule, held }];
}

/** Of two that begin at the same place, the longer one; of those, the one that is whole. */
function outermost(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  let covered = -1;
  for (const range of [...ranges].sort((a, b) => a.from - b.from || b.to - a.to || Number(a.held) - Number(b.held))) {
    if (range.to > covered) out.push(range);
    covered = Math.max(covered, range.to);
  }
  return out;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
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
