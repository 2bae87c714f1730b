/**
 * What sources owe: guesses at links and broken logins are paid for with time. The first few are free, then each costs
 * its penalty; what is owed is forgotten as time goes by (as OpenSSH's PerSourcePenalties decay). Knows no socket and no
 * clock.
 */

import { Bucket } from './bucket.js';
import type { Limits } from './limits.js';

const MS_PER_SECOND = 1000;
/** A guess that would have to wait longer is not taken at all, in ms: the time to log in would be over. */
const LONGEST_WAIT_MS = 10_000;
/** Sources that are remembered. Those that owe nothing are forgotten first, then those that came first. */
const MAX_SOURCES = 10_000;

export class Penalties {
  readonly #free: number;
  readonly #forgivenPerSecond: number;
  /** Penalties that a source may owe. */
  readonly #mostOwed: number;
  readonly #owing = new Map<string, Bucket>();

  constructor({
    guessesAtOnce,
    penaltyMs,
    penaltyMaxMs,
  }: Pick<Limits, 'guessesAtOnce' | 'penaltyMs' | 'penaltyMaxMs'>) {
    this.#free = guessesAtOnce;
    this.#forgivenPerSecond = MS_PER_SECOND / penaltyMs;
    this.#mostOwed = penaltyMaxMs / penaltyMs;
  }

  /**
   * A source wants to make a guess: in how many milliseconds it may, or null when it owes too much. A turn that was
   * given counts as used; {@link forgive} gives it back.
   */
  guess(source: string, now: number): number | null {
    const bucket = this.#bucketOf(source, now);
    if (bucket.wait(1, now) > LONGEST_WAIT_MS) return null;
    return bucket.take(1, now);
  }

  /** The guess was right. */
  forgive(source: string, now: number): void {
    this.#owing.get(source)?.give(1, now);
  }

  /** A login broke the rules, or did not end in time. */
  charge(source: string, now: number): void {
    const bucket = this.#bucketOf(source, now);
    if (bucket.level(now) > -this.#mostOwed) bucket.take(1, now);
  }

  /** True when a source owes so much that it is not listened to. */
  isShut(source: string, now: number): boolean {
    const bucket = this.#owing.get(source);
    return bucket !== undefined && bucket.wait(1, now) > LONGEST_WAIT_MS;
  }

  #bucketOf(source: string, now: number): Bucket {
    let bucket = this.#owing.get(source);
    if (bucket === undefined) {
      if (this.#owing.size >= MAX_SOURCES) this.#forget(now);
      bucket = new Bucket(this.#forgivenPerSecond, this.#free, now);
      this.#owing.set(source, bucket);
    }
    return bucket;
  }

  #forget(now: number): void {
    for (const [source, bucket] of this.#owing) if (bucket.isFull(now)) this.#owing.delete(source);
    const oldest = this.#owing.keys().next();
    if (this.#owing.size >= MAX_SOURCES && !oldest.done) this.#owing.delete(oldest.value);
  }
}
