/** What can be seen of a row, cell by cell: a blank that was written is the same as one that never was. */
import type { Frame } from '../../src/core/frame.js';

type FrameRow = Frame['rows'][number];

/** One entry a cell: its text, width, colours and line. */
export function looks(row: FrameRow): string[] {
  return Array.from({ length: row.cols }, (_, x) => {
    const [, fg, bg, line] = row.words.subarray(x * 4, x * 4 + 4);
    return `${row.text(x) || ' '} ${row.width(x)} ${fg} ${bg} ${line}`;
  });
}

/** How many cells of two rows of one length look different. */
export function differing(a: FrameRow, b: FrameRow): number {
  if (a.equals(b)) return 0;
  const seen = looks(b);
  return looks(a).filter((look, x) => look !== seen[x]).length;
}
