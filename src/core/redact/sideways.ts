/**
 * What is out of sight of a line that is moved sideways while somebody types in it: editors that keep a line on one row
 * take its beginning away when the cursor reaches the edge, and with it what says that a secret is being typed. Knows rows
 * and the cursor, not what stands on them.
 */
import type { Cursor, Row } from '../cells.js';
import { columnAt, indexOfColumn, type Line, rowText } from './rowtext.js';

/** The beginning of a line, and where on its row the rest of it stands. */
export interface Beyond {
  readonly text: string;
  /** The column at which it goes on; before it stand a number, or a sign that there is more. */
  readonly from: number;
}

/** Fewest characters by which a line is known again when it has moved: nano leaves five of what was typed. */
const MIN_KEPT = 4;
/** Most characters that are typed between two looks. */
const MAX_TYPED = 16;
/** Most columns of a number and a sign before the line. */
const MAX_BEFORE = 10;
/** Most that is kept of the beginning of a line, in UTF-16 units: the longest tokens have some hundreds. */
const MAX_TEXT = 1024;
/** Looks for which a line is kept that seems to be gone: drawing it anew, and a status line, may take as many. */
const PATIENCE = 8;

/** A line up to the cursor. */
interface Typed {
  readonly y: number;
  readonly text: string;
  readonly beyond: Beyond | undefined;
}

export class Sideways {
  readonly #beyond = new WeakMap<Row, Beyond>();
  #row: Row | undefined;
  #x = 0;
  /** The line as it was last, and as it was when it was longest; for so many more looks. */
  #now: Typed = NOWHERE;
  #longest: Typed = NOWHERE;
  #patience = 0;
  #isAny = false;

  /** Looks at the next screen. */
  look(rows: readonly Row[], { x, y }: Cursor): void {
    const row = rows[y];
    if (row === undefined || (row === this.#row && x === this.#x)) return;
    [this.#row, this.#x] = [row, x];
    const line = rowText(row).raw;
    const text = textBefore(line, x);
    const same = [this.#now, this.#longest].find((typed) => typed.y === y && isOneLine(typed.text, text));
    const moved = same?.beyond === undefined ? movedBy(this.#longest, y, line, text) : undefined;
    // Left of where it goes on nothing says that it is still the same line.
    const isThere = same?.beyond !== undefined && text.length > same.beyond.from;
    const beyond = moved ?? (isThere ? same.beyond : undefined);
    this.#now = { y, text, beyond };
    this.#keep(same === this.#longest && text.length >= same.text.length, moved !== undefined);
    if (beyond === undefined) return;
    this.#isAny = true;
    this.#beyond.set(row, beyond);
  }

  /** What is out of sight of the line on this row; undefined when nothing is, or nothing is known. */
  of(row: Row): Beyond | undefined {
    return this.#isAny ? this.#beyond.get(row) : undefined;
  }

  #keep(hasGrown: boolean, hasMoved: boolean): void {
    if (hasGrown || hasMoved || --this.#patience < 0) [this.#longest, this.#patience] = [this.#now, PATIENCE];
  }
}

const NOWHERE: Typed = { y: -1, text: '', beyond: undefined };

/** The text of a line up to a column, with the blanks before that. */
function textBefore(line: Line, column: number): string {
  const text = line.text.slice(0, indexOfColumn(line, column));
  return line.map === undefined ? text.padEnd(column) : text;
}

function isOneLine(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/**
 * What is out of sight when the end of what was typed stands further to the left now, with a few characters more.
 * Undefined when it does not.
 */
function movedBy(before: Typed, y: number, line: Line, text: string): Beyond | undefined {
  if (before.y !== y || text.length > before.text.length + MAX_TYPED) return undefined;
  // A prompt comes again, and may have in it what the command ended with: what stands where it stood has not moved.
  const stayed = commonStart(before.text, text);
  for (let typed = 0; typed <= MAX_TYPED && typed + MIN_KEPT <= text.length; typed++) {
    const end = text.length - typed;
    if (end <= stayed) return undefined;
    const kept = commonEnd(before.text, text, end);
    if (kept < MIN_KEPT || kept === before.text.length || end - kept > MAX_BEFORE) continue;
    const { beyond } = before;
    const gone = before.text.slice(0, before.text.length - kept);
    const all = beyond === undefined ? gone : beyond.text + gone.slice(indexOfColumn(line, beyond.from));
    return { text: all.slice(-MAX_TEXT), from: columnAt(line, end - kept) };
  }
  return undefined;
}

function commonStart(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/** How many characters at the end of `a`, and before unit `end` of `b`, are the same. */
function commonEnd(a: string, b: string, end: number): number {
  let count = 0;
  while (count < a.length && count < end && a[a.length - 1 - count] === b[end - 1 - count]) count++;
  return count;
}
