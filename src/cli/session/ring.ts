/**
 * A one-way line from one thread to another, through memory that both see: records of a kind and some bytes, in order.
 * The reader is woken with an empty message, and only when he sleeps. To hand over the bytes in messages costs twice as
 * much at the sender (62 µs for a typed key, 38 so) and comes 30 µs later. Knows nothing of what the records mean.
 */

/** Room for records: a power of two. Enough for a skim of a flood to pay, little enough to be parsed in tens of ms. */
export const RING_BYTES = 1 << 20;
/**
 * Records begin at multiples of it, so that a header is never cut by the ring's end, and their bytes do: V8 copies into
 * shared memory by words when both ends stand at a multiple of eight, and byte by byte, at a quarter of the speed, else.
 */
const ALIGN = 8;
/** A header is the length, with the kind in the upper bits, and nothing after it. */
const HEADER_BYTES = 8;
/** What a terminal gives at once. */
const FIRST_RECORD_BYTES = 4096;
const KIND_SHIFT = 24;
const LENGTH_MASK = (1 << KIND_SHIFT) - 1;

/** Words beside the ring. The first two count bytes since the start and run over: only differences mean something. */
const WRITTEN = 0;
const READ = 1;
const ASLEEP = 2;
const WANTED = 3;
/** Bytes of records that the reader has done with, which is later than having read them. */
const DONE = 4;
/** Goes up while the reader works on one thing for long. */
const BEAT = 5;
/** Counts what the reader is to find in its event loop instead of in the ring. */
const CALLS = 6;
/** Some are not used: what follows them begins at a multiple of {@link ALIGN}. */
const WORDS = 8;

/** What {@link ASLEEP} says of the reader. */
const AWAKE = 0;
/** In its event loop: a message wakes it. */
const IN_LOOP = 1;
/** Blocked on that word: it is woken without its event loop, which takes a third of the time. */
const DOZES = 2;

/** What the two ends share. */
export function ringMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT + RING_BYTES);
}

/** A small whole number, 1 to 127, that says what the bytes are. */
export type Kind = number;
/** Fills the ring up to its end, when what follows would not fit there. */
const PADDING: Kind = 0;

class Ring {
  protected readonly words: Int32Array;
  protected readonly bytes: Uint8Array;
  protected readonly headers: Uint32Array;

  constructor(memory: SharedArrayBuffer) {
    const start = WORDS * Int32Array.BYTES_PER_ELEMENT;
    this.words = new Int32Array(memory, 0, WORDS);
    this.bytes = new Uint8Array(memory, start, RING_BYTES);
    this.headers = new Uint32Array(memory, start, RING_BYTES / Uint32Array.BYTES_PER_ELEMENT);
  }
}

/** The sending end. */
export class RingWriter extends Ring {
  readonly #wake: () => void;
  #written = 0;

  /** @param wake sends the reader an empty message */
  constructor(memory: SharedArrayBuffer, wake: () => void) {
    super(memory);
    this.#wake = wake;
  }

