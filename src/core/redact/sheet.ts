/**
 * Plain text laid out as a terminal would show it, row below row, with a map back to its characters: so that a text is
 * searched by the same eyes as a screen. Every character is one cell wide here. Knows nothing of secrets.
 */
import { blankRow, CELL_WORDS, GLYPH, MAX_COLS, MAX_ROWS, Row, type Screen, WIDTH_SHIFT } from '../cells.js';

/** Tabs go on to the next column of this many. */
const TAB = 8;
/** Narrower sheets would call the ends of short lines the edge of the screen. */
const MIN_COLS = 80;
/** Rows of a page that the page before it has too: what goes over rows stands whole on one of them. */
const OVERLAP = MAX_ROWS / 2;

/** One line or a part of it: as cells, and where in the text each cell begins, with the end of the last. */
interface Strip {
  readonly row: Row;
  readonly offsets: readonly number[];
  readonly wrapped: boolean;
}

export interface Page {
  readonly screen: Screen;
  /** Where in the text the cell at a column of a row begins, in UTF-16 units. */
  offset(row: number, column: number): number;
}

/** The pages of a text. The cursor stands below the last line, as after printing it. */
export function* pagesOf(text: string): Generator<Page> {
  const lines = cellsOf(text);
  const longest = lines.reduce((most, { length }) => Math.max(most, length), 0);
  const cols = Math.min(Math.max(longest + 1, MIN_COLS), MAX_COLS);
  const strips = lines.flatMap((cells) => stripsOf(cells, cols));
  for (let top = 0; top === 0 || top + OVERLAP < strips.length; top += OVERLAP) {
    yield pageOf(strips.slice(top, top + MAX_ROWS - 1), cols);
  }
}

interface Cell {
  readonly char: string;
  readonly at: number;
}

/** The cells of each line; a cell for the line's end is the last. */
function cellsOf(text: string): readonly (readonly Cell[])[] {
  const lines: Cell[][] = [[]];
  let at = 0;
  for (const char of text) {
    const line = lines.at(-1)!;
    if (char === '\n') {
      line.push({ char: '', at });
      lines.push([]);
    } else if (char === '\t') {
      for (let blanks = TAB - (line.length % TAB); blanks > 0; blanks--) line.push({ char: ' ', at });
    } else if (char !== '\r') {
      line.push({ char, at });
    }
    at += char.length;
  }
  lines.at(-1)!.push({ char: '', at });
  return lines;
}

function stripsOf(line: readonly Cell[], cols: number): readonly Strip[] {
  const cells = line.slice(0, -1);
  const strips: Strip[] = [];
  for (let from = 0; from === 0 || from < cells.length; from += cols) {
    const part = cells.slice(from, from + cols);
    const offsets = [...part, line[from + part.length]!].map(({ at }) => at);
    strips.push({ row: rowOf(part, cols), offsets, wrapped: from > 0 });
  }
  return strips;
}

function rowOf(cells: readonly Cell[], cols: number): Row {
  if (cells.length === 0) return blankRow(cols);
  const words = blankRow(cols).words.slice();
  cells.forEach(({ char }, x) => {
    words[x * CELL_WORDS + GLYPH] = char.codePointAt(0)! | (1 << WIDTH_SHIFT);
  });
  return new Row(words);
}

function pageOf(strips: readonly Strip[], cols: number): Page {
  const rows = [...strips.map(({ row }) => row), blankRow(cols)];
  const cursor = { x: 0, y: rows.length - 1, visible: true, shape: 'default', blink: true } as const;
  return {
    screen: {
      size: { cols, rows: rows.length },
      rows,
      wrapped: [...strips.map(({ wrapped }) => wrapped), false],
      cursor,
      title: '',
    },
    offset: (row, column) => {
      const { offsets } = strips[row]!;
      return offsets[Math.min(column, offsets.length - 1)]!;
    },
  };
}
