/**
 * A text that asks the budget while it is read. One search is linear in text and pattern, and still takes a second for
 * a large pattern on a large screen: it must end in its middle. re2js takes String objects, and reads them character by
 * character in each of its engines.
 */
import type { RE2JS } from 're2js';
import type { Budget } from './budget.js';

/**
 * Work between two looks at the clock, in instructions times characters: 0.1 to 0.3 ms, measured for large programs
 * whose states are all new.
 */
const WORK = 8192;

export class MeteredText extends String {
  readonly #text: string;
  readonly #budget: Budget;
  #stride = WORK;
  #left = WORK;

  constructor(text: string, budget: Budget) {
    super(text);
    this.#text = text;
    this.#budget = budget;
  }

  /** True when `pattern` matches somewhere. */
  has(pattern: RE2JS): boolean {
    this.#begin(pattern);
    return pattern.test(this as unknown as string);
  }

  /** Looks for the matches of `pattern`. */
  matcher(pattern: RE2JS): ReturnType<RE2JS['matcher']> {
    this.#begin(pattern);
    return pattern.matcher(this as unknown as string);
  }

  override charCodeAt(index: number): number {
    if (--this.#left < 0) this.#look();
    return this.#text.charCodeAt(index);
  }

  override indexOf(part: string, from?: number): number {
    return this.#text.indexOf(part, from);
  }

  #begin(pattern: RE2JS): void {
    this.#stride = Math.max(1, Math.floor(WORK / pattern.re2().numberOfInstructions()));
    this.#left = Math.min(this.#left, this.#stride);
  }

  #look(): void {
    this.#left = this.#stride;
    this.#budget.check();
  }
}
