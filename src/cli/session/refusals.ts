/**
 * Who was turned away, as the host is told: a scanner that comes a thousand times a second is one line a second. It
 * knows nothing of connections.
 */
import type { Refusal } from '../../core/errors.js';

export interface Refused {
  readonly addr: string;
  readonly reason: Refusal;
  /** How many since the last line for this reason; `addr` is the first of them. */
  readonly count: number;
}

/** At most one line for each reason in this time, in ms. */
const EVERY_MS = 1000;

export class Refusals {
  readonly #tell: (refused: Refused) => void;
  readonly #waiting = new Map<Refusal, Refused | null>();

  constructor(tell: (refused: Refused) => void) {
    this.#tell = tell;
  }

  /** The first of its kind is told at once. */
  add({ addr, reason }: { readonly addr: string; readonly reason: Refusal }): void {
    const before = this.#waiting.get(reason);
    if (before === undefined) {
      this.#tell({ addr, reason, count: 1 });
      this.#await(reason);
    } else {
      this.#waiting.set(reason, { addr: before?.addr ?? addr, reason, count: (before?.count ?? 0) + 1 });
    }
  }

  #await(reason: Refusal): void {
    this.#waiting.set(reason, null);
    setTimeout(() => {
      const gathered = this.#waiting.get(reason);
      this.#waiting.delete(reason);
      if (gathered == null) return;
      this.#tell(gathered);
      this.#await(reason);
    }, EVERY_MS).unref();
  }
}
