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
  /** False for terminals that have one screen only. */
  readonly hasAlternate: boolean;
}

type State = 'through' | 'settling' | 'held';

export class Overlay {
  readonly #options: OverlayOptions;
  #state: State = 'through';
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Output was lost, or began in the middle of a sequence. */
  #torn = false;
  #resized = false;
  #before: Snapshot | null = null;
  #settled: (() => void) | null = null;

  constructor(options: OverlayOptions) {
    this.#options = options;
  }

  /** True from the call of {@link open} to the end of {@link close}. */
  get isOpen(): boolean {
    return this.#state !== 'through';
  }

  /** Whether the terminal shows its alternate screen, when it is covered: then leaving it is a part of any end. */
  get showsAlternate(): boolean {
    return this.#state === 'held' && (this.#options.hasAlternate || this.#before?.alternate === true);
  }

  /** The program's output. False when the terminal is behind. */
  output(bytes: Uint8Array): boolean {
    if (this.#state === 'held') {
      this.#keep(bytes);
      return true;
    }
    const flowing = this.#options.write(bytes);
    this.#options.ground.feed(bytes);
    if (this.#options.ground.reached) this.#settled?.();
    return flowing;
  }

  /** Resolves when the picture stands still and a popup may be drawn over it. */
  async open(): Promise<void> {
    this.#state = 'settling';
    await this.#settle();
    this.#state = 'held';
    this.#before = await this.#options.snapshot();
    if (this.#before !== null) this.#write(cover(this.#before, this.#options.hasAlternate));
    else this.#write('\x1b[?1049h');
  }

  /** The terminal has another size now. Resolves when the picture has been drawn again. */
  async resized(): Promise<void> {
    if (this.#before === null || this.#state !== 'held') return;
    this.#resized = true;
    const now = await this.#options.snapshot();
    if (now !== null && this.isOpen) this.#write(now.picture);
  }

  /** Gives the terminal back, and what was printed meanwhile with it. */
  async close(): Promise<void> {
    const before = this.#before;
    const stale = before !== null && (this.#torn || (this.#resized && before.alternate));
    const kept = this.#held;
    if (stale) this.#held = [];
    const now = stale ? await this.#options.snapshot() : null;
    const redrawn = now !== null && before !== null && (this.#torn || now.alternate);
    if (before === null) this.#write('\x1b[?1049l');
    else if (redrawn) this.#write(replaced(before, now, this.#options.hasAlternate));
    else this.#write(uncover(before, this.#options.hasAlternate, this.#resized));
    const rest = redrawn ? this.#held : stale ? [...kept, ...this.#held] : kept;
    this.#reset();
    for (const bytes of rest) this.output(bytes);
  }

  #reset(): void {
    this.#state = 'through';
    this.#held = [];
    this.#heldBytes = 0;
    this.#torn = false;
    this.#resized = false;
    this.#before = null;
  }

  #keep(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= HELD_BYTES) return;
    this.#torn = true;
    this.#held = [];
    this.#heldBytes = 0;
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
