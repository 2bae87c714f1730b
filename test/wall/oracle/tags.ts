/**
 * Tags: which character of a secret a cell holds, written as the cell's own foreground colour. The emulator carries a
 * colour along with its cell through insert, delete, scroll and reflow, so the tag says what stands where without a
 * look at the text. The wall never looks at colours, so the tag cannot help it.
 */
import { CELL_WORDS, COLOR_MASK, COLOR_RGB, FG, type Row } from '../../../src/core/cells.js';

/** Red of every tag; no mode uses it for anything else. */
const RED = 1;
/** The most characters that can be told apart: two bytes, of which the higher is never 0. */
export const MAX_TAGS = 255 * 256;

/** SGR that tags what is written next as character `index` of the secret. */
export function tagged(index: number): string {
  return `\x1b[38;2;${RED};${(index >> 8) + 1};${index & 255}m`;
}

/** A cell that holds a character of the secret. */
export interface Tagged {
  readonly x: number;
  readonly tag: number;
}

/** Something to be seen: not only blanks and characters without a look of their own. */
const SHOWS = /[^\s\p{Cf}\p{Cc}\p{M}]/u;

const known = new WeakMap<Row, readonly Tagged[]>();

/** The tagged cells of a row that show something. */
export function tagsOf(row: Row): readonly Tagged[] {
  let tags = known.get(row);
  if (tags === undefined) {
    tags = read(row);
    known.set(row, tags);
  }
  return tags;
}

function read(row: Row): readonly Tagged[] {
  const tags: Tagged[] = [];
  for (let x = 0; x < row.cols; x++) {
    const colour = row.words[x * CELL_WORDS + FG]! & COLOR_MASK;
    if (colour >>> 16 !== (COLOR_RGB | (RED << 16)) >>> 16) continue;
    if (SHOWS.test(row.text(x))) tags.push({ x, tag: (((colour >> 8) & 255) - 1) * 256 + (colour & 255) });
  }
  return tags;
}
