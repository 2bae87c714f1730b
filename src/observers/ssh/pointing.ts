/**
 * An observer points: where, as his keys and his mouse move it. Cells are those of the frame. Pure; knows nothing of
 * who sees it.
 */
import type { Size } from '../../core/cells.js';
import { type InputModes, NO_INPUT_MODES } from '../../core/session.js';
import type { Viewport } from '../../core/viewport.js';

export interface Cell {
  readonly x: number;
  readonly y: number;
}

/** What his terminal sends while he points: the mouse, also when no button is down. */
export const POINTING_MODES: InputModes = { ...NO_INPUT_MODES, mouse: 1003, mouseEncoding: 1006 };

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  '\x1b[D': [-1, 0],
  '\x1bOD': [-1, 0],
  h: [-1, 0],
  '\x1b[C': [1, 0],
  '\x1bOC': [1, 0],
  l: [1, 0],
  '\x1b[A': [0, -1],
  '\x1bOA': [0, -1],
  k: [0, -1],
  '\x1b[B': [0, 1],
  '\x1bOB': [0, 1],
  j: [0, 1],
};
const ENDS = new Set(['v', 'q', '\x1b', '\r']);
const MOUSE = /^\x1b\[<\d{1,4};(\d{1,5});(\d{1,5})[Mm]$/;
/** One key: an escape sequence, or one character. */
const KEY = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|\x1b[^[O]|[\s\S]/gu;

export class Pointing {
  #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  get cell(): Cell {
    return this.#cell;
  }

  /** Takes what he typed. False: he points no longer. */
  read(keys: string, view: Viewport, frame: Size): boolean {
    for (const key of keys.match(KEY) ?? []) {
      if (ENDS.has(key)) return false;
      this.#move(key, view, frame);
    }
    return true;
  }

  #move(key: string, view: Viewport, frame: Size): void {
    const step = STEPS[key];
    const mouse = MOUSE.exec(key);
    const { x, y } = this.#cell;
    if (step !== undefined) this.#set(x + step[0], y + step[1], frame);
    else if (mouse !== null) {
      const [column, row] = [Number(mouse[1]) - 1, Number(mouse[2]) - 1];
      if (column < view.cols && row < view.rows) this.#set(view.x + column, view.y + row, frame);
    }
  }

  #set(x: number, y: number, { cols, rows }: Size): void {
    this.#cell = { x: Math.min(Math.max(x, 0), cols - 1), y: Math.min(Math.max(y, 0), rows - 1) };
  }
}
