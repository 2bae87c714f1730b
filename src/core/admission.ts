/**
 * The question "may this one come in?" and its answers, as the way in (ssh) and the table of links both speak of it.
 * It knows nothing of how keys are verified or where grants are kept.
 */
import type { Refusal } from './errors.js';
import type { Role } from './events.js';

/** A public key whose owner has proven it with a signature. An offered key is not one of these. */
export interface VerifiedKey {
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string;
  /** The key as in an authorized_keys line: base64 of the SSH wire form, with padding. */
  readonly blob: string;
}

/** What a link allows. It holds no token, so that it can be listed and logged. Times are Unix milliseconds. */
export interface Grant {
  /** Public name of the link. */
  readonly jti: string;
  /** The session that it opens. */
  readonly sid: string;
  readonly role: Role;
  readonly issuedAt: number;
  /** From this moment on it admits nobody. */
  readonly endsAt: number;
  readonly uses: 'many' | 'once';
  /** `first`: binds the first key proven; `listed`: wants one of the listed keys. */
  readonly keyPolicy: 'none' | 'first' | 'listed';
  /** Fingerprint that a one-time link belongs to; null before its first use, and for good when that came without a key. */
  readonly boundKey: string | null;
  /** When a one-time link was first used. */
  readonly usedAt: number | null;
  /** False: whoever comes by it sees no status line. */
  readonly status: boolean;
  readonly revokedAt: number | null;
}

export interface Request {
  /** What the client gave as its user name. */
  readonly token: string;
  readonly key: VerifiedKey | null;
  /** True when the client has said that it has no (further) key to prove. */
  readonly exhausted: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** In; or "prove a key, or say that you have no other"; or out, with the reason to tell. */
export type Admission =
  | { readonly kind: 'in'; readonly grant: Grant }
  | { readonly kind: 'key' }
  | { readonly kind: 'refused'; readonly reason: Refusal };
