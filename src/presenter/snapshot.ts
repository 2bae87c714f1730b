/**
 * A terminal at one moment, as the bytes that bring it back: its cells, and everything that a program has asked of it.
 * Between {@link Snapshot.quiet} and {@link Snapshot.wake} anything may be drawn. SECRET side: nothing is masked.
 */
import { CELL_WORDS, FG, type Row, type Screen, type Size } from '../core/cells.js';
import { cursorLook, moveTo } from '../core/paint.js';
import { DEFAULT_PEN, type Pen, sgr } from '../core/sgr.js';
import type { AskedModes, Charsets } from './asked-modes.js';
import { repaint } from './repaint.js';
import { penOf } from './rows.js';
import type { Opened } from './xterm-internals.js';

export interface Snapshot {
  readonly size: Size;
  /** The program is on the alternate screen. */
  readonly alternate: boolean;
  /** Draws the cells on an empty screen; expects {@link quiet}. */
  readonly picture: string;
  /** Takes back what would disturb drawing or typing. */
  readonly quiet: string;
  /** Sets it again, save what follows. Takes the cursor home. */
  readonly wake: string;
  /** The scroll region and origin mode. Takes the cursor home. */
  readonly margins: string;
  /** The cursor's shape: a popup does not change it, so it is for when output was lost. */
  readonly shape: string;
  /** Puts the cursor in its place, after {@link margins}. */
  readonly cursor: string;
  /** Brings the wrap about that waits at the end of the cursor's row; '' when none does. */
  readonly edge: string;
  /** What must come last: the pen, character sets, insert mode, whether the cursor is seen. */
  readonly last: string;
  /** Saves the cursor where the program had saved it, from its place; '' when it did not. */
  readonly saved: string;
}

/** Kinds of input that a popup must not get: mouse with its encodings, focus, colour scheme and size reports. */
const REPORTING = [9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2031, 2048];
/** Application cursor keys and keypad. */
const KEYS = [1, 66];
/** Set anew in an order of their own, or not to be repeated: screens, saved cursor, columns, synchronised output. */
const APART = new Set([3, 6, 25, 47, 1047, 1048, 1049, 2026]);
/** A paste must be told from typing, also while a popup is open. */
const PASTE = 2004;
const AUTOWRAP = 7;
const ORIGIN = 6;
const SYNCHRONISED = 2026;

/** @param screen what the emulator shows */
export function snapshotOf(opened: Opened, asked: AskedModes, { rows, cursor }: Screen): Snapshot {
  const { core, xterm } = opened;
  const alternate = core.buffer !== core.buffers.normal;
  return {
    size: { cols: xterm.cols, rows: xterm.rows },
    alternate,
    picture: `\x1b[m\x1b[H\x1b[2J${repaint(rows)}`,
    quiet: quiet(opened, asked),
    wake: wake(opened, asked),
    margins: margins(opened, asked),
    shape: cursorLook({ ...cursor, visible: false }),
    cursor: place(opened, asked),
    edge: edge(opened, rows),
    last: last(opened, asked),
    saved: alternate ? '' : saved(opened, asked),
  };
}

function mode(number: number, on: boolean): string {
  return `\x1b[?${number}${on ? 'h' : 'l'}`;
}

function quiet({ core }: Opened, asked: AskedModes): string {
  const { applicationKeypad } = core.coreService.decPrivateModes;
  const off = [...REPORTING, ...KEYS, ORIGIN, SYNCHRONISED].filter((number) => asked.isSet(number));
  return (
    `${asked.kitty ? '\x1b[>0u' : ''}${asked.modifyOtherKeys > 0 ? '\x1b[>4;0m' : ''}` +
    `${off.map((number) => mode(number, false)).join('')}${applicationKeypad ? '\x1b>' : ''}` +
    `${mode(PASTE, true)}${mode(AUTOWRAP, false)}\x1b[r\x1b[m\x1b[4l\x1b(B\x0f\x1b[?25l`
  );
}

