/**
 * The text of one row of cells with a map back to its columns, as it is and folded. Remembered by the row, which never
 * changes. Knows one row: how rows go on in one another is in views.ts.
 */
import { CELL_WORDS, CLUSTER, CODE_POINT_MASK, type Row, WIDTH_MASK, WIDTH_SHIFT } from '../cells.js';
import { composeText, foldText, type Mapped } from './fold.js';

/** A text of (part of) a row. `map[i]` is the column of unit `i`; undefined: column `i`. */
export type Line = Mapped;

export interface RowText {
  /** Cells as they are, without the blanks at the end. */
  readonly raw: Line;
  /** {@link foldText} of it: the same object as `raw` when nothing was to fold. */
  readonly folded: Line;
  /** {@link composeText} of it: the same object as `raw` when that is the same. */
  readonly composed: Line;
  /** Columns that show a vertical line, ascending. */
  readonly bars: readonly number[];
}

const NO_BARS: readonly number[] = [];
const NOTHING: Line = { text: '', map: undefined };
const BLANK: RowText = { raw: NOTHING, folded: NOTHING, composed: NOTHING, bars: NO_BARS };

const known = new WeakMap<Row, RowText>();

export function rowText(row: Row): RowText {
  let text = known.get(row);
  if (text === undefined) {
    text = read(row);
    known.set(row, text);
  }
  return text;
}

/** True when the cell shows nothing: blank, never written. */
export function isBlank(row: Row, x: number): boolean {
  const glyph = row.words[x * CELL_WORDS]!;
  if ((glyph & CLUSTER) !== 0) return false;
  const code = glyph & CODE_POINT_MASK;
  return code === 0x20 || (code === 0 && (glyph & WIDTH_MASK) >>> WIDTH_SHIFT !== 0);
}

/** The column of unit `i` of a line. */
export function columnAt(line: Line, i: number): number {
  return line.map === undefined ? i : line.map[i]!;
}

/** The first unit of a line that stands at column `x` or later. */
export function indexOfColumn(line: Line, x: number): number {
  const { map, text } = line;
  if (map === undefined) return Math.min(x, text.length);
  let low = 0;
  for (let high = map.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (map[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Units of the longest row that is read in one go; longer ones take several. */
const units = new Uint16Array(512);

function read(row: Row): RowText {
  const end = endOf(row);
  if (end === 0) return BLANK;
  const raw = readPlain(row, end) ?? readCells(row, end);
  return { raw, folded: over(foldText(raw.text), raw), composed: over(composeText(raw.text), raw), bars: barsOf(raw) };
}

function endOf(row: Row): number {
  let end = row.cols;
  while (end > 0 && isBlank(row, end - 1)) end--;
  return end;
}

/** The common case: every cell holds one unit of one column. */
function readPlain(row: Row, end: number): Line | undefined {
  if (end > units.length) return undefined;
  const { words } = row;
  for (let x = 0; x < end; x++) {
    const glyph = words[x * CELL_WORDS]!;
    const code = glyph & CODE_POINT_MASK;
    if ((glyph & CLUSTER) !== 0 || code > 0xffff || (glyph & WIDTH_MASK) >>> WIDTH_SHIFT !== 1) return undefined;
    units[x] = code === 0 ? 0x20 : code;
  }
  return { text: String.fromCharCode.apply(null, units.subarray(0, end) as unknown as number[]), map: undefined };
}

function readCells(row: Row, end: number): Line {
  let text = '';
  const map: number[] = [];
  for (let x = 0; x < end; x++) {
    if (row.width(x) === 0) continue;
    const cell = row.text(x) || ' ';
    text += cell;
    for (let i = 0; i < cell.length; i++) map.push(x);
  }
  return { text, map: Uint16Array.from(map) };
}

/** A text that was made of `raw`, with its map to columns. */
function over(made: Mapped, raw: Line): Line {
  const inner = made.map;
  if (inner === undefined) return raw;
  return raw.map === undefined ? made : { text: made.text, map: Uint16Array.from(inner, (at) => raw.map![at]!) };
}

const BAR = /[|\u2502\u2503\u2506\u2507\u250a\u250b\u250c-\u254b\u254e-\u256f\u258f\u2590\u2595]/g;

function barsOf(line: Line): readonly number[] {
  // `search` leaves no state in the pattern, which `matchAll` would begin from.
  if (line.text.search(BAR) < 0) return NO_BARS;
  return [...line.text.matchAll(BAR)].map((match) => columnAt(line, match.index));
}
