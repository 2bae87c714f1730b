/**
 * Where a stream reads into: pieces of large blocks, one after the other, so that nothing is copied or allocated for a
 * read. What was read stays as it is. Knows nothing of where the bytes come from.
 */

/**
 * What the kernel gives of a terminal at once (its line discipline holds 4096 bytes and keeps one). libuv reads on
 * within the same turn of the event loop as long as a read fills its buffer: with this size a flood of 20 MB takes 450
 * to 1150 turns, with 64 KiB it takes one for each read, 4800.
 */
const READ_BYTES = 4095;
const BLOCK_BYTES = 64 * READ_BYTES;

export class ReadBuffer {
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #at = 0;

  /** Room for the next read. */
  readonly room = (): Buffer => {
    if (this.#at + READ_BYTES > BLOCK_BYTES) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#at = 0;
    }
    return this.#block.subarray(this.#at, this.#at + READ_BYTES);
  };

  /** The `length` bytes that were read into the last {@link room}. */
  take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#block.subarray(from, this.#at);
  }
}
