/**
 * Output that waits until somebody looks at the screen. Of a flood only what can still be seen goes on waiting: it is
 * parsed once a frame, not once for each megabyte that goes by. The memory is used again, since a flood is many times
 * as long. Knows no pace and no thread.
 */
import type { Emulator } from './emulator.js';
import { skim } from './skim.js';

/** What waits is looked through when there is so much of it; twice that is what a flood needs of memory. */
const CONDENSE_AT_BYTES = 1 << 20;
/** Below this, reading everything is cheaper than looking for what can be skipped. */
const SKIM_FROM_BYTES = 64 * 1024;
const FIRST_ROOM = 16 * 1024;
const LF = 0x0a;

/** Who is fed: an emulator, with whoever reads along. */
export type Fed = Pick<Emulator, 'feed' | 'size' | 'skimmable'>;

export class Backlog {
  readonly #emulator: Fed;
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;
  /** Bytes that came since some were last dealt with. */
  #fresh = 0;

  /** @param emulator who is fed in the end */
  constructor(emulator: Fed) {
    this.#emulator = emulator;
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
    if (this.#length < CONDENSE_AT_BYTES) return 0;
    this.#condense();
    return this.#dealtWith();
  }

  /**
   * The emulator gets everything that waits.
   * @returns how many bytes have been dealt with, see {@link add}
   */
  feed(): number {
    if (this.#length > 0) this.#condense();
    if (this.#length > 0) this.#emulator.feed(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return this.#dealtWith();
  }

  #dealtWith(): number {
    const count = this.#fresh;
    this.#fresh = 0;
    return count;
  }

  /** Leaves what can still be seen; nothing, when that is not to be told without parsing. */
  #condense(): void {
    const all = this.#bytes.subarray(0, this.#length);
    const bytes = all.length > SKIM_FROM_BYTES && !this.#emulator.skimmable ? this.#finishLine(all) : all;
    const { rows } = this.#emulator.size;
    const rest = bytes.length > SKIM_FROM_BYTES && this.#emulator.skimmable ? skim(bytes, rows) : null;
    if (rest === null) this.#emulator.feed(bytes);
    else this.#bytes.set(rest);
    this.#length = rest?.length ?? 0;
  }

  /** The last piece may have ended within a sequence or a character: the line's end is beyond that. @returns the rest */
  #finishLine(bytes: Uint8Array): Uint8Array {
    const end = bytes.indexOf(LF) + 1;
    this.#emulator.feed(bytes.subarray(0, end));
    return bytes.subarray(end);
  }

  #reserve(room: number): void {
    if (room <= this.#bytes.length) return;
    const grown = new Uint8Array(room * 2);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
