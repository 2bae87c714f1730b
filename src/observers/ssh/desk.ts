/** What an observer reaches of the session: the picture, what is told beside it, and where his wishes go. */
import type { Room } from '../../core/room.js';
import type { ChatLine, Pointer, SessionState } from '../../core/session.js';

/** Handed over by the roof. Wishes are decided elsewhere. */
export interface Desk {
  readonly room: Room;
  state(): SessionState;
  /** The last lines that were said, the oldest first. */
  chat(): readonly ChatLine[];
  pointers(): readonly Pointer[];
  ask(id: string): void;
  withdraw(id: string): void;
  giveBack(id: string): void;
  /** To the one gate for keys. */
  press(id: string, keys: Uint8Array): void;
  name(id: string, name: string): void;
  suggest(id: string, text: string, ready: boolean): void;
  vote(id: string, yes: boolean): void;
  say(id: string, text: string): void;
  /** He points at a cell of the frame; null: no longer. */
  point(id: string, cell: { readonly x: number; readonly y: number } | null): void;
  /** Asks for the roster, which comes to `Observer.showRoster`. */
  who(id: string): void;
  /** His side has become slow, or well again: so many ms behind. */
  lag(id: string, ms: number): void;
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Monotonic milliseconds: what is measured here, however the wall clock is set. */
  readonly steady: () => number;
}
