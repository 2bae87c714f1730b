/** What all observers of a session are told beside the picture: plain data, replaced as a whole when it changes. */
import type { ControlMode, VoteAbout } from './events.js';
import type { Ballot } from './vote.js';

export interface ControlState {
  /** Participant who may type. */
  readonly id: string;
  readonly name: string;
  readonly mode: ControlMode;
  /** End by the wall clock, milliseconds since 1970. */
  readonly untilMs: number;
}

/** What the program asked the terminal to send: mirrored to who has control, undone after. */
export interface InputModes {
  /** DECCKM: arrows send `ESC O` instead of `ESC [`. */
  readonly applicationCursor: boolean;
  /** DECKPAM. */
  readonly applicationKeypad: boolean;
  readonly bracketedPaste: boolean;
  /** 0 none, else the DEC mode: 9, 1000, 1002, 1003. */
  readonly mouse: 0 | 9 | 1000 | 1002 | 1003;
  /** How positions are told: 0 one byte each, else the DEC mode 1006 (SGR) or 1016 (SGR, pixels). */
  readonly mouseEncoding: 0 | 1006 | 1016;
  /** DEC mode 1004. */
  readonly focus: boolean;
  /** Flags of kitty's keyboard protocol; 0 for none. */
  readonly kitty: number;
  /** xterm's modifyOtherKeys, 0 to 2. */
  readonly otherKeys: number;
}

export const NO_INPUT_MODES: InputModes = {
  applicationCursor: false,
  applicationKeypad: false,
  bracketedPaste: false,
  mouse: 0,
  mouseEncoding: 0,
  focus: false,
  kitty: 0,
  otherKeys: 0,
};

/** A vote that is open. */
export interface VoteState {
  readonly id: string;
  readonly about: VoteAbout;
  /** The command, or the name of who is to have control: printable and redacted. */
  readonly text: string;
  readonly voters: readonly { readonly id: string; readonly name: string; readonly ballot: Ballot }[];
  /** Yes votes that it takes at least. */
  readonly quorum: number;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** The line that a peer composes in mode `suggest`, printable and redacted. */
export interface SuggestionState {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** He is done: the presenter's Enter sends it. */
  readonly ready: boolean;
}

/** Lines of the conversation that are kept for those who ask what was said. */
export const CHAT_KEPT = 50;

/** One line of the conversation, printable and redacted. */
export interface ChatLine {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** A cell that somebody points at, by column and row of the frame. */
export interface Pointer {
  readonly id: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface SessionState {
  /** Name of the session, printable. */
  readonly name: string;
  readonly startedMs: number;
  readonly watching: number;
  readonly readOnly: boolean;
  readonly control: ControlState | null;
  /** Who typed into the program a moment ago. */
  readonly typing: { readonly id: string; readonly name: string } | null;
  readonly suggestion: SuggestionState | null;
  readonly vote: VoteState | null;
  /** Since when nothing is shown, in milliseconds since 1970; null while it is. */
  readonly pausedMs: number | null;
  /** When the session ends by itself, once that is near; milliseconds since 1970. */
  readonly endsMs: number | null;
  /** How many wait to be let in. */
  readonly waiting: number;
  /** Observers may say something; may point at cells. */
  readonly mayChat: boolean;
  readonly mayPoint: boolean;
  /** Ids of those who may do nothing but watch. */
  readonly muted: readonly string[];
  /** Secrets that stand masked on the screen now. */
  readonly masked: number;
  /** Something stands on the screen that is not shown because it cannot be seen. */
  readonly hidden: boolean;
  /** The program reads a line without showing it: most likely a password. */
  readonly echoOff: boolean;
  readonly modes: InputModes;
}

/**
 * Input modes off, whatever was on: an earlier visit whose connection broke could not undo them. What kitty's protocol
 * keeps belongs to the alternate screen (its stack is one of each screen), and is left with that.
 */
export const INPUT_MODES_OFF =
  '\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[>4m';

/** What brings a terminal from input modes `from` to `to` (xterm ctlseqs, "DEC Private Mode Set"). */
export function inputModeChange(from: InputModes, to: InputModes): string {
  const set = (mode: number, on: boolean) => `\x1b[?${mode}${on ? 'h' : 'l'}`;
  let out = '';
  if (from.applicationCursor !== to.applicationCursor) out += set(1, to.applicationCursor);
  if (from.applicationKeypad !== to.applicationKeypad) out += to.applicationKeypad ? '\x1b=' : '\x1b>';
  if (from.bracketedPaste !== to.bracketedPaste) out += set(2004, to.bracketedPaste);
  if (from.focus !== to.focus) out += set(1004, to.focus);
  if (from.mouse !== to.mouse) {
    if (from.mouse !== 0) out += set(from.mouse, false);
    if (to.mouse !== 0) out += set(to.mouse, true);
  }
  if (from.otherKeys !== to.otherKeys) out += `\x1b[>4;${to.otherKeys}m`;
  if (from.kitty !== to.kitty) out += kittyChange(from.kitty, to.kitty);
  // Pixels of another terminal mean nothing here: cells are asked for instead.
  const cells = (modes: InputModes) => modes.mouse !== 0 && modes.mouseEncoding !== 0;
  if (cells(from) !== cells(to)) out += set(1006, cells(to));
  return out;
}

/** One entry on the stack of his terminal, taken off again: what was there before is there after. */
function kittyChange(from: number, to: number): string {
  if (to === 0) return '\x1b[<1u';
  return from === 0 ? `\x1b[>${to}u` : `\x1b[=${to};1u`;
}
