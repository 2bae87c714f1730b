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
