/**
 * One observer over ssh: his glass, his status line, his keys. He is brought from what he saw to what is on whenever
 * his side has taken what was sent before; nothing is queued for him. He cannot reach the program: his keys go to the
 * desk, which decides.
 */
import type { Size } from '../../core/cells.js';
import { type Farewell, WORDS } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { CLOSE, OPEN } from '../../core/paint.js';
import { printable } from '../../core/printable.js';
import type { Viewer } from '../../core/room.js';
import {
  type ChatLine,
  INPUT_MODES_OFF,
  type InputModes,
  inputModeChange,
  NO_INPUT_MODES,
} from '../../core/session.js';
import { View } from '../../core/view.js';
import type { Desk } from './desk.js';
import { encoded } from './encoded.js';
import { type Body, Hands } from './hands.js';
import { Lag } from './lag.js';
import { Markers } from './markers.js';
import { lobbyPage, type Page, pausedPage, whoPage } from './pages.js';
import { Receipts } from './receipts.js';
import { clock } from './status.js';
import { type Personal, SAID_MS, StatusRow } from './status-row.js';
import { between, thisTurn } from './turn.js';

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

/** Characters of the session's name in the last words. */
const MAX_NAME = 60;
export class Observer implements Viewer {
  readonly id: string;
  readonly #glass: Glass;
  readonly #desk: Desk;
  readonly #view: View;
  readonly #row: StatusRow;
  readonly #markers = new Markers();
  readonly #lag = new Lag();
  readonly #receipts: Receipts;
  readonly #hands: Hands;
  #lagTimer: NodeJS.Timeout | null = null;
  #leaveRoom: (() => void) | null = null;
  #bytes = 0;
  #pending = INPUT_MODES_OFF + OPEN;
  /** His terminal was changed. */
  #opened = false;
  /** Since when he waits to be let in, and what he calls himself. */
  #waiting: { readonly since: number; name: string } | null = null;
  /** A page that he has turned to. */
  #page: (() => Page) | null = null;
  /** The page as it is drawn; null while the picture is. */
  #pageDrawn: string | null = null;
  #voteSeen: string | null = null;
  #modes: InputModes = NO_INPUT_MODES;
  #gone = false;

  /** @param status false: no status line is ever drawn for him. */
  constructor(glass: Glass, desk: Desk, status: boolean) {
    this.id = glass.id;
    this.#glass = glass;
    this.#desk = desk;
    this.#view = new View(glass.size);
    this.#receipts = new Receipts(shareOf(glass.id));
    this.#row = new StatusRow(status, () => this.#flush());
    this.#hands = new Hands(this.#body());
  }

  /** Nothing is shown to him yet: he waits until the presenter lets him in. `name`: what he calls himself. */
  wait(name: string): void {
    this.#waiting = { since: this.#desk.steady(), name };
    this.#flush();
  }

