/**
 * Lines of the panel: pieces of text with a look, cut to columns. Foreign text (names, chat) has passed `printable()`
 * already; here it is made of characters that take one column each, since the widget library counts no others right.
 */

import { widthOf } from '../widths.js';
import type { Glyphs } from './glyphs.js';

export type Look = 'plain' | 'strong' | 'faint' | 'alert' | 'key';

export interface Piece {
  readonly text: string;
  readonly look: Look;
}

export type Line = readonly Piece[];

/** SGR parameters: colours of the 256 palette, over the panel's own dark ground. */
const SGR: Readonly<Record<Look, string>> = {
  plain: '38;5;252',
  strong: '1;38;5;231',
  faint: '38;5;246',
  alert: '1;38;5;214',
  key: '1;38;5;117',
};

export function piece(text: string, look: Look = 'plain'): Piece {
  return { text, look };
}

/** Each character one column wide; what is not becomes a question mark. */
export function narrow(text: string, { unicode }: Glyphs): string {
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code >= 0x20 && code < 0x7f) out += char;
    else if (!unicode && char === '…') out += '~';
    else out += unicode && code < 0x10000 && widthOf(code) === 1 ? char : '?';
  }
  return out;
}

/** `text` in exactly `cols` columns: padded, or cut with a mark at its end. */
export function fit(text: string, cols: number, glyphs: Glyphs): string {
  const flat = narrow(text, glyphs);
  if (flat.length <= cols) return flat.padEnd(cols);
  return cols <= 1 ? flat.slice(0, Math.max(cols, 0)) : `${flat.slice(0, cols - 1)}${glyphs.unicode ? '…' : '~'}`;
}

/** A line as the widget library takes it: text with SGR, at most `cols` columns. */
export function rendered(line: Line, cols: number, glyphs: Glyphs): string {
  let left = cols;
  let out = '';
  for (const { text, look } of line) {
    if (left <= 0) break;
    const flat = narrow(text, glyphs);
    const shown = flat.length <= left ? flat : fit(flat, left, glyphs);
    out += `\x1b[${SGR[look]}m${shown}\x1b[m`;
    left -= shown.length;
  }
  // The widget library leaves out a line in which there is nothing.
  return out === '' || left === cols ? ' ' : out;
}

/** Pieces in as many lines as they need, none of them cut in two. */
export function wrapped(items: readonly Line[], cols: number): readonly Line[] {
  const lines: Piece[][] = [[]];
  let used = 0;
  for (const item of items) {
    const width = item.reduce((sum, { text }) => sum + text.length, 0);
    if (used > 0 && used + 2 + width > cols) {
      lines.push([]);
      used = 0;
    }
    const gap = used > 0 ? [piece('  ')] : [];
    lines.at(-1)!.push(...gap, ...item);
    used += width + gap.length * 2;
  }
  return lines;
}
