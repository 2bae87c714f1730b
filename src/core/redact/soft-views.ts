/**
 * Rows that may be one line though nobody says so, since they reach an edge: read as one text in all the ways in which
 * programs go on from row to row. Each only adds masks. Knows rows and columns, no rules.
 */
import type { Row } from '../cells.js';
import { indexOfColumn, isBlank, rowText } from './rowtext.js';
import { addTrimmed, addWithBlank, type Form, formsOf, View } from './views.js';

/** Rows of an area as one line, in all the ways in which they may be one. */
export function softViews(rows: readonly Row[], left: number, right: number): readonly View[] {
  const views = [softJoined(rows, left, right, 'raw'), softTrimmed(rows, left, right, 'folded')];
  if (formsOf(rows).includes('composed')) views.push(softJoined(rows, left, right, 'composed'));
  // A wide character that did not fit leaves a cell free, and folding takes some of them apart.
  if (rows.some((row) => NOT_ASCII.test(rowText(row).raw.text))) {
    views.push(softTrimmed(rows, left, right, 'composed'));
  }
  const indent = hangingIndent(rows, left, right);
  if (indent !== undefined) views.push(softTrimmed(rows, left, right, 'folded', indent));
  else if (rows.slice(1).some((row) => isBlank(row, left))) views.push(softSpaced(rows, left, right));
  const unmarked = softUnmarked(rows, left, right);
  if (unmarked !== undefined) views.push(unmarked);
  return views;
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Rows of an area as one line, with the blank at their ends that may be the line's own. */
function softJoined(rows: readonly Row[], left: number, right: number, form: Form): View {
  const view = new View();
  rows.forEach((row, y) => {
    addWithBlank(view, y, row, rowText(row)[form], left, right, y < rows.length - 1);
  });
  return view;
}

/**
 * Rows of an area as one line, each without the blanks at its ends, as indented or padded text continues.
 * @param indent columns that all rows but the first leave free; default: as many as each of them does
 */
function softTrimmed(rows: readonly Row[], left: number, right: number, form: Form, indent?: number): View {
  const view = new View();
  rows.forEach((row, y) => {
    const from = y > 0 && indent !== undefined ? left + indent : undefined;
    addTrimmed(view, y, rowText(row)[form], left, right, from);
  });
  return view;
}

/** Rows of an area as one line, with one blank for those that a row begins with: the last of them may be the line's own. */
function softSpaced(rows: readonly Row[], left: number, right: number): View {
  const view = new View();
  rows.forEach((row, y) => {
    const line = rowText(row).folded;
    const start = indexOfColumn(line, left);
    const text = line.text.slice(start, indexOfColumn(line, right));
    const blanks = y === 0 ? 0 : Math.max(0, text.search(/[^ ]/) - 1);
    view.add(y, line, start + blanks, start + Math.max(blanks, text.trimEnd().length));
  });
  return view;
}

/** The number of its line, as `less -N` puts it before each row. */
const NUMBER = /^ *([0-9]{1,7}) +/;
/** What editors put before a row that goes on (`showbreak` of vim), and at the end of the one before it (Emacs). */
const GOES_ON = /^ *(?:([>+~\\|\u2026\u203a\u21a9\u21aa\u21b3\u00bb-])\1{0,3} *)?/;
const BLANKS = /^ */;
const BREAKS = '\\';

/** Rows of an area as one line, without what programs put between its rows; undefined when there is nothing of it. */
function softUnmarked(rows: readonly Row[], left: number, right: number): View | undefined {
  const view = new View();
  let isMarked = false;
  let above = '';
  let broken = false;
  rows.forEach((row, y) => {
    const line = rowText(row).folded;
    const start = indexOfColumn(line, left);
    const end = indexOfColumn(line, right);
    const text = line.text.slice(start, end);
    const mark = y === 0 ? 0 : broken ? BLANKS.exec(text)![0].length : markBefore(text, above);
    broken = y < rows.length - 1 && text.endsWith(BREAKS);
    isMarked ||= broken || text.slice(0, mark).trim() !== '';
    view.add(y, line, start + mark, Math.max(start + mark, start + text.trimEnd().length - (broken ? 1 : 0)));
    above = text;
  });
  return isMarked ? view : undefined;
}

/** How much of a row's text is no part of the line that goes on in it. */
function markBefore(text: string, above: string): number {
  const number = NUMBER.exec(text);
  if (number !== null && number[1] === NUMBER.exec(above)?.[1]) return number[0].length;
  return GOES_ON.exec(text)![0].length;
}

/**
 * The columns that all rows after the first leave free, when some leave more: then a blank that a row begins with may be
 * the line's own. Undefined when they are all the same.
 */
function hangingIndent(rows: readonly Row[], left: number, right: number): number | undefined {
  const indents = rows.slice(1).map((row) => indentOf(row, left, right));
  const least = Math.min(...indents);
  return indents.every((indent) => indent === least) ? undefined : least;
}

function indentOf(row: Row, left: number, right: number): number {
  let x = left;
  while (x < right && isBlank(row, x)) x++;
  return x - left;
}
