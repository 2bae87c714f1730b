/**
 * Output that waits until somebody looks at the screen. Of a flood only what can still be seen goes on waiting: it is
 * parsed once a frame, not once for each megabyte that goes by; and of that only what stands on the screen, as the lines
 * above it are a hundred frames' worth and the next frame of a flood has others. They are owed until it ends. The memory
 * is used again, since a flood is many times as long. Knows no pace and no thread.
 */
import type { Emulator } from './emulator.js';
import { glance, isPlain, skim } from './skim.js';

/** What waits is looked through when there is so much of it; twice that is what a flood needs of memory. */
const CONDENSE_AT_BYTES = 1 << 20;
/** Below this, reading everything is cheaper than looking for what can be skipped. */
const SKIM_FROM_BYTES = 64 * 1024;
/** Parsed at once: of the costliest sequences this is half a second on a large screen. */
const PIECE_BYTES = 8 * 1024;
const FIRST_ROOM = 16 * 1024;
const LF = 0x0a;

/** Who is fed: an emulator. */
export type Fed = Pick<Emulator, 'feed' | 'size' | 'skimmable' | 'pen' | 'rewind'>;

/** Lines of which the emulator was fed the last only. */
interface Owed {
  /** Before they came. */
  readonly pen: Emulator['pen'];
  readonly bytes: Uint8Array;
}

export class Backlog {
  readonly #emulator: Fed;
  readonly #hear: (bytes: Uint8Array) => void;
  #owed: Owed | null = null;
  #bytes = new Uint8Array(FIRST_ROOM);
  /** What waits is from here… */
  #start = 0;
  /** …to here. */
  #length = 0;
  /** Bytes that came since some were last dealt with. */
  #fresh = 0;

  /**
   * @param emulator who is fed in the end
   * @param hear is told, before, what is fed and what is owed, in order and once
   */
  constructor(emulator: Fed, hear: (bytes: Uint8Array) => void = () => {}) {
    this.#emulator = emulator;
    this.#hear = hear;
  }

  get isEmpty(): boolean {
    return this.#start === this.#length;
  }

  /** There is so much of it that nothing should be added before some was taken in. */
  get isFull(): boolean {
    return this.#length - this.#start >= CONDENSE_AT_BYTES;
  }

  /**
   * Takes in what was printed; `bytes` are copied.
   * @returns how many bytes have been dealt with: all since the last time, or none, as they only wait
   */
  add(bytes: Uint8Array): number {
    this.#reserve(this.#length + bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#fresh += bytes.length;
    return this.isFull && this.#condense() ? this.#dealtWith() : 0;
  }

  /** The screen is right, but not the lines above it: {@link settle} before they matter. */
  get owes(): boolean {
    return this.#owed !== null;
  }

  /**
   * The emulator gets what waits, in pieces; of a flood that which makes its screen.
   * @param isLate asked after each piece: true, and the rest goes on waiting
   * @returns how many bytes have been dealt with, see {@link add}
   */
  feed(isLate: () => boolean = () => false): number {
    if (this.#length - this.#start > SKIM_FROM_BYTES && this.#condense()) {
      this.#show();
    } else if (this.#start < this.#length) {
      this.settle();
      if (!this.#feedPieces(isLate)) return 0;
    }
    this.#start = this.#length = 0;
    return this.#dealtWith();
  }

  /** @returns false when it was late before all was fed */
  #feedPieces(isLate: () => boolean): boolean {
    while (this.#start < this.#length) {
      const end = Math.min(this.#length, this.#start + PIECE_BYTES);
      this.#take(end);
      if (end < this.#length && isLate()) return false;
    }
    return true;
  }

  /** What waits up to `end` is heard and fed. */
  #take(end: number): void {
    const piece = this.#bytes.subarray(this.#start, end);
    this.#hear(piece);
    this.#emulator.feed(piece);
    this.#start = end;
  }

  /** Feeds of what was condensed that which makes the screen. */
  #show(): void {
    const bytes = this.#bytes.slice(this.#start, this.#length);
    const { pen, size } = this.#emulator;
    this.#owed = { pen, bytes };
    this.#hear(bytes);
    this.#emulator.feed(glance(bytes, size.rows));
  }

  /** The emulator gets what is owed: the lines above the screen are right. */
  settle(): void {
    if (this.#owed === null) return;
    const { pen, bytes } = this.#owed;
    this.#owed = null;
    this.#emulator.rewind(pen);
    this.#emulator.feed(bytes);
  }

  #dealtWith(): number {
    const count = this.#fresh;
    this.#fresh = 0;
    return count;
  }

  /** Leaves what can still be seen. @returns false when that is not to be told without parsing */
  #condense(): boolean {
    if (!this.#emulator.skimmable) this.#finishLine();
    const waiting = this.#bytes.subarray(this.#start, this.#length);
    const rest = this.#emulator.skimmable ? skim(waiting, this.#emulator.size.rows) : null;
    if (rest === null) return false;
    // These lines push all others out.
    this.#owed = null;
    this.#bytes.set(rest);
    this.#start = 0;
    this.#length = rest.length;
    return true;
  }

  /** The last piece may have ended within a sequence or a character: the line's end is beyond that, if it is near. */
  #finishLine(): void {
    const end = this.#bytes.subarray(this.#start, this.#start + PIECE_BYTES).indexOf(LF) + 1;
    if (end === 0) return;
    if (this.#owed !== null) this.#owe(this.#bytes.subarray(this.#start, this.#start + end), this.#owed);
    this.#take(this.#start + end);
  }

  /** A line is fed after those that are owed: so it is too, when it can be fed twice. */
  #owe(line: Uint8Array, { pen, bytes }: Owed): void {
    const longer = Buffer.concat([bytes, line]);
    if (isPlain(longer)) this.#owed = { pen, bytes: longer };
    else this.settle();
  }

  #reserve(room: number): void {
    if (room <= this.#bytes.length) return;
    const grown = new Uint8Array(room * 2);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
