/**
 * The way into a pseudo-terminal: bytes are written at once, and wait in order when the kernel has no room for them.
 * Knows nothing of who typed.
 */
import { writeSync } from 'node:fs';
import { Unwritten } from './unwritten.js';

/**
 * Typed bytes that may wait for a program that does not read, in bytes: 16 MiB, which no paste by hand has. The
 * presenter's terminal is read on all the same, as his own keys are to be found behind what he pasted.
 */
export const MAX_WAITING_BYTES = 16 << 20;
/** Above this who is elsewhere should keep what he has, in bytes: 1 MiB, so that a large paste is no burden to anybody. */
export const HIGH_WATER_BYTES = 1 << 20;
/** He may go on when no more than this is waiting. */
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 2;
/** Written in one turn of the event loop, in bytes: who reads a large paste quickly shall not keep others waiting. */
const TURN_BYTES = 64 * 1024;
/** First and longest wait before the next try, in ms: a reader is mostly just busy, a stopped one must cost nothing. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;

/** How much waits: `low` when little; `high` when more should not come; `full` when all that comes is refused. */
export type Pressure = 'low' | 'high' | 'full';

/** Writes to a non-blocking descriptor without ever waiting for it. */
export class Keyboard {
  readonly #fd: number;
  readonly #waiting = new Unwritten();
  readonly #onPressure: (pressure: Pressure) => void;
  #pressure: Pressure = 'low';
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /**
   * @param fd a descriptor with O_NONBLOCK that stays open until {@link close}
   * @param onPressure told when it changes: upwards step by step, and down to `low` when most was taken
   */
  constructor(fd: number, onPressure: (pressure: Pressure) => void = () => {}) {
    this.#fd = fd;
    this.#onPressure = onPressure;
  }

  /** Writes `bytes` after all that was typed before. False, and nothing of it is taken, when too much is waiting. */
  type(bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    if (bytes.length === 0) return true;
    // What is smaller would have room behind what was refused: the program would get a text with a hole in it.
    const isFull = this.#pressure === 'full' || this.#waiting.length + bytes.length > MAX_WAITING_BYTES;
    if (isFull) return this.#refuse();
    const written = this.#waiting.length === 0 ? this.#write(bytes) : 0;
    if (written < bytes.length) this.#keep(bytes.subarray(written));
    return true;
  }

  /** The program showed life: there may be room now. */
  nudge(): void {
    if (this.#timer !== null) this.#go();
  }

  /** Forgets what waits: whoever typed it may no longer type. */
  drop(): void {
    this.#waiting.clear();
    this.#disarm();
    this.#relieve();
  }

  /** Forgets what waits, and takes nothing any more. */
  close(): void {
    this.#closed = true;
    this.drop();
  }

  /** What the kernel had no room for waits behind what waits already. */
  #keep(bytes: Uint8Array): void {
    this.#waiting.add(bytes);
    if (this.#timer === null) this.#go();
    if (this.#pressure === 'low' && this.#waiting.length > HIGH_WATER_BYTES) this.#press('high');
  }

  #refuse(): false {
    if (this.#pressure !== 'full') this.#press('full');
    return false;
  }

  #relieve(): void {
    if (this.#pressure !== 'low' && this.#waiting.length <= LOW_WATER_BYTES) this.#press('low');
  }

  #press(pressure: Pressure): void {
    this.#pressure = pressure;
    this.#onPressure(pressure);
  }

  #go(): void {
    this.#disarm();
    for (let left = TURN_BYTES; left > 0 && this.#waiting.length > 0; ) {
      const written = this.#write(this.#waiting.bytes.subarray(0, left));
      if (written === 0) break;
      this.#waiting.drop(written);
      left -= written;
    }
    if (this.#waiting.length > 0) this.#retry();
    this.#relieve();
  }

  #retry(): void {
    this.#timer = setTimeout(() => this.#go(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #write(bytes: Uint8Array): number {
    try {
      const written = writeSync(this.#fd, bytes);
      // Whoever takes some reads: he shall not wait for the rest as one does who has stopped.
      if (written > 0) this.#retryMs = FIRST_RETRY_MS;
      return written;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      // The program is gone (EIO): nobody will ever read this.
      return bytes.length;
    }
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
