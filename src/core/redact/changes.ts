/**
 * When each cell of a screen last changed: what a program wrote last is where it may go on writing. Knows glyphs, not
 * colours, and neither rules nor texts.
 */
import { CELL_WORDS, CLUSTER, GLYPH, type Row } from '../cells.js';
import { isBlank } from './rowtext.js';

/** Screens whose time is kept. At most fifty a second come, so the oldest is more than a minute old. */
const TIMES = 4096;

/** The next line, and the one after it where paragraphs are parted by a blank one. */
const NEXT_ROWS = 2;

export class Changes {
  #count = 0;
  #rows: readonly Row[] = [];
  /** By number of the screen, modulo {@link TIMES}: when it was looked at. */
  readonly #times = new Float64Array(TIMES);
  /** By row of the last screen: the number of the screen in which each cell changed. */
  #numbers: ReadonlyMap<Row, Uint32Array> = new Map();

  /** Looks at the next screen. */
  look(rows: readonly Row[], nowMs: number): void {
    this.#count++;
    this.#times[this.#count % TIMES] = nowMs;
    if (rows.length === this.#rows.length && rows.every((row, y) => row === this.#rows[y])) return;
    const numbers = new Map<Row, Uint32Array>();
    // Rows that scrolled are the same objects elsewhere.
    rows.forEach((row, y) => {
      numbers.set(row, this.#numbers.get(row) ?? this.#compare(row, this.#rows[y]));
    });
    this.#numbers = numbers;
    this.#rows = rows;
  }

  /** An object that is the same for as long as the row is on the screen, and another one when it comes again. */
  stayOf(row: Row | undefined): object | undefined {
    return row === undefined ? undefined : this.#numbers.get(row);
  }

  /** When a cell of columns `[from, to)` last changed, in ms of the clock that {@link look} is given. */
  changedMs(row: Row, from: number, to: number): number {
    const number = this.#latest(row, from, to, false);
    const oldest = Math.max(this.#count - TIMES + 1, 0);
    return this.#times[Math.max(number, oldest) % TIMES]!;
  }

  /**
   * True when nothing was written on the next rows, within columns `[left, right)`, since row `y` changed at or after
   * column `x`: whoever wrote there has not gone on to the next line, nor to the next paragraph.
   */
  isFront(y: number, x: number, left: number, right: number): boolean {
    const row = this.#rows[y];
    if (row === undefined) return true;
    const changed = this.#latest(row, x, right, false);
    const below = this.#rows.slice(y + 1, y + 1 + NEXT_ROWS);
    return below.every((one) => !this.#isWrittenSince(one, left, right, changed));
  }

  /** True when the text in columns `[left, right)` did not grow: all of it came in one screen. */
  cameAtOnce(row: Row, left: number, right: number): boolean {
    const numbers = this.#numbers.get(row);
    const latest = this.#latest(row, left, right, true);
    for (let x = left; x < right; x++) if (!isBlank(row, x) && numbers?.[x] !== latest) return false;
    return true;
  }

  /** True when nothing was written right of column `end` or below since text in columns `[start, end)` was. */
  isLast(y: number, start: number, end: number): boolean {
    const row = this.#rows[y]!;
    const changed = this.#latest(row, end - 1, end + 1, false);
    return !this.#isWrittenSince(row, end, row.cols, changed) && this.isFront(y, end - 1, start, end + 1);
  }

  #isWrittenSince(row: Row, from: number, to: number, number: number): boolean {
    const numbers = this.#numbers.get(row);
    if (numbers === undefined) return false;
    for (let x = from; x < to && x < numbers.length; x++) if (numbers[x]! >= number && !isBlank(row, x)) return true;
    return false;
  }

  #latest(row: Row, from: number, to: number, written: boolean): number {
    const numbers = this.#numbers.get(row);
    let latest = 0;
    if (numbers === undefined) return latest;
    for (let x = from; x < to && x < numbers.length; x++) {
      if (numbers[x]! > latest && !(written && isBlank(row, x))) latest = numbers[x]!;
    }
    return latest;
  }

  #compare(row: Row, before: Row | undefined): Uint32Array {
    const known = before === undefined ? undefined : this.#numbers.get(before);
    if (before === undefined || known?.length !== row.cols) return new Uint32Array(row.cols).fill(this.#count);
    const numbers = known.slice();
    for (let x = 0, at = GLYPH; x < numbers.length; x++, at += CELL_WORDS) {
      const glyph = row.words[at]!;
      const same = glyph === before.words[at] && ((glyph & CLUSTER) === 0 || row.text(x) === before.text(x));
      if (!same) numbers[x] = this.#count;
    }
    return numbers;
  }
}
