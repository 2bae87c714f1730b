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
/** Linux counts a thread's time when it is put aside, and else 250 times a second: so much may not be counted yet, in ms. */
const UNCOUNTED_MS = 4;
/** To ask how long the processor has worked takes longer than a typed key's search: an answer is good for so long, in ms. */
const GOOD_FOR_MS = 2;
/** Of a machine that is busy with other things so many times the budget is waited for. */
const MOST_WAITS = 10;

export class Budget {
  /** Never over. */
  static readonly NONE: Budget = new Budget(() => 0, Number.POSITIVE_INFINITY);

  readonly #clock: () => number;
  readonly #spent: (() => number) | null;
  readonly #limitMs: number;
  /** Of what is searched now. */
  #givenMs: number;
  #began: number;
  #spentBefore: number;
  /** When `spent` was asked last; Infinity: as good as now, whenever that is. */
  #askedAt: number;

  /**
   * @param clock milliseconds that do not go back
   * @param spent milliseconds that the processor has worked for us: what others took of the time is not counted then
   */
  constructor(
    clock: () => number,
    limitMs: number = TICK_BUDGET_MS - LAST_STEP_MS,
    spent: (() => number) | null = null,
  ) {
    this.#clock = clock;
    this.#spent = spent;
    this.#limitMs = limitMs;
    this.#givenMs = limitMs;
    this.#began = clock();
    this.#spentBefore = spent?.() ?? 0;
    this.#askedAt = this.#began;
  }

  /** Nothing will be done until the next {@link start}: what has been spent by now is asked now, when nobody waits. */
  rest(): void {
    this.#spentBefore = this.#spent?.() ?? 0;
    this.#askedAt = Number.POSITIVE_INFINITY;
  }

  /** A new screen, and all the time again. @param moreMs and some more, for more than a screen */
  start(moreMs = 0): void {
    this.#givenMs = this.#limitMs + moreMs;
    this.#began = this.#clock();
    if (this.#askedAt === Number.POSITIVE_INFINITY) this.#askedAt = this.#began;
    else if (this.#began - this.#askedAt > GOOD_FOR_MS) {
      this.#spentBefore = this.#spent?.() ?? 0;
      this.#askedAt = this.#began;
    }
  }

  /** @throws {LecternError} BUDGET when the time is over. */
  check(): void {
    const wentBy = this.#clock() - this.#began;
    if (wentBy <= this.#givenMs || this.#waited(wentBy)) return;
    throw new LecternError('BUDGET', 'the search for secrets took too long');
  }

  /** True when we did not have the processor for all the time that went by, and are owed some of it. */
  #waited(wentBy: number): boolean {
    if (this.#spent === null || wentBy > this.#givenMs * MOST_WAITS) return false;
    return this.#spent() - this.#spentBefore + UNCOUNTED_MS < this.#givenMs;
  }
}