  /** Bytes of records that the reader has not done with. */
  get pending(): number {
    return (this.#written - Atomics.load(this.words, DONE)) >>> 0;
  }

  /** A number that changes whenever the reader has done something, or goes on with something. */
  get progress(): number {
    return (Atomics.load(this.words, DONE) + Atomics.load(this.words, BEAT)) | 0;
  }

  /** The reader shall say once when there is more room, or when it has done with something. */
  want(): void {
    Atomics.store(this.words, WANTED, 1);
  }

  /**
   * Adds a record when there is room for it all.
   * @returns whether there was
   */
  write(kind: Kind, bytes: Uint8Array): boolean {
    if (this.#roomFor(bytes.length) < bytes.length) return false;
    this.#put(kind, bytes);
    return true;
  }

  /**
   * Adds as many of the bytes as there is room for, as one record or two.
   * @returns how many
   */
  writeSome(kind: Kind, bytes: Uint8Array): number {
    let at = 0;
    for (let room = this.#roomFor(1); at < bytes.length && room > 0; room = this.#roomFor(1)) {
      const piece = at === 0 && bytes.length <= room ? bytes : bytes.subarray(at, at + room);
      this.#put(kind, piece);
      at += piece.length;
    }
    return at;
  }

  /** Longest record that can be written now, after going round the ring's end when `length` bytes do not fit before it. */
  #roomFor(length: number): number {
    const free = RING_BYTES - ((this.#written - Atomics.load(this.words, READ)) >>> 0);
    const toEnd = RING_BYTES - (this.#written & (RING_BYTES - 1));
    if (sizeOf(length) <= toEnd) return Math.min(free, toEnd) - HEADER_BYTES;
    if (free < toEnd) return 0;
    this.#put(PADDING, this.bytes.subarray(0, toEnd - HEADER_BYTES));
    return free - toEnd - HEADER_BYTES;
  }

  #put(kind: Kind, bytes: Uint8Array): void {
    const at = this.#written & (RING_BYTES - 1);
    this.headers[at / Uint32Array.BYTES_PER_ELEMENT] = (kind << KIND_SHIFT) | bytes.length;
    if (kind !== PADDING) this.bytes.set(bytes, at + HEADER_BYTES);
    this.#written = (this.#written + sizeOf(bytes.length)) | 0;
    Atomics.store(this.words, WRITTEN, this.#written);
    this.#rouse();
  }

  /** One thing more is on its way that the reader's event loop will find: a reader that dozes goes there. */
  call(): void {
    Atomics.add(this.words, CALLS, 1);
    if (Atomics.load(this.words, ASLEEP) === DOZES) this.#rouse();
  }

  #rouse(): void {
    const state = Atomics.exchange(this.words, ASLEEP, AWAKE);
    if (state === DOZES) Atomics.notify(this.words, ASLEEP);
    else if (state === IN_LOOP) this.#wake();
  }
}

/** The receiving end. */
export class RingReader extends Ring {
  readonly #call: () => void;
  /** Copies out of shared memory are slow, save to a place like this: {@link ALIGN}. */
  #record = new Uint8Array(FIRST_RECORD_BYTES);
  #read = 0;

  /** @param call tells the writer what he wanted to hear: {@link RingWriter.want} */
  constructor(memory: SharedArrayBuffer, call: () => void) {
    super(memory);
    this.#call = call;
  }

  /**
   * Hands over all records that are there, or those up to one for which `each` gives false. `bytes` are to be copied by
   * who keeps them.
   */
  take(each: (kind: Kind, bytes: Uint8Array) => unknown): void {
    let goesOn = true;
    while (goesOn && this.#read !== Atomics.load(this.words, WRITTEN)) {
      const at = this.#read & (RING_BYTES - 1);
      const header = this.headers[at / Uint32Array.BYTES_PER_ELEMENT]!;
      const length = header & LENGTH_MASK;
      const start = at + HEADER_BYTES;
      const kind = header >>> KIND_SHIFT;
      if (kind !== PADDING) goesOn = each(kind, this.#copy(start, length)) !== false;
      this.#read = (this.#read + sizeOf(length)) | 0;
      Atomics.store(this.words, READ, this.#read);
      this.#tell();
    }
  }

  #copy(start: number, length: number): Uint8Array {
    if (length > this.#record.length) this.#record = new Uint8Array(length);
    this.#record.set(this.bytes.subarray(start, start + length));
    return this.#record.subarray(0, length);
  }

  /** All that was taken has been dealt with. */
  done(): void {
    if (Atomics.load(this.words, DONE) === this.#read) return;
    Atomics.store(this.words, DONE, this.#read);
    this.#tell();
  }

  /** What was taken is being worked on, and takes long: this end does not hang. */
  beat(): void {
    Atomics.add(this.words, BEAT, 1);
  }

  /**
   * From now on the writer wakes this end.
   * @returns false when something came meanwhile: take it first
   */
  sleep(): boolean {
    Atomics.store(this.words, ASLEEP, IN_LOOP);
    return this.#read === Atomics.load(this.words, WRITTEN) || Atomics.exchange(this.words, ASLEEP, AWAKE) === AWAKE;
  }

  /**
   * Blocks this thread, event loop and all, until something is in the ring, the writer calls, or the time is over.
   * @param heard calls that have been answered: when there are others it does not block
   */
  doze(ms: number, heard: number): void {
    Atomics.store(this.words, ASLEEP, DOZES);
    const isQuiet = this.#read === Atomics.load(this.words, WRITTEN) && heard === Atomics.load(this.words, CALLS);
    if (isQuiet) Atomics.wait(this.words, ASLEEP, DOZES, ms);
    Atomics.store(this.words, ASLEEP, AWAKE);
  }

  #tell(): void {
    if (Atomics.load(this.words, WANTED) === 1 && Atomics.exchange(this.words, WANTED, 0) === 1) this.#call();
  }
}

/** Bytes that a record of `length` bytes takes. */
function sizeOf(length: number): number {
  return HEADER_BYTES + ((length + ALIGN - 1) & -ALIGN);
}
