/**
 * The end of a program's output: bytes pass through until a mark that was written behind them. Knows nothing of
 * terminals or processes.
 */

const NOTHING = new Uint8Array(0);

/** Cuts one mark out of a stream of chunks, wherever the chunks are cut. */
export class Tail {
  readonly #mark: Buffer;
  /** Bytes that may be the beginning of the mark: shorter than the mark. */
  #held: Uint8Array = NOTHING;
  #found = false;

  /** @param mark bytes without a repetition of their first byte being required; longer is safer */
  constructor(mark: Uint8Array) {
    this.#mark = Buffer.from(mark);
  }

  /** True once the whole mark went by. */
  get found(): boolean {
    return this.#found;
  }

  /** What of the stream is certain after `chunk`: everything but the mark, and but what may yet become the mark. */
  pass(chunk: Uint8Array): Uint8Array {
    if (this.#found) return chunk;
    const bytes =
      this.#held.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : this.#join(chunk);
    const at = bytes.indexOf(this.#mark);
    if (at >= 0) {
      this.#found = true;
      this.#held = NOTHING;
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + this.#mark.length)]);
    }
    const keep = this.#beginning(bytes);
    this.#held = Uint8Array.from(bytes.subarray(bytes.length - keep));
    return bytes.subarray(0, bytes.length - keep);
  }

  /** What was kept back in the hope of a mark that never came. */
  rest(): Uint8Array {
    const rest = this.#held;
    this.#held = NOTHING;
    return rest;
  }

  #join(chunk: Uint8Array): Buffer {
    return Buffer.concat([this.#held, chunk]);
  }

  /** Length of the longest beginning of the mark with which `bytes` end. */
  #beginning(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.#mark.length - 1); length > 0; length--) {
      if (bytes.subarray(bytes.length - length).equals(this.#mark.subarray(0, length))) return length;
    }
    return 0;
  }
}
