/**
 * A line of foreign text as it may be told beside the picture: printable, without secrets, and only then cut. What is
 * cut before it is searched can begin a secret that no rule knows any more.
 */
import { printable } from '../../core/printable.js';

/** So much of a text is searched, in characters: more than any line that is told, and any secret that begins in one. */
const SEARCHED_MAX = 4096;

/**
 * @param maxLength of what is told, in characters
 * @param masked a text with its secrets masked; null when that could not be done
 * @returns null when the text could not be searched; '' when there is nothing in it
 */
export async function toldLine(
  text: string,
  maxLength: number,
  masked: (text: string) => Promise<string | null>,
): Promise<string | null> {
  const line = printable(text, SEARCHED_MAX).trim();
  if (line === '') return '';
  const shown = await masked(line);
  return shown === null ? null : printable(shown, maxLength);
}
