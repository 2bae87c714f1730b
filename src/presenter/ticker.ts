/**
 * The timers of {@link Pace}: calls back when it is time to take output in and to draw. No timer runs while nothing
 * changes. Knows nothing of what is drawn.
 */
import { Pace } from '../core/pace.js';

export interface TickerWork {
  /** Fetches what has come meanwhile: output that only seemed to pause is no picture. */
  readonly fetch?: () => void;
  /** Takes in all output that waits. True when the program is in the middle of a picture (DECSET 2026). */
  readonly feed: () => boolean;
  /** Draws a frame. @returns its bytes. */
  readonly draw: () => number;
}

export class Ticker {
  readonly #pace: Pace;
  readonly #work: TickerWork;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer that runs will fire. */
  #at = Number.POSITIVE_INFINITY;
  #closed = false;

  /** @param minIntervalMs least time between two frames */
  constructor(work: TickerWork, minIntervalMs?: number) {
    this.#pace = new Pace(minIntervalMs);
    this.#work = work;
  }

  /** A timer runs: something is to be drawn soon. */
  get isWaiting(): boolean {
    return this.#timer !== null;
  }

  /** `bytes` of output wait to be taken in. */
  output(bytes: number): void {
    this.#pace.output(bytes, performance.now());
    this.#arm();
  }

  /** The picture changed otherwise. */
  touch(): void {
    this.#pace.touch(performance.now());
    this.#arm();
  }

  /** Draws what waits without regard to pace: the last frame of a session. */
  flush(): void {
    if (this.#pace.due < Number.POSITIVE_INFINITY) this.#draw(true);
    this.#disarm();
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #arm(): void {
    if (this.#closed) return;
    const { due } = this.#pace;
    if (this.#timer !== null && this.#at <= due) return;
    this.#disarm();
    if (due === Number.POSITIVE_INFINITY) return;
    const wait = due - performance.now();
    this.#at = due;
    // At once, not in the next turn: an echo is waited for.
    if (wait <= 0) this.#look();
    else this.#timer = setTimeout(() => this.#look(), Math.ceil(wait));
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.#disarm();
    this.#work.fetch?.();
    if (this.#pace.due <= performance.now()) this.#draw(false);
    this.#arm();
  }

  #draw(always: boolean): void {
    const started = performance.now();
    const holding = this.#work.feed();
    if (holding && this.#pace.hold(performance.now()) && !always) return;
    const bytes = this.#work.draw();
    const now = performance.now();
    this.#pace.drawn(now, bytes, now - started);
  }
}
