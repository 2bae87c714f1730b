/**
 * Shapes of what a terminal shows. A {@link Screen} is SECRET: it is what the emulator holds, before the wall.
 * This file knows nothing of emulators, redaction or painting.
 *
 * One cell is four unsigned 32-bit words:
 *
 *   word   bits 0-20         21        22-23   24-25       26..31
 *   GLYPH  code point        CLUSTER   width   -           -
 *   FG     colour (24 bits, 0-23)              mode        INVERSE BOLD UNDERLINE BLINK HIDDEN STRIKE
 *   BG     colour (24 bits, 0-23)              mode        ITALIC DIM - - OVERLINE -
 *   LINE   underline colour (24 bits, 0-23)    mode        style (26-28)
 *
 * The first three words have the layout of xterm.js 6, so that capturing a row is a masked copy.
 * Width is 2 for the left half of a wide character, 0 for its right half, 1 otherwise.
 * Code point 0 is a cell that was never written (or erased); it looks like a blank.
 */

/** Words in one cell. */
export const CELL_WORDS = 4;

/** Offsets of the four words of a cell. */
export const GLYPH = 0;
export const FG = 1;
export const BG = 2;
export const LINE = 3;

export const CODE_POINT_MASK = 0x1fffff;
/** Set in GLYPH when the text is longer than one code point: it then stands in {@link Row.clusters}. */
export const CLUSTER = 1 << 21;
export const WIDTH_SHIFT = 22;
export const WIDTH_MASK = 3 << WIDTH_SHIFT;
/** GLYPH of a cell that was never written, or was erased: no text, one column. */
export const BLANK_GLYPH = 1 << WIDTH_SHIFT;

/** FG, BG and LINE: the colour with its mode. Equal values look equal. */
export const COLOR_MASK = 0x3ffffff;
export const COLOR_VALUE_MASK = 0xffffff;
export const COLOR_MODE_MASK = 3 << 24;
/** Palette colours 0-15, which terminals let users choose: kept apart from the same numbers in the 256 palette. */
export const COLOR_P16 = 1 << 24;
export const COLOR_P256 = 2 << 24;
export const COLOR_RGB = 3 << 24;

/** Flags in FG. UNDERLINE is set exactly when the style in LINE is not 0. */
export const FG_INVERSE = 1 << 26;
export const FG_BOLD = 1 << 27;
export const FG_UNDERLINE = 1 << 28;
export const FG_BLINK = 1 << 29;
export const FG_HIDDEN = 1 << 30;
export const FG_STRIKE = (1 << 31) >>> 0;

/** Flags in BG. */
export const BG_ITALIC = 1 << 26;
export const BG_DIM = 1 << 27;
export const BG_OVERLINE = 1 << 30;

/** Underline style in LINE: 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed (SGR 4:1 to 4:5). */
export const LINE_STYLE_SHIFT = 26;
export const LINE_STYLE_MASK = (7 << LINE_STYLE_SHIFT) >>> 0;

/** Columns and rows, in cells. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** Limits of every size that comes from outside, in cells. A wide character needs two columns: emulators have no narrower screen. */
const MIN_COLS = 2;
export const MAX_COLS = 500;
export const MAX_ROWS = 300;

/** A size that came from outside, brought within what a screen may have. */
export function clampSize({ cols, rows }: Size): Size {
  const clamp = (value: number, min: number, max: number) => Math.min(Math.max(Math.trunc(value) || min, min), max);
  return { cols: clamp(cols, MIN_COLS, MAX_COLS), rows: clamp(rows, 1, MAX_ROWS) };
}

/** 'default' is what the observer's own terminal has: the program never chose one (DECSCUSR 0). */
export type CursorShape = 'default' | 'block' | 'underline' | 'bar';

/** Where the cursor is (0-based cell) and how it looks. `x` may equal `cols - 1` while a wrap is pending. */
export interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly visible: boolean;
  readonly shape: CursorShape;
  readonly blink: boolean;
}

