/**
 * Signs of life and acknowledgements: a global request that wants a reply is answered in order, after all that was sent
 * before it was taken. Success and failure alike are the answer. Knows no packet.
 */
export class Acks {
  readonly #ask: () => void;
  readonly #waiting: (() => void)[] = [];

  /** `ask` sends one request. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Questions that are not answered yet. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Asks, and calls `done` when the peer answers. `done` is never called when it does not. */
  request(done: () => void): void {
    this.#waiting.push(done);
    this.#ask();
  }

  /** The peer answered. An answer to no question is ignored. */
  answered(): void {
    this.#waiting.shift()?.();
  }
}
