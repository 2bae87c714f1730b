/**
 * Who typed what: each chunk that reached the program, with its author and time, for the log. What was typed while the
 * program did not echo (a password), and what the presenter typed himself, is counted and not kept.
 */
import type { Participant } from '../../core/events.js';
import type { InputRecord } from '../../ops/log.js';

export interface JournalOptions {
  /** `text`: what observers typed is kept. `size`: only how much. `off`: nothing is written of keys. */
  readonly keep: 'text' | 'size' | 'off';
  readonly echo: Echo;
  /** @param atMs when it was typed, in milliseconds since 1970. */
  readonly write: (record: InputRecord, atMs: number) => void;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
}

/** Whether the program shows what is typed. */
export interface Echo {
  /** It does not, as far as is known. */
  readonly off: boolean;
  /** Asks the terminal now; true as well when nobody can say. */
  ask(): Promise<boolean>;
}

/** The presenter's keys are one record until he rests for so long, in ms: his way to the program must stay short. */
const BURST_MS = 1000;
/** Longest text in one record, in bytes: a paste is cut. */
const TEXT_MAX = 4096;

export class Journal {
  readonly #options: JournalOptions;
  #own = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Observers' keys that wait to be written, until it is known whether the program echoes. */
  readonly #waiting: ((off: boolean) => void)[] = [];
  #asking = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * An observer's keys reached the program. Their text is kept when the program echoed before and after them: it may
   * have begun to ask for a password in between.
   */
  observer({ id }: Participant, keys: Uint8Array): void {
    const { keep, echo, write, wall } = this.#options;
    if (keep === 'off') return;
    this.flush();
    const atMs = wall();
    const record = { type: 'input', by: id, bytes: keys.length } as const;
    if (keep === 'size' || echo.off) return write({ ...record, withheld: true }, atMs);
    const text = Buffer.from(keys.subarray(0, TEXT_MAX)).toString('utf8');
    this.#waiting.push((off) => write({ ...record, ...(off ? { withheld: true } : { text }) }, atMs));
    void this.#settle();
  }

  /** One question for all that was typed before it. */
  async #settle(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0);
      const off = await this.#options.echo.ask();
      for (const write of asked) write(off);
    }
    this.#asking = false;
  }

  /** The presenter typed. */
  presenter(bytes: number): void {
    if (this.#options.keep === 'off') return;
    this.#own += bytes;
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.flush(), BURST_MS);
    this.#timer.unref();
  }

  /** Writes what the presenter typed: before whatever comes next, so that the order is right. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#own === 0) return;
    const bytes = this.#own;
    this.#own = 0;
    this.#options.write({ type: 'input', by: 'presenter', bytes, withheld: true }, this.#options.wall());
  }
}
