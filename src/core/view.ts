/**
 * One observer's glass: what he saw last, and the bytes that bring him to what is on. His whole state is one frame and
 * a viewport; nothing is queued. It knows no channel, no clock and no status line (it leaves rows free for one).
 */
import type { Size } from './cells.js';
import { BLANK, type Frame } from './frame.js';
import { moveTo, paint, paintRows } from './paint.js';
import { place, type Viewport } from './viewport.js';

/** A glass brought to a frame: where it stood, and what came of it. */
interface Step {
  readonly from: {
    readonly frame: Frame;
    readonly seen: Frame;
    readonly glass: Size;
    readonly covered: number;
    readonly following: boolean;
    readonly viewport: Viewport | null;
  };
  readonly viewport: Viewport;
  readonly shown: Frame;
  readonly fresh: boolean;
  readonly bytes: string;
}

/** The last one of any glass: those who look on in the same state are brought on one after the other, and share it. */
let lastStep: Step | null = null;

export class View {
  #glass: Size;
  #seen: Frame = BLANK;
  #viewport: Viewport | null = null;
  #following = true;
  #covered = 0;
  #frameSize: Size = BLANK.size;
  #fresh = false;

  /** @param glass size of the observer's terminal. */
  constructor(glass: Size) {
    this.#glass = glass;
  }

  get glass(): Size {
    return this.#glass;
  }

  /** The part shown now; null before the first frame. */
  get viewport(): Viewport | null {
    return this.#viewport;
  }

  get following(): boolean {
    return this.#following;
  }

  /** True when the glass shows less than the whole frame. */
  get isCropped(): boolean {
    const part = this.#viewport;
    return part !== null && (part.cols < this.#frameSize.cols || part.rows < this.#frameSize.rows);
  }

  /** The last {@link advance} began with an empty screen: what was drawn beside the picture is gone. */
  get wasFresh(): boolean {
    return this.#fresh;
  }

  /** Rows below the picture that it does not use. */
  get spareRows(): number {
    return Math.max(0, this.#glass.rows - this.#frameSize.rows);
  }

  /** The terminal has another size now: everything is painted anew. */
  resize(glass: Size): void {
    this.#glass = glass;
    this.repaint();
  }

  /** Keeps the last `rows` rows of the glass free of the picture (for a line of ours), which then shows fewer rows. */
  cover(rows: number): void {
    if (rows === this.#covered) return;
    this.#covered = rows;
    this.repaint();
  }

  /** Moves the part by cells and stops following the cursor. */
  pan(dx: number, dy: number): void {
    if (this.#viewport === null) return;
    this.#following = false;
    this.#viewport = { ...this.#viewport, x: this.#viewport.x + dx, y: this.#viewport.y + dy };
  }

  /** The part follows the cursor again. */
  follow(): void {
    this.#following = true;
  }

  /** Forgets what was seen: the next {@link advance} paints everything. */
  repaint(): void {
    this.#seen = BLANK;
  }

  /** What brings the glass from what it shows to `frame`; '' when it shows it already. */
  advance(frame: Frame): string {
    const step = lastStep !== null && this.#isAt(lastStep, frame) ? lastStep : this.#step(frame);
    lastStep = step;
    const { viewport, shown, fresh, bytes } = step;
    this.#frameSize = frame.size;
    this.#viewport = viewport;
    this.#seen = shown;
    this.#fresh = fresh;
    return bytes;
  }

  /** Whether `step` began where this glass stands now, and leads to `frame`. */
  #isAt({ from }: Step, frame: Frame): boolean {
    return (
      from.frame === frame &&
      from.seen === this.#seen &&
      from.glass.cols === this.#glass.cols &&
      from.glass.rows === this.#glass.rows &&
      from.covered === this.#covered &&
      from.following === this.#following &&
      from.viewport?.x === this.#viewport?.x &&
      from.viewport?.y === this.#viewport?.y
    );
  }

  #step(frame: Frame): Step {
    const seen = this.#seen;
    const glass = this.#glass;
    const viewport = place(frame.size, glass, frame.cursor, this.#viewport, this.#following);
    const rows = Math.max(1, Math.min(viewport.rows, glass.rows - this.#covered));
    const shown = frame.crop(viewport.x, viewport.y, viewport.cols, rows);
    const bytes = shown === seen ? '' : paint(shown.diffFrom(seen), glass.cols > shown.size.cols, seen.cursor);
    const fresh = seen === BLANK || shown.size.cols !== seen.size.cols || shown.size.rows !== seen.size.rows;
    const from = { frame, seen, glass, covered: this.#covered, following: this.#following, viewport: this.#viewport };
    return { from, viewport, shown, fresh, bytes };
  }

  /** Paints rows of the glass as they were shown last: something of ours stood on them. */
  restore(rows: readonly number[]): string {
    const there = rows.filter((y) => y < this.#seen.size.rows);
    if (this.#seen === BLANK || there.length === 0) return '';
    return paintRows(this.#seen, there, this.#glass.cols > this.#seen.size.cols);
  }

  /** Rows and columns that the picture takes on the glass now. */
  get shown(): Size {
    return this.#seen.size;
  }

  /** Brings the cursor back to where the picture has it, after something of ours was drawn. */
  get cursorHome(): string {
    const { x, y, visible } = this.#seen.cursor;
    return `${moveTo(x, y)}\x1b[?25${visible ? 'h' : 'l'}`;
  }
}
