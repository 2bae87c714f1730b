/**
 * Stands between the program's output and the presenter's terminal: lets everything through untouched until a popup is
 * to be shown, keeps the output back while it is, and afterwards makes the terminal what it would have been. Draws no
 * popup itself and knows none.
 */
import { cover, replaced, uncover } from './cover.js';
import type { Ground } from './ground.js';
import type { Snapshot } from './snapshot.js';

/**
 * Output that is kept for after the popup. Beyond it the newest picture is drawn instead: 4 MiB are 50,000 lines, more
 * than terminals keep.
 */
export const HELD_BYTES = 4 << 20;
/** A program that stops in the middle of a sequence is waited for so long, in ms. */
const GROUND_MS = 500;
/** Cancels a sequence that is half said (ECMA-48). */
const CAN = Buffer.from('\x18');

export interface OverlayOptions {
  /** Writes to the terminal; false when it is behind. */
  readonly write: (bytes: Uint8Array) => boolean;
  /** Follows what was written of the program's output. */
  readonly ground: Ground;
  /**
   * The terminal after all output that {@link Overlay.output} was given before the call; null when nobody can tell.
   */
  readonly snapshot: () => Promise<Snapshot | null>;
  /** The program may go on: {@link Overlay.output} had said that the terminal is behind, and it is no longer. */
  readonly drained: () => void;
  /** False for terminals that have one screen only. */
  readonly hasAlternate: boolean;
}

type State = 'through' | 'settling' | 'held' | 'closing';

export class Overlay {
  readonly #options: OverlayOptions;
  #state: State = 'through';
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Output was lost, or began in the middle of a sequence. */
  #torn = false;
  #resized = false;
  /** The program was told to wait. */
  #stopped = false;
  #before: Snapshot | null = null;
  #settled: (() => void) | null = null;

  constructor(options: OverlayOptions) {
    this.#options = options;
  }

  /** True from the call of {@link open} to the end of {@link close}. */
  get isOpen(): boolean {
    return this.#state !== 'through';
  }

  /** Whether the covered terminal shows its alternate screen; null while it is not covered. */
  get showsAlternate(): boolean | null {
    return this.#before === null ? null : this.#options.hasAlternate || this.#before.alternate;
  }

  /** The program's output; what is kept of it is copied. False when the terminal is behind. */
  output(bytes: Uint8Array): boolean {
    if (this.#state === 'held' || this.#state === 'closing') return this.#keep(bytes);
    const flowing = this.#options.write(bytes);
    this.#options.ground.feed(bytes);
    if (this.#options.ground.reached) this.#settled?.();
    return flowing;
  }

  /** Resolves when the picture stands still and a popup may be drawn over it; to false when it cannot be had. */
  async open(): Promise<boolean> {
    this.#state = 'settling';
    await this.#settle();
    this.#state = 'held';
    const before = await this.#options.snapshot();
    if (before === null) {
      this.#letThrough(this.#held);
      return false;
    }
    this.#before = before;
    this.#write(cover(before, this.#options.hasAlternate));
    return true;
  }

  /** The terminal has another size now. Resolves when the picture has been drawn again. */
  async resized(): Promise<void> {
    const before = this.#before;
    if (before === null || this.#state !== 'held') return;
    this.#resized = true;
    const now = await this.#options.snapshot();
    if (now !== null && this.#before === before && this.#state === 'held') this.#write(now.picture);
  }

  /** Gives the terminal back, and what was printed meanwhile with it. */
  async close(): Promise<void> {
    const before = this.#before;
    if (before === null || this.#state !== 'held') return;
    this.#state = 'closing';
    const { hasAlternate, snapshot } = this.#options;
    const kept = this.#held;
    const now = this.#torn || (this.#resized && before.alternate) ? await this.#afresh(snapshot) : null;
    if (now !== null && (this.#torn || now.alternate)) {
      this.#write(replaced(before, now, hasAlternate));
      return this.#letThrough(this.#held);
    }
    this.#write(uncover(before, hasAlternate, this.#resized));
    this.#letThrough(now === null ? this.#held : [...kept, ...this.#held]);
  }

  /** What is printed from here on comes after the snapshot; the program waits, so that it is little. */
  async #afresh(snapshot: () => Promise<Snapshot | null>): Promise<Snapshot | null> {
    const kept = this.#held;
    this.#held = [];
    const now = await snapshot();
    if (now === null) this.#held = [...kept, ...this.#held];
    return now;
  }

  #letThrough(held: readonly Uint8Array[]): void {
    const stopped = this.#stopped;
    this.#reset();
    let flowing = true;
    for (const bytes of held) flowing = this.output(bytes);
    if (stopped && flowing) this.#options.drained();
  }

  #reset(): void {
    this.#state = 'through';
    this.#held = [];
    this.#heldBytes = 0;
    this.#torn = false;
    this.#resized = false;
    this.#stopped = false;
    this.#before = null;
  }

  #keep(bytes: Uint8Array): boolean {
    this.#held.push(new Uint8Array(bytes));
    if (this.#state === 'closing') {
      this.#stopped = true;
      return false;
    }
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > HELD_BYTES) {
      this.#torn = true;
      this.#held = [];
      this.#heldBytes = 0;
    }
    return true;
  }

  /** Waits until the program's output stands between two sequences; one that does not end is cut off. */
  async #settle(): Promise<void> {
    if (this.#options.ground.reached) return;
    const cut = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), GROUND_MS);
      this.#settled = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    this.#settled = null;
    if (!cut) return;
    this.#torn = true;
    this.#options.write(CAN);
    this.#options.ground.feed(CAN);
  }

  #write(text: string): void {
    this.#options.write(Buffer.from(text));
  }
}
