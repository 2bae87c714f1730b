/**
 * The end of what a program printed, as far as it stands for itself: what follows the last time that the screen was
 * emptied. A screen that begins anew can begin with it. What hangs on cells drawn before is left out: half of a secret
 * would be no secret to the wall. Knows no screen and no thread.
 */

/** A screenful with its colours; more would cost a thread that has just hung too much. */
const KEPT_BYTES = 8 * 1024;
/** Room for it, and for so much after it that it is seldom moved. */
const ROOM_BYTES = 8 * KEPT_BYTES;
/** RIS, ED 2 and the alternate screen. */
const EMPTIED = ['\x1bc', '\x1b[2J', '\x1b[?1049h'].map((text) => Buffer.from(text));

export class Recent {
  readonly #bytes = Buffer.alloc(ROOM_BYTES);
  #length = 0;

  /** The program's output; the bytes are copied. */
  add(bytes: Uint8Array): void {
    const end = bytes.length > KEPT_BYTES ? bytes.subarray(-KEPT_BYTES) : bytes;
    if (this.#length + end.length > ROOM_BYTES) {
      this.#bytes.copyWithin(0, this.#length - KEPT_BYTES, this.#length);
      this.#length = KEPT_BYTES;
    }
    this.#bytes.set(end, this.#length);
    this.#length += end.length;
  }

  /** What stands for itself, once: the next call tells only what comes from now on. */
  take(): Uint8Array {
    const end = Buffer.from(this.#bytes.subarray(Math.max(0, this.#length - KEPT_BYTES), this.#length));
    this.#length = 0;
    const from = Math.max(...EMPTIED.map((sequence) => end.lastIndexOf(sequence)));
    return from < 0 ? end.subarray(0, 0) : end.subarray(from);
  }
}
