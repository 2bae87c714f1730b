/**
 * The folded form of a text: compatibility characters as their plain ones (NFKD), marks and invisible characters
 * gone, vertical box lines as blanks, runs of blanks as one. What a reader would take for the same is then the same
 * to a pattern. Knows nothing of cells; the caller composes the two maps.
 */

/** A text with, for each of its UTF-16 units, the place it comes from. `map` undefined: the same place. */
export interface Mapped {
  readonly text: string;
  readonly map: Uint16Array | Uint32Array | undefined;
}

const PLAIN = /^[!-~]*(?: [!-~]+)*$/;
const ASCII = /^[ -~]*$/;
const INVISIBLE = /[\p{M}\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]/gu;
const HIDDEN = /[\p{Cf}\u115f\u1160\u3164\uffa0]/gu;
/** A character with the marks and invisible ones behind it. */
const LETTER = /.[\p{M}\p{Cf}]*/gsu;
/** Box-drawing characters with a vertical stroke: the borders of tmux panes, boxes and tables. */
const BOX_VERTICAL =
  /[\u2502\u2503\u2506\u2507\u250a\u250b\u250c-\u254b\u254e-\u2551\u2552-\u256c\u2570\u256d-\u256f\u23b8\u23b9\u258f\u2590\u2595]/gu;

/** Folds `text`. Texts that are folded already come back as they are. */
export function foldText(text: string): Mapped {
  if (PLAIN.test(text)) return { text, map: undefined };
  return ASCII.test(text) ? collapse(text) : foldAll(text);
}

/**
 * `text` without what is invisible, and with marks as parts of their letters (NFC) or else gone: for patterns that are
 * not ASCII themselves, which the folded form would not match. ASCII and texts of which that is true come back as they
 * are.
 */
export function composeText(text: string): Mapped {
  if (ASCII.test(text)) return { text, map: undefined };
  const map: number[] = [];
  let out = '';
  let at = 0;
  for (const [letter] of text.matchAll(LETTER)) {
    const composed = letter.replace(HIDDEN, '').normalize('NFC');
    const plain = [...composed].length > 1 ? composed.replace(/\p{M}/gu, '') : composed;
    for (let i = 0; i < plain.length; i++) map.push(at);
    out += plain;
    at += letter.length;
  }
  return out === text ? { text, map: undefined } : { text: out, map: Uint32Array.from(map) };
}

/** Runs of blanks as one: the rest of ASCII is folded already. */
function collapse(text: string): Mapped {
  const map = new Uint32Array(text.length);
  let out = '';
  let size = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === 0x20 && text.charCodeAt(i - 1) === 0x20) {
      out += text.slice(start, i);
      start = i + 1;
    } else map[size++] = i;
  }
  return { text: out + text.slice(start), map: map.subarray(0, size) };
}

function foldAll(text: string): Mapped {
  const map: number[] = [];
  let out = '';
  let at = 0;
  for (const char of text) {
    for (const unit of foldChar(char)) {
      if (unit === ' ' && out.endsWith(' ')) continue;
      out += unit;
      map.push(at);
    }
    at += char.length;
  }
  return { text: out, map: Uint32Array.from(map) };
}

/** The UTF-16 units of one folded character. */
function foldChar(char: string): string[] {
  if (char >= ' ' && char <= '~') return [char];
  // A line end or tab separates as a blank does; other controls and invisible characters vanish.
  if (char === '\n' || char === '\t') return [' '];
  return char.normalize('NFKD').replace(INVISIBLE, '').replace(BOX_VERTICAL, ' ').replace(/\s/gu, ' ').split('');
}