  /** He sees what is on from now on. */
  enter(): void {
    if (this.#leaveRoom !== null || this.#gone) return;
    this.#waiting = null;
    this.#hands.entered();
    this.#row.cover();
    this.#leaveRoom = this.#desk.room.join(this);
    this.#flush();
  }

  /** @see Viewer.show */
  show(_frame: Frame): void {
    // While he enters: what changes his terminal and the first picture leave as one, once he is in.
    if (this.#leaveRoom !== null) this.#flush();
  }

  failed(): void {
    this.farewell('protocol');
  }

  /** Something that the status line tells has changed. */
  stateChanged(): void {
    const { vote } = this.#desk.state();
    // What is asked counts more than what was told before.
    if (vote !== null && vote.id !== this.#voteSeen) this.#row.hush();
    if ((vote?.id ?? null) !== this.#voteSeen) this.#row.cover();
    this.#voteSeen = vote?.id ?? null;
    this.#hands.stateChanged();
    this.#flush();
  }

  /** A second of a countdown went by. */
  tick(): void {
    this.#flush();
  }

  /** Somebody said something. */
  said({ name, text }: ChatLine): void {
    this.#row.say(`${name}: ${text}`, SAID_MS);
    this.#flush();
  }

  /** Somebody points elsewhere. */
  pointersChanged(): void {
    this.#flush();
  }

  /** The roster that he asked for. */
  showRoster(text: string): void {
    if (this.#leaveRoom === null) return;
    this.#page = () => whoPage(this.#desk.state(), text);
    this.#flush();
  }

  /** Asks his side for a sign of life, so that {@link measure} is of now. */
  probe(): void {
    if (this.#gone || this.#lag.isWaiting) return;
    this.#lag.sent(this.#desk.steady());
    this.#glass.writeAcked(new Uint8Array(0), () => this.#lag.acked(this.#desk.steady(), this.#receipts.pending));
  }

  /** How he fares: time that his side takes to acknowledge, and bytes sent. */
  get measure(): { readonly lagMs: number | null; readonly bytes: number } {
    return { lagMs: this.#lag.ms(this.#desk.steady()), bytes: this.#bytes };
  }

  /** His terminal can take more. */
  writable(): void {
    this.#flush();
  }

  resize(size: Size): void {
    this.#view.resize(size);
    this.#anew();
    this.#flush();
  }

  /** Keys of his terminal. */
  read(chunk: Uint8Array): void {
    if (!this.#gone) this.#hands.read(chunk);
  }

  /** What he types comes again, after `ms`. */
  heard(ms: number): void {
    this.#hands.heard(ms);
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
    this.#row.close();
    this.#hands.rest();
    if (this.#lagTimer !== null) clearTimeout(this.#lagTimer);
  }

  #leave(words: string): void {
    if (!this.#gone) this.#glass.leave(0, this.#lastBytes(words));
  }

  /** His terminal as it was before, and one sentence. Nothing is drawn any more. */
  #lastBytes(words: string): Uint8Array {
    // What waits may be what undoes a mode.
    const undo = this.#pending + inputModeChange(this.#modes, NO_INPUT_MODES) + CLOSE;
    this.gone();
    return Buffer.from(`${this.#opened ? undo : ''}${words}\r\n`);
  }

  /** What was drawn beside the picture is gone. */
  #anew(): void {
    this.#row.forget();
    this.#markers.forget();
    if (this.#pageDrawn !== null) this.#pageDrawn = '';
  }

  /** What his hands reach of him. */
  #body(): Body {
    const observer = this;
    return {
      id: this.id,
      desk: this.#desk,
      view: this.#view,
      get waiting() {
        return observer.#waiting;
      },
      get watches() {
        return observer.#leaveRoom !== null;
      },
      get page() {
        return observer.#page;
      },
      set page(page) {
        observer.#page = page;
      },
      say: (note) => {
        this.#row.say(note);
        this.#flush();
      },
      hush: () => this.#row.hush(),
      cover: () => this.#row.cover(),
      toggleStatus: () => {
        this.#pending += this.#row.toggle(this.#view);
        this.#flush();
      },
      repaint: () => {
        this.#view.repaint();
        this.#anew();
        this.#flush();
      },
      mirror: (modes) => this.#mirror(modes),
      draw: () => this.#flush(),
      leave: () => this.#leave(''),
    };
  }

  #mirror(modes: InputModes): void {
    this.#pending += inputModeChange(this.#modes, modes);
    this.#modes = modes;
  }

  #flush(): void {
    if (this.#gone || this.#receipts.awaited || !this.#glass.writable) return;
    const page = this.#shownPage();
    const drawn = page === null ? this.#draw() : this.#drawPage(page);
    const bytes = this.#pending + drawn;
    if (bytes === '') return;
    this.#pending = '';
    this.#opened = true;
    this.#send(encoded(bytes));
  }

  #send(bytes: Uint8Array): void {
    const sentAt = this.#desk.steady();
    this.#bytes += bytes.length;
    if (!this.#receipts.due(bytes.length, sentAt)) return this.#glass.write(bytes);
    this.#lag.sent(sentAt);
    this.#watchLag();
    const sent = thisTurn(this.#desk.steady);
    this.#glass.writeAcked(bytes, () => {
      this.#receipts.came(between(sent, thisTurn(this.#desk.steady)));
      const now = this.#desk.steady();
      this.#lag.acked(now, this.#receipts.pending);
      this.#tellLag();
      this.#flush();
    });
  }

  /** Who does not answer at all is noticed as well. */
  #watchLag(): void {
    const due = this.#lag.dueMs(this.#desk.steady());
    if (due === null || this.#lagTimer !== null) return;
    this.#lagTimer = setTimeout(() => {
      this.#lagTimer = null;
      this.#tellLag();
    }, due);
    this.#lagTimer.unref();
  }

  #tellLag(): void {
    if (this.#gone) return;
    const ms = this.#lag.change(this.#desk.steady());
    if (ms !== null) this.#desk.lag(this.id, ms);
    // The timer may have begun with what was acknowledged meanwhile: what is under way now has not had its time yet.
    this.#watchLag();
  }

  /** What is shown instead of the picture; null: the picture. */
  #shownPage(): Page | null {
    const state = this.#desk.state();
    if (this.#waiting !== null) {
      const naming = this.#hands.prompt?.purpose === 'name';
      const name = naming ? this.#hands.prompt!.text : this.#waiting.name;
      return lobbyPage({ state, waitedMs: this.#desk.steady() - this.#waiting.since, name, naming });
    }
    if (this.#leaveRoom !== null && state.pausedMs !== null) return pausedPage(state, this.#desk.now());
    return this.#page?.() ?? null;
  }

  #draw(): string {
    if (this.#pageDrawn !== null) {
      this.#pageDrawn = null;
      this.#view.repaint();
      this.#row.forget();
      this.#markers.forget();
    }
    if (this.#leaveRoom === null) return '';
    const row = this.#row.settle(this.#view, this.#hands.prompt !== null);
    const frame = this.#desk.room.now;
    const picture = this.#drawPicture(frame);
    if (this.#view.wasFresh || row === null) this.#row.forget();
    if (row === null) return picture;
    return picture + this.#row.draw(this.#view, row, this.#desk.state(), this.#personal, frame.size);
  }

  /** The picture, with what others point at. */
  #drawPicture(frame: Frame): string {
    const pointers = this.#desk.pointers();
    if (pointers.length === 0 && this.#markers.none) return this.#view.advance(frame);
    const lifted = this.#markers.lift(this.#view);
    const picture = this.#view.advance(frame);
    const { bytes, changed } = this.#markers.lay(this.#view, frame, pointers);
    return changed || picture !== '' ? lifted + picture + bytes : '';
  }

  readonly #personal = (): Personal => ({
    self: this.id,
    asking: this.#hands.asking,
    prompt: this.#hands.prompt,
    nowMs: this.#desk.now(),
  });

  /** Drawn where it differs from what stands there; the title of the picture goes with it. */
  #drawPage(page: Page): string {
    const { cols, rows } = this.#view.glass;
    const lines = page.slice(0, rows).map((line) => line.slice(0, cols));
    const { prompt } = this.#hands;
    if (prompt !== null && prompt.purpose !== 'name') {
      while (lines.length < rows) lines.push('');
      lines[rows - 1] = `  ${prompt.label} ${prompt.text}_`.slice(0, cols);
    }
    const text = `\x1b[m\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}`;
    if (text === this.#pageDrawn) return '';
    const fresh = this.#pageDrawn === null || this.#pageDrawn === '';
    this.#pageDrawn = text;
    return `${fresh ? '\x1b[m\x1b[H\x1b[2J\x1b[?25l\x1b]2;\x07' : ''}${text}\x1b[J`;
  }
}

/** Some share of the limits on receipts, from a half to 1: another one for each id, which is random and hexadecimal. */
function shareOf(id: string): number {
  return 1 - Number.parseInt(id.slice(0, 2) || '0', 16) / 0x200;
}
