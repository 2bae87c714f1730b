/**
 * When an observer's side is asked what it has taken, and whether it may be sent more before it says so. A receipt
 * costs as much as a picture of a thousand bytes; without any, pictures queue up in the kernel and get old there.
 * Knows no packet and no clock.
 */

/** Receipts that are open at once: one being shown and one behind it hide the round trip; a third would only be stale. */
const MAX_OPEN = 2;
/**
 * A receipt is asked for after so many bytes, however slow his link is. An echo is some 20 bytes, for which question
 * and answer would cost more than the picture does; over the slowest link 512 bytes are no delay that is seen.
 */
const LEAST_BYTES = 512;
/** The most that may be on the way without one: 16 KiB are taken in 2 ms by who answers as quickly as below. */
const MOST_BYTES = 16 * 1024;
/** Who answers within so many ms is not held up by his link: he may have twice as much the next time. */
const QUICK_MS = 20;
/** A link becomes slow without notice: more than {@link LEAST_BYTES} are asked for after so many ms. */
const MOST_MS = 500;

/** Times are milliseconds of any one clock. */
export class Receipts {
  readonly #share: number;
  #open = 0;
  #allowed = LEAST_BYTES;
  /** Bytes since one was asked for; of the first ones it is, so that his lag is known. */
  #bytes = 2 * LEAST_BYTES;
  #askedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param share of the limits that is his, a half to 1: three hundred who are shown the same would otherwise all be
   * asked with the same picture, which then takes twice as long to send as the others.
   */
  constructor(share = 1) {
    this.#share = share;
  }

  /** Nothing more may be sent until one comes. */
  get awaited(): boolean {
    return this.#open >= MAX_OPEN;
  }

  /** One is under way. */
  get pending(): boolean {
    return this.#open > 0;
  }

  /** So many bytes are about to go out. The result says whether a receipt is to be asked for with them. */
  due(bytes: number, now: number): boolean {
    this.#bytes += bytes;
    const late = now - this.#askedAt >= this.#share * MOST_MS;
    const allowed = late ? 2 * LEAST_BYTES : this.#allowed;
    if (this.#bytes < Math.max(LEAST_BYTES, this.#share * allowed)) return false;
    this.#bytes = 0;
    this.#open++;
    this.#askedAt = now;
    return true;
  }

  /** The oldest of those asked for came after `ms`. */
  came(ms: number): void {
    this.#open--;
    this.#allowed = ms <= QUICK_MS ? Math.min(MOST_BYTES, this.#allowed * 2) : LEAST_BYTES;
  }
}
