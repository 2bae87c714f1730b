/**
 * The way into a pseudo-terminal: bytes are written at once, and wait in order when the kernel has no room for them.
 * Knows nothing of who typed.
 */
import { writeSync } from 'node:fs';

/** Typed bytes that may wait for a program that does not read: a large paste. 1 MiB. */
export const MAX_WAITING_BYTES = 1 << 20;
/** First and longest wait before the next try, in ms: a reader is mostly just busy, a stopped one must cost nothing. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;

/** Writes to a non-blocking descriptor without ever waiting for it. */
export class Keyboard {
  readonly #fd: number;
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** @param fd a descriptor with O_NONBLOCK that stays open until {@link close} */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Writes `bytes` after all that was typed before. False, and nothing of it is taken, when too much is waiting. */
  type(bytes: Uint8Array): boolean {
    if (this.#closed || this.#bytes + bytes.length > MAX_WAITING_BYTES) return false;
    if (bytes.length === 0) return true;
    const written = this.#bytes === 0 ? this.#write(bytes) : 0;
    if (written < bytes.length) this.#keep(Uint8Array.from(bytes.subarray(written)));
    return true;
  }

  /** What the kernel had no room for waits behind what waits already. */
  #keep(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#waiting.length === 1) this.#go();
  }

  /** The program showed life: there may be room now. */
  nudge(): void {
    if (this.#timer !== null) this.#go();
  }

  /** Forgets what waits: whoever typed it may no longer type. */
  drop(): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#disarm();
  }

  /** Forgets what waits, and takes nothing any more. */
  close(): void {
    this.#closed = true;
    this.drop();
  }

  #go(): void {
    this.#disarm();
    while (this.#waiting.length > 0) {
      const bytes = this.#waiting[0]!;
      const written = this.#write(bytes);
      this.#bytes -= written;
      if (written === bytes.length) {
        this.#waiting.shift();
        continue;
      }
      this.#waiting[0] = Uint8Array.from(bytes.subarray(written));
      if (written === 0) return this.#retry();
    }
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