function wake({ core }: Opened, asked: AskedModes): string {
  const { applicationKeypad } = core.coreService.decPrivateModes;
  const spoken = [...asked.privateModes].filter(([number]) => !APART.has(number));
  // To reset one way of mouse reports ends all of them: what is on comes last.
  const ordered = [...spoken.filter(([, on]) => !on), ...spoken.filter(([, on]) => on)];
  return (
    `${asked.kitty ? '\x1b[<u' : ''}${asked.modifyOtherKeys > 0 ? `\x1b[>4;${asked.modifyOtherKeys}m` : ''}` +
    mode(PASTE, asked.isSet(PASTE)) +
    mode(AUTOWRAP, asked.isSet(AUTOWRAP, true)) +
    `${ordered.map(([number, on]) => mode(number, on)).join('')}${applicationKeypad ? '\x1b=' : '\x1b>'}`
  );
}

function hasRegion({ core, xterm }: Opened): boolean {
  const { scrollTop, scrollBottom } = core.buffer;
  return scrollTop !== 0 || scrollBottom !== xterm.rows - 1;
}

function margins(opened: Opened, asked: AskedModes): string {
  const { scrollTop, scrollBottom } = opened.core.buffer;
  return (
    (hasRegion(opened) ? `\x1b[${scrollTop + 1};${scrollBottom + 1}r` : '') +
    (asked.isSet(ORIGIN) ? mode(ORIGIN, true) : '')
  );
}

function place({ core, xterm }: Opened, asked: AskedModes): string {
  const { x, y, scrollTop } = core.buffer;
  return moveTo(Math.min(x, xterm.cols - 1), y - (asked.isSet(ORIGIN) ? scrollTop : 0));
}

/** Not every terminal keeps a waiting wrap with a saved cursor: the last cell is written once more. */
function edge({ core, xterm }: Opened, rows: readonly Row[]): string {
  const { x, y } = core.buffer;
  if (x < xterm.cols) return '';
  const row = rows[y]!;
  const at = row.width(xterm.cols - 1) === 0 ? xterm.cols - 2 : xterm.cols - 1;
  const [fg, bg, line] = row.words.subarray(at * CELL_WORDS + FG, (at + 1) * CELL_WORDS);
  return `${column(at)}${look({ fg: fg!, bg: bg!, line: line! })}${row.text(at) || ' '}`;
}

function last({ core }: Opened, asked: AskedModes): string {
  return (
    look(penOf(core._inputHandler._curAttrData)) +
    designated(asked.charsets) +
    `${core.coreService.modes.insertMode ? '\x1b[4h' : ''}${core.coreService.isCursorHidden ? '' : '\x1b[?25h'}` +
    (asked.isSet(SYNCHRONISED) ? mode(SYNCHRONISED, true) : '')
  );
}

function designated({ g0, g1, shifted }: Charsets): string {
  return `\x1b(${g0}\x1b)${g1}${shifted ? '\x0e' : '\x0f'}`;
}

/** Within the cursor's row; xterm.js moves to another one when it is told a column in origin mode. */
function column(x: number): string {
  return x === 0 ? '\r' : `\r\x1b[${x}C`;
}

function look(pen: Pen): string {
  return `\x1b[m${sgr(DEFAULT_PEN, pen)}`;
}

/**
 * Told by steps from the cursor, because a terminal may show the same rows further down than an emulator that began
 * with an empty screen. Not while a wrap waits, which steps would end, nor with a scroll region, which they do not leave.
 */
function saved(opened: Opened, asked: AskedModes): string {
  const { core, xterm } = opened;
  if (hasRegion(opened)) return '';
  const { x, y, ybase, savedX, savedY, savedCurAttrData } = core.buffer;
  const down = savedY - ybase - y;
  if (asked.saved === null || x >= xterm.cols || y + down < 0) return '';
  const step = (rows: number) => (rows === 0 ? '' : `\x1b[${Math.abs(rows)}${rows > 0 ? 'B' : 'A'}`);
  const there = `${step(down)}${column(Math.min(savedX, xterm.cols - 1))}${look(penOf(savedCurAttrData))}${designated(asked.saved)}\x1b7`;
  return `${there}${step(-down)}${column(x)}`;
}
