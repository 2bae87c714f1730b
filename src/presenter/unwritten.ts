/**
 * Bytes that wait to be written, in order and in one piece, so that what comes later goes with what is left of the
 * write before. The memory is used again. Knows nothing of where they go.
 */

/** Room at the beginning, in bytes: what the presenter's terminal may be behind, and the read that makes it so. */
const FIRST_ROOM = 32 * 1024;

export class Unwritten {
  #block = Buffer.allocUnsafeSlow(FIRST_ROOM);
  /** What waits is from here… */
  #start = 0;
  /** …to here. */
  #end = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** All that waits; to be used before anything is added. */
  get bytes(): Uint8Array {
    return this.#block.subarray(this.#start, this.#end);
  }

  /** Bytes that come after all that wait; they are copied. */
  add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#block.length) this.#makeRoom(bytes.length);
    this.#block.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The first `count` bytes wait no longer. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.clear();
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#start = this.#end = 0;
    if (this.#block.length > FIRST_ROOM) this.#block = Buffer.allocUnsafeSlow(FIRST_ROOM);
  }

  #makeRoom(more: number): void {
    const waiting = this.bytes;
    const needed = waiting.length + more;
    const block = needed <= this.#block.length ? this.#block : Buffer.allocUnsafeSlow(needed * 2);
    block.set(waiting, 0);
    this.#block = block;
    this.#end = waiting.length;
    this.#start = 0;
  }
}
