/**
 * What happens in a session, as the log and `--json` tell it. Events hold ids, names and counts: never screen text,
 * keys, tokens or secrets.
 */

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
  | { readonly type: 'refuse'; readonly addr: string; readonly reason: string; readonly count?: number }
  | { readonly type: 'request'; readonly participant: Participant; readonly withdrawn?: boolean }
  | {
      readonly type: 'grant';
      readonly participant: Participant;
      readonly lease: { readonly id: string; readonly until: string };
      readonly mode: ControlMode;
    }
  | {
      readonly type: 'revoke' | 'expire' | 'preempt';
      readonly participant: Participant;
      readonly lease: { readonly id: string; readonly until: string };
    }
  | { readonly type: 'approve' | 'deny' | 'kick'; readonly participant: Participant }
  | { readonly type: 'link'; readonly jti: string; readonly revoked?: boolean }
  | { readonly type: 'redact'; readonly count: number; readonly rules: Readonly<Record<string, number>> }
  /** Rule files changed and were read again. `kept`: they have faults, `file:line:column: what`, and the old rules stay. */
  | {
      readonly type: 'redact';
      readonly reload: 'taken' | 'kept';
      readonly loaded?: { readonly rules: number; readonly values: number };
      readonly faults?: readonly string[];
    }
  /** The presenter wanted gone what stood on the screen, and what waited to be shown. */
  | { readonly type: 'panic' }
  /** Observers get nothing new: the search for secrets failed or took too long; `over`: it works again. */
  | {
      readonly type: 'withheld';
      readonly reason: 'budget' | 'fault' | 'over';
      /** Screens in a row. */
      readonly times: number;
      /** Observers see a sentence instead of the old picture. */
      readonly placeholder: boolean;
    }
  | { readonly type: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly type: 'fault'; readonly part: 'screen' | 'edge'; readonly count: number }
  | { readonly type: 'end'; readonly code: number };

/** A {@link SessionEvent} as it is written: version, ISO time, session id. */
export type LoggedEvent = { readonly v: 1; readonly t: string; readonly session: string } & SessionEvent;
