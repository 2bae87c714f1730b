/**
 * THE DOOR. A Screen is secret, a {@link Frame} is public: {@link Frame.of} is the only way from one to the other.
 * Frames and patches cannot be made elsewhere: their constructors are private and each carries a brand that is checked
 * at run time where they leave ({@link Frame.isFrame}).
 *
 * Laws: `a.apply(b.diffFrom(a)).equals(b)`; `a.diffFrom(a)` changes nothing; a frame never changes.
 * The state is the protocol (mosh): a late, a slow and a new observer are one case.
 */
import {
  BG,
  BLANK_GLYPH,
  blankRow,
  CELL_WORDS,
  CLUSTER,
  CODE_POINT_MASK,
  type Cursor,
  FG,
  GLYPH,
  LINE,
  MAX_COLS,
  Row,
  type Screen,
  type Size,
  WIDTH_SHIFT,
} from './cells.js';
import { changes, type PatchParts, withRuns } from './patch.js';
import { fillsCell, printable, printableCell } from './printable.js';
import type { Cover } from './redact/cover.js';
import { mergeSpans, type Span, shownColumn } from './redact/masks.js';
import type { Redaction, Redactor } from './redact/redactor.js';
import { scrolled } from './scroll.js';
import { withShifts } from './shift.js';
import { decodePatch, encodePatch } from './wire.js';

/** Longest title that leaves, in characters. */
const MAX_TITLE = 120;
/** Parts of one frame, and of one row, that are remembered: as many as observers usually look at. */
const MAX_CROPS = 64;
const MAX_ROW_CROPS = 16;
const HOME: Cursor = { x: 0, y: 0, visible: true, shape: 'default', blink: true };
/** ASCII. */
const WITHHELD = 'Picture withheld: the masking rules failed or took too long.';

/** What changed between two frames. Made by {@link Frame.diffFrom} and {@link Patch.decode} only. */
export class Patch {
  readonly #brand = true;
  readonly parts: PatchParts;

  private constructor(parts: PatchParts) {
    this.parts = Object.freeze(parts);
  }

  /** True for patches made at one of the two doors. */
  static isPatch(value: unknown): value is Patch {
    return typeof value === 'object' && value !== null && #brand in value;
  }

  /** True when nothing changes. */
  get isEmpty(): boolean {
    const { fresh, scroll, shifts, runs, title } = this.parts;
    const moves = scroll !== null || shifts.length > 0 || runs.length > 0;
    return !fresh && !moves && title === null && this.#cursorStays;
  }

  #cursorStays = false;

  /** As bytes for another process. @see Patch.decode */
  encode(): Uint8Array {
    return encodePatch(this.parts);
  }

  /**
   * Reads what {@link encode} wrote. Only for the far end of a channel whose near end is a wall: the edge, a relay.
   * @throws {RangeError} when the bytes are not a patch.
   */
  static decode(bytes: Uint8Array): Patch {
    return new Patch(decodePatch(bytes));
  }

  /** @internal The door of {@link Frame.diffFrom}. */
  static between(before: Frame, after: Frame): Patch {
    if (!Frame.isFrame(before) || !Frame.isFrame(after)) throw new TypeError('a patch is made between two frames');
    const { cols, rows } = after.size;
    const fresh = before.size.cols !== cols || before.size.rows !== rows;
    const from = fresh ? Frame.blank(after.size).rows : before.rows;
    const look = fresh || !sameLook(before.cursor, after.cursor);
    const title = before.title === after.title ? null : after.title;
    const patch = new Patch({ cols, rows, fresh, ...changes(from, after.rows), cursor: after.cursor, look, title });
    patch.#cursorStays = sameCursor(before.cursor, after.cursor);
    return patch;
  }
}

/** What observers may see at one moment: size, rows, cursor, title, and nothing else. Immutable. */
export class Frame {
  readonly #brand = true;
  readonly size: Size;
  readonly rows: readonly Row[];
  readonly cursor: Cursor;
  /** Printable, redacted, at most 120 characters. */
  readonly title: string;
  readonly #diffs = new WeakMap<Frame, Patch>();
  readonly #crops = new Map<string, Frame>();

  private constructor(size: Size, rows: readonly Row[], cursor: Cursor, title: string) {
    this.size = size;
    this.rows = Object.freeze(rows);
    this.cursor = cursor;
    this.title = title;
    Object.freeze(this);
  }

  /** The frame of this size on which nothing was written yet. */
  static blank(size: Size): Frame {
    const rows = Array.from({ length: size.rows }, () => blankRow(size.cols));
    return new Frame({ cols: size.cols, rows: size.rows }, rows, HOME, '');
  }

