/**
 * Rows of cells out of xterm's lines: masked, made canonical, and remembered by line, so that a line which did not
 * change is the same {@link Row} again wherever it has scrolled to. Knows nothing of parsing.
 */
import {
  BG_DIM,
  BG_ITALIC,
  BG_OVERLINE,
  BLANK_GLYPH,
  blankRow,
  CELL_WORDS,
  CLUSTER,
  CODE_POINT_MASK,
  COLOR_MASK,
  COLOR_MODE_MASK,
  COLOR_VALUE_MASK,
  FG_UNDERLINE,
  LINE_STYLE_MASK,
  LINE_STYLE_SHIFT,
  Row,
  WIDTH_MASK,
  WIDTH_SHIFT,
} from '../core/cells.js';
import type { Pen } from '../core/sgr.js';
import { RAW_HAS_EXTENDED, RAW_WORDS, type RawLine, type RawPen } from './xterm-internals.js';

const GLYPH_MASK = CODE_POINT_MASK | CLUSTER | WIDTH_MASK;
const FG_FLAGS = ~COLOR_MASK & ~FG_UNDERLINE;
const BG_FLAGS = BG_ITALIC | BG_DIM | BG_OVERLINE;
const SINGLE = 1 << LINE_STYLE_SHIFT;
const NONE: ReadonlyMap<number, string> = new Map();

interface Seen {
  /** xterm's own array, as a view for a native comparison; it is replaced when the line is resized. */
  readonly data: Uint32Array;
  readonly live: Uint8Array;
  readonly copy: Uint8Array;
  row: Row;
  /** The words do not tell everything: there are clusters, or styles outside of them. */
  partial: boolean;
}

/** Reads rows, and remembers the last reading of each line. */
export class Rows {
  readonly #seen = new WeakMap<RawLine, Seen>();

  /** What `line` shows. The same object as at the last call when it still shows the same. */
  read(line: RawLine): Row {
    const seen = this.#seen.get(line);
    if (seen === undefined || seen.data !== line._data) return this.#readFirst(line);
    const same = Buffer.compare(seen.live, seen.copy) === 0;
    if (same && !seen.partial) return seen.row;
    const { row, partial } = convert(line);
    if (same && row.equals(seen.row)) return seen.row;
    // Memory outside of the heap is dear: the copy is written over.
    seen.copy.set(seen.live);
    seen.row = row;
    seen.partial = partial;
    return row;
  }

  #readFirst(line: RawLine): Row {
    const data = line._data;
    const { row, partial } = convert(line);
    const live = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#seen.set(line, { data, live, copy: live.slice(), row, partial });
    return row;
  }
}

/** The look of what is printed next, as the cells would have it. */
export function penOf({ fg, bg, extended }: RawPen): Pen {
  const underlined = (fg & FG_UNDERLINE) !== 0;
  return {
    fg: ((fg & FG_FLAGS) | colour(fg) | (underlined ? FG_UNDERLINE : 0)) >>> 0,
    bg: ((bg & BG_FLAGS) | colour(bg)) >>> 0,
    line: underlined ? underlineOf((bg & RAW_HAS_EXTENDED) === 0 ? SINGLE : extended._ext) : 0,
  };
}

function convert(line: RawLine): { readonly row: Row; readonly partial: boolean } {
  const raw = line._data;
  const cols = raw.length / RAW_WORDS;
  const words = new Uint32Array(cols * CELL_WORDS);
  let clusters: Map<number, string> | null = null;
  let partial = false;
  let any = 0;
  for (let x = 0, from = 0, to = 0; x < cols; x++, from += RAW_WORDS, to += CELL_WORDS) {
    const fg = raw[from + 1]!;
    const bg = raw[from + 2]!;
    let glyph = raw[from]! & GLYPH_MASK;
    const width = (glyph & WIDTH_MASK) >>> WIDTH_SHIFT;
    if (width !== 1 && !isWhole(raw, x, width)) glyph = BLANK_GLYPH;
    if ((glyph & CLUSTER) !== 0) {
      partial = true;
      clusters ??= new Map();
      clusters.set(x, line._combined[x] ?? '');
      glyph &= ~CODE_POINT_MASK;
    }
    const right = width === 0 && glyph !== BLANK_GLYPH;
    words[to] = glyph;
    words[to + 1] = right ? words[to - 3]! : (fg & FG_FLAGS) | colour(fg);
    words[to + 2] = right ? words[to - 2]! : (bg & BG_FLAGS) | colour(bg);
    if (right) words[to + 3] = words[to - 1]!;
    else if ((fg & FG_UNDERLINE) !== 0) {
      if ((bg & RAW_HAS_EXTENDED) !== 0) partial = true;
      words[to + 1]! |= FG_UNDERLINE;
      words[to + 3] = underline(line, x, bg);
    }
    any |= (glyph ^ BLANK_GLYPH) | words[to + 1]! | words[to + 2]!;
  }
  return { row: any === 0 ? blankRow(cols) : new Row(words, clusters ?? NONE), partial };
}

/** True for a wide character with its right half, seen from either half. */
function isWhole(raw: Uint32Array, x: number, width: number): boolean {
  if (width === 2) {
    const right = raw[(x + 1) * RAW_WORDS];
    return right !== undefined && (right & GLYPH_MASK) === 0;
  }
  const left = x === 0 ? undefined : raw[(x - 1) * RAW_WORDS];
  return (
    width === 0 &&
    (raw[x * RAW_WORDS]! & GLYPH_MASK) === 0 &&
    left !== undefined &&
    (left & WIDTH_MASK) === 2 << WIDTH_SHIFT
  );
}

/** The default colour has one spelling, and palette colours no bits beyond their index. */
function colour(word: number): number {
  const mode = word & COLOR_MODE_MASK;
  if (mode === 0) return 0;
  return mode === COLOR_MODE_MASK ? word & COLOR_MASK : mode | (word & 0xff);
}

/** The stored value, not `underlineStyle`: that one claims dashes for every link. */
function underline(line: RawLine, x: number, bg: number): number {
  return underlineOf((bg & RAW_HAS_EXTENDED) === 0 ? SINGLE : (line._extendedAttrs[x]?._ext ?? SINGLE));
}

function underlineOf(ext: number): number {
  const style = ext & LINE_STYLE_MASK;
  return (style === 0 ? SINGLE : style) | (colour(ext & (COLOR_MODE_MASK | COLOR_VALUE_MASK)) >>> 0);
}
