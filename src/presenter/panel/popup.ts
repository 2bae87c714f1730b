/** The panel as a box in the middle of the terminal, drawn with blessed. Loaded when it is first needed. */
import blessed, { type Widgets } from 'blessed';
import type { Size } from '../../core/cells.js';
import { closeScreen, openScreen } from './blessed-inside.js';
import type { Glyphs } from './glyphs.js';
import type { Panel } from './panel.js';
import { fit, narrow, rendered } from './text.js';

/** Widest box, in columns: a longer line is hard to follow. */
const MAX_COLS = 110;
/** Narrower terminals give the box all their columns. */
const MARGIN_FROM = 60;
/** Rows inside of the box at least, when the terminal has them: room for help and lists. */
const MIN_ROWS = 18;
/** Columns and rows of the border. */
const BORDER = 2;
/** Columns between border and text, left and right together. */
const PADDING = 2;
/** Dark grey of the 256 palette: a ground of its own, since what has none would show the program's picture. */
const GROUND = 235;
const STYLE = {
  bg: GROUND,
  fg: 252,
  border: { bg: GROUND, fg: 244 },
  label: { bg: GROUND, fg: 231 },
};
const LIST_STYLE = { bg: GROUND, item: { bg: GROUND, fg: 252 }, selected: { bg: 24, fg: 231, bold: true } };

export class Popup {
  readonly #panel: Panel;
  readonly #glyphs: Glyphs;
  readonly #write: (text: string) => void;
  #opened: Opened | null = null;

  /** @param write puts text on the terminal */
  constructor(panel: Panel, glyphs: Glyphs, write: (text: string) => void) {
    this.#panel = panel;
    this.#glyphs = glyphs;
    this.#write = write;
  }

  /** Draws what has changed since the last time; all of it when the terminal has another size. */
  draw(size: Size): void {
    if (this.#opened !== null && !sameSize(this.#opened.size, size)) this.forget();
    this.#opened ??= this.#open(size);
    const { screen, box, list, inner } = this.#opened;
    const sheet = this.#panel.sheet(inner, this.#glyphs);
    box.setLabel(
      ` ${fit(sheet.title, Math.min(narrow(sheet.title, this.#glyphs).length, inner.cols - 2), this.#glyphs)} `,
    );
    box.setContent(sheet.lines.map((line) => rendered(line, inner.cols, this.#glyphs)).join('\n'));
    if (sheet.list === null) list.hide();
    else {
      list.top = sheet.lines.length + 1;
      list.height = Math.max(inner.rows - sheet.lines.length, 1);
      list.setItems(sheet.list.items.map((item) => fit(item, inner.cols, this.#glyphs)) as never);
      list.select(sheet.list.chosen);
      list.show();
    }
    screen.render();
  }

  /** What stands on the terminal is not known any more: the next drawing begins anew. Nothing is written. */
  forget(): void {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    opened.sink.closed = true;
    closeScreen(opened.screen);
  }

  #open(size: Size): Opened {
    const sink = { closed: false };
    const screen = openScreen(size, this.#glyphs.unicode, (text) => {
      if (!sink.closed) this.#write(text);
    });
    const width = size.cols < MARGIN_FROM ? size.cols : Math.min(size.cols - 4, MAX_COLS);
    const height = Math.min(size.rows, Math.max(this.#panel.rows(width - BORDER - PADDING), MIN_ROWS) + BORDER);
    const box = blessed.box({
      parent: screen,
      left: Math.floor((size.cols - width) / 2),
      top: Math.floor((size.rows - height) / 2),
      width,
      height,
      border: 'line',
      padding: { left: PADDING / 2, right: PADDING / 2, top: 0, bottom: 0 },
      tags: false,
      wrap: false,
      style: STYLE,
    });
    const inner = { cols: Math.max(width - BORDER - PADDING, 1), rows: Math.max(height - BORDER, 1) };
    const list = blessed.list({
      parent: box,
      left: BORDER / 2 + PADDING / 2,
      top: 1,
      width: inner.cols,
      height: 1,
      style: LIST_STYLE as never,
      tags: false,
      hidden: true,
    });
    return { screen, box, list, size, inner, sink };
  }
}

interface Opened {
  readonly screen: Widgets.Screen;
  readonly box: Widgets.BoxElement;
  readonly list: Widgets.ListElement;
  readonly size: Size;
  readonly inner: Size;
  readonly sink: { closed: boolean };
}

function sameSize(a: Size, b: Size): boolean {
  return a.cols === b.cols && a.rows === b.rows;
}
