/**
 * Panes: parts of a screen between vertical lines, as tmux, editors and boxes draw them. Text that wraps inside a pane
 * has no flag that says so, hence panes are guessed from columns of bars that run through rows. A wrong guess costs
 * time and can add masks, nothing else.
 */
import type { Row } from '../cells.js';
import { rowText } from './rowtext.js';
import type { Area } from './views.js';

/** Lines between any two of which there may be a pane; the longest count. Work grows with the square of it. */
const MAX_LINES = 3;
/** Lines of which only neighbours have a pane between them. */
const MAX_NEIGHBOURS = 8;
/** Narrower areas hold no secret worth the name that was not found by row already. */
const MIN_PANE_COLS = 4;

/**
 * The areas between any two of the longest running bars, or one and the screen's edge, and between neighbours where there
 * are more of them. None on a screen without bars.
 */
export function panesOf(rows: readonly Row[], cols: number): readonly Area[] {
  const running = runningBars(rows);
  if (running.size === 0) return NONE;
  const byLength = [...running].sort((a, b) => b[1].size - a[1].size).map(([x]) => x);
  const pairs = pairsOf(edgesOf(byLength.slice(0, MAX_LINES), cols));
  // Of few lines the neighbours are among the pairs.
  if (running.size > MAX_LINES) {
    const drawn = byLength.filter((x) => isDrawn(rows, running.get(x)!, x)).slice(0, MAX_NEIGHBOURS);
    const more = drawn.length > MAX_LINES ? neighboursOf(edgesOf(drawn, cols)) : [];
    pairs.push(...more.filter((one) => !pairs.some((two) => isSame(one, two))));
  }
  return pairs
    .filter(([left, right]) => right - left > MIN_PANE_COLS && !(left === -1 && right === cols))
    .flatMap(([left, right]) => areasBetween(left, right, running, rows.length));
}

/** True for a line of drawing characters as high as the screen, but for a title and a status line: no column of a table. */
function isDrawn(rows: readonly Row[], at: ReadonlySet<number>, x: number): boolean {
  return at.size >= rows.length - 2 && [...at].every((y) => rows[y]!.text(x) !== '|');
}

type Edges = readonly [left: number, right: number];

function edgesOf(lines: readonly number[], cols: number): readonly number[] {
  return [-1, ...[...lines].sort((a, b) => a - b), cols];
}

function pairsOf(edges: readonly number[]): Edges[] {
  return edges.flatMap((left, i) => edges.slice(i + 1).map((right): Edges => [left, right]));
}

function neighboursOf(edges: readonly number[]): readonly Edges[] {
  return edges.slice(1).map((right, i): Edges => [edges[i]!, right]);
}

function isSame(a: Edges, b: Edges): boolean {
  return a[0] === b[0] && a[1] === b[1];
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
