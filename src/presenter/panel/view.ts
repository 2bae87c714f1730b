/** What the panel shows and what it can do: plain data, so that it can be drawn and tested without a session. */
import type { Role } from '../../core/events.js';
import type { SessionState } from '../../core/session.js';

/** One who is here. */
export interface PanelPerson {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly client: string;
  readonly addr: string;
  readonly state: 'waiting' | 'watching' | 'asking' | 'control';
  readonly muted: boolean;
  /** As `COLSxROWS`. */
  readonly sees: string;
  readonly lagMs: number | null;
  /** Sent to him, in bytes a second. */
  readonly rate: number;
  /** ISO time of joining; since when he asks for control. */
  readonly since: string;
  readonly askedAt: string | null;
}

export interface PanelView extends SessionState {
  /** Masked matches on the screen, by rule. */
  readonly maskedRules: Readonly<Record<string, number>>;
  /** Characters that were printed and are never searched for secrets. */
  readonly unsearched: number;
  /** The ssh line, with the secret part shortened. */
  readonly watch: string;
  /** ISO time at which the link ends. */
  readonly expires: string;
  /** Size of the shared terminal, as `COLSxROWS`. */
  readonly size: string;
  readonly recording: boolean;
  readonly lastChat: { readonly name: string; readonly text: string } | null;
  readonly people: readonly PanelPerson[];
}

/** What the presenter can have done. `who` is an id. */
export type Act =
  | { readonly kind: 'give'; readonly who: string; readonly ms: number | null }
  | { readonly kind: 'admit' | 'deny' | 'mute' | 'unmute' | 'kick' | 'ban'; readonly who: string }
  | { readonly kind: 'take' | 'copy' | 'link' | 'record' | 'pause' | 'mark' | 'hide' | 'unshare' };
