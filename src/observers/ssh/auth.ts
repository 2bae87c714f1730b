/**
 * Authentication (RFC 4252, 4256): the user name is the link. Knows no socket and no clock; who may come in is decided
 * by the `admit` it was given.
 *
 *   TOKEN@host   none (or a password, whatever it is) is enough, unless the link wants a key
 *   join@host    keyboard-interactive asks for the link, so that it stays out of `ps` and the shell's history
 *
 * Decisions are made in the same turn as the request, or no request is taken until they are made: a request while one
 * is undecided ends the connection. That keeps guesses and answers in step.
 */

import { type Refusal, WORDS } from '../../core/errors.js';
import * as packets from './packets.js';
import { MSG } from './packets.js';
import { knowsAlgorithm, type VerifiedKey, verifySignature } from './signature.js';
import { WireReader } from './wire.js';

/** What the access side says to an {@link Attempt}. */
export type Verdict<G = unknown> =
  | { readonly kind: 'in'; readonly grant: G }
  /** A key must be proved; said of an attempt with a key: not this one, the client may try its next. */
  | { readonly kind: 'key' }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export interface Attempt {
  /** The user name, or what was typed at the prompt. At most {@link MAX_TOKEN} characters, otherwise arbitrary. */
  readonly token: string;
  readonly addr: string;
  /** Proved by a signature for this connection, or null. */
  readonly key: VerifiedKey | null;
  /** The client has no (further) key to prove: it went on to keyboard-interactive. The answer is final. */
  readonly exhausted: boolean;
}

export type Admit<G> = (attempt: Attempt) => Verdict<G> | Promise<Verdict<G>>;

/** What authentication asks of its connection. */
export interface AuthPort<G> {
  readonly addr: string;
  readonly sessionId: () => Buffer;
  readonly send: (payload: Buffer) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Calls back after so many milliseconds, unless the connection has ended. One at a time: a later call replaces it. */
  readonly later: (ms: number, fn: () => void) => void;
  /** An attempt at a link wants to be decided on: in so many milliseconds it may, or never (null). */
  readonly guess: () => number | null;
  /** The attempt was right: it does not count as a guess. */
  readonly forgive: () => void;
  readonly admitted: (grant: G, key: VerifiedKey | null) => void;
  /** An attempt was refused that may be made again. */
  readonly told: (reason: Refusal) => void;
  /** Says the sentence for it and ends the connection. */
  readonly refuse: (reason: Refusal) => void;
}

/** The same for all reasons, so that time tells unknown, malformed and forgotten links apart as little as words do. */
export const REFUSAL_DELAY_MS = 150;
/** A signed ticket has up to about 500 characters. */
export const MAX_TOKEN = 1024;
/** `ssh join@host` asks for the link. */
export const JOIN_USER = 'join';

const PROMPT = 'Link code: ';
/** RFC 4256 answers: we ask one question. ssh2 1.17.0 allocates for as many answers as a client claims. */
const QUESTIONS = 1;
/** A proof by key takes two requests, and a client may begin with `none` and `password`: more is no client. */
const REQUESTS_PER_TRY = 4;

const KEYS = ['publickey'];
/** A client without a key that fits goes on to the second: that is how it says so, and no question is asked. */
const KEYS_OR_NONE = ['publickey', 'keyboard-interactive'];
const TYPED = ['keyboard-interactive'];

export class Authentication<G> {
  readonly #admit: Admit<G>;
  readonly #port: AuthPort<G>;
  readonly #tries: number;
  #state: 'service' | 'open' | 'asking' | 'deciding' | 'done' = 'service';
  #user: string | null = null;
  /** What was typed at the prompt, once it is known to want a key as well. */
  #typed: string | null = null;
  /** What the next prompt says above it. */
  #instruction = '';
  #failures = 0;
  #requests = 0;

  /** `tries` is the number of failures after which the connection ends. */
  constructor(admit: Admit<G>, tries: number, port: AuthPort<G>) {
    this.#admit = admit;
    this.#tries = tries;
    this.#port = port;
  }

