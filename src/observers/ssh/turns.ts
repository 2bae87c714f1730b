/**
 * Work for those who are not let in yet, one piece a turn of the event loop: a key exchange costs 3 ms, and two hundred
 * of them that come at once would make everybody who watches wait for half a second. Knows nothing of the work.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** A piece was done in this turn. */
  #taken = false;

  /** Does `work`, which must not throw: at once when it is the first of its turn, else after all that was handed in before. */
  take(work: () => void): void {
    if (this.#taken) {
      this.#waiting.push(work);
      return;
    }
    this.#taken = true;
    setImmediate(this.#next);
    work();
  }

  readonly #next = (): void => {
    const work = this.#waiting.shift();
    this.#taken = work !== undefined;
    if (work === undefined) return;
    setImmediate(this.#next);
    work();
  };
}
