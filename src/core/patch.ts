/**
 * What turns one frame into the next, as plain data. The branded {@link Patch} that may travel is made in frame.ts;
 * here are its parts, how they are found and how they are carried out.
 */
import { blankRow, CELL_WORDS, type Cursor, GLYPH, Row } from './cells.js';

/** Rows `top` to `bottom - 1` move up by `by` rows (down when negative); rows that come free are blank. */
export interface Scroll {
  readonly top: number;
  readonly bottom: number;
  readonly by: number;
}

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
  readonly runs: readonly Run[];
  readonly cursor: Cursor;
  /** The cursor's shape, blinking or visibility changed, not only its place. */
  readonly look: boolean;
  /** null: as it was. */
  readonly title: string | null;
}

/** Equal cells between two changed ones that are cheaper to send again than to jump over (a jump is 4 to 8 bytes). */
const BRIDGE_CELLS = 5;
/** Bytes that a scroll costs on the wire: region, position, delete lines, region off. */
const SCROLL_COST = 24;
/** Bytes that the start of a run costs, about: position and pen. */
const RUN_COST = 8;
/** Fewer equal rows than this are no scroll. */
const MIN_SCROLLED_ROWS = 2;

type Rows = readonly Row[];

/** The cheapest way found from `before` to `after`: with a scroll or without, whichever sends fewer cells. */
export function changes(before: Rows, after: Rows): { scroll: Scroll | null; runs: Run[] } {
  const plain = runsBetween(before, after);
  const plainCost = cost(plain);
  if (plainCost <= SCROLL_COST) return { scroll: null, runs: plain };
  const scroll = findScroll(before, after);
  if (scroll === null) return { scroll, runs: plain };
  const moved = runsBetween(scrolled(before, scroll), after);
  return cost(moved) + SCROLL_COST < plainCost ? { scroll, runs: moved } : { scroll: null, runs: plain };
}

function cost(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + RUN_COST + inkLength(run.words) / CELL_WORDS, 0);
}

/** Words up to the last cell that is not an erased one: trailing blanks cost next to nothing. */
function inkLength(words: Uint32Array): number {
  let end = words.length;
  while (end > 0 && isErased(words, end - CELL_WORDS)) end -= CELL_WORDS;
  return end;
}

/** The cell at word offset `at` was never written: no text, no look but perhaps a background colour. */
export function isErased(words: Uint32Array, at: number): boolean {
  return (
    (words[at + GLYPH]! & 0x3fffff) === 0 && widthAt(words, at) === 1 && words[at + 1] === 0 && words[at + 3] === 0
  );
}

export function widthAt(words: Uint32Array, at: number): number {
  return (words[at + GLYPH]! >>> 22) & 3;
}

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
 * The scroll that brings most rows to their place: each row of `after` votes for the distances at which `before` has
 * the same hash; of the winning distance the longest stretch of equal rows is taken.
 */
function findScroll(before: Rows, after: Rows): Scroll | null {
  const by = commonDistance(before, after);
  if (by === 0) return null;
  let best = { from: 0, length: 0 };
  let from = -1;
  for (let y = 0; y <= after.length; y++) {
    const source = before[y + by];
    const same = y < after.length && source !== undefined && after[y]!.equals(source);
    if (same && from < 0) from = y;
    if (!same && from >= 0) {
      if (y - from > best.length) best = { from, length: y - from };
      from = -1;
    }
  }
  if (best.length < MIN_SCROLLED_ROWS) return null;
  const end = best.from + best.length;
  return by > 0 ? { top: best.from, bottom: end + by, by } : { top: best.from + by, bottom: end, by };
}

function commonDistance(before: Rows, after: Rows): number {
  const places = new Map<number, number[]>();
  const blank = blankRow(before[0]?.cols ?? 0).hash;
  before.forEach((row, y) => {
    if (row.hash === blank) return;
    const list = places.get(row.hash);
    if (list === undefined) places.set(row.hash, [y]);
    else list.push(y);
  });
  const votes = new Map<number, number>();
  let winner = 0;
  let most = 0;
  after.forEach((row, y) => {
    if (before[y] === row) return;
    for (const place of places.get(row.hash) ?? []) {
      const by = place - y;
      const count = (votes.get(by) ?? 0) + 1;
      votes.set(by, count);
      if (by !== 0 && count > most) {
        most = count;
        winner = by;
      }
    }
  });
  return winner;
}

function runsBetween(before: Rows, after: Rows): Run[] {
  const runs: Run[] = [];
  after.forEach((row, y) => {
    const old = before[y]!;
    if (old !== row) addRuns(runs, y, old, row);
  });
  return runs;
}

function addRuns(runs: Run[], y: number, old: Row, row: Row): void {
  const { cols } = row;
  let from = -1;
  let last = -1;
  for (let x = 0; x < cols; x++) {
    if (sameCell(old, row, x)) continue;
    if (from >= 0 && x - last > BRIDGE_CELLS) {
      runs.push(runOf(row, y, from, last));
      from = -1;
    }
    if (from < 0) from = x;
    last = x;
  }
  if (from >= 0) runs.push(runOf(row, y, from, last));
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
