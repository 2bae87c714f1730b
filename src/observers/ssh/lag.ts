/** How far behind an observer's side is: when it last acknowledged something, and whether that is slow. Pure. */

/** From here on he sees that it is slow, in ms; until it is well below, so that it does not flutter. */
const SLOW_MS = 1000;
const WELL_MS = 500;
/** Changes are told at most so often, in ms. */
const TELL_EVERY_MS = 5000;

/** Times are milliseconds of any one clock. */
export class Lag {
  #sentAt: number | null = null;
  #lastMs: number | null = null;
  #slow = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** An acknowledgement is asked for. */
  sent(now: number): void {
    this.#sentAt ??= now;
  }

  /** One is under way. */
  get isWaiting(): boolean {
    return this.#sentAt !== null;
  }

  /** It came; `pending`: another one is still under way. */
  acked(now: number, pending: boolean): void {
    if (this.#sentAt !== null) this.#lastMs = now - this.#sentAt;
    this.#sentAt = pending ? now : null;
  }

  /** Time that the last one took, or that the one under way has taken already; null before the first. */
  ms(now: number): number | null {
    const waiting = this.#sentAt === null ? null : now - this.#sentAt;
    return waiting !== null && waiting > (this.#lastMs ?? 0) ? Math.round(waiting) : roundOf(this.#lastMs);
  }

  /** In how many ms there may be a change to tell although nothing comes; null when there will be none. */
  dueMs(now: number): number | null {
    const at = this.#changesAt(now);
    return at === null ? null : Math.max(0, at - now, this.#toldAt + TELL_EVERY_MS - now);
  }

  #changesAt(now: number): number | null {
    if (this.#slow) return (this.ms(now) ?? 0) < WELL_MS ? now : null;
    return this.#sentAt === null ? null : this.#sentAt + SLOW_MS;
  }

  /** The lag to be told, when it has become slow or well again; null else. */
  change(now: number): number | null {
    const ms = this.ms(now);
    if (ms === null || now < this.#toldAt + TELL_EVERY_MS) return null;
    const slow = this.#slow ? ms >= WELL_MS : ms >= SLOW_MS;
    if (slow === this.#slow) return null;
    this.#slow = slow;
    this.#toldAt = now;
    return ms;
  }
}

function roundOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
