/**
 * The table of links: which token opens what, for whom and until when. It keeps hashes, never tokens, and is plain
 * data, so that the process that mints links and the one that answers ssh can each hold a copy: each hands the changes
 * that it makes (`onChange`) to the other's {@link Links.apply}. Everything is synchronous and the clock is handed in:
 * an ssh server that waits in the middle of authentication can be killed from outside.
 * It knows nothing of ssh, sockets or signatures.
 */
import type { Admission, Grant, Request, VerifiedKey } from '../core/admission.js';
import { LecternError, type Refusal } from '../core/errors.js';
import { hashCode, isToken } from './codes.js';

/** How long an ended link is remembered, to say "expired" instead of "not valid" (24 hours, in ms). */
export const FORGET_AFTER_MS = 86_400_000;

/** Links held at once, ended ones included. A class of 500 with a link each fits twice. */
export const MAX_LINKS = 1000;

/** What a new link is to allow. */
export interface Terms {
  /** The secret, made by `newCode` or signed; it is hashed and forgotten. */
  readonly token: string;
  readonly jti: string;
  readonly sid: string;
  readonly role: Grant['role'];
  /** Unix milliseconds. */
  readonly issuedAt: number;
  readonly endsAt: number;
  /** One observer, and that one again when he proved a key. */
  readonly once: boolean;
  /** Wants one of the table's listed keys. */
  readonly listed: boolean;
  readonly status: boolean;
}

/** A link as it is stored and copied. */
export interface StoredLink {
  readonly hash: string;
  readonly grant: Grant;
}

/** A whole table as plain data. */
export interface LinksSnapshot {
  readonly links: readonly StoredLink[];
  /** Key blobs that satisfy `listed`, base64. */
  readonly listed: readonly string[];
}

/** One step of the table as plain data. Applying a step twice, or late, does no harm. */
export type LinkChange =
  | { readonly kind: 'minted'; readonly link: StoredLink }
  | { readonly kind: 'used'; readonly jti: string; readonly usedAt: number; readonly boundKey: string | null }
  | { readonly kind: 'revoked'; readonly jti: string; readonly revokedAt: number };

export interface LinksOptions {
  /** Key blobs (base64) that satisfy links with `listed`. */
  readonly listed?: Iterable<string>;
  /** Called with each change made here, not with applied ones. */
  readonly onChange?: (change: LinkChange) => void;
}

export class Links {
  readonly #byHash = new Map<string, Grant>();
  readonly #hashes = new Map<string, string>();
  readonly #listed: ReadonlySet<string>;
  readonly #onChange: (change: LinkChange) => void;

  constructor(options: LinksOptions = {}) {
    this.#listed = new Set(options.listed);
    this.#onChange = options.onChange ?? (() => {});
  }

  /** The copy that another process holds. */
  static from(snapshot: LinksSnapshot, onChange?: (change: LinkChange) => void): Links {
    const links = new Links({ listed: snapshot.listed, ...(onChange && { onChange }) });
    for (const link of snapshot.links) links.#put(link);
    return links;
  }