  /**
   * Takes one message of the client.
   * @throws {RangeError} when it is malformed or out of turn: the connection is to be ended.
   */
  receive(type: number, payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    if (type === MSG.SERVICE_REQUEST && this.#state === 'service') this.#service(reader.text());
    else if (type === MSG.USERAUTH_REQUEST && (this.#state === 'open' || this.#state === 'asking')) {
      this.#request(reader, payload);
    } else if (type === MSG.USERAUTH_INFO_RESPONSE && this.#state === 'asking') this.#answer(reader);
    else throw new RangeError(`message ${type} is out of turn`);
  }

  #service(name: string): void {
    if (name !== 'ssh-userauth') throw new RangeError('no such service');
    this.#port.send(packets.serviceAccept(name));
    this.#state = 'open';
  }

  #request(reader: WireReader, payload: Buffer): void {
    const user = reader.text();
    if (reader.text() !== 'ssh-connection') throw new RangeError('no such service');
    if (this.#user !== null && this.#user !== user) throw new RangeError('the user name changed');
    if (++this.#requests > this.#tries * REQUESTS_PER_TRY) throw new RangeError('too many requests');
    this.#user = user;
    this.#state = 'open';
    const method = reader.text();
    if (method === 'publickey') this.#publicKey(reader, payload);
    else if (user === JOIN_USER) this.#join(method);
    else if (method === 'none' || method === 'password') this.#decide(user, null);
    else if (method === 'keyboard-interactive') this.#decide(user, null, true);
    else this.#fail(KEYS);
  }

  #join(method: string): void {
    if (method === 'none') {
      this.#port.send(packets.authFailure(this.#methods(), false));
      return;
    }
    if (method !== 'keyboard-interactive') {
      this.#fail(this.#methods());
      return;
    }
    if (this.#typed !== null) {
      this.#decide(this.#typed, null, true);
      return;
    }
    this.#state = 'asking';
    this.#port.send(packets.question(this.#instruction, PROMPT));
  }

  #answer(reader: WireReader): void {
    if (reader.uint32() !== QUESTIONS) throw new RangeError('one question was asked');
    this.#decide(reader.text().trim(), null);
  }

  #publicKey(reader: WireReader, payload: Buffer): void {
    const signed = reader.boolean();
    const algo = reader.text();
    const blob = reader.string();
    const token = this.#user === JOIN_USER ? this.#typed : this.#user;
    if (token === null || !knowsAlgorithm(algo)) {
      this.#fail(this.#methods());
      return;
    }
    if (!signed) {
      this.#port.send(packets.keyOk(algo, blob));
      return;
    }
    const key = verifySignature(algo, blob, ...this.#signature(reader, payload));
    if (key === null) {
      this.#fail(KEYS);
      return;
    }
    this.#decide(token, key);
  }

  /** The signature, and what it must cover: session identifier and request (RFC 4252 section 7). */
  #signature(reader: WireReader, payload: Buffer): [signature: Buffer, data: Buffer] {
    const id = this.#port.sessionId();
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(id.length);
    const data = Buffer.concat([length, id, payload.subarray(0, reader.offset)]);
    return [reader.string(), data];
  }

  /** Right or wrong, whoever guessed a lot waits for his turn first. */
  #decide(token: string, key: VerifiedKey | null, exhausted = false): void {
    this.#state = 'deciding';
    const waitMs = this.#port.guess();
    if (waitMs === null) this.#refused('busy', this.#port.now());
    else if (waitMs === 0) this.#judge({ token, addr: this.#port.addr, key, exhausted });
    else this.#port.later(waitMs, () => this.#judge({ token, addr: this.#port.addr, key, exhausted }));
  }

  #judge(attempt: Attempt): void {
    const began = this.#port.now();
    const { token } = attempt;
    if (token.length > MAX_TOKEN || token === '') {
      this.#refused('unknown', began);
      return;
    }
    const verdict = this.#admit(attempt);
    if (verdict instanceof Promise) this.#await(verdict, attempt, began);
    else this.#settle(verdict, attempt, began);
  }

  /** By way of the connection's clock, which keeps a throw from becoming an unhandled rejection. */
  #await(verdict: Promise<Verdict<G>>, attempt: Attempt, began: number): void {
    verdict.then(
      (settled) => this.#port.later(0, () => this.#settle(settled, attempt, began)),
      () => this.#port.later(0, () => this.#refused('unknown', began)),
    );
  }

  #settle(verdict: Verdict<G>, { token, key }: Attempt, began: number): void {
    if (verdict.kind === 'refused') {
      this.#refused(verdict.reason, began);
      return;
    }
    this.#port.forgive();
    if (verdict.kind === 'key') {
      this.#wantKey(token, key);
      return;
    }
    this.#state = 'done';
    this.#port.send(packets.authSuccess());
    this.#port.admitted(verdict.grant, key);
  }

  #wantKey(token: string, key: VerifiedKey | null): void {
    this.#state = 'open';
    const typed = this.#user === JOIN_USER && this.#typed === null;
    if (typed) this.#typed = token;
    if (key === null) {
      this.#port.send(packets.authFailure(KEYS_OR_NONE, typed));
      return;
    }
    this.#fail(KEYS_OR_NONE, 'key');
  }

  /**
   * Whoever typed a wrong link may type it again; a wrong user name is the end. The answer comes at the same time after
   * the attempt `began`, however long it took to find out.
   */
  #refused(reason: Refusal, began: number): void {
    this.#port.later(Math.max(0, began + REFUSAL_DELAY_MS - this.#port.now()), () => {
      const again = this.#user === JOIN_USER && this.#typed === null && this.#failures + 1 < this.#tries;
      if (!again) {
        this.#port.refuse(reason);
        return;
      }
      this.#port.told(reason);
      // Some clients put the question right behind it.
      this.#instruction = `${WORDS[reason]} `;
      this.#state = 'open';
      this.#fail(TYPED, reason);
    });
  }

  /** Says what may be tried next, until the tries are spent. */
  #fail(methods: readonly string[], reason: Refusal = 'unknown'): void {
    if (++this.#failures < this.#tries) this.#port.send(packets.authFailure(methods, false));
    else this.#port.refuse(reason);
  }

  #methods(): readonly string[] {
    return this.#user === JOIN_USER && this.#typed === null ? TYPED : KEYS;
  }
}
