/**
 * Which rows of a picture have moved, and how far: the one scroll that saves most. Rows that moved need not be equal to
 * what they were: an editor's line numbers change when a line is put in above. Knows nothing of what a row's bytes are:
 * what it costs to turn one row into another is asked of who knows.
 */
import { blankRow, CELL_WORDS, GLYPH, type Row } from './cells.js';

/** Rows `top` to `bottom - 1` move up by `by` rows (down when negative); rows that come free are blank. */
export interface Scroll {
  readonly top: number;
  readonly bottom: number;
  readonly by: number;
}

/** Bytes that a scroll costs on the wire: region, delete lines, region off, and the way back. */
const SCROLL_COST = 20;
/** Fewer rows than this have not moved together. */
const LEAST_VOTES = 2;
/** Columns at the left in which editors and pagers number lines: what is right of them is looked for as well. */
const NUMBER_COLS = 8;

/** From top to bottom. */
export type Rows = readonly Row[];
/** What it takes to turn one row into another, in bytes. */
export type Cost = (before: Row, after: Row) => number;

/** `before` after `scroll`. */
export function scrolled(before: Rows, { top, bottom, by }: Scroll): Row[] {
  const rows = before.slice();
  const blank = blankRow(rows[0]?.cols ?? 0);
  for (let y = top; y < bottom; y++) {
    const from = y + by;
    rows[y] = from >= top && from < bottom ? before[from]! : blank;
  }
  return rows;
}

/**
 * The scroll after which the rest costs least; null when none saves more than it costs itself.
 * @param plain what each row costs without one
 */
export function findScroll(before: Rows, after: Rows, plain: readonly number[], cost: Cost): Scroll | null {
  if (plain.reduce((sum, one) => sum + one, 0) <= SCROLL_COST) return null;
  const whole = commonDistance(before, after, hashOf);
  const behindNumbers = commonDistance(before, after, hashBehindNumbers);
  let best: Stretch | null = null;
  for (const by of whole === behindNumbers ? [whole] : [whole, behindNumbers]) {
    const stretch = by === 0 ? null : bestStretch(before, after, by, plain, cost);
    if (stretch !== null && stretch.saved > (best?.saved ?? SCROLL_COST)) best = stretch;
  }
  return best?.scroll ?? null;
}

/** A scroll, and the bytes that it saves, without what it costs itself. */
interface Stretch {
  readonly scroll: Scroll;
  readonly saved: number;
}

/**
 * Of one distance the stretch of rows that saves most: the largest sum of a sequence (Kadane's algorithm), of which each
 * end also pays for the rows that come free behind it.
 */
function bestStretch(before: Rows, after: Rows, by: number, plain: readonly number[], cost: Cost): Stretch | null {
  const step = Math.abs(by);
  // Rows that go up are looked at from the top, those that go down from below: what comes free lies behind the last.
  const row = (i: number) => (by > 0 ? i : after.length - 1 - i);
  const free = sums(after.length, (i) => plain[row(i)]! - cost(blankRow(after[0]!.cols), after[row(i)]!));
  let best: Stretch | null = null;
  let from = 0;
  let sum = 0;
  for (let i = 0; i < after.length - step; i++) {
    if (sum <= 0) {
      from = i;
      sum = 0;
    }
    sum += plain[row(i)]! - cost(before[row(i) + by]!, after[row(i)]!);
    const saved = sum + free[i + 1 + step]! - free[i + 1]!;
    if (saved > (best?.saved ?? 0)) best = { saved, scroll: region(row(from), row(i + step), by) };
  }
  return best;
}

/** Sums of the first 0, 1, 2 and so on of `count` values. */
function sums(count: number, value: (i: number) => number): number[] {
  const list = [0];
  for (let i = 0; i < count; i++) list.push(list[i]! + value(i));
  return list;
}

/** From one row to another, whichever is higher, both of them in it. */
function region(a: number, b: number, by: number): Scroll {
  return { top: Math.min(a, b), bottom: Math.max(a, b) + 1, by };
}

/** The distance by which most rows have moved: each row of `after` votes for those at which `before` has the same hash. */
function commonDistance(before: Rows, after: Rows, hash: (row: Row) => number): number {
  const places = new Map<number, number[]>();
  const blank = hash(blankRow(before[0]?.cols ?? 0));
  before.forEach((row, y) => {
    const value = hash(row);
    if (value === blank) return;
    const list = places.get(value);
    if (list === undefined) places.set(value, [y]);
    else list.push(y);
  });
  const votes = new Map<number, number>();
  let winner = 0;
  let most = 0;
  after.forEach((row, y) => {
    if (before[y] === row) return;
    for (const place of places.get(hash(row)) ?? []) {
      const by = place - y;
      const count = (votes.get(by) ?? 0) + 1;
      votes.set(by, count);
      if (by !== 0 && count > most) {
        most = count;
        winner = by;
      }
    }
  });
  return most < LEAST_VOTES ? 0 : winner;
}

function hashOf(row: Row): number {
  return row.hash;
}

const partHashes = new WeakMap<Row, number>();

/** FNV-1a over the characters right of the line numbers, whatever they look like: what they cost is counted afterwards. */
function hashBehindNumbers(row: Row): number {
  let hash = partHashes.get(row);
  if (hash === undefined) {
    hash = 0x811c9dc5;
    const { words } = row;
    for (let at = NUMBER_COLS * CELL_WORDS + GLYPH; at < words.length; at += CELL_WORDS)
      hash = Math.imul(hash ^ words[at]!, 0x01000193);
    partHashes.set(row, hash);
  }
  return hash;
}