  snapshot(): LinksSnapshot {
    const links = [...this.#byHash].map(([hash, grant]) => ({ hash, grant }));
    return { links, listed: [...this.#listed] };
  }

  /**
   * Adds a link.
   * @throws {LecternError} REFUSED when {@link MAX_LINKS} links are alive, or the id or token is taken.
   */
  mint(terms: Terms): Grant {
    this.#makeRoom(terms.issuedAt);
    const link = { hash: hashCode(terms.token), grant: grantOf(terms) };
    if (this.#hashes.has(terms.jti) || this.#byHash.has(link.hash)) {
      throw new LecternError('REFUSED', `link ${terms.jti} exists already`);
    }
    this.#put(link);
    this.#onChange({ kind: 'minted', link });
    return link.grant;
  }

  /**
   * Decides about one connection, and marks a one-time link as used when it lets it in.
   *
   * How an ssh server asks: first for method `none`, with no key and `exhausted` false. On `{kind: 'key'}` it rejects
   * with the methods publickey and keyboard-interactive, and asks again for each key whose signature it has verified.
   * A client that reaches keyboard-interactive (or repeats `none`) has no further key: asked with `exhausted` true, the
   * answer is final, and no prompt is ever needed. So a one-time link is bound to a key where there is one, and else
   * admits exactly one connection. (Measured: OpenSSH 9.2 and dbclient come in without a key this way. OpenSSH with
   * BatchMode=yes tries no keyboard-interactive, so without a key it cannot use a one-time link.)
   */
  admit(request: Request): Admission {
    const { token, now } = request;
    const hash = isToken(token) ? hashCode(token) : '';
    const grant = this.#byHash.get(hash);
    if (grant === undefined || isForgotten(grant, now)) return refused('unknown');
    const dead = causeOfDeath(grant, now);
    if (dead !== null) return refused(dead);
    const answer = judge(grant, request, this.#listed);
    if (answer === 'ask') return { kind: 'key' };
    return answer === 'in' ? { kind: 'in', grant: this.#use(grant, request) } : refused(answer);
  }

  /**
   * Whether a signature by this offered key could let somebody in: false spares people the passphrase of a key that
   * is not listed. It admits nobody.
   */
  wants(token: string, offered: VerifiedKey, now: number): boolean {
    const grant = isToken(token) ? this.#byHash.get(hashCode(token)) : undefined;
    if (grant === undefined || causeOfDeath(grant, now) !== null) return true;
    return grant.keyPolicy !== 'listed' || this.#listed.has(offered.blob);
  }

  /** All links that are remembered, oldest first. */
  list(now: number): readonly Grant[] {
    const known = [...this.#byHash.values()].filter((grant) => !isForgotten(grant, now));
    return known.sort((a, b) => a.issuedAt - b.issuedAt);
  }

  /** Ends a link. False when there is none of that id that is still alive. */
  revoke(jti: string, now: number): boolean {
    const grant = this.#named(jti);
    if (grant === undefined || causeOfDeath(grant, now) !== null) return false;
    const change: LinkChange = { kind: 'revoked', jti, revokedAt: now };
    this.apply(change);
    this.#onChange(change);
    return true;
  }

  /** Ends every link; gives the ids of those that were alive. */
  revokeAll(now: number): readonly string[] {
    return [...this.#hashes.keys()].filter((jti) => this.revoke(jti, now));
  }

  /** Takes over a change that another copy of the table made. The first use and the first revocation stand. */
  apply(change: LinkChange): void {
    if (change.kind === 'minted') {
      if (this.#hashes.has(change.link.grant.jti)) return;
      this.#makeRoom(change.link.grant.issuedAt);
      this.#put(change.link);
      return;
    }
    const grant = this.#named(change.jti);
    if (grant === undefined) return;
    if (change.kind === 'revoked') {
      if (grant.revokedAt === null) this.#set({ ...grant, revokedAt: change.revokedAt });
    } else if (grant.usedAt === null) {
      this.#set({ ...grant, usedAt: change.usedAt, boundKey: change.boundKey });
    }
  }

  #use(grant: Grant, { key, now }: Request): Grant {
    if (grant.uses === 'many' || grant.usedAt !== null) return grant;
    const change: LinkChange = { kind: 'used', jti: grant.jti, usedAt: now, boundKey: key?.fingerprint ?? null };
    this.apply(change);
    this.#onChange(change);
    return this.#named(grant.jti)!;
  }

  #named(jti: string): Grant | undefined {
    return this.#byHash.get(this.#hashes.get(jti) ?? '');
  }

  #put({ hash, grant }: StoredLink): void {
    this.#byHash.set(hash, grant);
    this.#hashes.set(grant.jti, hash);
  }

  #set(grant: Grant): void {
    this.#byHash.set(this.#hashes.get(grant.jti)!, grant);
  }

  /** Drops what is forgotten and, when that is not enough, the ended link that is oldest: it becomes unknown early. */
  #makeRoom(now: number): void {
    if (this.#byHash.size < MAX_LINKS) return;
    const ended = [...this.#byHash.values()].filter((grant) => causeOfDeath(grant, now) !== null);
    const oldest = ended.sort((a, b) => a.endsAt - b.endsAt)[0];
    if (oldest === undefined) {
      throw new LecternError('REFUSED', `there are ${MAX_LINKS} links; revoke some (lectern link revoke JTI)`);
    }
    for (const grant of ended) if (grant === oldest || isForgotten(grant, now)) this.#drop(grant);
  }

  #drop({ jti }: Grant): void {
    this.#byHash.delete(this.#hashes.get(jti)!);
    this.#hashes.delete(jti);
  }
}

function grantOf(terms: Terms): Grant {
  const { token: _, once, listed, ...rest } = terms;
  const keyPolicy = listed ? 'listed' : once ? 'first' : 'none';
  return { ...rest, uses: once ? 'once' : 'many', keyPolicy, boundKey: null, usedAt: null, revokedAt: null };
}

function isForgotten(grant: Grant, now: number): boolean {
  return now >= grant.endsAt + FORGET_AFTER_MS;
}

function causeOfDeath(grant: Grant, now: number): 'revoked' | 'expired' | null {
  if (grant.revokedAt !== null) return 'revoked';
  return now >= grant.endsAt ? 'expired' : null;
}

/** The rule for a link that is alive. */
function judge(grant: Grant, request: Request, listed: ReadonlySet<string>): 'in' | 'ask' | Refusal {
  const { key, exhausted } = request;
  if (grant.keyPolicy === 'listed' && (key === null || !listed.has(key.blob))) return exhausted ? 'key' : 'ask';
  if (grant.uses === 'many') return 'in';
  if (grant.usedAt === null) return key === null && !exhausted && grant.keyPolicy === 'first' ? 'ask' : 'in';
  if (grant.boundKey === null) return 'used';
  if (key === null) return exhausted ? 'used' : 'ask';
  return key.fingerprint === grant.boundKey ? 'in' : 'used';
}

function refused(reason: Refusal): Admission {
  return { kind: 'refused', reason };
}