  /**
   * The wall: what of `screen` may be seen after `redactor` had his say. Masked cells lose text and colours, hidden
   * characters are taken out.
   * @param report is told how many matches of each rule stand masked on the screen, and in how many ms another look
   * at the same screen gives another frame (undefined: never).
   * @param nowMs any clock that does not go back. Without one, what is held for a time is held for ever.
   * @param cover what is masked besides.
   * @throws {LecternError} BUDGET when the search for secrets takes too long: there is no frame then.
   */
  static of(
    screen: Screen,
    redactor: Redactor,
    report?: (counts: Redaction['counts'], settlesInMs: Redaction['settlesInMs']) => void,
    nowMs: number = 0,
    cover: Cover | null = null,
  ): Frame {
    const { masks, title, counts, settlesInMs } = redactor.redact(screen, nowMs);
    report?.(counts, settlesInMs);
    const all = cover === null ? masks : masks.map((spans, y) => mergeSpans([...spans, ...cover.rows[y]!]));
    const rows = screen.rows.map((row, y) => publicRow(row, all[y]!, redactor.mask));
    const shown = cover?.title === true ? '' : printable(title, MAX_TITLE);
    return new Frame(screen.size, rows, publicCursor(screen, all), shown);
  }

  /** What is shown when the wall fails: no cell of a screen, one sentence where the smallest glass shows it. */
  static withheld({ cols, rows }: Size): Frame {
    const rest = Frame.blank({ cols, rows }).rows.slice(1);
    return new Frame({ cols, rows }, [textRow(WITHHELD, cols), ...rest], { ...HOME, visible: false }, '');
  }

  /** True for frames made at one of the doors: what leaves is asked this. */
  static isFrame(value: unknown): value is Frame {
    return typeof value === 'object' && value !== null && #brand in value;
  }

  /** What brings one who sees `seen` to this frame. Remembered: N observers in the same state cost one search. */
  diffFrom(seen: Frame): Patch {
    let patch = this.#diffs.get(seen);
    if (patch === undefined) {
      patch = Patch.between(seen, this);
      this.#diffs.set(seen, patch);
    }
    return patch;
  }

  /**
   * This frame after `patch`.
   * @throws {RangeError} when the patch was made for a frame of another size.
   */
  apply(patch: Patch): Frame {
    if (!Patch.isPatch(patch)) throw new TypeError('only a patch can be applied');
    const { cols, rows, fresh, scroll, shifts, runs, cursor, title } = patch.parts;
    if (!fresh && (cols !== this.size.cols || rows !== this.size.rows)) {
      throw new RangeError(`a patch for ${cols}x${rows} does not fit a frame of ${this.size.cols}x${this.size.rows}`);
    }
    const base = fresh ? Frame.blank({ cols, rows }).rows : this.rows;
    const moved = withShifts(scroll === null ? base : scrolled(base, scroll), shifts);
    const frame = new Frame({ cols, rows }, withRuns(moved, runs), cursor, title ?? this.title);
    // Who has seen this one needs the same.
    frame.#diffs.set(this, patch);
    return frame;
  }

  /** True when both show the same. */
  equals(other: Frame): boolean {
    return (
      this === other ||
      (this.size.cols === other.size.cols &&
        this.size.rows === other.size.rows &&
        this.title === other.title &&
        sameCursor(this.cursor, other.cursor) &&
        this.rows.every((row, y) => row.equals(other.rows[y]!)))
    );
  }

