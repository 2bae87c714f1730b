/** Modes in which a program puts a secret at places of its choice: panes, boxes, pagers, status lines. */

import { MAX_ROWS } from '../../../src/core/cells.js';
import { anySize, type Mode, rowsFor, WIDE_CHAR } from './modes.js';
import { at, isLineEnd, RESET, type Script } from './script.js';

const BESIDE = 'another pane with \u6f22\u5b57 words of its own ';
const BARS = ['\u2502', '|', '\u2503', '\u2551'] as const;
const NARROWEST_PANE = 12;
/** A BEGIN line fits: where it is cut nothing says what the lines below are. */
const WHOLE_BEGIN_COLS = 40;

/** A box of the screen in which text wraps without the emulator's help. */
class Box {
  readonly #left: number;
  readonly #right: number;
  readonly #cut: boolean;
  x: number;
  y: number;

  /** @param cut what does not fit a row is left out instead of going on in the next */
  constructor(left: number, right: number, top: number, cut = false) {
    this.#left = left;
    this.#right = right;
    this.#cut = cut;
    this.x = left;
    this.y = top;
  }

  /** What draws `text`, which is one character's, at the next place; '' where it is cut. */
  put(char: string, text: string): string {
    if (isLineEnd(char)) {
      this.x = this.#left;
      this.y++;
      return '';
    }
    const width = WIDE_CHAR.test(char) ? 2 : 1;
    if (this.x + width > this.#right) {
      if (this.#cut) return '';
      this.x = this.#left;
      this.y++;
    }
    const drawn = at(this.y, this.x) + text;
    this.x += width;
    return drawn;
  }
}

/** Text of exactly `cols` columns for a neighbour, another in each row. */
function beside(y: number, cols: number): string {
  let [text, used] = ['', 0];
  for (let i = y; used < cols; i++) {
    const char = BESIDE[i % BESIDE.length]!;
    const width = WIDE_CHAR.test(char) ? 2 : 1;
    text += used + width > cols ? ' ' : char;
    used += width;
  }
  return text;
}

function frame(script: Script, left: number, right: number): void {
  const { chance, rows, cols } = script;
  const bar = chance.pick(BARS);
  for (let y = 0; y < rows - 1; y++) {
    let text = left > 0 ? at(y, 0) + beside(y, left - 1) + bar : '';
    if (right < cols) text += at(y, right) + bar + beside(y + 5, cols - right - 1);
    script.print(RESET + text);
  }
}

/** Character by character in a box; the cursor is put away after each, or stays. */
function boxed(script: Script, box: Box, park: string): void {
  const { secret } = script;
  for (const char of secret.lead) script.print(RESET + box.put(char, char));
  secret.chars.forEach((char, i) => {
    script.print(box.put(char, script.char(i)) + park);
  });
  for (const char of secret.trail) script.print(RESET + box.put(char, char) + park);
}

/** A pane's columns `[left, right)`, with a neighbour on one side or both. */
function sides(script: Script): readonly [number, number] {
  const { chance, cols } = script;
  const left = chance.maybe(0.7) ? chance.between(2, Math.max(2, cols - NARROWEST_PANE - 4)) : 0;
  const room = cols - left - NARROWEST_PANE;
  const right = (left === 0 || chance.maybe(0.5)) && room > 2 ? cols - chance.between(2, room) : cols;
  return [left, right];
}

const paneSize: Mode['size'] = (chance, secret) => {
  const cols = chance.between(secret.kind.lines ? WHOLE_BEGIN_COLS + 4 : 30, chance.pick([60, 120, 200]));
  return { cols, rows: Math.min(MAX_ROWS, rowsFor(secret, NARROWEST_PANE)) };
};

function pane(script: Script, park: string, cut = false): void {
  // A pane that cuts a BEGIN line leaves nothing that says what the lines below are.
  const narrow = cut && script.secret.kind.lines;
  const [left, right] = narrow ? ([2, script.cols] as const) : sides(script);
  frame(script, left, right);
  boxed(script, new Box(left, right, 1, cut), park);
}

/** Rows behind line numbers: only the first row of a line has one. */
function numbered(script: Script): void {
  const { secret, cols } = script;
  let number = script.chance.between(1, 900);
  const gutter = (y: number): string => `${RESET}${at(y, 0)}${String(number++).padStart(5)} `;
  const box = new Box(6, cols, 0);
  script.print(gutter(0));
  for (const char of secret.lead) script.print(RESET + box.put(char, char));
  secret.chars.forEach((char, i) => {
    script.print(box.put(char, script.char(i)));
    if (isLineEnd(char)) script.print(gutter(box.y));
  });
}

/** Rows of which each has the number of its line, as a pager repeats it; or a sign where a line goes on, as in editors. */
function marked(script: Script): void {
  const { chance, secret, cols } = script;
  let number = chance.between(1, 900);
  const sign = chance.pick(['', '+++ ', '> ', '\u21aa ', '... ', '=> ', '* ', '\\'] as const);
  const ends = sign === '\\';
  const mark = (y: number, isFirst: boolean): string => {
    const shown = sign === '' || isFirst ? String(number).padStart(7) : '       ';
    const before = isFirst || ends ? '' : sign;
    return `${RESET}${ends && !isFirst ? `${at(y - 1, cols - 1)}\\` : ''}${at(y, 0)}${shown} ${before}`;
  };
  const box = new Box(8 + (ends ? 0 : sign.length), cols - (ends ? 1 : 0), 0);
  const put = (char: string, text: string): void => {
    const y = box.y;
    const drawn = box.put(char, text);
    if (isLineEnd(char)) number++;
    script.print((box.y === y ? '' : mark(box.y, isLineEnd(char))) + drawn);
  };
  script.print(mark(0, true));
  for (const char of secret.lead) put(char, RESET + char);
  secret.chars.forEach((char, i) => {
    put(char, isLineEnd(char) ? '' : script.char(i));
  });
}

/** A box over other text, as pickers draw it, with what is typed in its first row. */
function picker(script: Script): void {
  const { chance, cols, rows } = script;
  for (let y = 0; y < rows; y++) script.print(RESET + at(y, 0) + beside(y, cols));
  const [left, right] = [chance.between(1, 3), cols - chance.between(2, 4)];
  const line = '\u2500'.repeat(right - left);
  script.print(`${at(0, left - 1)}\u256d${line}\u256e`);
  for (let y = 1; y < rows - 1; y++) {
    script.print(`${at(y, left - 1)}\u2502${' '.repeat(right - left)}${at(y, right)}\u2502`);
  }
  script.print(`${at(rows - 1, left - 1)}\u2570${line}\u256f${at(1, left)}`);
  boxed(script, new Box(left, right, 1), '');
}

/** One row, drawn whole at each change while the cursor stands elsewhere; what does not fit is cut. */
function statusLine(script: Script): void {
  const { secret, rows } = script;
  script.print('\x1b[?25l');
  for (let i = 1; i <= secret.chars.length; i++) {
    const box = new Box(0, script.cols, rows - 1, true);
    let row = '';
    for (const char of secret.lead) row += box.put(char, char);
    for (let j = 0; j < i && !isLineEnd(secret.chars[j]!); j++) row += box.put(secret.chars[j]!, script.char(j));
    script.print(`${RESET}${at(rows - 1, 0)}\x1b[K${row}${at(0, 0)}`);
  }
}

const HOME = at(0, 0);

export const DRAWN_MODES: readonly Mode[] = [
  { name: 'pane', size: paneSize, atCursor: false, write: (script) => pane(script, HOME) },
  { name: 'pane with cursor', size: paneSize, atCursor: true, write: (script) => pane(script, '') },
  { name: 'pane cut', size: paneSize, atCursor: false, write: (script) => pane(script, HOME, true) },
  {
    name: 'two panes at once',
    size: paneSize,
    atCursor: false,
    write: (script) => {
      const left = script.chance.between(8, script.cols - NARROWEST_PANE - 1);
      frame(script, left, script.cols);
      const box = new Box(left, script.cols, 1);
      script.secret.chars.forEach((char, i) => {
        script.print(
          `${RESET}${at(script.chance.below(script.rows), 0)}${beside(script.chance.below(30), script.chance.below(left - 1))}`,
        );
        script.print(box.put(char, script.char(i)) + HOME);
      });
    },
  },
  {
    name: 'cut by the edge',
    size: (chance, secret) => {
      const { cols, rows } = anySize(chance, secret);
      return { cols: Math.max(cols, secret.kind.lines ? WHOLE_BEGIN_COLS : cols), rows };
    },
    atCursor: false,
    write: (script) => {
      boxed(script, new Box(0, script.cols, 1, true), '');
      script.print(`${RESET}${at(script.rows - 1, 0)}:`);
    },
  },
  { name: 'numbered', size: anySize, atCursor: true, gutters: true, write: numbered },
  {
    name: 'marked',
    size: (chance, secret) => {
      const { cols, rows } = anySize(chance, secret);
      return { cols: Math.max(cols, WHOLE_BEGIN_COLS), rows: Math.min(MAX_ROWS, rows * 2) };
    },
    atCursor: true,
    gutters: true,
    write: marked,
  },
  { name: 'picker', size: paneSize, atCursor: true, write: picker },
  { name: 'status line', size: anySize, atCursor: false, lines: false, write: statusLine },
];
