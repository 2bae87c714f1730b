/**
 * Signed tickets, for what crosses machines: a watch ticket opens a session, a control ticket proves a lease of the
 * keyboard. One algorithm, one type each, fixed here: nothing in a ticket chooses how it is checked.
 * It knows nothing of links, sessions or where the key is kept.
 */
import { type CryptoKey, importJWK, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { JWTExpired } from 'jose/errors';
import type { ControlMode, Role } from '../core/events.js';

const ALGORITHM = 'EdDSA';
const ISSUER = 'lectern';
const WATCH_TYPE = 'lectern+jwt';
const CONTROL_TYPE = 'lectern-lease+jwt';
/** Real tickets are under 500 characters; anything much longer is not parsed. */
const TICKET_MAX = 2048;
const MS = 1000;

/** The Ed25519 key as `ticket.jwk` holds it (RFC 8037). */
export interface TicketJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** Public part, base64url. */
  readonly x: string;
  /** SECRET part, base64url. */
  readonly d: string;
}

/** Times are Unix seconds, as RFC 7519 has them. */
export interface WatchTicket {
  /** Session that it opens; `aud` on the wire. */
  readonly sid: string;
  /** For whom it was made: free words of the issuer. */
  readonly sub: string;
  readonly jti: string;
  readonly role: Role;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
}

/** `sub` is the participant's id. */
export interface ControlTicket {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly mode: ControlMode;
  readonly exp: number;
}

/** `expired` is only said of tickets whose signature is right; everything else that is wrong is `unknown`. */
export type Verdict<T> =
  | { readonly kind: 'good'; readonly ticket: T }
  | { readonly kind: 'refused'; readonly reason: 'expired' | 'unknown' };

/** What a check needs beside the ticket: the session it must be for, and the time in Unix milliseconds. */
export interface Expected {
  readonly sid: string;
  readonly now: number;
  /** How far the issuer's clock may be off, in ms; default 0, for tickets that stay on one machine. */
  readonly leewayMs?: number;
}

/** Signs tickets with one key, and checks those that it signed. */
export class TicketOffice {
  readonly #signing: CryptoKey;
  readonly #checking: CryptoKey;

  private constructor(signing: CryptoKey, checking: CryptoKey) {
    this.#signing = signing;
    this.#checking = checking;
  }

  static async open(jwk: TicketJwk): Promise<TicketOffice> {
    const { kty, crv, x, d } = jwk;
    const [signing, checking] = await Promise.all([
      importJWK({ kty, crv, x, d }, ALGORITHM),
      importJWK({ kty, crv, x }, ALGORITHM),
    ]);
    return new TicketOffice(signing as CryptoKey, checking as CryptoKey);
  }

  mintWatch(ticket: WatchTicket): Promise<string> {
    const { sid, sub, jti, role, iat, nbf, exp } = ticket;
    return this.#sign(WATCH_TYPE, { iss: ISSUER, aud: sid, sub, jti, role, iat, nbf, exp });
  }

  mintControl({ sub, sid, jti, mode, exp }: ControlTicket): Promise<string> {
    return this.#sign(CONTROL_TYPE, { sub, sid, jti, mode, exp });
  }

  /** Never throws, whatever `token` is. */
  async verifyWatch(token: string, expected: Expected): Promise<Verdict<WatchTicket>> {
    const options = {
      typ: WATCH_TYPE,
      issuer: ISSUER,
      audience: expected.sid,
      requiredClaims: ['sub', 'jti', 'role', 'iat', 'nbf', 'exp'],
    };
    return this.#verify(token, expected, options, (claims) => watchTicket(claims, expected.sid));
  }

  /** Never throws, whatever `token` is. */
  async verifyControl(token: string, expected: Expected): Promise<Verdict<ControlTicket>> {
    const options = { typ: CONTROL_TYPE, requiredClaims: ['sub', 'sid', 'jti', 'mode', 'exp'] };
    return this.#verify(token, expected, options, (claims) => controlTicket(claims, expected.sid));
  }

  #sign(typ: string, claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ }).sign(this.#signing);
  }

  async #verify<T>(
    token: string,
    { now, leewayMs = 0 }: Expected,
    options: JWTVerifyOptions,
    read: (claims: JWTPayload) => T | null,
  ): Promise<Verdict<T>> {
    if (token.length > TICKET_MAX) return { kind: 'refused', reason: 'unknown' };
    const clock = { currentDate: new Date(now), clockTolerance: leewayMs / MS };
    try {
      const { payload } = await jwtVerify(token, this.#checking, { ...options, ...clock, algorithms: [ALGORITHM] });
      const ticket = read(payload);
      return ticket === null ? { kind: 'refused', reason: 'unknown' } : { kind: 'good', ticket };
    } catch (error) {
      return { kind: 'refused', reason: error instanceof JWTExpired ? 'expired' : 'unknown' };
    }
  }
}

function watchTicket(claims: JWTPayload, sid: string): WatchTicket | null {
  const { sub, jti, role, iat, nbf, exp } = claims;
  if (typeof sub !== 'string' || typeof jti !== 'string') return null;
  if (role !== 'observer' && role !== 'peer') return null;
  // A ticket for several audiences is not one of ours, even when this session is among them.
  if (claims.aud !== sid) return null;
  return { sid, sub, jti, role, iat: iat!, nbf: nbf!, exp: exp! };
}

function controlTicket(claims: JWTPayload, sid: string): ControlTicket | null {
  const { sub, jti, mode, exp } = claims;
  if (typeof sub !== 'string' || typeof jti !== 'string' || claims['sid'] !== sid) return null;
  if (mode !== 'full' && mode !== 'suggest') return null;
  return { sub, sid, jti, mode, exp: exp! };
}
