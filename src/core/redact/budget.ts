/**
 * How long the wall may look at one screen: a clock that is handed in, and an end. Whoever searches asks it between
 * two steps; when the time is over it throws, and nothing is shown of that screen. Knows nothing of what is searched.
 */
import { LecternError } from '../errors.js';

/**
 * Time for one screen, in ms. The slowest honest one (500 rules, 300 rows that all changed) takes a third of it, and
 * at twenty-five a second the eye sees no stutter yet.
 */
export const TICK_BUDGET_MS = 40;
/** So much before its end the search is given up, in ms: the last step, and what is put away afterwards, are in the budget. */
const LAST_STEP_MS = 4;

export class Budget {
  /** Never over. */
  static readonly NONE: Budget = new Budget(() => 0, Number.POSITIVE_INFINITY);

  readonly #clock: () => number;
  readonly #limitMs: number;
  #end: number;

  /** @param clock milliseconds that do not go back */
  constructor(clock: () => number, limitMs: number = TICK_BUDGET_MS - LAST_STEP_MS) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#end = clock() + limitMs;
  }

  /** A new screen, and all the time again. @param moreMs and some more, for more than a screen */
  start(moreMs = 0): void {
    this.#end = this.#clock() + this.#limitMs + moreMs;
  }

  /** @throws {LecternError} BUDGET when the time is over. */
  check(): void {
    if (this.#clock() > this.#end) throw new LecternError('BUDGET', 'the search for secrets took too long');
  }
}
