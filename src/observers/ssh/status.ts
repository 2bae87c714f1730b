/**
 * The observer's status line: which words stand in it, for a given width. Pure; drawn by observer.ts, never part of a
 * frame. Mode is told by a word and a sign, never by colour alone.
 */

import type { Size } from '../../core/cells.js';
import { printable } from '../../core/printable.js';
import type { SessionState } from '../../core/session.js';
import type { Viewport } from '../../core/viewport.js';

export interface StatusInput {
  readonly state: SessionState;
  /** His own participant id. */
  readonly self: string;
  readonly asking: boolean;
  /** Something to tell for a moment instead of the usual middle, e.g. after a key that does nothing. */
  readonly note: string | null;
  /** The part shown, when it is not the whole frame. */
  readonly part: { readonly viewport: Viewport; readonly frame: Size } | null;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
}

/** Names longer than this leave no room for the rest. */
const MAX_NAME = 24;

/** Minutes and seconds of a countdown, rounded up so that 00:00 means over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Hours, minutes and seconds of a length of time. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The line, at most `cols` characters: what is on the left, what is on the right, blanks between. */
export function statusLine(input: StatusInput, cols: number): string {
  const left = leftPart(input);
  const right = rightPart(input);
  const gap = cols - left.length - right.length - 1;
  const line = gap >= 2 ? `${left}${' '.repeat(gap)}${right} ` : left;
  return printable(line, cols).padEnd(cols);
}

function leftPart({ state, self, asking, note, nowMs }: StatusInput): string {
  const name = printable(state.name, MAX_NAME);
  const { control } = state;
  if (control?.id === self) {
    const words = note ?? 'you are typing · C-\\ . gives it back';
    return ` CONTROL ${countdown(control.untilMs - nowMs)}  ${name} · ${words}`;
  }
  const words = note ?? middle(state, asking, nowMs);
  return ` ● LIVE  ${name} · ${words}`;
}

function middle(state: SessionState, asking: boolean, nowMs: number): string {
  if (state.control !== null) {
    return `${printable(state.control.name, MAX_NAME)} has control ${countdown(state.control.untilMs - nowMs)}`;
  }
  if (asking) return 'asked for control… (r cancels)';
  return `${state.watching} watching${state.readOnly ? '' : ' · r ask control'}`;
}

function rightPart({ state, self, part }: StatusInput): string {
  if (part !== null) {
    const { viewport: view, frame } = part;
    return `view ${view.cols}x${view.rows}+${view.x}+${view.y} of ${frame.cols}x${frame.rows}`;
  }
  const masked = state.masked > 0 ? `${state.masked} masked · ` : '';
  return state.control?.id === self ? masked.slice(0, -3) : `${masked}? help · q quit`;
}
