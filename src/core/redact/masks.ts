/**
 * From secrets on rows to masks: the spans of each row, merged, and how many secrets there are. Knows no texts.
 */
import type { Row } from '../cells.js';
import { isBlank } from './rowtext.js';
import type { Part } from './views.js';

/** What stands in place of a masked character: U+2588, a full block. */
export const MASK = '\u2588';

/** Columns `[from, to)` to mask, and the rule that says so. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly rule: string;
}

/** The spans of a row without secrets: always this object, so that it can be told by identity. */
export const CLEAN: readonly Span[] = [];

/** A secret on the rows of a screen. */
export interface Placed {
  readonly rule: string;
  /** The row that `parts` count from. */
  readonly top: number;
  readonly parts: readonly Part[];
  /** Their texts, when they are to be remembered; of what is held, when it is cut off. SECRET. */
  readonly secrets?: readonly string[];
  /** True for what is only half there. */
  readonly held?: boolean;
  /** True for what is whole, and ends where its row is cut off: it may go on there. */
  readonly cut?: boolean;
}

/** Lengths of masks are multiples of this, where there is room: the length of a password helps who guesses it. */
const PAD = 8;

/** The spans of every row, sorted, without overlaps, on whole characters and padded with blanks. */
export function masksOf(placed: readonly Placed[], rows: readonly Row[]): readonly (readonly Span[])[] {
  const masks: (readonly Span[])[] = rows.map(() => CLEAN);
  const spans = new Map<number, Span[]>();
  for (const { rule, top, parts } of placed) {
    for (const { row, from, to } of parts) {
      const at = spans.get(top + row) ?? [];
      const line = rows[top + row]!;
      at.push(pad(wholeCharacters(line, from, to, rule), line));
      spans.set(top + row, at);
    }
  }
  for (const [y, list] of spans) masks[y] = mergeSpans(list);
  return masks;
}

/** A wide character is masked in both halves or not at all. */
function wholeCharacters(row: Row, from: number, to: number, rule: string): Span {
  const first = from > 0 && row.width(from) === 0 ? from - 1 : from;
  const end = to < row.cols && row.width(to) === 0 ? to + 1 : to;
  // Where text does not wrap, each next character is written over the last column: it belongs to what stands before it.
  const overwritten = end === row.cols - 1 && !isBlank(row, end);
  return { from: first, to: overwritten ? row.cols : end, rule };
}

/** Spans of one row, sorted and without overlaps; those that touch are one. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from || b.to - a.to);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.from > last.to) merged.push(span);
    else if (span.to > last.to) merged[merged.length - 1] = { ...last, to: span.to };
  }
  return merged;
}

/**
 * A mask with a length that tells little: it goes on into the blank cells after it, but for the one that parts it from
 * other text. Each secret is padded by itself, before they are merged: were it the merged mask, one that begins earlier
 * because of one more rule could end earlier.
 */
function pad(span: Span, row: Row): Span {
  const wanted = Math.min(span.from + Math.ceil((span.to - span.from) / PAD) * PAD, row.cols);
  let to = span.to;
  while (to < wanted && isBlank(row, to) && (to + 1 === row.cols || isBlank(row, to + 1))) to++;
  return to === span.to ? span : { ...span, to };
}

/**
 * Where a cursor is shown: one inside of a mask, or right behind what it covers, would tell how much is written there.
 */
export function shownColumn(x: number, spans: readonly Span[], cols: number): number {
  const over = spans.find(({ from, to }) => from < x && x < to);
  return over === undefined ? x : Math.min(over.to, cols - 1);
}

/** Secrets by rule. A secret that several rules or views found counts once, for the one that begins first. */
export function countsOf(placed: readonly Placed[], cols: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const ranges = placed.flatMap(({ rule, top, parts }) => {
    const [first, last] = [parts[0], parts.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ rule, from: (top + first.row) * cols + first.from, to: (top + last.row) * cols + last.to }];
  });
  let covered = -1;
  for (const { rule, from, to } of ranges.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= covered) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    covered = Math.max(covered, to);
  }
  return counts;
}
