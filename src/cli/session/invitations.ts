/** The links of a session: minted, listed, revoked, and judged where a signed ticket comes along. */
import { newCode, newId } from '../../access/codes.js';
import { type LinkChange, Links, type LinksSnapshot } from '../../access/links.js';
import type { TicketOffice } from '../../access/tickets.js';
import type { Admission, Grant, Request } from '../../core/admission.js';
import { LecternError } from '../../core/errors.js';
import type { LinkRow, LinkTerms, MintedLink } from '../../ops/session-api.js';

export interface InvitationsOptions {
  readonly sid: string;
  readonly tickets: TicketOffice;
  /** Key blobs (base64) of which every observer must prove one; null when no key is asked for. */
  readonly listed: ReadonlySet<string> | null;
  /** Where observers reach the session. */
  readonly host: string;
  readonly port: () => number;
  readonly changed: (change: LinkChange) => void;
}

const MS = 1000;

export class Invitations {
  readonly #options: InvitationsOptions;
  readonly #links: Links;
  readonly #revoked = new Set<string>();

  constructor(options: InvitationsOptions) {
    this.#options = options;
    this.#links = new Links({ listed: options.listed ?? [], onChange: options.changed });
  }

  snapshot(): LinksSnapshot {
    return this.#links.snapshot();
  }

  /** A change that the edge made: a one-time link was used. */
  apply(change: LinkChange): void {
    this.#links.apply(change);
  }

  async mint(terms: LinkTerms): Promise<MintedLink> {
    const { role, ttlMs, once, jwt, status } = terms;
    const issuedAt = Date.now();
    const endsAt = issuedAt + ttlMs;
    const jti = newId();
    const token = jwt ? await this.#sign(jti, role, issuedAt, endsAt) : newCode();
    const { sid, listed } = this.#options;
    this.#links.mint({ token, jti, sid, role, issuedAt, endsAt, once, listed: listed !== null, status });
    return { jti, token, watch: this.#watchLine(token), expires: new Date(endsAt).toISOString() };
  }

  list(): readonly LinkRow[] {
    const now = Date.now();
    return this.#links.list(now).map((grant) => ({
      jti: grant.jti,
      role: grant.role,
      state: stateOf(grant, now),
      once: grant.uses === 'once',
      issued: new Date(grant.issuedAt).toISOString(),
      expires: new Date(grant.endsAt).toISOString(),
      boundKey: grant.boundKey,
    }));
  }

  /** True while a link admits, or admitted, whom it let in: it was not ended before its time. */
  isAlive(jti: string): boolean {
    const now = Date.now();
    return this.#links.list(now).some((grant) => grant.jti === jti && stateOf(grant, now) !== 'revoked');
  }

  /** False when there is no live link of that id. */
  revoke(jti: string): boolean {
    const revoked = this.#links.revoke(jti, Date.now());
    if (revoked) this.#revoked.add(jti);
    return revoked;
  }

  revokeAll(): readonly string[] {
    const jtis = this.#links.revokeAll(Date.now());
    for (const jti of jtis) this.#revoked.add(jti);
    return jtis;
  }

  /**
   * Judges a signed ticket. One that was signed elsewhere with this session's key becomes a link like the others, so
   * that it can be listed and revoked.
   */
  async judge(request: Request): Promise<Admission> {
    const { sid, tickets } = this.#options;
    const verdict = await tickets.verifyWatch(request.token, { sid, now: request.now });
    if (verdict.kind === 'refused') return verdict;
    const known = this.#links.admit(request);
    if (known.kind !== 'refused' || known.reason !== 'unknown') return known;
    // The table forgets the oldest of very many: a signature that is still good must not bring a revoked link back.
    if (this.#revoked.has(verdict.ticket.jti)) return { kind: 'refused', reason: 'revoked' };
    return this.#adopt(request, verdict.ticket.jti, verdict.ticket.role, verdict.ticket.exp * MS);
  }

  #adopt(request: Request, jti: string, role: Grant['role'], endsAt: number): Admission {
    const { sid, listed } = this.#options;
    const terms = { token: request.token, jti, sid, role, issuedAt: request.now, endsAt, once: false };
    try {
      this.#links.mint({ ...terms, listed: listed !== null, status: true });
    } catch (error) {
      if (error instanceof LecternError) return { kind: 'refused', reason: 'unknown' };
      throw error;
    }
    return this.#links.admit(request);
  }

  /** The ssh line that watches with a token. */
  #watchLine(token: string): string {
    const { host, port } = this.#options;
    return port() === 22 ? `ssh ${token}@${host}` : `ssh -p ${port()} ${token}@${host}`;
  }

  #sign(jti: string, role: Grant['role'], issuedAt: number, endsAt: number): Promise<string> {
    const iat = Math.floor(issuedAt / MS);
    const { sid, tickets } = this.#options;
    return tickets.mintWatch({ sid, sub: 'watch', jti, role, iat, nbf: iat, exp: Math.ceil(endsAt / MS) });
  }
}

function stateOf(grant: Grant, now: number): LinkRow['state'] {
  if (grant.revokedAt !== null) return 'revoked';
  if (now >= grant.endsAt) return 'expired';
  return grant.uses === 'once' && grant.usedAt !== null ? 'used' : 'live';
}
