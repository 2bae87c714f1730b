/** A clock that is moved by hand: what is to happen after a while happens when it is moved there, in order. */
import type { Clock } from '../../src/core/clock.js';

/** Milliseconds since 1970 when the monotonic clock is at 0: any day will do. */
const EPOCH = Date.UTC(2026, 0, 1);

export class HandClock implements Clock {
  #now = 0;
  #set = 0;
  readonly #due: { readonly at: number; readonly then: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  wall(): number {
    return EPOCH + this.#now + this.#set;
  }

  /** Somebody sets the wall clock: so many ms forwards, or back. */
  set(ms: number): void {
    this.#set += ms;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    this.#due.push(timer);
    return () => {
      const at = this.#due.indexOf(timer);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#due.length;
  }

  move(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.then();
    }
    this.#now = end;
  }
}
