/**
 * Mouse reports of a terminal that shows a part of the frame, brought to the frame's own columns and rows (xterm
 * ctlseqs, "Mouse Tracking"). Reports from outside the picture are dropped. Pure.
 */
import type { Viewport } from './viewport.js';

const SGR_REPORT = /\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])/g;
/** `CSI M` with three bytes: button, column and row, each plus 32. */
const X10_REPORT = /\x1b\[M([\s\S])([\s\S])([\s\S])/g;

/**
 * @param keys what the controller's terminal sent, one character a byte.
 * @param view the part of the frame that he sees.
 */
export function translateMouse(keys: string, view: Viewport): string {
  if (!keys.includes('\x1b[<') && !keys.includes('\x1b[M')) return keys;
  return keys
    .replace(SGR_REPORT, (_, button: string, x: string, y: string, final: string) => {
      const at = inside(Number(x) - 1, Number(y) - 1, view);
      return at === null ? '' : `\x1b[<${button};${at.x + 1};${at.y + 1}${final}`;
    })
    .replace(X10_REPORT, (_, button: string, x: string, y: string) => {
      const at = inside(x.charCodeAt(0) - 33, y.charCodeAt(0) - 33, view);
      // One byte holds no column beyond 223: such a report cannot be told.
      if (at === null || at.x > 222 || at.y > 222) return '';
      return `\x1b[M${button}${String.fromCharCode(at.x + 33)}${String.fromCharCode(at.y + 33)}`;
    });
}

/** A report that is not whole: also an ESC alone, which may be its beginning or the Escape key. */
const UNFINISHED = /\x1b(?:\[(?:<[\d;]{0,16}|M[\s\S]{0,2})?)?$/;

/** Follows what a controller's terminal sends, so that a report which the transport has cut is translated as well. */
export class MouseKeys {
  #held = '';

  /** True when the beginning of what may be a report is kept back. */
  get holds(): boolean {
    return this.#held !== '';
  }

  /** @see translateMouse */
  read(keys: string, view: Viewport): string {
    const all = this.#held + keys;
    const cut = all.search(UNFINISHED);
    this.#held = cut < 0 ? '' : all.slice(cut);
    return translateMouse(cut < 0 ? all : all.slice(0, cut), view);
  }

  /** What was kept back: no report came of it in time. */
  rest(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

function inside(x: number, y: number, view: Viewport): { x: number; y: number } | null {
  if (x < 0 || y < 0 || x >= view.cols || y >= view.rows) return null;
  return { x: x + view.x, y: y + view.y };
}
