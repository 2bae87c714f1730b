/** The sequences that undo what a program may have left on in a terminal. */

/** What must be known, because undoing it when it is not on would do harm. */
export interface LeftOn {
  /** Leaving the alternate screen moves the cursor, so it is left only when it is shown. */
  readonly alternate: boolean;
}

/** Kitty's key flags (the whole stack), modifyOtherKeys, then mouse tracking with all encodings, focus and paste. */
const INPUT = '\x1b[<9u\x1b[>4;0m\x1b[?9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2004l\x1b[?1l\x1b>';
/**
 * Synchronised output off; scroll region, origin mode, autowrap, insert mode, character sets. Setting the region and
 * resetting origin mode take the cursor home, so the region is set with the cursor saved, and origin mode, which comes
 * back with the cursor, is left to the soft reset (DECSTR), which moves nothing.
 */
const SCREEN = '\x1b[?2026l\x1b7\x1b[r\x1b8\x1b[!p\x1b[?7h\x1b[4l\x1b(B\x0f';
/** Shown, in the user's own shape, and plain text. */
const CURSOR = '\x1b[?25h\x1b[0 q\x1b[m';
const ALTERNATE = '\x1b[?1049l';

/** Everything undone, in an order that leaves the cursor where it is. */
export function undo({ alternate }: LeftOn): string {
  return INPUT + (alternate ? ALTERNATE : '') + SCREEN + CURSOR;
}
