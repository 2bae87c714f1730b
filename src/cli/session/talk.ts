/**
 * What people tell each other beside the picture: lines of chat, and cells that they point at. All of it is made
 * printable, passes the wall, and comes at a rate that nobody is bothered by.
 */
import type { Clock } from '../../core/clock.js';
import type { SessionEvent } from '../../core/events.js';
import type { Present, Roster } from '../../core/roster.js';
import { CHAT_KEPT, type ChatLine, type Pointer } from '../../core/session.js';
import { Bucket } from '../../observers/ssh/bucket.js';
import { toldLine } from './told-line.js';

export interface TalkOptions {
  readonly roster: Roster;
  readonly clock: Clock;
  /** Observers may chat. */
  readonly chat: boolean;
  /** Observers may point. */
  readonly pointers: boolean;
  readonly masked: (text: string) => Promise<string | null>;
  readonly said: (line: ChatLine) => void;
  readonly pointed: (pointers: readonly Pointer[]) => void;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
  readonly changed: () => void;
}

/** Longest line of chat, in characters: two rows of a small terminal. */
const CHAT_MAX = 160;
/** Each may say four lines at once, and one every two seconds in the long run. */
const CHAT_BURST = 4;
const CHAT_RATE = 0.5;
/** A pointer that does not move is no longer meant, in ms. */
const POINTER_MS = 30_000;
/** Pointers are told at most so often, in ms: a hand is followed without every cell on its way. */
const POINTER_EVERY_MS = 60;
/** Cells that can be pointed at lie within the largest screen. */
const MAX_CELL = 1000;
const PRESENTER = 'presenter';

export class Talk {
  readonly #options: TalkOptions;
  readonly #lines: ChatLine[] = [];
  readonly #rates = new Map<string, Bucket>();
  readonly #pointers = new Map<string, { readonly pointer: Pointer; readonly at: number }>();
  #mayPoint: boolean;
  #telling = false;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#mayPoint = options.pointers;
  }

  /** The last lines, the oldest first. */
  get lines(): readonly ChatLine[] {
    return this.#lines;
  }

  /** Observers may point. */
  get mayPoint(): boolean {
    return this.#mayPoint;
  }

  get pointers(): readonly Pointer[] {
    return [...this.#pointers.values()].map(({ pointer }) => pointer);
  }

  /** An observer says something. False when he may not, or says too much at once. */
  async chat(id: string, text: string): Promise<boolean> {
    const present = this.#speaker(id);
    if (present === null || !this.#options.chat || !this.#mayTalk(id)) return false;
    const { participant } = present;
    const line = await this.#publish(participant.name, text);
    if (line === null) return false;
    this.#options.emit({ type: 'chat', participant });
    this.#options.notice(`${line.name}: ${line.text}`);
    return true;
  }

  /** The presenter says something; it passes the wall like the rest. False when that could not be done. */
  async say(text: string): Promise<boolean> {
    const line = await this.#publish(PRESENTER, text);
    if (line !== null) this.#options.emit({ type: 'chat' });
    return line !== null;
  }

  /** He points at a cell of the frame, or no longer. */
  point(id: string, cell: { readonly x: number; readonly y: number } | null): void {
    const present = this.#speaker(id);
    if (cell === null || present === null || !this.#mayPoint) return this.#drop(id);
    const inside = (at: number) => Number.isInteger(at) && at >= 0 && at < MAX_CELL;
    if (!inside(cell.x) || !inside(cell.y)) return;
    const { name } = present.participant;
    const known = this.#pointers.has(id);
    this.#pointers.set(id, { pointer: { id, name, x: cell.x, y: cell.y }, at: this.#options.clock.now() });
    if (!known) this.#options.clock.after(POINTER_MS, () => this.#tire(id));
    this.#tell();
  }

  /** @param on observers may point from now on. */
  setPointers(on: boolean): void {
    this.#mayPoint = on;
    this.#options.changed();
    if (!on && this.#pointers.size > 0) {
      this.#pointers.clear();
      this.#tell();
    }
  }

  /** He is gone, or was muted. */
  silence(id: string): void {
    this.#drop(id);
  }

  left(id: string): void {
    this.#rates.delete(id);
    this.#drop(id);
  }

  #speaker(id: string): Present | null {
    const present = this.#options.roster.watcher(id);
    return present === null || present.muted ? null : present;
  }

  #mayTalk(id: string): boolean {
    const now = this.#options.clock.now();
    const rate = this.#rates.get(id) ?? new Bucket(CHAT_RATE, CHAT_BURST, now);
    this.#rates.set(id, rate);
    if (rate.level(now) < 1) return false;
    rate.take(1, now);
    return true;
  }

  async #publish(name: string, text: string): Promise<ChatLine | null> {
    const shown = await toldLine(text, CHAT_MAX, this.#options.masked);
    if (!shown) return null;
    const line = { name, text: shown, atMs: this.#options.clock.wall() };
    this.#lines.push(line);
    if (this.#lines.length > CHAT_KEPT) this.#lines.shift();
    this.#options.said(line);
    return line;
  }

  #drop(id: string): void {
    if (this.#pointers.delete(id)) this.#tell();
  }

  #tire(id: string): void {
    const known = this.#pointers.get(id);
    if (known === undefined) return;
    const left = known.at + POINTER_MS - this.#options.clock.now();
    if (left <= 0) return this.#drop(id);
    this.#options.clock.after(left, () => this.#tire(id));
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    this.#options.clock.after(POINTER_EVERY_MS, () => {
      this.#telling = false;
      this.#options.pointed(this.pointers);
    });
  }
}
