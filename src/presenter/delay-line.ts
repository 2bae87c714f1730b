/**
 * Screens that wait until they may be shown. SECRET: they are masked when they leave, with all that was learned
 * meanwhile, and not when they come. Knows no clock: the time is handed in.
 */
import type { Row, Screen } from '../core/cells.js';
import { type Cover, coverOf, joinCovers, placesOf } from '../core/redact/cover.js';
import type { Span } from '../core/redact/masks.js';

/** Screens that are kept of a second: a longer delay costs memory, and ten a second still move. */
const SCREENS_PER_SECOND = 10;
const SLOT_MS = 1000 / SCREENS_PER_SECOND;
/** Cells that may wait, all screens together: 64 MiB when no row is on two of them. */
const MAX_CELLS = 4 << 20;

/** A screen and what of it is masked beside what the rules say. */
export interface Waiting {
  readonly screen: Screen;
  readonly cover: Cover | null;
}

interface Entry extends Waiting {
  readonly atMs: number;
  readonly places: ReadonlyMap<Row, number>;
  cover: Cover | null;
}

export class DelayLine {
  readonly #delayMs: number;
  #entries: Entry[] = [];
  #cells = 0;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** When the next screen may be shown; Infinity when none waits. */
  get due(): number {
    const first = this.#entries[0];
    return first === undefined ? Number.POSITIVE_INFINITY : first.atMs + this.#delayMs;
  }

  /**
   * Takes a screen in. What is masked on it is masked on those that wait, too, where it stands on them.
   * @param masks the spans of each of its rows
   */
  add(screen: Screen, masks: readonly (readonly Span[])[], cover: Cover | null, now: number): void {
    this.#hindsight(screen, masks);
    const last = this.#entries.at(-1);
    const tooSoon = last !== undefined && Math.floor(last.atMs / SLOT_MS) === Math.floor(now / SLOT_MS);
    if (tooSoon || (last !== undefined && this.#cells + cellsOf(screen) > MAX_CELLS))
      this.#drop(this.#entries.length - 1);
    this.#entries.push({ screen, cover, atMs: now, places: placesOf(screen) });
    this.#cells += cellsOf(screen);
  }

  /** The newest screen whose time has come, if any; older ones are out of date. */
  take(now: number): Waiting | null {
    let due: Waiting | null = null;
    while (this.due <= now) due = this.#drop(0);
    return due;
  }

  /** Nothing that waits is ever shown. */
  clear(): void {
    this.#entries = [];
    this.#cells = 0;
  }

  #drop(at: number): Waiting {
    const [entry] = this.#entries.splice(at, 1);
    this.#cells -= cellsOf(entry!.screen);
    return entry!;
  }

  #hindsight(screen: Screen, masks: readonly (readonly Span[])[]): void {
    if (masks.every((spans) => spans.length === 0)) return;
    for (const entry of this.#entries) {
      if (entry.screen.size.cols !== screen.size.cols) continue;
      const rows = coverOf(entry.screen, screen, masks, entry.places);
      entry.cover = joinCovers(entry.cover, { rows, title: false });
    }
  }
}

function cellsOf({ size }: Screen): number {
  return size.cols * size.rows;
}
