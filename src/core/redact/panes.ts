/**
 * Panes: parts of a screen between vertical lines, as tmux, editors and boxes draw them. Text that wraps inside a pane
 * has no flag that says so, hence panes are guessed from columns of bars that run through rows. A wrong guess costs
 * time and can add masks, nothing else.
 */
import type { Row } from '../cells.js';
import { rowText } from './rowtext.js';
import type { Area } from './views.js';

/** More lines than these are a table, not panes; the longest count. Work grows with the square of it. */
const MAX_LINES = 3;
/** Narrower areas hold no secret worth the name that was not found by row already. */
const MIN_PANE_COLS = 4;

/** The areas between any two running bars, or a bar and the screen's edge. None on a screen without bars. */
export function panesOf(rows: readonly Row[], cols: number): readonly Area[] {
  const running = runningBars(rows);
  if (running.size === 0) return NONE;
  const longest = [...running].sort((a, b) => b[1].size - a[1].size).slice(0, MAX_LINES);
  const edges = [-1, ...longest.map(([x]) => x).sort((a, b) => a - b), cols];
  const areas: Area[] = [];
  for (let i = 0; i < edges.length - 1; i++) {
    for (let j = i + 1; j < edges.length; j++) {
      const [left, right] = [edges[i]!, edges[j]!];
      if (right - left <= MIN_PANE_COLS || (left === -1 && right === cols)) continue;
      areas.push(...areasBetween(left, right, running, rows.length));
    }
  }
  return areas;
}

const NONE: readonly Area[] = [];

/** For each column with a bar in two or more consecutive rows: those rows. */
function runningBars(rows: readonly Row[]): Map<number, Set<number>> {
  const running = new Map<number, Set<number>>();
  let above: readonly number[] = [];
  rows.forEach((row, y) => {
    const { bars } = rowText(row);
    for (const x of bars) {
      if (!above.includes(x)) continue;
      const at = running.get(x) ?? new Set();
      running.set(x, at.add(y - 1).add(y));
    }
    above = bars;
  });
  return running;
}

function areasBetween(left: number, right: number, running: Map<number, Set<number>>, count: number): readonly Area[] {
  const has = (x: number, y: number): boolean => running.get(x)?.has(y) ?? true;
  const areas: Area[] = [];
  for (let y = 0; y < count; y++) {
    const first = y;
    while (y < count && has(left, y) && has(right, y)) y++;
    if (y > first) areas.push({ first, last: y - 1, left: left + 1, right, pane: true });
  }
  return areas;
}
