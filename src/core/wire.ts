/**
 * A patch as bytes and back, between the process that holds the screen and those that serve it. 32-bit little-endian
 * words throughout; what is read is checked, so bad bytes are a RangeError and never a bad frame.
 *
 *   magic cols rows flags(1 fresh, 2 title, 4 scroll, 8 look, 16 shifts) cursor(x y look)
 *   [title: length, UTF-16 units] [scroll: top bottom by] [shifts: count, each y x by]
 *   runs: count, each y x cells(words) clusters(count, each x length units)
 */
import { CELL_WORDS, CLUSTER, CODE_POINT_MASK, type Cursor, type CursorShape, MAX_COLS, MAX_ROWS } from './cells.js';
import type { PatchParts, Run } from './patch.js';
import type { Scroll } from './scroll.js';
import type { Shift } from './shift.js';

/** 'LEC' and the version of this layout. */
const MAGIC = 0x4c454302;
const FRESH = 1;
const TITLE = 2;
const SCROLL = 4;
const LOOK = 8;
const SHIFTS = 16;
const ALL_FLAGS = FRESH | TITLE | SCROLL | LOOK | SHIFTS;
const SHAPES: readonly CursorShape[] = ['default', 'block', 'underline', 'bar'];
const MAX_TITLE_UNITS = 1024;
const MAX_CLUSTER_UNITS = 64;

export function encodePatch(parts: PatchParts): Uint8Array {
  const out: number[] = [MAGIC, parts.cols, parts.rows, flags(parts), ...cursorWords(parts.cursor)];
  if (parts.title !== null) out.push(...textWords(parts.title));
  if (parts.scroll !== null) out.push(parts.scroll.top, parts.scroll.bottom, parts.scroll.by >>> 0);
  if (parts.shifts.length > 0) out.push(...shiftWords(parts.shifts));
  out.push(parts.runs.length);
  const total = parts.runs.reduce((sum, run) => sum + 3 + run.words.length + clusterLength(run), out.length);
  const words = new Uint32Array(total);
  words.set(out);
  let at = out.length;
  for (const run of parts.runs) at = putRun(words, at, run);
  return new Uint8Array(words.buffer);
}

function flags({ fresh, title, scroll, shifts, look }: PatchParts): number {
  const moves = (scroll !== null ? SCROLL : 0) | (shifts.length > 0 ? SHIFTS : 0);
  return (fresh ? FRESH : 0) | (title !== null ? TITLE : 0) | moves | (look ? LOOK : 0);
}

function shiftWords(shifts: readonly Shift[]): number[] {
  return [shifts.length, ...shifts.flatMap(({ y, x, by }) => [y, x, by >>> 0])];
}

function cursorWords({ x, y, visible, shape, blink }: Cursor): number[] {
  return [x, y, (visible ? 1 : 0) | (blink ? 2 : 0) | (SHAPES.indexOf(shape) << 2)];
}

function textWords(text: string): number[] {
  return [text.length, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))];
}

function clusterLength(run: Run): number {
  let length = 1;
  for (const text of run.clusters.values()) length += 2 + text.length;
  return length;
}

function putRun(words: Uint32Array, start: number, run: Run): number {
  words.set([run.y, run.x, run.words.length / CELL_WORDS], start);
  words.set(run.words, start + 3);
  let at = start + 3 + run.words.length;
  words[at++] = run.clusters.size;
  for (const [x, text] of run.clusters) {
    words[at++] = x;
    for (const word of textWords(text)) words[at++] = word;
  }
  return at;
}

