/**
 * The wall's gate: what becomes of a screen. A frame; nothing, when the search for secrets fails or takes too long;
 * and a picture that says so, when that goes on. It has no timers: it says when to try again.
 */
import type { Screen, Size } from '../../core/cells.js';
import { LecternError } from '../../core/errors.js';
import { Frame } from '../../core/frame.js';
import { Budget } from '../../core/redact/budget.js';
import type { Cover } from '../../core/redact/cover.js';
import type { Memory } from '../../core/redact/memory.js';
import { type Redaction, Redactor } from '../../core/redact/redactor.js';
import { Stream } from '../../core/redact/stream.js';
import type { RuleSet } from '../../ops/rules.js';
import type { FromScreen } from './messages.js';
import { threadTime } from './thread-time.js';

/** So many failures in a row, and observers see that they see nothing: the old picture would pass for the present. */
const PATIENCE = 3;
/** The first wait before a screen that does not change is tried again, and the longest, in ms: each try costs a budget. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5000;
/** Output that is read along has so much more time for each byte, in ms: a fifth of the speed that was measured. */
const MS_PER_BYTE = 1 / 8192;
/** A line beside the picture has so much more, in ms: it is short, nothing waits behind it, and it comes but once. */
const MORE_FOR_TEXT_MS = 400;

export class Gate {
  readonly #budget: Budget;
  readonly #stream = new Stream();
  readonly #memory: Memory;
  readonly #tell: (message: FromScreen) => void;
  #rules: RuleSet;
  #wall: Redactor;
  /** For screens that are shown later: what changed when is another story for them. Its memory is the same. */
  #scout: Redactor | null = null;
  #failures = 0;
  /** Output went by that could not be searched yet: until it was, no screen is shown. */
  #missed = false;
  /** Of what it gave up so much was told. */
  #toldGivenUp = 0;
  /** In how many ms the last screen that passed would give another frame. */
  #settlesInMs: number | undefined;
  #counts: ReadonlyMap<string, number> = new Map();
  #told = '{}';

  /** @throws {LecternError} CONFIG when a rule does not compile. */
  constructor(rules: RuleSet, memory: Memory, tell: (message: FromScreen) => void, budget = ownTime()) {
    this.#budget = budget;
    this.#memory = memory;
    this.#tell = tell;
    this.#rules = rules;
    this.#wall = this.#redactorOf(rules);
  }

  /**
   * Other rules from now on; what was learned stays.
   * @throws {LecternError} CONFIG when a rule does not compile; the old ones stay.
   */
  setRules(rules: RuleSet): void {
    // What this takes is not the next screen's.
    this.#budget.start();
    this.#wall = this.#redactorOf(rules);
    this.#scout = null;
    this.#rules = rules;
  }

  #redactorOf({ rules, values, mask }: RuleSet): Redactor {
    return Redactor.of(rules, values, mask, this.#budget, this.#memory);
  }

  /** Nothing is asked of it until more is printed. */
  rest(): void {
    this.#budget.rest();
  }

  /** Reads along what the program prints, before it is on any screen. */
  hear(bytes: Uint8Array): void {
    try {
      this.#budget.start(bytes.length * MS_PER_BYTE);
      this.#stream.feed(bytes, this.#wall);
    } catch {
      this.#missed = true;
      this.#tellGivenUp();
    }
  }

  /** In how many ms the screen is to be drawn again though it does not change: it failed, or a hold ends; null: never. */
  get againInMs(): number | null {
    if (this.#failures === 0) return this.#settlesInMs ?? null;
    // Each try is a step further when lines wait to be searched.
    const doublings = this.#missed ? 0 : this.#failures - 1;
    return Math.min(FIRST_RETRY_MS * 2 ** doublings, LAST_RETRY_MS);
  }

  /** What may be shown of `screen`; null for nothing. */
  pass(screen: Screen, cover: Cover | null): Frame | null {
    try {
      this.#begin();
      const report = (counts: Redaction['counts'], settlesInMs: Redaction['settlesInMs']) => {
        this.#settlesInMs = settlesInMs;
        this.#tellMasked(counts);
      };
      const frame = Frame.of(screen, this.#wall, report, performance.now(), cover);
      this.#worked();
      return frame;
    } catch (error) {
      this.#failed(error);
      return this.#placeholder(screen.size);
    }
  }

  /** The masks of a screen that is shown later, so that it teaches what it can; null when that fails. */
  study(screen: Screen): Redaction['masks'] | null {
    try {
      this.#begin();
      this.#scout ??= this.#redactorOf(this.#rules);
      return this.#scout.redact(screen, performance.now()).masks;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  /** A text that is shown beside the picture; null when it cannot be searched. */
  text(line: string): string | null {
    try {
      this.#budget.start(MORE_FOR_TEXT_MS);
      return this.#wall.text(line);
    } catch {
      return null;
    }
  }

  /**
   * Begins the time of a screen. What could not be searched when it came is searched before, and nothing is shown until
   * it was: unsearched, it would never be learned. The screen has what is left of the time; all of it the next time.
   */
  #begin(): void {
    this.#budget.start();
    if (!this.#missed) return;
    try {
      this.#stream.again(this.#wall);
    } finally {
      this.#tellGivenUp();
    }
    this.#missed = false;
  }

  /** The first of it is told at once, and then whenever it is twice as much: a flood of it is some lines in the log. */
  #tellGivenUp(): void {
    const { givenUp } = this.#stream;
    if (givenUp === 0 || givenUp < this.#toldGivenUp * 2) return;
    this.#tell({ type: 'unsearched', count: givenUp - this.#toldGivenUp });
    this.#toldGivenUp = givenUp;
  }

  #placeholder(size: Size): Frame | null {
    return this.#failures < PATIENCE ? null : Frame.withheld(size);
  }

  /**
   * The error may quote the screen: only its kind is told, and only when observers see it. One screen that comes a
   * moment later is no news: on a machine that is busy with other things it happens.
   */
  #failed(error: unknown): void {
    this.#failures++;
    if (this.#failures !== PATIENCE) return;
    const isSlow = error instanceof LecternError && error.code === 'BUDGET';
    this.#tell({ type: 'withheld', reason: isSlow ? 'budget' : 'fault' });
  }

  #worked(): void {
    if (this.#failures >= PATIENCE) this.#tell({ type: 'withheld', reason: 'over' });
    this.#failures = 0;
  }

  #tellMasked(counts: ReadonlyMap<string, number>): void {
    if (counts === this.#counts) return;
    this.#counts = counts;
    const rules = Object.fromEntries(counts);
    const text = JSON.stringify(rules);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell({ type: 'masked', count: [...counts.values()].reduce((sum, count) => sum + count, 0), rules });
  }
}

/** Of the thread that calls. */
function ownTime(): Budget {
  return new Budget(() => performance.now(), undefined, threadTime());
}
