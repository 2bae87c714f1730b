/**
 * What foreign text may be drawn as: everything that has no look of its own, steers the terminal or reorders text is
 * taken out. The one door for names, titles and chat, and for each cell of a frame.
 */

/** Control, format, separator and surrogate characters, and the five letters that are drawn as blanks. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u2800\u3164\uFFA0]/u;
const MARK = /\p{M}/u;
const PICTOGRAPH = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
const ZWJ = '\u200D';
/** Vowels and finals of Hangul: letters that join the initial before them. */
const JAMO = /[\u1160-\u11FF\uD7B0-\uD7FB]/;

/**
 * Combining marks kept on one cell: pointed Hebrew with accents has four (a dot of the letter, dagesh, vowel, accent);
 * stacks of hundreds are an attack on the renderer.
 */
const MAX_MARKS = 4;
/** UTF-16 units kept in one cell; the longest emoji sequences in use have 35. */
const MAX_CELL_UNITS = 64;

/** What terminals draw over the cell before, whatever stands there. */
const JOINS = /[\p{Mn}\p{Me}\u1160-\u11FF\uD7B0-\uD7FB]/u;

const LAST = 0x10ffff;
const KNOWN = 1;
const IS_HIDDEN = 2;
const IS_JOINED = 4;
/** What was found out about each code point that was met. Programs may print all of them: a megabyte, and no more. */
const table = new Uint8Array(LAST + 1);

function lookUp(code: number): number {
  const known = table[code] ?? 0;
  if (known !== 0) return known;
  const char = String.fromCodePoint(code);
  const found = KNOWN | (HIDDEN.test(char) ? IS_HIDDEN : 0) | (JOINS.test(char) ? IS_JOINED : 0);
  table[code] = found;
  return found;
}

/** True when the character `code` may not be drawn at all. Plain ASCII is decided without a look-up. */
export function isHidden(code: number): boolean {
  if (code >= 0x20 && code < 0x7f) return false;
  return (lookUp(code) & IS_HIDDEN) !== 0;
}

/**
 * True when the character `code` may stand in a cell by itself: it may be drawn, and does not join the cell before it,
 * which would leave everything behind it a column too far left.
 */
export function fillsCell(code: number): boolean {
  if (code >= 0x20 && code < 0x7f) return true;
  return lookUp(code) === KNOWN;
}

/**
 * The text of one cell made harmless: one character, and what joins it. At most {@link MAX_MARKS} marks, a joiner only
 * between pictographs, nothing that would go on into the next cell.
 */
export function printableCell(text: string): string {
  const chars = [...text];
  // The cell is as wide as its first character: without it, what was joined to it has no place of its own.
  if (chars[0] !== undefined && isHidden(chars[0].codePointAt(0)!)) return '';
  let out = '';
  let marks = 0;
  chars.forEach((char, i) => {
    if (out.length + char.length > MAX_CELL_UNITS) return;
    if (char === ZWJ) {
      if (PICTOGRAPH.test(out) && PICTOGRAPH.test(chars[i + 1] ?? '')) out += char;
    } else if (MARK.test(char)) {
      if (out !== '' && marks++ < MAX_MARKS) out += char;
    } else if (!isHidden(char.codePointAt(0)!) && (out === '' || out.endsWith(ZWJ) || JAMO.test(char))) {
      out += char;
    }
  });
  return out.endsWith(ZWJ) ? out.slice(0, -1) : out;
}

/**
 * Foreign text for one line of ours: hidden characters out, marks capped, blanks made plain, at most `maxLength`
 * characters (the rest is replaced by an ellipsis).
 */
export function printable(text: string, maxLength: number): string {
  let out = '';
  let marks = 0;
  let length = 0;
  for (const char of text.slice(0, maxLength * 8)) {
    const isMark = MARK.test(char);
    marks = isMark ? marks + 1 : 0;
    if (marks > MAX_MARKS || isHidden(char.codePointAt(0)!)) continue;
    if (!isMark && ++length > maxLength) return `${out.slice(0, -1)}…`;
    out += /\s/u.test(char) ? ' ' : char;
  }
  return out;
}
