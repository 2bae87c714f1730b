/**
 * One observer over ssh: his glass, his status line, his keys. He is brought from what he saw to what is on whenever
 * his side has taken what was sent before; nothing is queued for him. He cannot reach the program: his keys go to the
 * desk, which decides.
 */
import type { Size } from '../../core/cells.js';
import { type Farewell, WORDS } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { SPLIT_MS } from '../../core/keys.js';
import { MouseKeys } from '../../core/mouse.js';
import { CLOSE, moveTo, OPEN } from '../../core/paint.js';
import { printable } from '../../core/printable.js';
import type { Room, Viewer } from '../../core/room.js';
import { type InputModes, inputModeChange, NO_INPUT_MODES, type SessionState } from '../../core/session.js';
import { View } from '../../core/view.js';
import { type Command, ControlKeys, commands } from './command-keys.js';
import { helpPage, lobbyPage, type Page } from './pages.js';
import { clock, statusLine } from './status.js';

/** What an observer reaches of the session, handed over by the roof. */
export interface Desk {
  readonly room: Room;
  state(): SessionState;
  ask(id: string): void;
  withdraw(id: string): void;
  giveBack(id: string): void;
  /** To the one gate for keys. */
  press(id: string, keys: Uint8Array): void;
  /** Wall clock, milliseconds since 1970. */
  now(): number;
}

/** The connection under an observer, as far as he needs it. */
export interface Glass {
  readonly id: string;
  readonly size: Size;
  readonly writable: boolean;
  write(bytes: Uint8Array): void;
  /** Calls back when the other side has taken everything written so far. */
  writeAcked(bytes: Uint8Array, done: () => void): void;
  leave(exitCode: number, lastWords: Uint8Array): void;
  /** The same, at once. */
  dismiss(farewell: Farewell, lastWords: Uint8Array): void;
}

/** Frames on the way at once: one being shown and one behind it hide the round trip; a third would only be stale. */
const MAX_ON_THE_WAY = 2;
/**
 * A receipt is asked for each time that so many bytes have gone out without one. For an echo, which is some 20 bytes,
 * question and answer cost more than the picture does; over the slowest link 512 bytes are no delay that is seen.
 */
const RECEIPT_BYTES = 512;
/** How long the status line covers the bottom row when there is no spare one, and a note stands in it, in ms. */
const COVER_MS = 5000;
/** Control can be asked for, or the wish withdrawn, once in this time, in ms. */
const ASK_EVERY_MS = 1000;
/** Characters of the session's name in the last words. */
const MAX_NAME = 60;
/** Cells that one arrow key moves the part shown. */
const PAN_COLS = 8;
const PAN_ROWS = 4;

export class Observer implements Viewer {
  readonly id: string;
  readonly #glass: Glass;
  readonly #desk: Desk;
  readonly #view: View;
  readonly #controlKeys = new ControlKeys();
  readonly #mouse = new MouseKeys();
  #splitTimer: NodeJS.Timeout | null = null;
  #leaveRoom: (() => void) | null = null;
  #onTheWay = 0;
  /** Bytes sent since a receipt was asked for. */
  #unasked = 0;
  #pending = OPEN;
  #status: 'auto' | 'shown' | 'hidden';
  #statusDrawn = '';
  /** What the drawn status line was made of, when that does not change by itself. */
  #statusOf: { readonly state: SessionState; readonly asking: boolean; readonly note: string | null } | null = null;
  #coverTimer: NodeJS.Timeout | null = null;
  #note: string | null = null;
  #asking = false;
  #askAgainAt = 0;
  #page: Page | null = null;
  #modes: InputModes = NO_INPUT_MODES;
  #hadControl = false;
  #gone = false;

  /** @param status false: no status line is ever drawn for him. */
  constructor(glass: Glass, desk: Desk, status: boolean) {
    this.id = glass.id;
    this.#glass = glass;
    this.#desk = desk;
    this.#view = new View(glass.size);
    this.#status = status ? 'auto' : 'hidden';
    this.#noStatus = !status;
  }

  readonly #noStatus: boolean;

  /** Nothing is shown to him yet: he waits until the presenter lets him in. */
  wait(): void {
    this.#page = lobbyPage(this.#desk.state().name);
    this.#flush();
  }

