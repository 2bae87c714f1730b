/**
 * Rows that may be one line though nobody says so, since they reach an edge: read as one text in all the ways in which
 * programs go on from row to row. Each only adds masks. Knows rows and columns, no rules.
 */
import type { Row } from '../cells.js';
import { indexOfColumn, isBlank, rowText } from './rowtext.js';
import { type Area, addTrimmed, addWithBlank, type Form, formsOf, View } from './views.js';

/** Rows of an area as one line, in all the ways in which they may be one. */
export function softViews(rows: readonly Row[], left: number, right: number): readonly View[] {
  const views = [softJoined(rows, left, right, 'raw'), softTrimmed(rows, left, right, 'folded')];
  if (formsOf(rows).includes('composed')) views.push(softJoined(rows, left, right, 'composed'));
  // A wide character that did not fit leaves a cell free, and folding takes some of them apart.
  if (rows.some((row) => NOT_ASCII.test(rowText(row).raw.text))) {
    views.push(softTrimmed(rows, left, right, 'composed'));
  }
  const own = left + hangingIndent(rows, left, right);
  if (rows.slice(1).some((row) => own < right && isBlank(row, own))) views.push(softSpaced(rows, left, right, own));
  const unmarked = unmarkedView(rows, { left, right }, () => true, right);
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

/** Rows of an area as one line, each without the blanks at its ends, as indented or padded text continues. */
function softTrimmed(rows: readonly Row[], left: number, right: number, form: Form): View {
  const view = new View();
  rows.forEach((row, y) => {
    addTrimmed(view, y, rowText(row)[form], left, right);
  });
  return view;
}

/**
 * Rows of an area as one line, each without the blanks at its ends but for one blank of those that it begins with.
 * @param own column at which a blank is the line's own
 */
function softSpaced(rows: readonly Row[], left: number, right: number, own: number): View {
  const view = new View();
  rows.forEach((row, y) => {
    const line = rowText(row).folded;
    const start = indexOfColumn(line, left);
    const text = line.text.slice(start, indexOfColumn(line, right));
    const blanks = text.search(/[^ ]|$/);
    const cut = y === 0 ? 0 : isBlank(row, own) ? Math.max(0, blanks - 1) : blanks;
    view.add(y, line, start + cut, start + Math.max(cut, text.trimEnd().length));
  });
  return view;
}

/** The number of its line, as `less -N` puts it before each row. */
const NUMBER = /^ *([0-9]{1,7}) +/;
/**
 * What editors and pagers put before a row that goes on (`showbreak` of vim, `-J` of less): up to four signs. Quotes,
 * brackets, what joins words and the signs of prompts are not among them: rows of other text begin with those.
 */
const GOES_ON = /^ *(?:[^\p{L}\p{N}\s"'`()[\]{}_@/:$#%]{1,4} *)?/u;
const BLANKS = /^ */;
const BREAKS = '\\';

/**
 * Rows of an area as lines, without what programs put between the rows of one line; undefined when there is nothing of it.
 * @param goesOn tells of a row whether the next one is the same line
 * @param end column at which the last row is cut
 */
export function unmarkedView(
  rows: readonly Row[],
  { left, right }: Pick<Area, 'left' | 'right'>,
  goesOn: (y: number) => boolean,
  end: number,
): View | undefined {
  const view = new View();
  let isMarked = false;
  let number: string | undefined;
  let isOpen = false;
  let broken = false;
  rows.forEach((row, y) => {
    const isLast = y === rows.length - 1;
    const line = rowText(row).folded;
    const start = indexOfColumn(line, left);
    const text = line.text.slice(start, indexOfColumn(line, isLast ? end : right));
    const own = NUMBER.exec(text)?.[1];
    // Another number is another line, whatever the row above reaches.
    if (y > 0 && (!isOpen || (own !== undefined && number !== undefined && own !== number))) {
      view.newline();
      isOpen = false;
    }
    const mark = !isOpen ? 0 : broken ? BLANKS.exec(text)![0].length : markBefore(text, number);
    number = own ?? number;
    isOpen = !isLast && goesOn(y);
    broken = isOpen && text.endsWith(BREAKS);
    isMarked ||= broken || text.slice(0, mark).trim() !== '';
    view.add(y, line, start + mark, Math.max(start + mark, start + text.trimEnd().length - (broken ? 1 : 0)));
  });
  return isMarked ? view : undefined;
}

/**
 * How much of a row's text is no part of the line that goes on in it.
 * @param line the number of that line, when it has one
 */
function markBefore(text: string, line: string | undefined): number {
  const number = NUMBER.exec(text);
  if (number !== null && number[1] === line) return number[0].length;
  return GOES_ON.exec(text)![0].length;
}

/**
 * The columns that all rows after the first leave free, when some leave more. 0 when they are all the same: then nothing
 * tells which of their blanks is the line's own.
 */
function hangingIndent(rows: readonly Row[], left: number, right: number): number {
  const indents = rows
    .slice(1)
    .map((row) => indentOf(row, left, right))
    .filter((indent) => left + indent < right);
  const least = Math.min(...indents);
  return indents.every((indent) => indent === least) ? 0 : least;
}

function indentOf(row: Row, left: number, right: number): number {
  let x = left;
  while (x < right && isBlank(row, x)) x++;
  return x - left;
}
