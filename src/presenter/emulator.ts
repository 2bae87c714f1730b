/**
 * The secret screen: what the program has printed, as cells. SECRET side: nothing here is masked. It answers nobody
 * and draws nothing; time is not known here, so a hostile program can make it slow only by the bytes it prints.
 */
import type { Cursor, Row, Screen, Size } from '../core/cells.js';
import { AskedModes } from './asked-modes.js';
import { clamp } from './clamps.js';
import { KeyModes } from './key-modes.js';
import { Rows } from './rows.js';
import { type Snapshot, snapshotOf } from './snapshot.js';
import { partialLength } from './utf8.js';
import { widths } from './widths.js';
import { cutLines, type Opened, openXterm, type RawPen } from './xterm-internals.js';

/** Lines kept above the screen, so that a screen that grows gets them back, as in real terminals. */
export const SCROLLBACK = 500;
/** Most characters of a title that are kept. */
export const MAX_TITLE = 256;
/** Most characters given to the parser at once: the size of its own buffer (131,072) would be split anyway. */
const SLICE = 1 << 16;

/** As long as what is typed at once may be, in bytes. */
const MAX_TYPED = 32;
/** What output has changed since the last capture, where it is not one row: nothing, or nobody knows what. */
const NO_ROW = -1;
const ANY_ROW = -2;

/** What the program has asked of its terminal, beside the picture. */
export interface Modes {
  readonly applicationCursor: boolean;
  readonly applicationKeypad: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  readonly mouseEncoding: 'default' | 'sgr' | 'sgr-pixels';
  readonly focus: boolean;
  /** Flags of kitty's keyboard protocol; 0 for none. */
  readonly kitty: number;
  /** xterm's modifyOtherKeys, 0 to 2. */
  readonly otherKeys: number;
  /** DECSET 2026: the program is in the middle of a picture. */
  readonly synchronized: boolean;
  readonly alternate: boolean;
}

export interface EmulatorOptions {
  /** Called after a {@link Emulator.feed} that changed the modes. */
  readonly onModes?: (modes: Modes) => void;
  /**
   * Answers to the program's questions (DA, DSR, DECRQM…). Only for a session without a terminal of its own: a real
   * one answers too, and the program would get two answers.
   */
  readonly onAnswer?: (answer: string) => void;
}

/** An xterm that is fed bytes and gives {@link Screen}s. */
export class Emulator {
  readonly #opened: Opened;
  readonly #rows = new Rows();
  readonly #keyModes: KeyModes;
  readonly #asked: AskedModes;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #onModes: ((modes: Modes) => void) | undefined;
  #modes: Modes;
  #title = '';
  #bell = 0;
  /** Bytes of a character whose rest has not come. */
  #partial: Uint8Array = new Uint8Array(0);
  /** The last capture. */
  #captured: Screen | null = null;
  /** The row that has changed since, or one of the two constants. */
  #changed = ANY_ROW;

