/**
 * The bytes that make room for a popup on the presenter's terminal, and those that give the terminal back. Over a
 * program on the normal screen the alternate one is shown meanwhile: the terminal itself keeps the normal one, with its
 * scrollback and the marks of wrapped lines. A program on the alternate screen is drawn once more afterwards.
 */
import type { Snapshot } from './snapshot.js';

const SYNC = '\x1b[?2026h';
const SYNC_END = '\x1b[?2026l';
const ALTERNATE = '\x1b[?1049h';
/**
 * Emptied before it is left: tmux 3.3a takes long lines of the alternate screen for lines of the scrollback when the
 * window has become larger meanwhile.
 */
const NORMAL = '\x1b[m\x1b[H\x1b[2J\x1b[?1049l';

/** Shows the picture and lets nothing disturb it. DECSC, which 1049 includes, comes before any mode is changed. */
export function cover(snapshot: Snapshot, hasAlternate: boolean): string {
  if (snapshot.alternate) return snapshot.quiet;
  if (!hasAlternate) return snapshot.quiet + scrolledOut(snapshot) + snapshot.picture;
  return ALTERNATE + snapshot.quiet + snapshot.picture;
}

/**
 * Gives the terminal back as it was at the time of `snapshot`.
 * @param resized the terminal has another size than then: it has dropped its scroll region itself
 */
export function uncover(snapshot: Snapshot, hasAlternate: boolean, resized: boolean): string {
  if (snapshot.alternate || !hasAlternate) return drawnAnew(snapshot);
  const { wake, margins, last, saved, edge } = snapshot;
  return wake + (resized ? '' : margins) + NORMAL + (resized ? '' : saved + edge) + last;
}

/**
 * Brings a terminal that was covered at the time of `before` to `now`, when what was printed in between is not at hand:
 * the screen is right, but lines that scrolled by are not in the terminal's scrollback.
 */
export function replaced(before: Snapshot, now: Snapshot, hasAlternate: boolean): string {
  return (
    switched(before, now, hasAlternate) +
    now.quiet +
    (now.alternate ? '' : scrolledOut(now)) +
    now.shape +
    drawnAnew(now)
  );
}

function switched(before: Snapshot, now: Snapshot, hasAlternate: boolean): string {
  if (before.alternate && now.alternate) return '';
  const normal = before.alternate || hasAlternate ? NORMAL : '';
  return normal + (now.alternate ? ALTERNATE : '');
}

function drawnAnew({ picture, wake, margins, cursor, edge, last }: Snapshot): string {
  return SYNC + picture + wake + margins + cursor + edge + SYNC_END + last;
}

/** What stands on the screen goes up into the scrollback. */
function scrolledOut({ size }: Snapshot): string {
  return `\x1b[r\x1b[${size.rows}H${'\n'.repeat(size.rows)}`;
}
