/** The machine's own clocks, for those to whom a {@link Clock} is handed in. */
import type { Clock } from '../../core/clock.js';

export const CLOCK: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    // What waits for people must not keep a session alive that is over.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves with `promise`, or after `ms` when that takes longer. */
export function withLimit(promise: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
