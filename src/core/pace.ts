/**
 * When to draw. The first change is shown at once, then at most one frame an interval that stretches under load: the
 * rate is lowered, never the picture. Pure: the time is handed in, and somebody else owns the timers.
 */

/** Least time between two frames, in ms: 50 a second are as many as eyes and links need. */
export const MIN_INTERVAL_MS = 20;
/** Most time between two frames of a flood that does not end, in ms. */
export const MAX_INTERVAL_MS = 250;
/** Output that pauses for so long has come to a picture, in ms. */
export const QUIET_MS = 10;
/** The wait for the rest of a larger change, in ms: programs print a screen in several writes. */
export const SETTLE_MS = 2;
/** A change up to this many bytes is an echo, which is not waited with. */
export const ECHO_BYTES = 256;
/** Longest time that synchronised output (DECSET 2026) holds a frame back, in ms. */
export const MAX_HOLD_MS = 150;
/** Drawing may take one part in so many of the time. */
const COST_SHARE = 4;
/** Bytes of frames a millisecond that are meant to leave at most: 1 MB a second. */
const BYTES_PER_MS = 1000;
/** Waiting output that makes an interval one of a flood: far more than a screen. */
const FLOOD_BYTES = 64 * 1024;

/** Times are milliseconds of any clock that does not go back. */
export class Pace {
  readonly #minMs: number;
  #waiting = 0;
  #firstAt = 0;
  #lastAt = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #intervalMs: number;
  #floodMs: number;
  #heldSince: number | null = null;
  /** Output that came since a frame was held back. */
  #fresh = false;

  /** @param minMs least time between two frames, 1 to {@link MAX_INTERVAL_MS} */
  constructor(minMs: number = MIN_INTERVAL_MS) {
    this.#minMs = Math.min(minMs, MAX_INTERVAL_MS);
    this.#intervalMs = this.#minMs;
    this.#floodMs = this.#minMs;
  }

  /** `bytes` of output arrived. */
  output(bytes: number, now: number): void {
    if (this.#waiting === 0 || (this.#heldSince !== null && !this.#fresh)) this.#firstAt = now;
    this.#waiting += bytes;
    this.#lastAt = now;
    this.#fresh = true;
  }

  /** Something else changed that must be seen: a resize, a mode. */
  touch(now: number): void {
    this.output(1, now);
  }

  /** The time of the next look, which may have passed; Infinity while nothing changes. */
  get due(): number {
    if (this.#waiting === 0) return Number.POSITIVE_INFINITY;
    const settled = this.#firstAt + (this.#waiting <= ECHO_BYTES ? 0 : SETTLE_MS);
    if (this.#heldSince !== null) {
      const limit = this.#heldSince + MAX_HOLD_MS;
      return this.#fresh ? Math.min(settled, limit) : limit;
    }
    const quiet = Math.max(this.#drawnAt + this.#minMs, this.#lastAt + QUIET_MS);
    return Math.max(settled, Math.min(this.#drawnAt + this.#intervalMs, quiet));
  }

  /**
   * The output was taken in, and the program is in the middle of a picture (2026).
   * True while the frame is to be held back; false when it has been for long enough.
   */
  hold(now: number): boolean {
    this.#heldSince ??= now;
    this.#fresh = false;
    return now - this.#heldSince < MAX_HOLD_MS;
  }

  /**
   * A frame was drawn.
   * @param bytes what it cost the links, all watchers together seen as one
   * @param costMs what it cost this processor
   */
  drawn(now: number, bytes: number, costMs: number): void {
    const flood = this.#waiting >= FLOOD_BYTES;
    this.#floodMs = flood ? Math.min(this.#floodMs * 2, MAX_INTERVAL_MS) : this.#minMs;
    const asked = Math.max(this.#floodMs, costMs * COST_SHARE, bytes / BYTES_PER_MS);
    this.#intervalMs = Math.min(Math.max(asked, this.#minMs), MAX_INTERVAL_MS);
    this.#drawnAt = now;
    this.#waiting = 0;
    this.#heldSince = null;
    this.#fresh = false;
  }
}
