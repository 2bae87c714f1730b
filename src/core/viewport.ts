/** Which part of the frame an observer's terminal shows. Pure; observers never resize the presenter, they look at a part. */
import type { Cursor, Size } from './cells.js';

export interface Viewport {
  /** First column and row of the frame that is shown. */
  readonly x: number;
  readonly y: number;
  readonly cols: number;
  readonly rows: number;
}

/** Blank columns kept between the cursor and the edge that it runs into, so that following does not move every key. */
const MARGIN_COLS = 8;

/**
 * The part of a frame that a glass of size `glass` shows.
 * @param before where it was: it moves only when it must.
 * @param following false while the observer pans: then it stays where he put it, within the frame.
 */
export function place(frame: Size, glass: Size, cursor: Cursor, before: Viewport | null, following: boolean): Viewport {
  const cols = Math.min(frame.cols, glass.cols);
  const rows = Math.min(frame.rows, glass.rows);
  const x = along(frame.cols, cols, cursor.x, before?.x ?? 0, following, MARGIN_COLS);
  const y = along(frame.rows, rows, cursor.y, before?.y ?? Math.max(0, cursor.y - rows + 1), following, 0);
  // Text begins at the left: the left edge is shown whenever the cursor can be seen from there.
  const home = following && cursor.x < cols - (frame.cols > cols ? 1 : 0);
  return { x: home ? 0 : x, y, cols, rows };
}

/** One axis: the offset that keeps `at` visible, as near to `before` as it may be. */
function along(whole: number, part: number, at: number, before: number, following: boolean, margin: number): number {
  const max = whole - part;
  const clamp = (offset: number) => Math.min(Math.max(offset, 0), max);
  // In a part too small for the margin the cursor would fall out at the other edge.
  const gap = Math.min(margin, (part - 1) >> 1);
  if (!following) return clamp(before);
  if (at < before) return clamp(at - gap);
  if (at >= before + part) return clamp(at - part + 1 + gap);
  return clamp(before);
}
