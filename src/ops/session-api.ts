/**
 * What a running presenter answers on its control socket: the methods, their arguments as they are read from outside,
 * and the results. It knows nothing of sockets, and nothing of how a session does these things.
 */

import type { Size } from '../core/cells.js';
import { LecternError } from '../core/errors.js';
import type { ControlMode, Participant, Role } from '../core/events.js';
import type { Outcome } from '../core/vote.js';

/** The fields of `ready`, which scripts rely on. */
export interface SessionInfo {
  readonly session: string;
  readonly title: string;
  readonly host: string;
  readonly port: number;
  /** SECRET: admits whoever has it. */
  readonly token: string;
  /** SECRET: the whole ssh line, with the token. */
  readonly watch: string;
  readonly fingerprint: string;
  readonly socket: string;
  /** ISO time at which the link ends. */
  readonly expires: string;
  /** Secrets that stand masked on the screen now, by rule. */
  readonly masked: Readonly<Record<string, number>>;
  /** Observers are shown nothing of the picture: the search for secrets fails or takes too long. */
  readonly withheld: boolean;
  /** Characters that were printed and are never searched for secrets: that took too long, again and again. */
  readonly unsearched: number;
  /** What is wrong with the rule files since they changed, `file:line:column: what`; the rules before stay in force. */
  readonly ruleFaults: readonly string[];
}

/** One line of the roster. */
export interface WhoRow extends Participant {
  /** `waiting` for approval, `watching`, `asking` for control, in `control`. */
  readonly state: 'waiting' | 'watching' | 'asking' | 'control';
  /** He may do nothing but watch. */
  readonly muted: boolean;
  /** ISO time of joining. */
  readonly since: string;
  /** ISO time at which control ends, when in control. */
  readonly until: string | null;
  /** ISO time since when he asks for control, when he does. */
  readonly askedAt: string | null;
  /** Size of his terminal. */
  readonly size: Size;
  /** How long his side took to acknowledge what was sent last, in ms; null before it was known. */
  readonly lagMs: number | null;
  /** Bytes sent to him. */
  readonly bytes: number;
  /** Secrets that stand masked on what he sees now. */
  readonly masked: number;
  /** True for the one observer whose keys last reached the program. */
  readonly typedLast: boolean;
}

export interface LinkTerms {
  readonly role: Role;
  readonly ttlMs: number;
  readonly once: boolean;
  /** A signed ticket as the token, instead of a code. */
  readonly jwt: boolean;
  /** False: whoever comes by it sees no status line. */
  readonly status: boolean;
}

export interface MintedLink {
  readonly jti: string;
  /** SECRET. */
  readonly token: string;
  /** SECRET: the whole ssh line. */
  readonly watch: string;
  readonly expires: string;
}

/** A link as it is listed: never its token. Times are ISO. */
export interface LinkRow {
  readonly jti: string;
  readonly role: Role;
  readonly state: 'live' | 'used' | 'expired' | 'revoked';
  readonly once: boolean;
  readonly issued: string;
  readonly expires: string;
  /** Fingerprint that a one-time link belongs to. */
  readonly boundKey: string | null;
}

export interface Granted {
  readonly participant: Participant;
  /** ISO time; null when it was voted down. */
  readonly until: string | null;
  /** Why it was not given: what became of the vote. */
  readonly outcome: Exclude<Outcome, 'passed'> | null;
}

/** What the presenter may change of a running session. */
export interface SessionChange {
  readonly pointers?: boolean;
}

