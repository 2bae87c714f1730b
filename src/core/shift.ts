/**
 * Rows of which a part has moved sideways, as when something is typed in the midst of a line: what stands right of it is
 * moved on the observer's terminal (ICH, DCH) instead of being sent again. Knows nothing of what a row's bytes are: what
 * it costs to turn one row into another is asked of who knows.
 */
import { BG, BLANK_GLYPH, CELL_WORDS, CODE_POINT_MASK, GLYPH, isErased, isUncertain, Row, widthAt } from './cells.js';
import type { Cost, Rows } from './scroll.js';

/** Cells of row `y` from column `x` on move right by `by` columns (left when negative); those that come free are blank. */
export interface Shift {
  readonly y: number;
  readonly x: number;
  readonly by: number;
}

/** Bytes that a shift costs, about: its place, and itself. */
const SHIFT_COST = 12;
/** Cells of text by which it is recognized elsewhere in the row. */
const PROBE_CELLS = 8;
/** Of so many cells so many are the same before it is weighed what a shift saves. */
const LOOK_CELLS = 24;
const LEAST_SAME = 8;

/**
 * `row` after `shift`.
 * @throws {RangeError} when what moves is not made of single cells.
 */
export function shifted(row: Row, { x, by }: Pick<Shift, 'x' | 'by'>): Row {
  if (!isSingle(row, x)) throw new RangeError('a shift moves single cells only');
  const words = row.words.slice();
  const from = x * CELL_WORDS;
  const far = Math.abs(by) * CELL_WORDS;
  const free = by > 0 ? from : words.length - far;
  if (by > 0) words.copyWithin(from + far, from, words.length - far);
  else words.copyWithin(from, from + far);
  words.fill(0, free, free + far);
  for (let at = free; at < free + far; at += CELL_WORDS) words[at + GLYPH] = BLANK_GLYPH;
  return new Row(words, row.clusters);
}

/** Shifts after which the rest costs less, one for a row at most, from top to bottom. */
export function findShifts(before: Rows, after: Rows, cost: Cost): Shift[] {
  const shifts: Shift[] = [];
  after.forEach((row, y) => {
    const old = before[y]!;
    const shift = old === row ? null : bestShift(old, row, cost);
    if (shift !== null) shifts.push({ y, ...shift });
  });
  return shifts;
}

/** `rows` after `shifts`. */
export function withShifts(rows: Rows, shifts: readonly Shift[]): Row[] {
  const moved = rows.slice();
  for (const shift of shifts) moved[shift.y] = shifted(moved[shift.y]!, shift);
  return moved;
}

function bestShift(old: Row, row: Row, cost: Cost): Pick<Shift, 'x' | 'by'> | null {
  const x = firstDifference(old, row);
  const likely = distances(old, row, x).filter((by) => haveMoved(old, row, x, by));
  if (likely.length === 0 || !isSingle(old, 0) || !isSingle(row, 0)) return null;
  let least = cost(old, row) - SHIFT_COST;
  let best: Pick<Shift, 'x' | 'by'> | null = null;
  for (const by of likely) {
    const rest = cost(shifted(old, { x, by }), row);
    if (rest >= least) continue;
    least = rest;
    best = { x, by };
  }
  return best;
}

/**
 * How far what stands from column `x` on may have moved: by where the text ends, and by where a piece of it stands. At
 * most by half of what there is: tmux (3.3a) inserts cells without clearing those that nothing was moved from.
 */
function distances(old: Row, row: Row, x: number): number[] {
  const found = new Set([inkEnd(row) - inkEnd(old), placeOf(old, x, row) - x, x - placeOf(row, x, old)]);
  return [...found].filter((by) => by !== 0 && 2 * Math.abs(by) <= row.cols - x);
}

/** Whether some of the first cells on which something stands are the same after the move: to weigh one costs more than to look. */
function haveMoved(old: Row, row: Row, x: number, by: number): boolean {
  const from = x + Math.max(0, -by);
  const to = x + Math.max(0, by);
  const end = Math.min(LOOK_CELLS, row.cols - Math.max(from, to));
  let same = 0;
  for (let i = 0; i < end && same < LEAST_SAME; i++) {
    const a = (from + i) * CELL_WORDS;
    const b = (to + i) * CELL_WORDS;
    if (old.words[a] !== row.words[b] || old.words[a + BG] !== row.words[b + BG]) continue;
    if (old.words[a] !== BLANK_GLYPH || old.words[a + BG] !== 0) same++;
  }
  return same >= LEAST_SAME;
}

/** Where the cells of `piece` from column `x` on stand in `row` further right; `x` for nowhere. */
function placeOf(piece: Row, x: number, row: Row): number {
  for (let at = x + 1; at + PROBE_CELLS <= row.cols; at++) if (sameCells(piece, x, row, at)) return at;
  return x;
}

function sameCells(a: Row, x: number, b: Row, at: number): boolean {
  const from = x * CELL_WORDS;
  const other = at * CELL_WORDS;
  for (let i = 0; i < PROBE_CELLS * CELL_WORDS; i++) if (a.words[from + i] !== b.words[other + i]) return false;
  return true;
}

function firstDifference(a: Row, b: Row): number {
  let i = 0;
  while (i < a.words.length && a.words[i] === b.words[i]) i++;
  return Math.min(Math.floor(i / CELL_WORDS), a.cols - 1);
}

/** The column behind the last cell on which something stands. */
function inkEnd(row: Row): number {
  let x = row.cols;
  while (x > 0 && isErased(row.words, (x - 1) * CELL_WORDS)) x--;
  return x;
}

/** True when a row from column `x` on has cells of one column and one character only. */
function isSingle({ words, clusters }: Row, x: number): boolean {
  if (clusters.size > 0) return false;
  for (let at = x * CELL_WORDS; at < words.length; at += CELL_WORDS) {
    if (widthAt(words, at) !== 1 || isUncertain(words[at + GLYPH]! & CODE_POINT_MASK)) return false;
  }
  return true;
}