  /** He sees what is on from now on. */
  enter(): void {
    if (this.#leaveRoom !== null || this.#gone) return;
    if (this.#page !== null) this.#turnPage(null);
    this.#cover();
    this.#leaveRoom = this.#desk.room.join(this);
  }

  /** @see Viewer.show */
  show(_frame: Frame): void {
    this.#flush();
  }

  failed(): void {
    this.farewell('protocol');
  }

  /** Something that the status line tells has changed. */
  stateChanged(): void {
    const { control, modes } = this.#desk.state();
    const mine = control?.id === this.id;
    if (mine) this.#asking = false;
    if (mine !== this.#hadControl) {
      this.#hadControl = mine;
      this.#note = null;
      this.#controlKeys.reset();
      this.#mouse.rest();
      if (mine && this.#page !== null) this.#turnPage(null);
      this.#cover();
    }
    this.#mirror(mine ? modes : NO_INPUT_MODES);
    this.#flush();
  }

  /** A second of a countdown went by. */
  tick(): void {
    this.#flush();
  }

  /** His terminal can take more. */
  writable(): void {
    this.#flush();
  }

  resize(size: Size): void {
    this.#view.resize(size);
    this.#statusDrawn = '';
    this.#flush();
  }

  /** Keys of his terminal. */
  read(chunk: Uint8Array): void {
    if (this.#gone) return;
    if (this.#desk.state().control?.id === this.id) this.#readInControl(chunk);
    else for (const command of commands(Buffer.from(chunk).toString('utf8'))) this.#obey(command);
  }

  /** Sends him away with one sentence; his terminal is as it was before. */
  farewell(reason: Farewell): void {
    if (this.#gone) return;
    if (reason !== 'ended') return this.#glass.dismiss(reason, this.#lastBytes(WORDS[reason]));
    const { name, startedMs } = this.#desk.state();
    this.#leave(` ENDED  ${printable(name, MAX_NAME)} after ${clock(this.#desk.now() - startedMs)}`);
  }

  /** He is gone: nothing is drawn any more. */
  gone(): void {
    this.#gone = true;
    this.#leaveRoom?.();
    this.#leaveRoom = null;
    if (this.#coverTimer !== null) clearTimeout(this.#coverTimer);
    if (this.#splitTimer !== null) clearTimeout(this.#splitTimer);
  }

  #leave(words: string): void {
    if (!this.#gone) this.#glass.leave(0, this.#lastBytes(words));
  }

  /** His terminal as it was before, and one sentence. Nothing is drawn any more. */
  #lastBytes(words: string): Uint8Array {
    const undo = inputModeChange(this.#modes, NO_INPUT_MODES);
    this.gone();
    return Buffer.from(`${undo}${this.#pending.startsWith(OPEN) ? '' : CLOSE}${words}\r\n`);
  }

  #readInControl(chunk: Uint8Array): void {
    const { keys, giveBack, help } = this.#controlKeys.read(chunk);
    const view = this.#view.viewport;
    if (keys.length > 0 && view !== null) this.#press(this.#mouse.read(Buffer.from(keys).toString('latin1'), view));
    // Escape is a key as well as the beginning of a report: it is not kept for long.
    if (this.#splitTimer !== null) clearTimeout(this.#splitTimer);
    this.#splitTimer = this.#mouse.holds ? setTimeout(() => this.#press(this.#mouse.rest()), SPLIT_MS) : null;
    if (giveBack) this.#desk.giveBack(this.id);
    if (help) this.#say('every key goes to the program · C-\\ . gives control back');
  }

  /** @param keys one character a byte. */
  #press(keys: string): void {
    if (keys !== '' && !this.#gone) this.#desk.press(this.id, Buffer.from(keys, 'latin1'));
  }

  #obey(command: Command): void {
    if (command === 'leave') return this.#leave('');
    if (this.#leaveRoom === null) return;
    if (this.#page !== null) return this.#turnPage(null);
    switch (command) {
      case 'ask':
        return this.#ask();
      case 'help':
        return this.#turnPage(helpPage(this.#desk.state()));
      case 'status':
        return this.#toggleStatus();
      case 'repaint':
        this.#view.repaint();
        this.#statusDrawn = '';
        return this.#flush();
      case 'live':
      case 'follow':
        this.#view.follow();
        return this.#flush();
      case 'left':
        return this.#pan(-PAN_COLS, 0);
      case 'right':
        return this.#pan(PAN_COLS, 0);
      case 'up':
        return this.#pan(0, -PAN_ROWS);
      case 'down':
        return this.#pan(0, PAN_ROWS);
      case 'nothing':
        return this.#say(this.#desk.state().readOnly ? 'read only' : 'read only · r asks for control');
    }
  }

  #ask(): void {
    if (this.#desk.state().readOnly) return this.#say('read only: control is never given in this session');
    // Each change rings the presenter's bell and is logged.
    if (this.#desk.now() < this.#askAgainAt) return;
    this.#askAgainAt = this.#desk.now() + ASK_EVERY_MS;
    this.#asking = !this.#asking;
    if (this.#asking) this.#desk.ask(this.id);
    else this.#desk.withdraw(this.id);
    this.#cover();
    this.#flush();
  }

  #pan(dx: number, dy: number): void {
    if (!this.#view.isCropped) return;
    this.#view.pan(dx, dy);
    this.#cover();
    this.#flush();
  }

  #toggleStatus(): void {
    if (this.#noStatus) return;
    const visible = this.#statusRow() !== null;
    this.#status = visible ? 'hidden' : 'shown';
    if (this.#view.spareRows > 0 && visible) this.#pending += this.#eraseStatus();
    this.#statusDrawn = '';
    this.#flush();
  }

  #turnPage(page: Page | null): void {
    this.#page = page;
    this.#view.repaint();
    this.#statusDrawn = '';
    this.#flush();
  }

  /** Tells him something in the status line for a moment. */
  #say(note: string): void {
    this.#note = note;
    this.#cover();
    this.#flush();
  }

  /** Something worth telling: where there is no spare row the line covers the bottom one for a while. */
  #cover(): void {
    if (this.#noStatus) return;
    if (this.#coverTimer !== null) clearTimeout(this.#coverTimer);
    this.#coverTimer = setTimeout(() => {
      this.#coverTimer = null;
      this.#note = null;
      this.#flush();
    }, COVER_MS);
    this.#coverTimer.unref();
  }

  #mirror(modes: InputModes): void {
    this.#pending += inputModeChange(this.#modes, modes);
    this.#modes = modes;
  }

  /** Row of the status line; null when it is not shown. */
  #statusRow(): number | null {
    if (this.#status === 'hidden') return null;
    const shown = this.#status === 'shown' || this.#view.spareRows > 0 || this.#coverTimer !== null;
    return shown && this.#view.glass.rows > 1 ? this.#view.glass.rows - 1 : null;
  }

  #flush(): void {
    if (this.#gone || this.#onTheWay >= MAX_ON_THE_WAY || !this.#glass.writable) return;
    const drawn = this.#page === null ? this.#draw() : this.#drawPage(this.#page);
    const bytes = this.#pending + drawn;
    if (bytes === '') return;
    this.#pending = '';
    this.#send(Buffer.from(bytes));
  }

  #send(bytes: Uint8Array): void {
    this.#unasked += bytes.length;
    if (this.#unasked < RECEIPT_BYTES) return this.#glass.write(bytes);
    this.#unasked = 0;
    this.#onTheWay++;
    this.#glass.writeAcked(bytes, () => {
      this.#onTheWay--;
      this.#flush();
    });
  }

  #draw(): string {
    if (this.#leaveRoom === null) return '';
    const row = this.#statusRow();
    this.#view.cover(row === null || this.#view.spareRows > 0 ? 0 : 1);
    const picture = this.#view.advance(this.#desk.room.now);
    if (this.#view.wasFresh) this.#statusDrawn = '';
    const status = row === null ? '' : this.#drawStatus(row);
    if (row === null) this.#statusDrawn = '';
    return picture + status;
  }

  #drawStatus(row: number): string {
    const state = this.#desk.state();
    if (this.#statusDrawn !== '' && this.#statusStands(state)) return '';
    const frame = this.#desk.room.now.size;
    const viewport = this.#view.viewport;
    const line = statusLine(
      {
        state,
        self: this.id,
        asking: this.#asking,
        note: this.#note,
        part: this.#view.isCropped && viewport !== null ? { viewport, frame } : null,
        nowMs: this.#desk.now(),
      },
      this.#view.glass.cols,
    );
    const still = state.control === null && !this.#view.isCropped;
    this.#statusOf = still ? { state, asking: this.#asking, note: this.#note } : null;
    if (line === this.#statusDrawn) return '';
    this.#statusDrawn = line;
    return `${moveTo(0, row)}\x1b[7m${line}\x1b[m${this.#view.cursorHome}`;
  }

  /** Composing the line costs as much as painting a key: with every frame it is asked first whether it can differ. */
  #statusStands(state: SessionState): boolean {
    const of = this.#statusOf;
    if (of === null || this.#view.isCropped) return false;
    return of.state === state && of.asking === this.#asking && of.note === this.#note;
  }

  #eraseStatus(): string {
    return `${moveTo(0, this.#view.glass.rows - 1)}\x1b[m\x1b[K${this.#view.cursorHome}`;
  }

  #drawPage(page: Page): string {
    if (page.drawn) return '';
    page.drawn = true;
    const { cols, rows } = this.#view.glass;
    const lines = page.lines.slice(0, rows).map((line) => line.slice(0, cols));
    return `\x1b[m\x1b[H\x1b[2J\x1b[?25l${lines.join('\r\n')}`;
  }
}