  /** @throws {LecternError} FAILED when the installed @xterm/headless is not the one lectern was made for. */
  constructor(size: Size, options: EmulatorOptions = {}) {
    this.#opened = openXterm(size, SCROLLBACK);
    const { xterm, core } = this.#opened;
    xterm.unicode.register(widths as unknown as Parameters<typeof xterm.unicode.register>[0]);
    xterm.unicode.activeVersion = widths.version;
    clamp(this.#opened);
    this.#keyModes = new KeyModes(this.#opened);
    this.#asked = new AskedModes(this.#opened);
    // Links are a picture's back side, which nobody sees; xterm would draw them dashed and keep a list of them.
    core._inputHandler.registerOscHandler(8, () => true);
    core._inputHandler._parser.registerEscHandler({ final: 'c' }, () => this.#reset());
    xterm.onTitleChange((title) => {
      this.#title = title.slice(0, MAX_TITLE);
    });
    xterm.onBell(() => this.#bell++);
    if (options.onAnswer !== undefined) xterm.onData(options.onAnswer);
    this.#onModes = options.onModes;
    this.#modes = this.#readModes();
  }

  get size(): Size {
    return { cols: this.#opened.xterm.cols, rows: this.#opened.xterm.rows };
  }

  /** How often the program rang the bell. */
  get bell(): number {
    return this.#bell;
  }

  get modes(): Modes {
    return this.#modes;
  }

  /**
   * True when {@link skim} gives the same picture as all the bytes: nothing is half read, and the whole screen scrolls.
   */
  get skimmable(): boolean {
    const { core, xterm } = this.#opened;
    const { scrollTop, scrollBottom } = core.buffer;
    return (
      this.#partial.length === 0 &&
      core._inputHandler._parser.currentState === 0 &&
      scrollTop === 0 &&
      scrollBottom === xterm.rows - 1 &&
      !core.coreService.decPrivateModes.reverseWraparound
    );
  }

  /** Takes in what the program printed, whole before it returns. Bytes may be cut anywhere. */
  feed(bytes: Uint8Array): void {
    if (this.#type(bytes)) return;
    this.#changed = ANY_ROW;
    const all = this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes]);
    const whole = all.length - partialLength(all);
    this.#partial = Uint8Array.from(all.subarray(whole));
    const { parse } = this.#opened.core._inputHandler;
    for (let at = 0; at < whole; ) {
      const end = sliceEnd(all, at, whole);
      parse.call(this.#opened.core._inputHandler, this.#decoder.decode(all.subarray(at, end)));
      at = end;
    }
    this.#tellModes();
  }

  /** The look of what is printed next, for {@link rewind}. */
  get pen(): RawPen {
    return this.#opened.core._inputHandler._curAttrData.clone();
  }

  /** Forgets what is half read and takes up an earlier pen, in the first column: the same lines are fed once more. */
  rewind(pen: RawPen): void {
    this.#changed = ANY_ROW;
    const input = this.#opened.core._inputHandler;
    this.#partial = new Uint8Array(0);
    input.parse('\x18\r');
    input._curAttrData = pen;
  }

  /**
   * Makes the screen smaller or larger: lines wrap anew, and lines above the screen come back when it grows. Terminals
   * differ in which rows they keep when a line of the normal screen no longer fits (tmux and xterm.js do), and which
   * terminal the presenter has is not known: after such a change observers may see other rows than he does until the
   * program draws them again, as full-screen programs do at once.
   */
  resize(size: Size): void {
    this.#changed = ANY_ROW;
    this.#opened.xterm.resize(size.cols, size.rows);
    cutLines(this.#opened);
  }

  /**
   * Text that stays on the cursor's row, as what is typed does: it can have changed nothing else.
   * @returns false when it is something else, and was not taken in
   */
  #type(bytes: Uint8Array): boolean {
    const { buffer, _inputHandler: input } = this.#opened.core;
    const isGround = this.#partial.length === 0 && input._parser.currentState === 0;
    if (!isGround || bytes.length > MAX_TYPED || !bytes.every(isText)) return false;
    const { x, y } = buffer;
    input.parse(String.fromCharCode(...bytes));
    const stayed = buffer.y === y && buffer.x === x + bytes.length;
    this.#changed = stayed && (this.#changed === NO_ROW || this.#changed === y) ? y : ANY_ROW;
    return true;
  }

  /** The screen as it is. Rows that did not change are those of `previous`; if nothing changed it is `previous` itself. */
  capture(previous: Screen | null): Screen {
    const known = previous !== null && previous === this.#captured && this.#changed !== ANY_ROW;
    const screen = known ? this.#captureRow(previous, this.#changed) : this.#captureAll(previous);
    this.#captured = previous !== null && sameScreen(previous, screen) ? previous : screen;
    this.#changed = NO_ROW;
    return this.#captured;
  }

  /** `previous` with what row `y` shows now. */
  #captureRow(previous: Screen, y: number): Screen {
    const { size, wrapped } = previous;
    return { size, rows: this.#withRow(previous.rows, y), wrapped, cursor: this.#cursor(), title: this.#title };
  }

  #withRow(before: readonly Row[], y: number): readonly Row[] {
    if (y === NO_ROW) return before;
    const { buffer } = this.#opened.core;
    const row = this.#rows.read(buffer.lines.get(buffer.ybase + y)!);
    if (before[y]!.equals(row)) return before;
    const rows = before.slice();
    rows[y] = row;
    return rows;
  }

  #captureAll(previous: Screen | null): Screen {
    const { xterm, core } = this.#opened;
    const { buffer } = core;
    const size = this.size;
    const rows: Row[] = [];
    const wrapped: boolean[] = [];
    for (let y = 0; y < xterm.rows; y++) {
      const line = buffer.lines.get(buffer.ybase + y)!;
      const row = this.#rows.read(line);
      const old = previous?.rows[y];
      rows.push(old?.equals(row) ? old : row);
      wrapped.push(line.isWrapped);
    }
    return { size, rows, wrapped, cursor: this.#cursor(), title: this.#title };
  }

  /** What would bring a terminal back to where this one is. */
  snapshot(): Snapshot {
    return snapshotOf(this.#opened, this.#asked, this.capture(null));
  }

  dispose(): void {
    this.#opened.xterm.dispose();
  }

  #cursor(): Cursor {
    const { xterm, core } = this.#opened;
    const { cursorStyle, cursorBlink } = core.coreService.decPrivateModes;
    return {
      x: Math.min(core.buffer.x, xterm.cols - 1),
      y: core.buffer.y,
      visible: !core.coreService.isCursorHidden,
      shape: cursorStyle ?? 'default',
      // Without a shape the observer's terminal blinks as it likes: one value, so that nothing is repainted for it.
      blink: cursorStyle === undefined || (cursorBlink ?? xterm.options.cursorBlink ?? false),
    };
  }

  /** RIS: what xterm's headless reset leaves as it was. */
  #reset(): boolean {
    this.#opened.core.coreService.isCursorHidden = false;
    this.#opened.xterm.options.cursorBlink = false;
    this.#opened.xterm.options.convertEol = false;
    return false;
  }

  #tellModes(): void {
    const now = this.#readModes();
    const before = this.#modes;
    if ((Object.keys(now) as (keyof Modes)[]).every((name) => now[name] === before[name])) return;
    this.#modes = now;
    this.#onModes?.(now);
  }

  #readModes(): Modes {
    const { core } = this.#opened;
    const modes = core.coreService.decPrivateModes;
    const { activeProtocol, activeEncoding } = core.coreMouseService;
    return {
      applicationCursor: modes.applicationCursorKeys,
      applicationKeypad: modes.applicationKeypad,
      bracketedPaste: modes.bracketedPasteMode,
      mouse: activeProtocol.toLowerCase() as Modes['mouse'],
      mouseEncoding: activeEncoding.toLowerCase().replace('_', '-') as Modes['mouseEncoding'],
      focus: modes.sendFocus,
      kitty: this.#keyModes.kitty,
      otherKeys: this.#keyModes.otherKeys,
      synchronized: modes.synchronizedOutput,
      alternate: core.buffer !== core.buffers.normal,
    };
  }
}

function sameScreen(a: Screen, b: Screen): boolean {
  return (
    a.size.cols === b.size.cols &&
    a.rows.length === b.rows.length &&
    a.title === b.title &&
    sameItems(a.rows, b.rows) &&
    sameItems(a.wrapped, b.wrapped) &&
    sameCursor(a.cursor, b.cursor)
  );
}

function sameCursor(a: Cursor, b: Cursor): boolean {
  return a.x === b.x && a.y === b.y && a.visible === b.visible && a.shape === b.shape && a.blink === b.blink;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || a.every((item, i) => item === b[i]);
}

/** ASCII that is shown. */
function isText(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** The end of a slice that starts at `at`: not within a character. */
function sliceEnd(bytes: Uint8Array, at: number, whole: number): number {
  const end = Math.min(at + SLICE, whole);
  return end === whole ? end : end - partialLength(bytes.subarray(at, end));
}
