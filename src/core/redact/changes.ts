/**
 * When each cell of a screen last changed: what a program wrote last is where it may go on writing. Knows glyphs, not
 * colours, and neither rules nor texts.
 */
import { CELL_WORDS, CLUSTER, GLYPH, type Row } from '../cells.js';
import { isBlank } from './rowtext.js';

/** Screens whose time is kept. At most fifty a second come, so the oldest is more than a minute old. */
const TIMES = 4096;

export class Changes {
  #count = 0;
  #rows: readonly Row[] = [];
  /** By number of the screen, modulo {@link TIMES}: when it was looked at. */
  readonly #times = new Float64Array(TIMES);
  /** By row: the number of the screen in which each cell changed. */
  readonly #numbers = new WeakMap<Row, Uint32Array>();

  /** Looks at the next screen. */
  look(rows: readonly Row[], nowMs: number): void {
    this.#count++;
    this.#times[this.#count % TIMES] = nowMs;
    rows.forEach((row, y) => {
      const before = this.#rows[y];
      // Rows that scrolled are the same objects elsewhere.
      if (row !== before && !this.#numbers.has(row)) this.#numbers.set(row, this.#compare(row, before));
    });
    this.#rows = rows;
  }

  /** When a cell of columns `[from, to)` last changed, in ms of the clock that {@link look} is given. */
  changedMs(row: Row, from: number, to: number): number {
    const number = this.#latest(row, from, to, false);
    const oldest = Math.max(this.#count - TIMES + 1, 0);
    return this.#times[Math.max(number, oldest) % TIMES]!;
  }

  /**
   * True when nothing was written on the next row, within columns `[left, right)`, since row `y` changed at or after
   * column `x`: whoever wrote there has not gone on to the next line.
   */
  isFront(y: number, x: number, left: number, right: number): boolean {
    const row = this.#rows[y];
    const below = this.#rows[y + 1];
    if (row === undefined || below === undefined) return true;
    return this.#latest(below, left, right, true) < this.#latest(row, x, right, false);
  }

  /** True when nothing was written right of column `end` or below since text in columns `[start, end)` was. */
  isLast(y: number, start: number, end: number): boolean {
    const row = this.#rows[y]!;
    const changed = this.#latest(row, end - 1, end + 1, false);
    return this.#latest(row, end, row.cols, true) < changed && this.isFront(y, end - 1, start, end + 1);
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
