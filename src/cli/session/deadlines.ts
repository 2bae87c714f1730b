/**
 * When a session ends by itself: nobody came in time, nothing happened for too long, or its time is over. It warns
 * before. It knows nothing of what ending means.
 */
import type { Clock } from '../../core/clock.js';
import type { EndReason } from '../../core/events.js';

/** Each null when there is no such limit; all in ms. */
export interface Limits {
  /** From the beginning until somebody watches. */
  readonly joinMs: number | null;
  /** Without output and without a key. */
  readonly idleMs: number | null;
  /** From the beginning. */
  readonly maxMs: number | null;
}

export interface DeadlinesOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  /** The end is near: so many ms away. null: it is not, any more. */
  readonly near: (reason: EndReason, leftMs: number | null) => void;
  readonly over: (reason: EndReason) => void;
}

/** How long before the end it is told, in ms: time to say so, or to press a key. */
const WARN_MS = 60_000;
/** Of a short limit this part of it. */
const WARN_PART = 0.25;

export class Deadlines {
  readonly #options: DeadlinesOptions;
  #began = 0;
  #joined = false;
  #active = 0;
  #warned: EndReason | null = null;
  #callOff: (() => void) | null = null;
  #closed = true;

  constructor(options: DeadlinesOptions) {
    this.#options = options;
  }

  /** The session begins. */
  start(): void {
    this.#began = this.#options.clock.now();
    this.#active = this.#began;
    this.#closed = false;
    this.#look();
  }

  /** Somebody watches. */
  joined(): void {
    if (this.#joined) return;
    this.#joined = true;
    this.#look();
  }

  /** Something was printed or typed. Called with every chunk: it only notes the time, save after a warning. */
  active(): void {
    this.#active = this.#options.clock.now();
    if (this.#warned === 'idle-timeout') this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#callOff?.();
  }

  /** Looks at what comes next, and again when it does. */
  #look(): void {
    this.#callOff?.();
    this.#callOff = null;
    const next = this.#next();
    if (this.#closed || next === null) return this.#tell(null, null);
    const left = next.at - this.#options.clock.now();
    if (left <= 0) {
      this.#closed = true;
      return this.#options.over(next.reason);
    }
    const warnMs = Math.min(WARN_MS, next.lengthMs * WARN_PART);
    if (left <= warnMs) this.#tell(next.reason, left);
    else this.#tell(null, null);
    this.#callOff = this.#options.clock.after(left <= warnMs ? left : left - warnMs, () => this.#look());
  }

  #tell(reason: EndReason | null, leftMs: number | null): void {
    if (reason === this.#warned) return;
    const told = reason ?? this.#warned;
    this.#warned = reason;
    if (told !== null) this.#options.near(told, leftMs);
  }

  #next(): { readonly reason: EndReason; readonly at: number; readonly lengthMs: number } | null {
    const { joinMs, idleMs, maxMs } = this.#options.limits;
    const ends = [
      { reason: 'max-duration' as const, from: this.#began, lengthMs: maxMs },
      { reason: 'idle-timeout' as const, from: this.#active, lengthMs: idleMs },
      { reason: 'join-timeout' as const, from: this.#began, lengthMs: this.#joined ? null : joinMs },
    ];
    const known = ends.flatMap(({ reason, from, lengthMs }) =>
      lengthMs === null ? [] : [{ reason, at: from + lengthMs, lengthMs }],
    );
    return known.reduce<(typeof known)[number] | null>((a, b) => (a === null || b.at < a.at ? b : a), null);
  }
}
