/**
 * The row of the status line on an observer's terminal: where it stands, for how long it covers the picture when there
 * is no spare row, and whether it has to be drawn again. Which words stand in it is in status.ts.
 */
import { moveTo } from '../../core/paint.js';
import type { SessionState } from '../../core/session.js';
import type { View } from '../../core/view.js';
import { type StatusInput, statusLine } from './status.js';

/** How long the status line covers the bottom row when there is no spare one, and a note stands in it, in ms. */
const COVER_MS = 5000;
/** A line that somebody says is read by people who look elsewhere, in ms. */
export const SAID_MS = 8000;

/** What the observer himself adds to the line. */
export type Personal = Pick<StatusInput, 'self' | 'asking' | 'prompt' | 'nowMs'>;

export class StatusRow {
  /** False: no status line is ever drawn for him. */
  readonly #enabled: boolean;
  /** Called when the line goes by itself. */
  readonly #uncovered: () => void;
  #mode: 'auto' | 'shown' | 'hidden' = 'auto';
  #drawn = '';
  /** What the drawn line was made of, when that does not change by itself. */
  #of: { readonly state: SessionState; readonly asking: boolean; readonly note: string | null } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #note: string | null = null;

  constructor(enabled: boolean, uncovered: () => void) {
    this.#enabled = enabled;
    this.#uncovered = uncovered;
    if (!enabled) this.#mode = 'hidden';
  }

  /** Tells something for a moment instead of the usual middle. */
  say(note: string, ms = COVER_MS): void {
    this.#note = note;
    this.cover(ms);
  }

  /** What was told is no longer true. */
  hush(): void {
    this.#note = null;
  }

  /** Something worth telling: where there is no spare row the line covers the bottom one for a while. */
  cover(ms = COVER_MS): void {
    if (!this.#enabled) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#note = null;
      this.#uncovered();
    }, ms);
    this.#timer.unref();
  }

  /** He shows or hides it. The result erases it where the picture does not. */
  toggle(view: View): string {
    if (!this.#enabled) return '';
    const visible = this.#row(view, false) !== null;
    this.#mode = visible ? 'hidden' : 'shown';
    this.#drawn = '';
    if (view.spareRows === 0 || !visible) return '';
    return `${moveTo(0, view.glass.rows - 1)}\x1b[m\x1b[K${view.cursorHome}`;
  }

  /** What was drawn is gone. */
  forget(): void {
    this.#drawn = '';
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Leaves the row that it needs to it, before the picture is drawn. The result is the row; null when it needs none. */
  settle(view: View, prompting: boolean): number | null {
    const row = this.#row(view, prompting);
    view.cover(row === null || view.spareRows > 0 ? 0 : 1);
    return row;
  }

  /** The bytes that bring the line up to date. */
  draw(
    view: View,
    row: number,
    state: SessionState,
    personal: () => Personal,
    frame: { cols: number; rows: number },
  ): string {
    const own = personal();
    if (this.#drawn !== '' && own.prompt === null && this.#stands(view, state, own.asking)) return '';
    const { viewport } = view;
    const part = view.isCropped && viewport !== null ? { viewport, frame } : null;
    const line = statusLine({ ...own, state, note: this.#note, part }, view.glass.cols);
    const moves = state.control !== null || state.vote !== null || state.endsMs !== null;
    const still = !moves && part === null && own.prompt === null;
    this.#of = still ? { state, asking: own.asking, note: this.#note } : null;
    if (line === this.#drawn) return '';
    this.#drawn = line;
    return `${moveTo(0, row)}\x1b[7m${line}\x1b[m${view.cursorHome}`;
  }

  #row(view: View, prompting: boolean): number | null {
    // What he types has to be seen, whatever he thinks of status lines.
    if (this.#mode === 'hidden' && !prompting) return null;
    const shown = this.#mode === 'shown' || view.spareRows > 0 || this.#timer !== null || prompting;
    return shown && view.glass.rows > 1 ? view.glass.rows - 1 : null;
  }

  /** Composing the line costs as much as painting a key: with every frame it is asked first whether it can differ. */
  #stands(view: View, state: SessionState, asking: boolean): boolean {
    const of = this.#of;
    if (of === null || view.isCropped) return false;
    return of.state === state && of.asking === asking && of.note === this.#note;
  }
}
