/**
 * Packets that leave together: built one behind the other in one piece of memory that all connections share, and
 * written when the work that makes them is over, or when there are many. Knows no socket, no cipher and no message.
 *
 * A thousand packets that are built and written one by one wake the one who reads them a thousand times, as he is done
 * with each before the next is built; those that are written in a row find him awake.
 */

/** The socket of one connection. Bytes are good until it returns; it must not throw. */
export interface Sink {
  readonly write: (bytes: Buffer) => void;
}

/** Room for packets, in bytes: the longest is 36 KiB, and what is in the processor's cache is written quickest. */
const ROOM_BYTES = 128 * 1024;
/**
 * Connections that are written to in a row. The first of fifty would otherwise wait for the packets of all of them,
 * which is as long as their way; from here on a wake-up saved is a small part of what is written.
 */
const BATCH = 16;
/** Of a place that nobody has. */
const NOBODY: Sink = { write: () => {} };

export class Outbox {
  readonly #memory = Buffer.alloc(ROOM_BYTES);
  /** Whose bytes begin where; they end where the next ones begin. */
  readonly #sinks = new Array<Sink>(BATCH).fill(NOBODY);
  readonly #starts = new Int32Array(BATCH);
  /** The places that were given out last, to be given out again: packets of one picture are of one length. */
  readonly #rooms = new Array<Buffer>(BATCH + 1).fill(this.#memory);
  /** The place that was given out last. */
  #lent: Buffer = this.#memory;
  #count = 0;
  #end = 0;
  #depth = 0;

  /** Gathers the packets that `work` makes, and writes them when it is over, also when it throws. */
  together<T>(work: () => T): T {
    this.#depth++;
    try {
      return work();
    } finally {
      if (--this.#depth === 0) this.flush();
    }
  }

  /** A place for one packet of `length` bytes, behind what is gathered. It is lent until {@link add}, or the next call. */
  room(sink: Sink, length: number): Buffer {
    this.#makeRoom(sink, length);
    const known = this.#rooms[this.#count]!;
    const fits = known.length === length && known.byteOffset === this.#end;
    this.#lent = fits ? known : this.#memory.subarray(this.#end, this.#end + length);
    this.#rooms[this.#count] = this.#lent;
    return this.#lent;
  }

  /** Sends `bytes`, a packet that was built in {@link room} or elsewhere. */
  add(sink: Sink, bytes: Buffer): void {
    if (this.#depth === 0 || bytes.length > ROOM_BYTES) {
      this.flush();
      sink.write(bytes);
      return;
    }
    if (bytes !== this.#lent || bytes.byteOffset !== this.#end) {
      this.#makeRoom(sink, bytes.length);
      this.#memory.set(bytes, this.#end);
    }
    if (!this.#isLast(sink)) {
      this.#sinks[this.#count] = sink;
      this.#starts[this.#count++] = this.#end;
    }
    this.#end += bytes.length;
  }

  /** Writes what is gathered. */
  flush(): void {
    const count = this.#count;
    const end = this.#end;
    this.#count = 0;
    this.#end = 0;
    for (let i = 0; i < count; i++) {
      const sink = this.#sinks[i]!;
      this.#sinks[i] = NOBODY;
      sink.write(this.#bytes(i, this.#starts[i]!, i + 1 < count ? this.#starts[i + 1]! : end));
    }
  }

  #bytes(place: number, start: number, end: number): Buffer {
    const room = this.#rooms[place]!;
    return room.byteOffset === start && room.length === end - start ? room : this.#memory.subarray(start, end);
  }

  #makeRoom(sink: Sink, length: number): void {
    const isFull = this.#end + length > ROOM_BYTES || (this.#count === BATCH && !this.#isLast(sink));
    if (isFull) this.flush();
  }

  #isLast(sink: Sink): boolean {
    return this.#count > 0 && this.#sinks[this.#count - 1] === sink;
  }
}

/** The one of this process. */
export const outbox = new Outbox();
