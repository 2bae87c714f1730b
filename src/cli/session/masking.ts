/**
 * Texts that wait to be masked by the screen thread, which has the rules. A text that is not answered in time is
 * answered with null: it is not shown.
 */

/** How long the wall may take for one line, in ms: a thread that is busy with a flood answers in tens. */
const PATIENCE_MS = 1500;
/** Lines that may wait at once: people write few, and a thread that hangs must not be asked forever. */
const MAX_WAITING = 64;

export class Masking {
  readonly #send: (ask: number, text: string) => void;
  readonly #waiting = new Map<number, (text: string | null) => void>();
  #asked = 0;

  constructor(send: (ask: number, text: string) => void) {
    this.#send = send;
  }

  ask(text: string): Promise<string | null> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.resolve(null);
    const ask = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(ask, resolve);
      setTimeout(() => this.answer(ask, null), PATIENCE_MS).unref();
      this.#send(ask, text);
    });
  }

  answer(ask: number, text: string | null): void {
    this.#waiting.get(ask)?.(text);
    this.#waiting.delete(ask);
  }
}
