/**
 * What turns one frame into the next, as plain data. The branded {@link Patch} that may travel is made in frame.ts;
 * here are its parts, how they are found and how they are carried out.
 */
import { BG, CELL_WORDS, type Cursor, FG, isErased, LINE, Row } from './cells.js';
import { findScroll, type Scroll, scrolled } from './scroll.js';
import { findShifts, type Shift, withShifts } from './shift.js';

/** Cells of row `y` from column `x` on. */
export interface Run {
  readonly y: number;
  readonly x: number;
  readonly words: Uint32Array;
  /** Texts of clusters, by column of the row (not of the run). */
  readonly clusters: ReadonlyMap<number, string>;
}

export interface PatchParts {
  readonly cols: number;
  readonly rows: number;
  /** The picture starts from blank rows of this size: what was seen does not matter. */
  readonly fresh: boolean;
  readonly scroll: Scroll | null;
  /** Carried out after the scroll, one for a row at most, from top to bottom. */
  readonly shifts: readonly Shift[];
  /** What is written then, from top to bottom. */
  readonly runs: readonly Run[];
  readonly cursor: Cursor;
  /** The cursor's shape, blinking or visibility changed, not only its place. */
  readonly look: boolean;
  /** null: as it was. */
  readonly title: string | null;
}

/** Bytes of a jump over equal cells within a row (CUF with a number), and of a change of looks, about. */
const JUMP_COST = 4;
const LOOK_COST = 5;
/** Bytes that the start of a run costs, about: position and pen. */
const RUN_COST = 8;

type Rows = readonly Row[];

/** The cheapest way found from `before` to `after`: what moved as a whole is moved, the rest is sent. */
export function changes(before: Rows, after: Rows): Pick<PatchParts, 'scroll' | 'shifts' | 'runs'> {
  const plain = runsBetween(before, after);
  const scroll = findScroll(before, after, costs(plain, after.length), rowCost);
  const scrolledRows = scroll === null ? before : scrolled(before, scroll);
  const shifts = findShifts(scrolledRows, after, rowCost);
  const moved = shifts.length === 0 ? scrolledRows : withShifts(scrolledRows, shifts);
  return { scroll, shifts, runs: moved === before ? plain : runsBetween(moved, after) };
}

/** Bytes that runs cost, about, row by row. */
function costs(runs: readonly Run[], rows: number): number[] {
  const list = new Array<number>(rows).fill(0);
  for (const { y, words } of runs) list[y]! += RUN_COST + inkLength(words, 0, words.length / CELL_WORDS - 1);
  return list;
}

/** Bytes that it takes to turn one row into another, about. */
function rowCost(old: Row, row: Row): number {
  if (old === row) return 0;
  let bytes = 0;
  eachSpan(old, row, (from, last) => {
    bytes += RUN_COST + inkLength(row.words, from, last);
  });
  return bytes;
}

/** Columns up to the last cell that is not an erased one: trailing blanks cost next to nothing. */
function inkLength(words: Uint32Array, from: number, last: number): number {
  let end = last;
  while (end >= from && isErased(words, end * CELL_WORDS)) end--;
  return end - from + 1;
}

function runsBetween(before: Rows, after: Rows): Run[] {
  const runs: Run[] = [];
  after.forEach((row, y) => {
    const old = before[y]!;
    if (old !== row) eachSpan(old, row, (from, last) => runs.push(runOf(row, y, from, last)));
  });
  return runs;
}

/** Calls back with the first and the last column of each piece of `row` that is to be sent to one who sees `old`. */
function eachSpan(old: Row, row: Row, found: (from: number, last: number) => void): void {
  const { cols } = row;
  let from = -1;
  let last = -1;
  for (let x = 0; x < cols; x++) {
    if (sameCell(old, row, x)) continue;
    if (from >= 0 && x - last > 1 && bridgeCost(row, last, x) > JUMP_COST) {
      found(from, last);
      from = -1;
    }
    if (from < 0) from = x;
    last = x;
  }
  if (from >= 0) found(from, isErasedFrom(row, last) ? cols - 1 : last);
}

/** Bytes that it takes, about, to send the equal cells between two changed ones again instead of jumping over them. */
function bridgeCost(row: Row, last: number, next: number): number {
  const cells = next - last - 1;
  if (cells > JUMP_COST) return cells;
  let looks = sameLook(row, last, next) ? 0 : -1;
  for (let x = last; x < next; x++) if (!sameLook(row, x, x + 1)) looks++;
  return cells + looks * LOOK_COST;
}

function sameLook({ words }: Row, a: number, b: number): boolean {
  const at = a * CELL_WORDS;
  const other = b * CELL_WORDS;
  return (
    words[at + FG] === words[other + FG] &&
    words[at + BG] === words[other + BG] &&
    words[at + LINE] === words[other + LINE]
  );
}

/** Whether nothing stands in a row from column `x` on, on one background: to erase up to the edge is shorter than to write blanks. */
function isErasedFrom({ words }: Row, x: number): boolean {
  const background = words[x * CELL_WORDS + BG];
  for (let at = x * CELL_WORDS; at < words.length; at += CELL_WORDS) {
    if (!isErased(words, at) || words[at + BG] !== background) return false;
  }
  return true;
}

function sameCell(a: Row, b: Row, x: number): boolean {
  const at = x * CELL_WORDS;
  for (let i = at; i < at + CELL_WORDS; i++) if (a.words[i] !== b.words[i]) return false;
  return a.clusters.get(x) === b.clusters.get(x);
}

/** Columns `from` to `last` of a row, widened so that no wide character is cut. */
function runOf(row: Row, y: number, from: number, last: number): Run {
  const x = row.width(from) === 0 && from > 0 ? from - 1 : from;
  const end = row.width(last) === 2 ? last + 2 : last + 1;
  const clusters = new Map<number, string>();
  for (const [column, text] of row.clusters) if (column >= x && column < end) clusters.set(column, text);
  return { y, x, words: row.words.subarray(x * CELL_WORDS, end * CELL_WORDS), clusters };
}

/** `rows` with the cells of `runs` in them. */
export function withRuns(rows: Row[], runs: readonly Run[]): Row[] {
  const words = new Map<number, { words: Uint32Array; clusters: Map<number, string> }>();
  for (const run of runs) {
    const row = rows[run.y]!;
    const open = words.get(run.y) ?? { words: row.words.slice(), clusters: new Map(row.clusters) };
    words.set(run.y, open);
    open.words.set(run.words, run.x * CELL_WORDS);
    const end = run.x + run.words.length / CELL_WORDS;
    for (let x = run.x; x < end; x++) open.clusters.delete(x);
    for (const [x, text] of run.clusters) open.clusters.set(x, text);
  }
  for (const [y, row] of words) rows[y] = new Row(row.words, row.clusters);
  return rows;
}