/** The cell at word offset `at` was never written: no text, no look but perhaps a background colour. */
export function isErased(words: Uint32Array, at: number): boolean {
  const noText = (words[at + GLYPH]! & (CLUSTER | CODE_POINT_MASK)) === 0;
  return noText && widthAt(words, at) === 1 && words[at + FG] === 0 && words[at + LINE] === 0;
}

/** Width of the cell at word offset `at`: 0, 1 or 2. */
export function widthAt(words: Uint32Array, at: number): number {
  return (words[at + GLYPH]! & WIDTH_MASK) >>> WIDTH_SHIFT;
}

/** False for characters on whose width terminals agree: Latin to Cyrillic, punctuation, box drawing, the CJK blocks, Hangul. */
export function isUncertain(code: number): boolean {
  if (code < 0x300) return false;
  return !(
    (code >= 0x370 && code < 0x530) ||
    (code >= 0x2010 && code < 0x2028) ||
    (code >= 0x2500 && code < 0x25a0) ||
    (code >= 0x3001 && code < 0xa4d0) ||
    (code >= 0xac00 && code < 0xd7a4) ||
    (code >= 0xff01 && code < 0xff61)
  );
}

const NO_CLUSTERS: ReadonlyMap<number, string> = new Map();

/**
 * One row of cells. Immutable once made: nobody writes to `words` after the constructor, so rows are compared by
 * identity first and everything derived from a row may be remembered by it.
 */
export class Row {
  /** `cols * CELL_WORDS` words. */
  readonly words: Uint32Array;
  /** Texts of the cells whose glyph has {@link CLUSTER}, by column. */
  readonly clusters: ReadonlyMap<number, string>;
  #hash: number | undefined;

  constructor(words: Uint32Array, clusters: ReadonlyMap<number, string> = NO_CLUSTERS) {
    this.words = words;
    this.clusters = clusters;
  }

  get cols(): number {
    return this.words.length / CELL_WORDS;
  }

  /** Width of the cell at column `x`: 0, 1 or 2. */
  width(x: number): number {
    return (this.words[x * CELL_WORDS]! & WIDTH_MASK) >>> WIDTH_SHIFT;
  }

  /** Text of the cell at column `x`: '' for a cell never written and for the right half of a wide character. */
  text(x: number): string {
    const glyph = this.words[x * CELL_WORDS]!;
    if ((glyph & CLUSTER) !== 0) return this.clusters.get(x) ?? '';
    const code = glyph & CODE_POINT_MASK;
    return code === 0 ? '' : String.fromCodePoint(code);
  }

  /** A 32-bit hash of what the row shows: equal rows have equal hashes. Counted once, then remembered. */
  get hash(): number {
    this.#hash ??= hashWords(this.words);
    return this.#hash;
  }

  /** True when both rows show the same. */
  equals(other: Row): boolean {
    if (this === other) return true;
    if (this.#hash !== undefined && other.#hash !== undefined && this.#hash !== other.#hash) return false;
    const a = this.words;
    const b = other.words;
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return sameClusters(this.clusters, other.clusters);
  }
}

/** FNV-1a over words. Clusters are left out: rows that differ in them alone share a hash, never the other way round. */
function hashWords(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

function sameClusters(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [x, text] of a) if (b.get(x) !== text) return false;
  return true;
}

const blanks = new Map<number, Row>();

/** The row of `cols` cells that were never written. One object for each width. */
export function blankRow(cols: number): Row {
  let row = blanks.get(cols);
  if (row === undefined) {
    const words = new Uint32Array(cols * CELL_WORDS);
    for (let i = 0; i < words.length; i += CELL_WORDS) words[i] = BLANK_GLYPH;
    row = new Row(words);
    blanks.set(cols, row);
  }
  return row;
}

/**
 * What the emulator shows at one moment. SECRET: only {@link Frame.of} turns it into something that may leave.
 * Rows that did not change since the last capture are the same objects as in that capture.
 */
export interface Screen {
  readonly size: Size;
  /** `size.rows` rows of `size.cols` cells. */
  readonly rows: readonly Row[];
  /** `wrapped[y]`: the emulator says that row `y` goes on from row `y - 1`. It may be stale: a hint, never a proof. */
  readonly wrapped: readonly boolean[];
  readonly cursor: Cursor;
  readonly title: string;
}
