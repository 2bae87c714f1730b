/** A token bucket. Knows no clock: `now` is milliseconds of any monotonic clock. */
export class Bucket {
  readonly #ratePerMs: number;
  readonly #burst: number;
  #level: number;
  #at: number;

  /** Holds `burst` tokens at first and gains `ratePerSecond` until it is full again. */
  constructor(ratePerSecond: number, burst: number, now: number) {
    this.#ratePerMs = ratePerSecond / 1000;
    this.#burst = burst;
    this.#level = burst;
    this.#at = now;
  }

  /** Takes `count` tokens, into debt if need be, and says how many milliseconds it takes until the debt is paid. */
  take(count: number, now: number): number {
    this.#fill(now);
    this.#level -= count;
    return this.#level >= 0 ? 0 : Math.ceil(-this.#level / this.#ratePerMs);
  }

  /** How many milliseconds it takes until `count` tokens could be taken without debt. */
  wait(count: number, now: number): number {
    return Math.max(0, Math.ceil((count - this.level(now)) / this.#ratePerMs));
  }

  /** Puts tokens back. */
  give(count: number, now: number): void {
    this.#fill(now);
    this.#level = Math.min(this.#burst, this.#level + count);
  }

  /** Tokens that are there; less than none is debt. */
  level(now: number): number {
    this.#fill(now);
    return this.#level;
  }

  /** True when nothing was taken lately: a full bucket can be forgotten. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#level >= this.#burst;
  }

  #fill(now: number): void {
    this.#level = Math.min(this.#burst, this.#level + Math.max(0, now - this.#at) * this.#ratePerMs);
    this.#at = Math.max(this.#at, now);
  }
}
