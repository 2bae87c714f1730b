/**
 * Rows of cells as the bytes that draw them on an empty screen of the presenter's own terminal. SECRET side: nothing is
 * masked. Cells that were never written stay so, since a terminal copies text without the blanks behind it.
 */
import { BG, CELL_WORDS, FG, GLYPH, isErased, LINE, type Row, widthAt } from '../core/cells.js';
import { moveTo } from '../core/paint.js';
import { DEFAULT_PEN, type Pen, sgr } from '../core/sgr.js';

/** Above this, terminals may disagree about a character's width: the next one gets its place told. */
const LAST_CERTAIN = 0x2ff;
/** Box drawing and blocks: every terminal gives them one column. */
const BOXES = { from: 0x2500, to: 0x259f };

/** Draws `rows` from the upper left corner on. Expects the default pen and no autowrap, and leaves the default pen. */
export function repaint(rows: readonly Row[]): string {
  const painter = new Painter();
  rows.forEach((row, y) => {
    for (let x = 0; x < row.cols; ) x = painter.cell(row, x, y);
  });
  return painter.end();
}

class Painter {
  #out = '';
  #pen: Pen = DEFAULT_PEN;
  /** Where the terminal's cursor is; -1 when not known. */
  #x = 0;
  #y = 0;

  /** Draws what stands at column `x`. @returns the column after it */
  cell(row: Row, x: number, y: number): number {
    const { words } = row;
    const at = x * CELL_WORDS;
    const width = widthAt(words, at);
    if (width === 0) return x + 1;
    const pen = { fg: words[at + FG]!, bg: words[at + BG]!, line: words[at + LINE]! };
    if (isErased(words, at) && pen.bg >>> 26 === 0) return this.#erased(row, x, y, pen);
    this.#begin(x, y, pen);
    this.#out += row.text(x) || ' ';
    this.#x = isCertain(words[at + GLYPH]!) && x + width < row.cols ? x + width : -1;
    return x + width;
  }

  /** Cells without text that have one background: none at all is left alone. */
  #erased({ words, cols }: Row, x: number, y: number, pen: Pen): number {
    let end = x + 1;
    const same = (at: number) => isErased(words, at) && words[at + BG] === pen.bg;
    while (end < cols && same(end * CELL_WORDS)) end++;
    if (pen.bg === 0) return end;
    this.#begin(x, y, pen);
    this.#out += `\x1b[${end - x}X`;
    return end;
  }

  #begin(x: number, y: number, pen: Pen): void {
    this.#moveTo(x, y);
    this.#out += sgr(this.#pen, pen);
    this.#pen = pen;
  }

  end(): string {
    return this.#out + sgr(this.#pen, DEFAULT_PEN);
  }

  #moveTo(x: number, y: number): void {
    if (x === this.#x && y === this.#y) return;
    const gap = x - this.#x;
    if (y === this.#y && this.#x >= 0 && gap > 0) this.#out += gap === 1 ? '\x1b[C' : `\x1b[${gap}C`;
    else this.#out += moveTo(x, y);
    this.#x = x;
    this.#y = y;
  }
}

/** @param glyph the glyph word of a cell, with its cluster bit */
function isCertain(glyph: number): boolean {
  const code = glyph & 0x3fffff;
  return code <= LAST_CERTAIN || (code >= BOXES.from && code <= BOXES.to);
}
