/**
 * Pointers of others, drawn over the picture: the cell in colour and the name beside it. Drawn by us, never part of a
 * frame: what stood under them is painted again when they move or go.
 */
import type { Row } from '../../core/cells.js';
import type { Frame } from '../../core/frame.js';
import { moveTo } from '../../core/paint.js';
import { printable } from '../../core/printable.js';
import type { Pointer } from '../../core/session.js';
import type { View } from '../../core/view.js';

/** Backgrounds that stand out from black and white alike (SGR): the name tells who it is, not the colour alone. */
const COLOURS = [41, 42, 43, 44, 45, 46] as const;
const NAME_MAX = 12;

interface Marker {
  /** On the glass. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export class Markers {
  #rows: readonly number[] = [];
  #drawn = '';

  /** True when nothing is drawn. */
  get none(): boolean {
    return this.#drawn === '';
  }

  /** Paints what stood under the markers. To be sent before the picture moves on. */
  lift(view: View): string {
    return view.restore(this.#rows);
  }

  /** Forgets what was drawn: the screen is painted anew. */
  forget(): void {
    this.#rows = [];
    this.#drawn = '';
  }

  /** Draws the markers on the glass as it is now. `changed`: they are not those that were drawn before. */
  lay(view: View, frame: Frame, pointers: readonly Pointer[]): { readonly bytes: string; readonly changed: boolean } {
    const markers = pointers.flatMap((pointer) => markerOf(pointer, view, frame) ?? []);
    const bytes = markers.map(({ x, y, text }) => moveTo(x, y) + text).join('');
    const changed = bytes !== this.#drawn;
    this.#drawn = bytes;
    this.#rows = [...new Set(markers.map(({ y }) => y))];
    return { bytes: bytes === '' ? '' : `${bytes}\x1b[m${view.cursorHome}`, changed };
  }
}

/** null when the cell is not on the part that is shown. */
function markerOf({ id, name, x, y }: Pointer, view: View, frame: Frame): Marker | null {
  const { viewport, shown } = view;
  const row = frame.rows[y];
  if (viewport === null || row === undefined || x >= row.cols) return null;
  const from = row.width(x) === 0 && x > 0 ? x - 1 : x;
  const at = { x: from - viewport.x, y: y - viewport.y };
  if (at.x < 0 || at.y < 0 || at.x >= shown.cols || at.y >= shown.rows) return null;
  return { ...at, text: textOf(row, from, at.x, shown.cols, colourOf(id), printable(name, NAME_MAX)) };
}

function textOf(row: Row, from: number, x: number, cols: number, colour: number, name: string): string {
  const width = Math.max(1, row.width(from));
  const cell = `\x1b[0;1;30;${colour}m${row.text(from) || ' '}`;
  // One blank between the cell and the name: both can be read. At the right edge the name is left out.
  const room = cols - x - width - 1;
  return room < name.length ? cell : `${cell}\x1b[0;7m ${name}`;
}

function colourOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 8191;
  return COLOURS[sum % COLOURS.length]!;
}
