/** The clocks of one connection, by name: set again, a clock starts anew. All stop at once. */
export class Timers {
  readonly #clocks = new Map<string, NodeJS.Timeout>();
  readonly #fault: () => void;

  /** `fault` is called when a clock's function throws. */
  constructor(fault: () => void) {
    this.#fault = fault;
  }

  /** Calls `fn` once after `ms` milliseconds. */
  set(name: string, ms: number, fn: () => void): void {
    this.cancel(name);
    this.#clocks.set(
      name,
      setTimeout(() => {
        this.#clocks.delete(name);
        this.#run(fn);
      }, ms),
    );
  }

  /** Calls `fn` after this turn of the event loop. */
  soon(fn: () => void): void {
    this.set('soon', 0, fn);
  }

  /** True while this clock runs. */
  has(name: string): boolean {
    return this.#clocks.has(name);
  }

  cancel(name: string): void {
    clearTimeout(this.#clocks.get(name));
    this.#clocks.delete(name);
  }

  clear(): void {
    for (const clock of this.#clocks.values()) clearTimeout(clock);
    this.#clocks.clear();
  }

  #run(fn: () => void): void {
    try {
      fn();
    } catch {
      this.#fault();
    }
  }
}

/** A clock of `ms` that is on the beat ends at one of so many moments in that time, the same for everybody. */
const BEATS = 3;

/**
 * The time until the first beat that is `ms` or more away, so that a hundred connections which wait for the same wake
 * the process a few times and not a hundred times. All at once would hold up those who watch: they come in thirds.
 * @param now of any one clock, in ms
 * @returns at least `ms`, and less than four thirds of it
 */
export function onTheBeat(ms: number, now: number): number {
  const beat = ms / BEATS;
  return Math.ceil((now + ms) / beat) * beat - now;
}
