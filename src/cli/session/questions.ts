/** Questions to another thread that wait for their answers. What is not answered in time is answered with null. */

/** Questions that may wait at once: people ask few, and a thread that hangs must not be asked forever. */
const MAX_WAITING = 64;

export class Questions<A> {
  readonly #patienceMs: number;
  readonly #waiting = new Map<number, (answer: A | null) => void>();
  #asked = 0;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** @param send puts the question, with a number that comes back with the answer */
  ask(send: (ask: number) => void): Promise<A | null> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.resolve(null);
    const ask = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(ask, resolve);
      setTimeout(() => this.answer(ask, null), this.#patienceMs).unref();
      send(ask);
    });
  }

  answer(ask: number, answer: A | null): void {
    this.#waiting.get(ask)?.(answer);
    this.#waiting.delete(ask);
  }
}
