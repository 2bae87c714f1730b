/**
 * How long the packets of one cipher are (RFC 4253 section 6), so that they can be built in memory that is used again
 * and again: a packet of its own for each picture and observer is what the garbage collector works most for. Asked of
 * the cipher instead of known: it knows best.
 */

/** Of no cipher that is offered has a block more bytes: padding repeats itself after so many. */
const PERIOD = 16;
/** The length of the packet, and that of its padding. */
const HEADER = 5;

export class Shape {
  /** Bytes of padding, by the last bits of the payload's length. */
  readonly #paddings: Uint8Array;
  /** Bytes behind the padding: what authenticates the packet. */
  readonly #tail: number;

  /** @param alloc makes an empty packet for a payload of so many bytes. */
  constructor(alloc: (payloadLength: number) => Uint8Array) {
    const samples = Array.from({ length: PERIOD }, (_, length) => alloc(length));
    this.#paddings = Uint8Array.from(samples, (packet) => packet[HEADER - 1]!);
    this.#tail = samples[0]!.length - HEADER - this.#paddings[0]!;
  }

  /** Bytes of padding after a payload of `length` bytes. */
  padding(length: number): number {
    return this.#paddings[length % PERIOD]!;
  }

  /** Bytes of the whole packet. */
  total(length: number): number {
    return HEADER + length + this.padding(length) + this.#tail;
  }
}
