/**
 * What happens in a session, as the log and `--json` tell it. Events hold ids, names and counts: never screen text,
 * keys, tokens or secrets.
 */

import type { Ballot, Outcome } from './vote.js';

export type Role = 'observer' | 'peer';

/** One who watches, as told to others. `name` went through `printable()`. */
export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly addr: string;
  readonly role: Role;
  /** The client's own words about itself (its SSH ident), printable, 64 characters at most. */
  readonly client: string;
}

export type ControlMode = 'full' | 'suggest';

export type SessionEvent =
  | { readonly type: 'join'; readonly participant: Participant }
  | { readonly type: 'leave'; readonly participant: Participant; readonly reason: string }
  | { readonly type: 'rename'; readonly participant: Participant; readonly before: string }
  /** His terminal has another size. */
  | { readonly type: 'resize'; readonly participant: Participant; readonly cols: number; readonly rows: number }
  /** His side began to be slow, or is no longer. */
  | { readonly type: 'lag'; readonly participant: Participant; readonly ms: number }
  | { readonly type: 'refuse'; readonly addr: string; readonly reason: string; readonly count?: number }
  | { readonly type: 'request'; readonly participant: Participant; readonly withdrawn?: boolean }
  | {
      readonly type: 'grant';
      readonly participant: Participant;
      readonly lease: { readonly id: string; readonly until: string };
      readonly mode: ControlMode;
      /** He had it already: it goes on. */
      readonly extended?: boolean;
    }
  | {
      readonly type: 'revoke' | 'expire' | 'preempt';
      readonly participant: Participant;
      readonly lease: { readonly id: string; readonly until: string };
    }
  /** What became of a line that he suggested. */
  | { readonly type: 'suggest'; readonly participant: Participant; readonly accepted: boolean }
  | { readonly type: 'approve' | 'deny'; readonly participant: Participant }
  | { readonly type: 'kick'; readonly participant: Participant; readonly banned?: boolean }
  | { readonly type: 'mute'; readonly participant: Participant; readonly muted: boolean }
  | VoteEvent
  /** Somebody said something; `participant` is missing when it was the presenter. What he said is not told. */
  | { readonly type: 'chat'; readonly participant?: Participant }
  | { readonly type: 'pause'; readonly program?: string }
  | { readonly type: 'resume' }
  /** A limit of the session comes near. */
  | { readonly type: 'ending'; readonly reason: EndReason; readonly at: string }
  /** The presenter marked a moment, in the recording too when there is one. */
  | { readonly type: 'mark'; readonly text: string }
  | { readonly type: 'record'; readonly on: boolean }
  | { readonly type: 'link'; readonly jti: string; readonly revoked?: boolean }
  | { readonly type: 'redact'; readonly count: number; readonly rules: Readonly<Record<string, number>> }
  /** Rule files changed and were read again. `kept`: they have faults, `file:line:column: what`, and the old rules stay. */
  | {
      readonly type: 'redact';
      readonly reload: 'taken' | 'kept';
      readonly loaded?: { readonly rules: number; readonly values: number };
      readonly faults?: readonly string[];
    }
  /** So many characters were printed, in all, that are never searched for secrets: that took too long, again and again. */
  | { readonly type: 'redact'; readonly unsearched: number }
  /** The presenter wanted gone what stood on the screen, and what waited to be shown. */
  | { readonly type: 'panic' }
  /** Observers see a sentence instead of the picture: the search for secrets takes too long, or fails; `over`: it works again. */
  | { readonly type: 'withheld'; readonly reason: 'budget' | 'fault' | 'over' }
  | { readonly type: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly type: 'fault'; readonly part: 'screen' | 'edge' | 'recording' | 'log'; readonly count: number }
  /** `code`: the status of the program; 128 and the signal's number when a signal ended it. */
  | { readonly type: 'end'; readonly code: number };

/** Why a session ends by itself: nobody came, nothing happened, its time is over. */
export type EndReason = 'join-timeout' | 'idle-timeout' | 'max-duration';

/** What is voted on: whether somebody is given control, or whether a command is run. */
export type VoteAbout = 'grant' | 'propose';

/** One step of a vote: it opens, one voter speaks or abstains, it is decided. */
export interface VoteEvent {
  readonly type: 'vote';
  readonly vote: string;
  readonly about: VoteAbout;
  readonly step: 'open' | 'cast' | 'end';
  /** Who is to be given control (`open`), or whose vote it is (`cast`). */
  readonly participant?: Participant;
  /** Ids of those who may vote (`open`). */
  readonly voters?: readonly string[];
  readonly ballot?: Exclude<Ballot, null>;
  readonly outcome?: Outcome;
  /** Votes by kind (`end`). */
  readonly votes?: { readonly yes: number; readonly no: number; readonly abstain: number };
}

/** A {@link SessionEvent} as it is written: version, ISO time, session id. */
export type LoggedEvent = { readonly v: 1; readonly t: string; readonly session: string } & SessionEvent;