/** Every method may reject with a {@link LecternError}; its code and message reach the one who asked. */
export interface SessionApi {
  info(): Promise<SessionInfo>;
  /** Resolves when the session has begun to end, so that the answer still gets out. */
  stop(): Promise<void>;
  who(): Promise<readonly WhoRow[]>;
  /** `who`: an id or a name, whole or its beginning. */
  grant(who: string, ttlMs: number, mode: ControlMode): Promise<Granted>;
  /** Takes control back, from `who` or from whoever has it; resolves to null when nobody had it. */
  revoke(who?: string): Promise<Participant | null>;
  kick(who: string, ban: boolean): Promise<Participant>;
  approve(who: string): Promise<Participant>;
  deny(who: string): Promise<Participant>;
  mute(who: string): Promise<Participant>;
  unmute(who: string): Promise<Participant>;
  /** Observers see that it is paused, and nothing else. False when it was already. */
  pause(): Promise<boolean>;
  resume(): Promise<boolean>;
  /** A line of chat from the presenter. */
  say(text: string): Promise<void>;
  /** A moment to come back to, in the log and in the recording. False when nothing is recorded. */
  mark(text: string): Promise<boolean>;
  /** Puts a command to the vote, and runs it when all agree. Resolves when that is decided. */
  propose(command: string): Promise<Outcome>;
  /** Closes the vote that is open. False when there is none. */
  cancelVote(): Promise<boolean>;
  change(change: SessionChange): Promise<void>;
  mintLink(terms: LinkTerms): Promise<MintedLink>;
  listLinks(): Promise<readonly LinkRow[]>;
  /** False when there is no live link of that id. */
  revokeLink(jti: string): Promise<boolean>;
  /** Ids of the links that were ended. */
  revokeAllLinks(): Promise<readonly string[]>;
}

export type Method = keyof SessionApi;

/** Longest line taken from outside, in characters: a command, a message. */
const LINE_MAX = 4096;
/** Longest word taken from outside: names and ids are shorter. */
const WORD_MAX = 256;
/** Thirty days, in ms: the longest that any duration may be. */
const TTL_MAX_MS = 30 * 86_400_000;

/** Reads the arguments of each method from JSON. */
const ARGUMENTS: { readonly [M in Method]: (args: readonly unknown[]) => Parameters<SessionApi[M]> } = {
  info: () => [],
  stop: () => [],
  who: () => [],
  grant: ([who, ttlMs, mode]) => [word(who), ttl(ttlMs), oneOf(mode, ['full', 'suggest'])],
  revoke: ([who]) => (who === undefined || who === null ? [] : [word(who)]),
  kick: ([who, ban]) => [word(who), flag(ban)],
  approve: ([who]) => [word(who)],
  deny: ([who]) => [word(who)],
  mute: ([who]) => [word(who)],
  unmute: ([who]) => [word(who)],
  pause: () => [],
  resume: () => [],
  say: ([text]) => [line(text)],
  mark: ([text]) => [text === '' ? '' : line(text)],
  propose: ([command]) => [line(command)],
  cancelVote: () => [],
  change: ([change]) => [changes(change)],
  mintLink: ([terms]) => [linkTerms(terms)],
  listLinks: () => [],
  revokeLink: ([jti]) => [word(jti)],
  revokeAllLinks: () => [],
};

export function isMethod(name: unknown): name is Method {
  return typeof name === 'string' && Object.hasOwn(ARGUMENTS, name);
}

/**
 * Calls a method with arguments that came from outside.
 * @throws {LecternError} USAGE when they are not what the method takes; and whatever the method rejects with.
 */
export async function invoke<M extends Method>(api: SessionApi, method: M, args: readonly unknown[]): Promise<unknown> {
  const call = api[method] as (...args: Parameters<SessionApi[M]>) => Promise<unknown>;
  return call.apply(api, ARGUMENTS[method](args));
}

function linkTerms(value: unknown): LinkTerms {
  if (typeof value !== 'object' || value === null) throw wrong('an object');
  const { role, ttlMs, once, jwt, status } = value as Partial<Record<keyof LinkTerms, unknown>>;
  return {
    role: oneOf(role, ['observer', 'peer']),
    ttlMs: ttl(ttlMs),
    once: flag(once),
    jwt: flag(jwt),
    status: flag(status),
  };
}

function word(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > WORD_MAX) throw wrong('a short text');
  return value;
}

function line(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > LINE_MAX) throw wrong('a line of text');
  return value;
}

function changes(value: unknown): SessionChange {
  if (typeof value !== 'object' || value === null) throw wrong('an object');
  const { pointers } = value as Partial<Record<keyof SessionChange, unknown>>;
  return pointers === undefined ? {} : { pointers: flag(pointers) };
}

function ttl(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) <= 0 || (value as number) > TTL_MAX_MS) {
    throw wrong('milliseconds, up to 30 days');
  }
  return value as number;
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrong('true or false');
  return value;
}

function oneOf<const T extends string>(value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw wrong(choices.join(' or '));
  return found;
}

function wrong(wanted: string): LecternError {
  return new LecternError('USAGE', `the session was asked with a wrong argument: ${wanted} expected`);
}
