/**
 * Places of a view where more can be written: at the cursor, at the edge where rows are cut or go on, and where text
 * ends that was written last. What ends there may be half of something. Knows cells and texts, not rules.
 */
import type { Cursor, Row } from '../cells.js';
import type { Changes } from './changes.js';
import { columnAt, indexOfColumn, isBlank } from './rowtext.js';
import type { Piece, View } from './views.js';

export interface Place {
  /** In UTF-16 units of the view's text: more would be written before this one. */
  readonly at: number;
  /** What makes it one; the cursor is the stronger sign. */
  readonly kind: 'cursor' | 'open';
  /** When the text that ends here changed, in ms. */
  readonly changedMs: number;
}

/** What is known of a screen beside its rows. */
export interface Surroundings {
  readonly rows: readonly Row[];
  readonly wrapped: readonly boolean[];
  readonly cursor: Cursor;
  readonly changes: Changes;
}

/** A slip of the fingers before it is seen and taken back, in characters: what stands before it goes on after it. */
const SLIP = 3;
/** Blank cells between two runs of text that do not belong together. */
const GAP = 2;

/** The places of a view of rows from `top` on, in columns `[left, right)`, in no order. */
export function placesOf(view: View, top: number, left: number, right: number, around: Surroundings): readonly Place[] {
  const places: Place[] = [];
  const { pieces } = view;
  pieces.forEach((piece, i) => {
    const y = top + piece.row;
    const last = pieces[i + 1]?.row !== piece.row;
    if (around.cursor.y === y) addCursor(places, piece, around, left, right);
    if (last) addEnd(places, piece, y, goesOn(view, piece), left, right, around);
    addGaps(places, piece, y, around);
  });
  return places;
}

/** True when the text of the next row follows at once. */
function goesOn({ text }: View, { at, start, end }: Piece): boolean {
  const next = at + end - start;
  return next < text.length && text[next] !== '\n';
}

function addCursor(places: Place[], piece: Piece, { cursor, rows }: Surroundings, left: number, right: number): void {
  // A cursor on the last column may stand behind the cell that it is on: the wrap is still to come.
  const behind = cursor.x === right - 1 ? [cursor.x, right] : [cursor.x];
  if (cursor.x < left || cursor.x > right) return;
  const row = rows[cursor.y]!;
  for (let x = cursor.x - 1; x >= Math.max(left, cursor.x - SLIP) && !isBlank(row, x); x--) behind.push(x);
  for (const x of behind) places.push({ at: unitAt(piece, x), kind: 'cursor', changedMs: 0 });
}

/** The place in the view's text of the first unit of a piece at column `x` or later. */
function unitAt(piece: Piece, x: number): number {
  const unit = Math.min(Math.max(indexOfColumn(piece.line, x), piece.start), piece.end);
  return piece.at + unit - piece.start;
}

function addEnd(
  places: Place[],
  piece: Piece,
  y: number,
  joined: boolean,
  left: number,
  right: number,
  { rows, cursor, changes }: Surroundings,
): void {
  const end = lastColumn(piece);
  const at = piece.at + piece.end - piece.start;
  const row = rows[y];
  if (row === undefined || end < 0) return;
  const cut = joined || end >= right - 1;
  // A line that came as a whole, and a cursor that waits below at the left: it was ended.
  const ended = cursor.y > y && cursor.x === left && changes.cameAtOnce(row, left, right);
  if (!cut && (ended || !changes.isFront(y, end, left, right))) return;
  const changedMs = changes.changedMs(row, end, right);
  places.push({ at, kind: 'open', changedMs });
  // The last column may be written over again and again, by text that does not wrap.
  if (end === right - 1) places.push({ at: unitAt(piece, end), kind: 'open', changedMs });
}

/** The column of the last unit of a piece that is not blank; -1 without any. */
function lastColumn({ line, start, end }: Piece): number {
  let unit = end - 1;
  while (unit >= start && line.text[unit] === ' ') unit--;
  return unit < start ? -1 : columnAt(line, unit);
}

/** Ends of runs inside of the row: in a column of a table, or in a pane whose border was not seen. */
function addGaps(places: Place[], piece: Piece, y: number, { rows, changes }: Surroundings): void {
  const row = rows[y];
  if (row === undefined) return;
  const { line, start, end } = piece;
  let first = start;
  for (let unit = start + 1; unit < end; unit++) {
    if (line.text[unit] !== ' ') continue;
    const column = columnAt(line, unit);
    if (!isGap(row, column)) continue;
    if (line.text[unit - 1] !== ' ' && changes.isLast(y, columnAt(line, first), column)) {
      const changedMs = changes.changedMs(row, column - 1, column + 1);
      places.push({ at: piece.at + unit - start, kind: 'open', changedMs });
    }
    first = unit + 1;
  }
}

function isGap(row: Row, x: number): boolean {
  for (let i = 0; i < GAP; i++) if (x + i < row.cols && !isBlank(row, x + i)) return false;
  return true;
}
