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
/** Blanks between the left and the right part. */
const MIN_GAP = 2;

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
  const right = rightPart(input);
  const room = cols - right.length - 1 - MIN_GAP;
  const full = leftPart(input);
  // Who sees a part only has to know which: the hints give way to it.
  const left = full.length > room && input.part !== null && input.note === null ? leftHead(input) : full;
  const line = left.length <= room ? `${left.padEnd(room + MIN_GAP)}${right} ` : full;
  return printable(line, cols).padEnd(cols);
}

/** Mode and name alone. */
function leftHead({ state, self, nowMs }: StatusInput): string {
  const name = printable(state.name, MAX_NAME);
  const { control } = state;
  return control?.id === self ? ` CONTROL ${countdown(control.untilMs - nowMs)}  ${name}` : ` ● LIVE  ${name}`;
}

function leftPart(input: StatusInput): string {
  const { state, self, asking, note, nowMs } = input;
  const mine = state.control?.id === self;
  const prompt = state.echoOff ? 'password prompt · ' : '';
  const words = note ?? (mine ? 'you are typing · C-\\ . gives it back' : middle(state, asking, nowMs));
  return `${leftHead(input)} · ${prompt}${words}`;
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