  /**
   * The part of this frame that a smaller glass shows. Remembered, and its rows keep identity while they do not change.
   * A wide character cut by an edge becomes blank; a cursor outside is hidden.
   */
  crop(x: number, y: number, cols: number, rows: number): Frame {
    if (x === 0 && y === 0 && cols === this.size.cols && rows === this.size.rows) return this;
    const key = `${x},${y},${cols},${rows}`;
    let crop = this.#crops.get(key);
    if (crop === undefined) {
      const part = this.rows.slice(y, y + rows).map((row) => cropRow(row, x, cols));
      const cursor = cropCursor(this.cursor, x, y, cols, rows);
      crop = new Frame({ cols, rows: part.length }, part, cursor, this.title);
      // Each size and place is kept for as long as the frame is: somebody may try them all.
      if (this.#crops.size >= MAX_CROPS) this.#crops.clear();
      this.#crops.set(key, crop);
    }
    return crop;
  }
}

/** The frame before the first: one column, one row, nothing on it. Whatever follows is a fresh picture. */
export const BLANK = Frame.blank({ cols: 1, rows: 1 });

function sameCursor(a: Cursor, b: Cursor): boolean {
  return a.x === b.x && a.y === b.y && sameLook(a, b);
}

function sameLook(a: Cursor, b: Cursor): boolean {
  return a.visible === b.visible && a.shape === b.shape && a.blink === b.blink;
}

// From secret row to public row ------------------------------------------------------------------------------------

function publicCursor({ cursor, size }: Screen, masks: Redaction['masks']): Cursor {
  const x = shownColumn(cursor.x, masks[cursor.y] ?? [], size.cols);
  return x === cursor.x ? cursor : { ...cursor, x };
}

/** A row that begins with a text in ASCII, cut at its end. */
function textRow(text: string, cols: number): Row {
  const words = blankRow(cols).words.slice();
  [...text.slice(0, cols)].forEach((char, x) => {
    words[x * CELL_WORDS + GLYPH] = char.charCodeAt(0) | BLANK_GLYPH;
  });
  return new Row(words);
}

interface PublicRow {
  readonly masks: string;
  readonly row: Row;
}

/** What became of a secret row the last time: rows that did not change and have the same masks keep their public row. */
const published = new WeakMap<Row, PublicRow>();

function publicRow(secret: Row, spans: readonly Span[], mask: string): Row {
  const masks = spans.length === 0 ? '' : mask + spans.map(({ from, to }) => `${from}-${to}`).join();
  const known = published.get(secret);
  if (known?.masks === masks) return known.row;
  const row = maskRow(cleanRow(secret), spans, mask);
  published.set(secret, { masks, row });
  return row;
}

function cleanRow(row: Row): Row {
  const words = row.words.slice();
  const clusters = new Map(row.clusters);
  for (let at = 0, x = 0; at < words.length; at += CELL_WORDS, x++) cleanCell(words, clusters, at, x);
  return new Row(words, clusters);
}

function cleanCell(words: Uint32Array, clusters: Map<number, string>, at: number, x: number): void {
  const glyph = words[at + GLYPH]!;
  if ((glyph & CLUSTER) !== 0) {
    const text = printableCell(clusters.get(x) ?? '');
    clusters.delete(x);
    setText(words, clusters, at, x, text);
    return;
  }
  const code = glyph & CODE_POINT_MASK;
  if (code === 0x20) {
    // A blank without a look is the same as an erased cell.
    if (words[at + FG] === 0 && words[at + LINE] === 0 && words[at + BG]! >>> 26 === 0) words[at] = BLANK_GLYPH;
  } else if (code !== 0 && !fillsCell(code)) {
    setText(words, clusters, at, x, '');
  }
}

/** Puts `text` into a cell, keeping its look; without text it and its right half become blanks. */
function setText(words: Uint32Array, clusters: Map<number, string>, at: number, x: number, text: string): void {
  const width = (words[at + GLYPH]! >>> WIDTH_SHIFT) & 3;
  if (text === '') {
    words[at + GLYPH] = BLANK_GLYPH | 0x20;
    if (width === 2) words[at + CELL_WORDS + GLYPH] = BLANK_GLYPH | 0x20;
    return;
  }
  const code = text.codePointAt(0)!;
  if (text.length === (code > 0xffff ? 2 : 1)) {
    words[at + GLYPH] = code | (width << WIDTH_SHIFT);
  } else {
    words[at + GLYPH] = CLUSTER | (width << WIDTH_SHIFT);
    clusters.set(x, text);
  }
}

function maskRow(row: Row, spans: readonly Span[], mask: string): Row {
  if (spans.length === 0) return row;
  const words = row.words.slice();
  const clusters = new Map(row.clusters);
  const glyph = mask.codePointAt(0)! | BLANK_GLYPH;
  for (const span of spans) {
    const from = row.width(span.from) === 0 && span.from > 0 ? span.from - 1 : span.from;
    const to = span.to < row.cols && row.width(span.to) === 0 ? span.to + 1 : span.to;
    for (let x = from; x < to; x++) {
      words.fill(0, x * CELL_WORDS, (x + 1) * CELL_WORDS);
      words[x * CELL_WORDS + GLYPH] = glyph;
      clusters.delete(x);
    }
  }
  return new Row(words, clusters);
}

// Cropping ---------------------------------------------------------------------------------------------------------

const crops = new WeakMap<Row, Map<number, Row>>();

function cropRow(row: Row, x: number, cols: number): Row {
  if (x === 0 && cols === row.cols) return row;
  const known = crops.get(row) ?? new Map<number, Row>();
  crops.set(row, known);
  const key = x * (MAX_COLS + 1) + cols;
  let part = known.get(key);
  if (part === undefined) {
    part = cutRow(row, x, cols);
    if (known.size >= MAX_ROW_CROPS) known.clear();
    known.set(key, part);
  }
  return part;
}

function cutRow(row: Row, x: number, cols: number): Row {
  const words = row.words.slice(x * CELL_WORDS, (x + cols) * CELL_WORDS);
  const clusters = new Map<number, string>();
  for (const [column, text] of row.clusters) if (column >= x && column < x + cols) clusters.set(column - x, text);
  const last = words.length - CELL_WORDS;
  if (words[GLYPH]! >>> WIDTH_SHIFT === 0) words[GLYPH] = BLANK_GLYPH | 0x20;
  if (((words[last + GLYPH]! >>> WIDTH_SHIFT) & 3) === 2) {
    words[last + GLYPH] = BLANK_GLYPH | 0x20;
    clusters.delete(cols - 1);
  }
  return new Row(words, clusters);
}

function cropCursor(cursor: Cursor, x: number, y: number, cols: number, rows: number): Cursor {
  const inside = cursor.x >= x && cursor.x < x + cols && cursor.y >= y && cursor.y < y + rows;
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max - 1);
  return {
    ...cursor,
    x: clamp(cursor.x - x, cols),
    y: clamp(cursor.y - y, rows),
    visible: cursor.visible && inside,
  };
}
