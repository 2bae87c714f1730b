/**
 * The end of what a program printed, as far as it stands for itself: what follows the last time that the screen was
 * emptied. A screen that begins anew can begin with it. What hangs on cells drawn before is left out: half of a secret
 * would be no secret to the wall. Knows no screen and no thread.
 */

/** A screenful with its colours; more would cost a thread that has just hung too much. */
const KEPT_BYTES = 8 * 1024;
/** RIS, ED 2 and the alternate screen. */
const EMPTIED = ['\x1bc', '\x1b[2J', '\x1b[?1049h'].map((text) => Buffer.from(text));

export class Recent {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** The program's output; the bytes must not be written to afterwards. */
  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes - this.#pieces[0]!.length >= KEPT_BYTES) this.#bytes -= this.#pieces.shift()!.length;
  }

  /** What stands for itself, once: the next call tells only what comes from now on. */
  take(): Uint8Array {
    const end = Buffer.concat(this.#pieces).subarray(-KEPT_BYTES);
    this.#pieces = [];
    this.#bytes = 0;
    const from = Math.max(...EMPTIED.map((sequence) => end.lastIndexOf(sequence)));
    return from < 0 ? end.subarray(0, 0) : end.subarray(from);
  }
}
