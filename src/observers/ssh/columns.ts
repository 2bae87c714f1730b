/** How many columns a line of ours takes on a terminal, and lines cut and filled to columns. Knows nothing of what they say. */
import { eastAsianWidth } from 'get-east-asian-width';

/**
 * Marks stand on the character before them, format characters nowhere, and vowels and finals of Hangul join its initial.
 * Vowel signs that stand beside their letter (Mc, as in Devanagari) take a column, as in the C library.
 */
const WITHOUT_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]$/u;

/** Columns that `text` takes: 2 for a wide character, 0 for marks. */
export function columnsOf(text: string): number {
  let cols = 0;
  for (const char of text) cols += widthOf(char);
  return cols;
}

/** `text` in exactly `cols` columns: filled with blanks, or cut with an ellipsis. */
export function fitted(text: string, cols: number): string {
  const missing = cols - columnsOf(text);
  return missing >= 0 ? text + ' '.repeat(missing) : cut(text, cols);
}

/** The end of `text`, behind an ellipsis when it takes more than `cols` columns. */
export function endOf(text: string, cols: number): string {
  if (columnsOf(text) <= cols) return text;
  let left = cols - 1;
  let end = '';
  for (const char of [...text].reverse()) {
    left -= widthOf(char);
    if (left < 0) break;
    end = char + end;
  }
  return `…${end}`;
}

function cut(text: string, cols: number): string {
  let left = cols - 1;
  let start = '';
  for (const char of text) {
    if (widthOf(char) > left) break;
    left -= widthOf(char);
    start += char;
  }
  return `${start}…${' '.repeat(left)}`;
}

function widthOf(char: string): number {
  const code = char.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return 1;
  return WITHOUT_WIDTH.test(char) ? 0 : eastAsianWidth(code);
}
