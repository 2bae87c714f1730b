/**
 * Who typed what: each chunk that reached the program, with its author and time, for the log. What was typed while the
 * program did not echo (a password), and what the presenter typed himself, is counted and not kept.
 */
import type { Participant } from '../../core/events.js';
import type { InputRecord } from '../../ops/log.js';

export interface JournalOptions {
  /** `text`: what observers typed is kept. `size`: only how much. `off`: nothing is written of keys. */
  readonly keep: 'text' | 'size' | 'off';
  /** True while the program does not echo what is typed. */
  readonly echoOff: () => boolean;
  readonly write: (record: InputRecord) => void;
}

/** The presenter's keys are one record until he rests for so long, in ms: his way to the program must stay short. */
const BURST_MS = 1000;
/** Longest text in one record, in bytes: a paste is cut. */
const TEXT_MAX = 4096;

export class Journal {
  readonly #options: JournalOptions;
  #own = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** An observer's keys reached the program. */
  observer({ id }: Participant, keys: Uint8Array): void {
    const { keep, echoOff, write } = this.#options;
    if (keep === 'off') return;
    this.flush();
    const withheld = keep === 'size' || echoOff();
    const text = Buffer.from(keys.subarray(0, TEXT_MAX)).toString('utf8');
    write({ type: 'input', by: id, bytes: keys.length, ...(withheld ? { withheld: true } : { text }) });
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
    this.#options.write({ type: 'input', by: 'presenter', bytes, withheld: true });
  }
}
