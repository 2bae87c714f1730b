/**
 * The observer's status line: which words stand in it, for a given width. Pure; drawn by observer.ts, never part of a
 * frame. Mode is told by a word and a sign, never by colour alone.
 */

import type { Size } from '../../core/cells.js';
import { printable } from '../../core/printable.js';
import type { SessionState, SuggestionState, VoteState } from '../../core/session.js';
import type { Viewport } from '../../core/viewport.js';
import { columnsOf, endOf, fitted } from './columns.js';

export interface StatusInput {
  readonly state: SessionState;
  /** His own participant id. */
  readonly self: string;
  readonly asking: boolean;
  /** Something to tell for a moment instead of the usual middle, e.g. after a key that does nothing. */
  readonly note: string | null;
  /** A line that he types at our prompt, with what stands before it. */
  readonly prompt: { readonly label: string; readonly text: string } | null;
  /** The part shown, when it is not the whole frame. */
  readonly part: { readonly viewport: Viewport; readonly frame: Size } | null;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
}

/** Names longer than this leave no room for the rest. */
const MAX_NAME = 24;
/** Of a command that is voted on, so much stands in the line. */
const MAX_COMMAND = 60;
/** Blanks between the left and the right part. */
const MIN_GAP = 2;

/** Minutes and seconds of a countdown, rounded up so that 00:00 means over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Hours, minutes and seconds of a length of time. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The line, in `cols` columns: what is on the left, what is on the right, blanks between. */
export function statusLine(input: StatusInput, cols: number): string {
  if (input.prompt !== null) return promptLine(input, input.prompt, cols);
  const full = leftPart(input);
  const whole = rightPart(input, true);
  // The hints give way first: what was done to the picture is worth more.
  const right = columnsOf(full) + columnsOf(whole) + 1 + MIN_GAP <= cols ? whole : rightPart(input, false);
  const room = cols - columnsOf(right) - 1 - MIN_GAP;
  // Who sees a part only has to know which: the hints give way to it.
  const left = columnsOf(full) > room && input.part !== null && input.note === null ? leftHead(input) : full;
  const line = columnsOf(left) <= room ? `${fitted(left, room + MIN_GAP)}${right} ` : full;
  return fitted(printable(line, cols), cols);
}

/** The end of what is typed is always seen. */
function promptLine(input: StatusInput, { label, text }: { label: string; text: string }, cols: number): string {
  const mode = input.state.control?.id === input.self ? `${leftHead(input)} · ` : ' ';
  const head = `${mode}${label} `;
  const room = Math.max(1, cols - columnsOf(head) - 2);
  return fitted(printable(`${head}${endOf(text, room)}_`, cols), cols);
}

/** Mode and name alone. */
function leftHead({ state, self, nowMs }: StatusInput): string {
  const name = printable(state.name, MAX_NAME);
  const { control } = state;
  if (control?.id !== self) return ` ● LIVE  ${name}`;
  const mode = control.mode === 'full' ? 'CONTROL' : 'SUGGEST';
  return ` ${mode} ${countdown(control.untilMs - nowMs)}  ${name}`;
}

function leftPart(input: StatusInput): string {
  const { state, self, asking, note, nowMs } = input;
  const mine = state.control?.id === self;
  const prompt = state.echoOff ? 'password prompt · ' : '';
  const words = note ?? (mine ? 'you are typing · C-\\ . gives it back' : middle(state, self, asking, nowMs));
  return `${leftHead(input)} · ${prompt}${words}`;
}

function middle(state: SessionState, self: string, asking: boolean, nowMs: number): string {
  if (state.vote !== null) return voteWords(state.vote, self, nowMs);
  if (state.suggestion !== null) return suggestionWords(state.suggestion);
  if (state.control !== null) {
    const { id, name, untilMs } = state.control;
    const typing = state.typing?.id === id ? ', typing' : '';
    return `${printable(name, MAX_NAME)} has control ${countdown(untilMs - nowMs)}${typing}`;
  }
  if (asking) return 'asked for control… (r cancels)';
  if (state.muted.includes(self)) return `${state.watching} watching · muted by the presenter`;
  return `${state.watching} watching${state.readOnly ? '' : ' · r ask control'}`;
}

/** What is asked, by when, how it stands, and whether it is him who is asked. */
function voteWords({ about, text, voters, untilMs }: VoteState, self: string, nowMs: number): string {
  const what = about === 'grant' ? `control for ${printable(text, MAX_NAME)}?` : `run: ${printable(text, MAX_COMMAND)}`;
  const asked = voters.find(({ id }) => id === self)?.ballot === null;
  const yes = voters.filter(({ ballot }) => ballot === 'yes').length;
  const left = countdown(untilMs - nowMs);
  return `VOTE ${yes}/${voters.length} ${left} ${what}${asked ? ' · y yes, n no' : ''}`;
}

function suggestionWords({ name, text, ready }: SuggestionState): string {
  const who = printable(name, MAX_NAME);
  return ready ? `${who} suggests: ${text}` : `${who} composes: ${text}_`;
}

function rightPart({ state, self, part, nowMs }: StatusInput, hints: boolean): string {
  if (part !== null) {
    const { viewport: view, frame } = part;
    return `view ${view.cols}x${view.rows}+${view.x}+${view.y} of ${frame.cols}x${frame.rows}`;
  }
  if (state.endsMs !== null) return `ends in ${countdown(state.endsMs - nowMs)}`;
  const words: string[] = [];
  if (state.masked > 0) words.push(`${state.masked} masked`);
  if (state.hidden) words.push('hidden text removed');
  if (hints && state.control?.id !== self) words.push('? help', 'q quit');
  return words.join(' · ');
}
