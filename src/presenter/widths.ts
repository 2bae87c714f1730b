/**
 * How many columns a code point takes and which ones join the cell before: as the C library and tmux see it, code
 * point by code point, because that is how programs count when they lay out a screen. Unicode data is that of the
 * installed get-east-asian-width and of the JavaScript engine. Knows nothing of cells.
 */
import { eastAsianWidth } from 'get-east-asian-width';

/** Marks that do not advance, format characters, and what must never be printed (line separators, noncharacters). */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;
const ZWJ = 0x200d;
const LAST = 0x10ffff;

/** Inclusive ranges that differ from the properties above. */
const EXCEPTIONS: readonly (readonly [from: number, to: number, width: 0 | 1 | 2])[] = [
  // The soft hyphen is a format character, but terminals have always shown it.
  [0x00ad, 0x00ad, 1],
  // Arabic signs that stand before and above numbers are format characters with a body.
  [0x0600, 0x0605, 1],
  [0x06dd, 0x06dd, 1],
  [0x070f, 0x070f, 1],
  [0x0890, 0x0891, 1],
  [0x08e2, 0x08e2, 1],
  [0x110bd, 0x110bd, 1],
  [0x110cd, 0x110cd, 1],
  // Vowels and finals of Hangul join the initial before them.
  [0x1160, 0x11ff, 0],
  [0xd7b0, 0xd7fb, 0],
  // Numbers in squares: ambiguous, and wide in the C library for good.
  [0x3248, 0x324f, 2],
  // Wide since Unicode 16 only, and much used as a symbol by status lines that count one column.
  [0x2630, 0x2637, 1],
  [0x268a, 0x268f, 1],
];

const PICTURE = 4;
const KNOWN = 8;
const NARROW = KNOWN | 1;
/**
 * Width in bits 0-1, {@link PICTURE} and {@link KNOWN}, filled in as code points are met: of the megabyte that this is,
 * the system gives what is written to.
 */
const table = new Uint8Array(LAST + 1);
table.fill(NARROW, 0x20, 0x7f);

function look(code: number): number {
  const exception = EXCEPTIONS.find(([from, to]) => code >= from && code <= to);
  const text = String.fromCodePoint(code);
  const width = exception !== undefined ? exception[2] : ZERO.test(text) ? 0 : eastAsianWidth(code);
  return KNOWN | width | (PICTOGRAPH.test(text) ? PICTURE : 0);
}

function entry(code: number): number {
  if (code > LAST) return NARROW;
  if (table[code] === 0) table[code] = look(code);
  return table[code]!;
}

/** Columns of one code point, by itself. */
export function widthOf(code: number): 0 | 1 | 2 {
  return (entry(code) & 3) as 0 | 1 | 2;
}

/** xterm's properties of a character: bit 0 it joins the cell before, bits 1-2 the width, from bit 3 a state of ours. */
const JOINS = 1;
const WIDTH_SHIFT = 1;
const AFTER_ZWJ = 1 << 3;

/** The provider that xterm asks for each character it prints. */
export const widths = {
  version: 'lectern',
  wcwidth: widthOf,
  /** @param preceding what this returned for the character before, or 0 after a control sequence */
  charProperties(code: number, preceding: number): number {
    const known = table[code] ?? 0;
    const found = known === 0 ? entry(code) : known;
    if (found === NARROW) return 1 << WIDTH_SHIFT;
    const width = found & 3;
    const joins = width === 0 || ((preceding & AFTER_ZWJ) !== 0 && (found & PICTURE) !== 0);
    if (!joins) return width << WIDTH_SHIFT;
    const kept = preceding & (3 << WIDTH_SHIFT);
    return kept | JOINS | (code === ZWJ ? AFTER_ZWJ : 0);
  },
};
