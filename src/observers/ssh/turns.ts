/**
 * Work for those who are not let in yet, one piece a turn of the event loop: a key exchange costs 3 ms, and two hundred
 * of them that come at once would make everybody who watches wait for half a second. Knows nothing of the work.
 */
export class Turns {
  #waiting: (() => void)[] = [];

  /** Does `work` after all that was handed in before it. It must not throw. */
  take(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#waiting[0]?.();
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(this.#next);
  };
}
