/** What all observers of a session are told beside the picture: plain data, replaced as a whole when it changes. */

export interface ControlState {
  /** Participant who may type. */
  readonly id: string;
  readonly name: string;
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
}

export const NO_INPUT_MODES: InputModes = {
  applicationCursor: false,
  applicationKeypad: false,
  bracketedPaste: false,
  mouse: 0,
  mouseEncoding: 0,
  focus: false,
};

export interface SessionState {
  /** Name of the session, printable. */
  readonly name: string;
  readonly startedMs: number;
  readonly watching: number;
  readonly readOnly: boolean;
  readonly control: ControlState | null;
  /** Secrets that stand masked on the screen now. */
  readonly masked: number;
  /** The program reads a line without showing it: most likely a password. */
  readonly echoOff: boolean;
  readonly modes: InputModes;
}

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
  // Pixels of another terminal mean nothing here: cells are asked for instead.
  const cells = (modes: InputModes) => modes.mouse !== 0 && modes.mouseEncoding !== 0;
  if (cells(from) !== cells(to)) out += set(1006, cells(to));
  return out;
}
