/**
 * turns of the event loop, for who measures how quickly others answer: what is sent in a turn cannot be answered before
 * it is over, and what is read in a turn was there when it began. With a thousand observers a turn takes longer than
 * the way to most of them and back.
 */

/** Times are milliseconds of the clock that {@link thisTurn} was given. */
export interface Turn {
  /** When it began, at the latest. */
  readonly beganAt: number;
  /** When it was over; null while it is not. */
  readonly overAt: number | null;
}

let current: Turn | null = null;

/** The turn that it is now: the same for all who ask in it. */
export function thisTurn(clock: () => number): Turn {
  if (current !== null) return current;
  const turn: { beganAt: number; overAt: number | null } = { beganAt: clock(), overAt: null };
  current = turn;
  setImmediate(() => {
    turn.overAt = clock();
    current = null;
  });
  return turn;
}

/** What may have gone by between what was sent in `sent` and what was read in `read`, the least of it, in ms. */
export function between(sent: Turn, read: Turn): number {
  return sent.overAt === null ? 0 : Math.max(0, read.beganAt - sent.overAt);
}