/** @throws {RangeError} when the bytes are not a patch. */
export function decodePatch(bytes: Uint8Array): PatchParts {
  const reader = new Reader(bytes);
  if (reader.next() !== MAGIC) throw new RangeError('not a patch');
  const cols = reader.within(1, MAX_COLS);
  const rows = reader.within(1, MAX_ROWS);
  const flags = reader.within(0, ALL_FLAGS);
  const cursor = readCursor(reader, cols, rows);
  const title = (flags & TITLE) !== 0 ? reader.text(MAX_TITLE_UNITS) : null;
  const scroll = (flags & SCROLL) !== 0 ? readScroll(reader, rows) : null;
  const shifts = (flags & SHIFTS) !== 0 ? readShifts(reader, cols, rows) : [];
  const count = reader.within(0, rows * cols);
  const runs: Run[] = [];
  for (let i = 0; i < count; i++) runs.push(readRun(reader, cols, rows));
  reader.end();
  const fresh = (flags & FRESH) !== 0;
  return { cols, rows, fresh, scroll, shifts, runs, cursor, look: (flags & LOOK) !== 0, title };
}

function readCursor(reader: Reader, cols: number, rows: number): Cursor {
  const x = reader.within(0, cols - 1);
  const y = reader.within(0, rows - 1);
  const look = reader.within(0, 15);
  return { x, y, visible: (look & 1) !== 0, blink: (look & 2) !== 0, shape: SHAPES[look >> 2]! };
}

function readScroll(reader: Reader, rows: number): Scroll {
  const top = reader.within(0, rows - 1);
  const bottom = reader.within(top + 1, rows);
  const by = reader.next() | 0;
  if (by === 0 || Math.abs(by) >= bottom - top) throw new RangeError('bad scroll');
  return { top, bottom, by };
}

function readShifts(reader: Reader, cols: number, rows: number): Shift[] {
  const shifts: Shift[] = [];
  let next = 0;
  // From top to bottom, one for a row: a terminal gets them between the runs, and would show another order otherwise.
  for (let left = reader.within(1, rows); left > 0; left--) {
    const shift = readShift(reader, cols, next, rows - left);
    shifts.push(shift);
    next = shift.y + 1;
  }
  return shifts;
}

function readShift(reader: Reader, cols: number, firstRow: number, lastRow: number): Shift {
  const y = reader.within(firstRow, lastRow);
  const x = reader.within(0, cols - 1);
  const by = reader.next() | 0;
  if (by === 0 || Math.abs(by) >= cols - x) throw new RangeError('bad shift');
  return { y, x, by };
}

function readRun(reader: Reader, cols: number, rows: number): Run {
  const y = reader.within(0, rows - 1);
  const x = reader.within(0, cols - 1);
  const words = reader.take(reader.within(1, cols - x) * CELL_WORDS);
  for (let at = 0; at < words.length; at += CELL_WORDS) {
    const glyph = words[at]!;
    if ((glyph & CODE_POINT_MASK) > 0x10ffff || glyph >>> 24 !== 0) throw new RangeError('bad cell');
  }
  const clusters = new Map<number, string>();
  const count = reader.within(0, words.length);
  for (let i = 0; i < count; i++) {
    const column = reader.within(x, x + words.length / CELL_WORDS - 1);
    if ((words[(column - x) * CELL_WORDS]! & CLUSTER) === 0) throw new RangeError('bad cluster');
    clusters.set(column, reader.text(MAX_CLUSTER_UNITS));
  }
  return { y, x, words, clusters };
}

class Reader {
  readonly #words: Uint32Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length % 4 !== 0) throw new RangeError('a patch has whole words');
    // A copy: words must be aligned, and a node Buffer's own slice() would share its pool.
    this.#words = new Uint32Array(new Uint8Array(bytes).buffer);
  }

  next(): number {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new RangeError('a patch was cut short');
    return word;
  }

  within(min: number, max: number): number {
    const word = this.next();
    if (word < min || word > max) throw new RangeError(`${word} is not within ${min} to ${max}`);
    return word;
  }

  take(length: number): Uint32Array {
    const words = this.#words.subarray(this.#at, this.#at + length);
    if (words.length !== length) throw new RangeError('a patch was cut short');
    this.#at += length;
    return words;
  }

  text(max: number): string {
    const length = this.within(0, max);
    return String.fromCharCode(...this.take(length));
  }

  end(): void {
    if (this.#at !== this.#words.length) throw new RangeError('a patch has a tail');
  }
}
