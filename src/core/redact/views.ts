/**
 * Views: the texts in which a screen is searched, each with a map back to cells. One row may hold a secret, or be part
 * of a longer one, so the same cells stand in several views; what any of them finds is masked. A view can only add
 * masks: where a hint (`wrapped`) is wrong, the rows themselves are still searched.
 */
import { CELL_WORDS, CODE_POINT_MASK, type Row, type Screen } from '../cells.js';
import { foldText } from './fold.js';
import { columnAt, indexOfColumn, isBlank, type Line, type RowText, rowText } from './rowtext.js';

/** Cells of one row, relative to the first row of a view. Columns `[from, to)`. */
export interface Part {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** A run of units `[start, end)` of a row's line. */
export interface Piece {
  readonly row: number;
  readonly line: Line;
  readonly start: number;
  readonly end: number;
  /** Where it begins in the view's text. */
  readonly at: number;
}

/** A text made of pieces of rows. */
export class View {
  #text = '';
  readonly #pieces: Piece[] = [];

  get text(): string {
    return this.#text;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  /** Adds units `[start, end)` of a line of row `row`. */
  add(row: number, line: Line, start = 0, end = line.text.length): void {
    this.#pieces.push({ row, line, start, end, at: this.#text.length });
    this.#text += start === 0 && end === line.text.length ? line.text : line.text.slice(start, end);
  }

  /** Adds text that stands on no row. */
  lead(text: string): void {
    this.#text += text;
  }

  /** Ends a line. */
  newline(): void {
    this.#text += '\n';
  }

  /** The cells of units `[from, to)` of the text, without blanks at the ends of each row. */
  locate(from: number, to: number): readonly Part[] {
    const parts: Part[] = [];
    for (const { row, line, start, end, at } of this.#pieces) {
      let first = Math.max(from - at, 0) + start;
      let last = Math.min(to - at + start, end) - 1;
      while (first <= last && line.text[first] === ' ') first++;
      while (last >= first && line.text[last] === ' ') last--;
      if (first <= last) parts.push({ row, from: columnAt(line, first), to: columnAt(line, last) + 1 });
    }
    return parts;
  }
}

/** The view of one line alone. */
export function lineView(line: Line): View {
  const view = new View();
  view.add(0, line);
  return view;
}

/** The view of a row's line from column `from` on, behind the beginning of it, which is out of sight. */
export function movedView(row: Row, form: Form, beginning: string, from: number): View {
  const view = new View();
  const line = rowText(row)[form];
  view.lead(form === 'raw' ? beginning : foldText(beginning).text);
  view.add(0, line, Math.min(indexOfColumn(line, from), line.text.length));
  return view;
}

/** Rows `[first, last]`, columns `[left, right)`: the screen, or a pane of it. */
export interface Area {
  readonly first: number;
  readonly last: number;
  readonly left: number;
  readonly right: number;
  /** False for the screen. */
  readonly pane: boolean;
}

/** Cells that may stay free at the edge: one, for a wide character that did not fit and for boxes that pad their text. */
const EDGE_SLACK = 1;
/**
 * Blanks of the line itself at the edge: as many as most rules allow between a name and its value (`{0,3}`). In a pane a
 * blank cannot be told from a cell that was never written; at the screen's edge it can, and must be, since paragraphs of
 * manuals often end two or three cells before it.
 */
const OWN_BLANKS = 3;

/**
 * True when the row's text reaches the right edge of the area, so that it may go on in the next row.
 * @param slack cells that may stay free even when nothing was written there
 */
export function reachesEdge(row: Row, left: number, right: number, slack: number = EDGE_SLACK): boolean {
  let written = true;
  for (let free = 0; free <= OWN_BLANKS && right - 1 - free >= left; free++) {
    const x = right - 1 - free;
    if (!isBlank(row, x)) return free <= slack || written;
    written &&= isWritten(row, x);
  }
  return false;
}

/** Runs of rows `[first, last]` of which each reaches the edge, with the row after them: candidates to be one line. */
export function softRuns(rows: readonly Row[], area: Area): readonly [number, number][] {
  const slack = area.pane ? OWN_BLANKS : EDGE_SLACK;
  const runs: [number, number][] = [];
  for (let y = area.first; y <= area.last; y++) {
    const first = y;
    while (y < area.last && reachesEdge(rows[y]!, area.left, area.right, slack)) y++;
    if (y > first) runs.push([first, y]);
  }
  return runs;
}

/** Runs of rows `[first, last]` that the emulator says are one line. */
export function wrappedRuns(screen: Screen): readonly [number, number][] {
  const runs: [number, number][] = [];
  for (let y = 1; y < screen.size.rows; y++) {
    if (screen.wrapped[y] !== true) continue;
    const first = y - 1;
    while (y + 1 < screen.size.rows && screen.wrapped[y + 1] === true) y++;
    runs.push([first, y]);
  }
  return runs;
}

/** Which of a row's lines a view is made of. */
export type Form = 'raw' | 'folded' | 'composed';

/** Rows as one line, by the emulator's word: nothing is cut but cells never written at a row's end. */
export function joined(rows: readonly Row[], form: Form): View {
  const view = new View();
  rows.forEach((row, y) => {
    const line = rowText(row)[form];
    view.add(y, line);
    if (y < rows.length - 1) pad(view, row, y, line, form);
  });
  return view;
}

/**
 * Blanks that were written at the end of a row are part of a wrapped line; cells never written are not. In the folded
 * form they are one blank at most, and what folding left out is none.
 */
function pad(view: View, row: Row, y: number, line: Line, form: Form): void {
  const from = line.text.length === 0 ? 0 : columnAt(line, line.text.length - 1) + 1;
  let to = row.cols;
  while (to > from && !isWritten(row, to - 1)) to--;
  const blanks: number[] = [];
  for (let x = from; x < to; x++) if (isBlank(row, x)) blanks.push(x);
  if (form === 'folded') blanks.splice(line.text.endsWith(' ') ? 0 : 1);
  if (blanks.length > 0) view.add(y, { text: ' '.repeat(blanks.length), map: Uint16Array.from(blanks) });
}

/** False for a cell that is blank because nothing was ever written there, or all of it erased. */
function isWritten(row: Row, x: number): boolean {
  return (row.words[x * CELL_WORDS]! & CODE_POINT_MASK) !== 0;
}

/**
 * The text of columns `[left, right)` without the blanks at its end.
 * @param from the first column; default: that of the first character
 */
export function addTrimmed(view: View, y: number, line: Line, left: number, right: number, from?: number): void {
  let start = indexOfColumn(line, from ?? left);
  let end = indexOfColumn(line, right);
  while (from === undefined && start < end && line.text[start] === ' ') start++;
  while (end > start && line.text[end - 1] === ' ') end--;
  view.add(y, line, start, end);
}

/** The text of columns `[left, right)`; when it goes on in the next row, a blank at the edge is one blank of it. */
export function addWithBlank(
  view: View,
  y: number,
  row: Row,
  line: Line,
  left: number,
  right: number,
  goesOn: boolean,
): void {
  const start = indexOfColumn(line, left);
  let end = indexOfColumn(line, right);
  while (goesOn && end > start && line.text[end - 1] === ' ') end--;
  view.add(y, line, start, end);
  if (goesOn && isBlank(row, right - 1)) view.add(y, { text: ' ', map: Uint16Array.of(right - 1) });
}

/**
 * All rows of an area, each a line of its own, without the blanks at its end.
 * @param end column at which the last row is cut; default `right`
 */
export function block(rows: readonly Row[], left: number, right: number, end: number = right): View {
  const view = new View();
  rows.forEach((row, y) => {
    addTrimmed(view, y, rowText(row).raw, left, y === rows.length - 1 ? end : right, left);
    view.newline();
  });
  return view;
}

/**
 * All rows of an area as lines, where some rows go on in the next.
 * @param goesOn tells of a row whether it does
 * @param form folded: each row without the blanks at its ends, unless `keeps`
 * @param end column at which the last row is cut; default `right`
 * @param keeps a blank at the end or beginning of a row is the line's own
 */
export function joinedBlock(
  rows: readonly Row[],
  { left, right }: Pick<Area, 'left' | 'right'>,
  goesOn: (y: number) => boolean,
  form: Form,
  end: number = right,
  keeps: boolean = form !== 'folded',
): View {
  const view = new View();
  rows.forEach((row, y) => {
    const line = rowText(row)[form];
    const to = y === rows.length - 1 ? end : right;
    if (!keeps) addTrimmed(view, y, line, left, to);
    else addWithBlank(view, y, row, line, left, to, goesOn(y) && to === right);
    if (!goesOn(y)) view.newline();
  });
  return view;
}

/** The forms in which rows differ: the raw one, and the others where they are not the same in all of the rows. */
export function formsOf(rows: readonly Row[]): readonly Form[] {
  const texts = rows.map(rowText);
  if (texts.every(isPlain)) return RAW;
  return FORMS.filter((form) => form === 'raw' || texts.some((text) => text[form] !== text.raw));
}

const RAW: readonly Form[] = ['raw'];
const FORMS: readonly Form[] = ['raw', 'folded', 'composed'];

function isPlain({ raw, folded, composed }: RowText): boolean {
  return raw === folded && raw === composed;
}
