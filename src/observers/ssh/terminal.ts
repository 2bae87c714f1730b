/** What a client says of its terminal and environment, cut to what we take. Pure; knows no channel. */

import { MAX_COLS, MAX_ROWS, type Size } from '../../core/cells.js';

/** `ssh -tt </dev/null` and dbclient without a terminal say 0x0. */
const FALLBACK: Size = { cols: 80, rows: 24 };
/** Less than two columns or rows hold no picture. */
const MIN_CELLS = 2;

const TERM = /^[\w.+-]{1,32}$/;
const FALLBACK_TERM = 'xterm';

/** Variables that are kept. All others are ignored. */
const KEPT = /^(?:LECTERN_STATUS|LECTERN_NAME|LANG|LC_[A-Z]{1,20})$/;
const VALUE = /^[\x20-\x7e]{0,64}$/;
/** A name may have letters of all languages; it is made printable where it is used. */
const NAME_VALUE = /^[^\p{Cc}]{0,64}$/u;
/** LANG, twelve LC_* and ours, and some room. */
const MAX_VARIABLES = 20;

/** A size within 2..500 columns and 2..300 rows. A missing side (0) is that of `fallback`. */
export function clampSize(cols: number, rows: number, fallback: Size = FALLBACK): Size {
  return { cols: clamp(cols || fallback.cols, MAX_COLS), rows: clamp(rows || fallback.rows, MAX_ROWS) };
}

function clamp(cells: number, max: number): number {
  return Math.max(MIN_CELLS, Math.min(max, cells));
}

/** A terminal type that can be looked up or printed: anything else is `xterm`. */
export function termName(text: string): string {
  return TERM.test(text) ? text : FALLBACK_TERM;
}

/** True when the variable is one that we take. */
export function keepsVariable(env: ReadonlyMap<string, string>, name: string, value: string): boolean {
  const fits = name === 'LECTERN_NAME' ? NAME_VALUE : VALUE;
  return KEPT.test(name) && fits.test(value) && (env.has(name) || env.size < MAX_VARIABLES);
}
