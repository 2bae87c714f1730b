/**
 * Says of rows whether something stands in them that observers are not shown because it cannot be seen: characters that
 * steer, reorder or fill, and marks piled up. The presenter's terminal may show more, or other text, than they see.
 */
import { CELL_WORDS, CLUSTER, CODE_POINT_MASK, GLYPH, type Row } from './cells.js';
import { fillsCell, printableCell } from './printable.js';

const known = new WeakMap<Row, boolean>();

/** True when a cell of the row loses a character on its way to observers. Remembered by row. */
export function hidesText(row: Row): boolean {
  let hides = known.get(row);
  if (hides === undefined) {
    hides = hasHiddenCell(row.words) || [...row.clusters.values()].some((text) => printableCell(text) !== text);
    known.set(row, hides);
  }
  return hides;
}

/** A cell of one character that may not be drawn; code point 0 is a cell that was never written. */
function hasHiddenCell(words: Uint32Array): boolean {
  for (let at = GLYPH; at < words.length; at += CELL_WORDS) {
    const glyph = words[at]!;
    const code = glyph & CODE_POINT_MASK;
    if (code > 0x7e && (glyph & CLUSTER) === 0 && !fillsCell(code)) return true;
  }
  return false;
}
