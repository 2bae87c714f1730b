/**
 * What can go wrong, as a closed list of codes. The message is for the presenter (what, where, what to do);
 * observers are told {@link WORDS} and nothing else.
 */

export type ErrorCode =
  | 'CONFIG' // the settings or the rules are wrong
  | 'USAGE' // a flag or argument is wrong
  | 'NO_SESSION' // the session named does not run
  | 'REFUSED' // asked for something that may not be
  | 'TIMEOUT'
  | 'BUDGET' // masking one screen took too long: nothing of it is shown
  | 'PORT_TAKEN'
  | 'KEY_FILE' // a key file is unreadable, too open, or not a key
  | 'NOT_A_TTY'
  | 'SPAWN' // the program could not be started
  | 'FAILED'; // anything else that lectern did not do

/** Exit code of a command that ends with such an error (sysexits.h for 78). `present` maps all but CONFIG and USAGE to 125. */
export const EXIT: Readonly<Record<ErrorCode, number>> = {
  CONFIG: 78,
  USAGE: 2,
  NO_SESSION: 4,
  REFUSED: 3,
  TIMEOUT: 5,
  BUDGET: 1,
  PORT_TAKEN: 1,
  KEY_FILE: 1,
  NOT_A_TTY: 1,
  SPAWN: 1,
  FAILED: 1,
};

/** An expected failure. `message` is one line without a stop at its end being required; it never holds a secret. */
export class LecternError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'LecternError';
    this.code = code;
  }
}

/** Why somebody may not come in. Unknown, malformed and forgotten codes are one case: nothing tells them apart. */
export type Refusal = 'unknown' | 'expired' | 'used' | 'revoked' | 'key' | 'full' | 'ended' | 'denied' | 'busy';

/** Why somebody is sent away. */
export type Farewell =
  | 'full'
  | 'replaced'
  | 'kicked'
  | 'revoked'
  | 'denied'
  | 'ended'
  | 'unshared'
  | 'protocol'
  | 'timeout';

/** The one sentence that an observer is told, by code. */
export const WORDS: Readonly<Record<Refusal | Farewell, string>> = {
  unknown: 'lectern: this link is not valid. Ask the presenter for a new one.',
  expired: 'lectern: this link has expired. Ask the presenter for a new one.',
  used: 'lectern: this link was already used. Ask the presenter for a new one.',
  revoked: 'lectern: this link was revoked. Ask the presenter for a new one.',
  key: "lectern: this session wants one of the presenter's listed SSH keys, and none of yours is listed.",
  full: 'lectern: this session is full. Try again later.',
  ended: 'lectern: this session has ended.',
  denied: 'lectern: the presenter did not let you in.',
  busy: 'lectern: too many connections. Try again in a moment.',
  replaced: 'lectern: you came in again with the same key.',
  kicked: 'lectern: the presenter ended your visit.',
  unshared: 'lectern: the presenter stopped sharing.',
  protocol: 'lectern: this client broke the rules of the connection.',
  timeout: 'lectern: the connection was idle for too long.',
};
