/** Screens with known text on them, and where each character of it stands. */
import { blankRow, CELL_WORDS, Row, type Screen, WIDTH_SHIFT } from '../../src/core/cells.js';

export interface Laid {
  readonly screen: Screen;
  /** Row and column of each character (code point) of the text. */
  readonly at: readonly (readonly [number, number])[];
}

export interface Layout {
  readonly cols: number;
  readonly rows: number;
  /** Columns that the text wraps in; default all. */
  readonly left?: number;
  readonly right?: number;
  /** Whether the emulator says which rows are wrapped. */
  readonly flags?: boolean;
  /** What stands beside the pane, in each row; bars are drawn at `left - 1` and `right`. */
  readonly beside?: string;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/;

/** Writes `text` from the top as a terminal would: wrapping at the right edge, a new row at `\n`. */
export function lay(text: string, layout: Layout): Laid {
  const { cols, rows, left = 0, right = cols, flags = false, beside } = layout;
  const grid = Array.from({ length: rows }, () => blankRow(cols).words.slice());
  const wrapped = grid.map(() => false);
  const at: (readonly [number, number])[] = [];
  let [x, y] = [left, 0];
  for (const char of text) {
    if (char === '\n') {
      at.push([y, x]);
      [x, y] = [left, y + 1];
      continue;
    }
    const width = WIDE.test(char) ? 2 : 1;
    if (x + width > right) {
      [x, y] = [left, y + 1];
      wrapped[y] = flags;
    }
    if (y >= rows) throw new RangeError('the text is longer than the screen');
    put(grid[y]!, x, char, width);
    at.push([y, x]);
    x += width;
  }
  if (beside !== undefined) for (const words of grid) drawBeside(words, beside, left, right, cols);
  return { screen: screenOf(grid, wrapped.slice(0, rows), cols), at };
}

function put(words: Uint32Array, x: number, char: string, width: number): void {
  words[x * CELL_WORDS] = char.codePointAt(0)! | (width << WIDTH_SHIFT);
  if (width === 2) words[(x + 1) * CELL_WORDS] = 0;
}

function drawBeside(words: Uint32Array, beside: string, left: number, right: number, cols: number): void {
  for (let x = 0; x < cols; x++) {
    if (x >= left && x < right) continue;
    put(words, x, x === left - 1 || x === right ? '│' : beside[x % beside.length]!, 1);
  }
}

function screenOf(grid: readonly Uint32Array[], wrapped: readonly boolean[], cols: number): Screen {
  return {
    size: { cols, rows: grid.length },
    rows: grid.map((words) => new Row(words)),
    wrapped,
    cursor: { x: 0, y: 0, visible: true, shape: 'block', blink: false },
    title: '',
  };
}

/** Numbers in [0, 1) from a seed (Lehmer, modulus 2^31 - 1). */
export function randomFrom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
