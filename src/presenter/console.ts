/**
 * The presenter's keyboard: the timers of {@link Keys}, and who gets what. Knows nothing of what commands do.
 */
import { Keys } from '../core/keys.js';

export interface ConsoleOptions {
  /** The control character that begins a command (0x1c for C-\), or null for none. */
  readonly prefix: number | null;
  /** Second keys that are commands: single characters, or `esc`. */
  readonly commands: ReadonlySet<string>;
  /** What the program gets. */
  readonly onKeys: (bytes: Uint8Array) => void;
  readonly onCommand: (key: string) => void;
  /** The prefix was pressed, and nothing after it. */
  readonly onPanel: () => void;
}

export class Console {
  readonly #keys: Keys;
  readonly #options: ConsoleOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#keys = new Keys(options.prefix, options.commands);
  }

  /** What was typed, as it was read. */
  feed(bytes: Uint8Array): void {
    if (this.#keys.passes(bytes)) this.#options.onKeys(bytes);
    else this.#do(this.#keys.feed(bytes, performance.now()));
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #do(actions: ReturnType<Keys['feed']>): void {
    this.close();
    const { due } = this.#keys;
    if (due < Number.POSITIVE_INFINITY) {
      const wait = Math.max(Math.ceil(due - performance.now()), 0);
      this.#timer = setTimeout(() => this.#do(this.#keys.expire(performance.now())), wait);
    }
    for (const action of actions) {
      if (action.type === 'send') this.#options.onKeys(action.bytes);
      else if (action.type === 'command') this.#options.onCommand(action.key);
      else this.#options.onPanel();
    }
  }
}
