/**
 * One TCP connection from accept to reset: joins socket, identification, transport, authentication and channel, and
 * keeps the clock for all of them. Whatever goes wrong in it ends this connection and no other.
 */

import type { Socket } from 'node:net';
import { type Farewell, type Refusal, WORDS } from '../../core/errors.js';
import { Acks } from './acks.js';
import { type Admit, Authentication } from './auth.js';
import { Bucket } from './bucket.js';
import { Channel } from './channel.js';
import { descriptorOf, writeEagerly } from './eager.js';
import { IdentReader } from './ident.js';
import type { ParsedKey } from './internals.js';
import type { Limits } from './limits.js';
import { outbox } from './outbox.js';
import * as packets from './packets.js';
import { DISCONNECT_REASON, MSG } from './packets.js';
import type { VerifiedKey } from './signature.js';
import { onTheBeat, Timers } from './timers.js';
import { Transport } from './transport.js';
import { Visit, type VisitPort } from './visit.js';
import type { Parting, Visitor } from './visitor.js';

/** After the last words: time for the client to read them and hang up by itself. */
const LEAVE_MS = 250;
/** The same for one who is sent away; revoking must be over in 300 ms, stopped clients included. */
const DISMISS_MS = 60;
/** What a visitor may have queued in this process before he counts as stalled. */
const MAX_QUEUED = 8 * 1024 * 1024;
/** Answers that a client may let wait while it goes on asking. An honest one has asked for some dozens in all. */
const MAX_UNREAD_ANSWERS = 4096;
/**
 * Clients that leave Nagle's algorithm on until they are let in: their share waits for the acknowledgement of their offer,
 * and that for something to be sent, or 40 ms. So our offer waits for theirs, which OpenSSH sends in any case.
 */
const NAGLES = /^OpenSSH_/;
/** Key exchanges of one visitor. OpenSSH with a small RekeyLimit makes some dozens in a flood. */
const EXCHANGES_PER_SECOND = 1;
const EXCHANGES_AT_ONCE = 64;
const ANSWERS: ReadonlySet<number> = new Set([MSG.REQUEST_SUCCESS, MSG.REQUEST_FAILURE]);

export interface ConnectionPort<G> {
  readonly hostKey: ParsedKey;
  readonly limits: Limits;
  readonly admit: Admit<G>;
  readonly arrived: (visitor: Visitor<G>) => void;
  readonly refused: (reason: Refusal) => void;
  /** @see AuthPort.guess */
  readonly guess: () => number | null;
  readonly forgive: () => void;
  /** It was not let in and cost us something. */
  readonly charge: () => void;
  /** Runs work for one who is not let in yet, when it is its turn. */
  readonly turn: (work: () => void) => void;
  /** Authenticated, or gone without it: its place at the door is free. Told once. */
  readonly settled: () => void;
  /** The socket is closed. Told once. */
  readonly gone: () => void;
}

type Phase = 'login' | 'unused' | 'visit' | 'over';

export class Connection<G> {
  readonly addr: string;
  readonly #socket: Socket;
  readonly #fd: number;
  readonly #port: ConnectionPort<G>;
  readonly #transport: Transport;
  readonly #ident = new IdentReader();
  readonly #auth: Authentication<G>;
  readonly #channel: Channel;
  readonly #acks: Acks;
  readonly #inbound: Bucket;
  readonly #timers = new Timers(() => this.end('protocol'));
  readonly #exchanges = new Bucket(EXCHANGES_PER_SECOND, EXCHANGES_AT_ONCE, performance.now());
  #exchanged = false;
  /** A guess at a link was made, and so paid for. */
  #guessed = false;
  /** Pieces of what came that wait for their turn. */
  #inTurn = 0;
  #phase: Phase = 'login';
  #client: string | null = null;
  /** The line that he identified himself with, until our offer answers it. */
  #line: Buffer | null = null;
  #pass: { readonly grant: G; readonly key: VerifiedKey | null } | null = null;
  #visit: Visit<G> | null = null;
  #settled = false;
  #heard = true;
  /** Signs of life that were asked for and did not come. */
  #unanswered = 0;
  /** What was answered behind something that he has not read yet. */
  #unread = 0;

  /** The socket is left unread until {@link open}. */
  constructor(socket: Socket, addr: string, port: ConnectionPort<G>) {
    this.#socket = socket;
    this.#fd = descriptorOf(socket);
    this.addr = addr;
    this.#port = port;
    this.#inbound = new Bucket(port.limits.inboundRate, port.limits.inboundBurst, performance.now());
    this.#transport = this.#makeTransport(port);
    this.#auth = this.#makeAuthentication(port);
    this.#channel = this.#makeChannel();
    this.#acks = new Acks(() => this.#transport.send(packets.SIGN_OF_LIFE));
    socket.on('error', () => this.end('lost'));
    socket.on('end', () => this.end('lost'));
    socket.on('close', () => this.#closed());
    this.#timers.set('grace', port.limits.loginGraceMs, () => this.end('timeout'));
  }

  /** True from the start of a shell or command to its end. */
  get visiting(): boolean {
    return this.#phase === 'visit';
  }

  /** Begins to speak. */
  open(): void {
    if (this.#phase === 'over') return;
    this.#transport.start();
    this.#socket.on('data', (chunk: Buffer) => this.#guarded(() => this.#received(chunk)));
    this.#socket.resume();
  }

  /** Ends the connection, once; a visit is told why. With `lingerMs`, the client has so long to hang up by itself. */
  end(reason: Parting, lingerMs = 0): void {
    if (this.#phase === 'over') return;
    if (this.#phase === 'login' && this.#isCostly(reason)) this.#port.charge();
    this.#phase = 'over';
    this.#transport.stop();
    this.#timers.clear();
    this.#settle();
    // What was said before is not lost with what came last.
    outbox.flush();
    if (lingerMs === 0 || this.#socket.destroyed) this.#socket.resetAndDestroy();
    else this.#timers.set('linger', lingerMs, () => this.#socket.resetAndDestroy());
    try {
      this.#visit?.ended(reason);
    } catch {
      // The listener's own failure: this visit is over all the same, and the others go on.
    }
  }

  /** A login that came to nothing and cost us a key exchange, or its time. A guess that was refused is paid for already. */
  #isCostly(reason: Parting): boolean {
    const isPaid = reason === 'refused' && this.#guessed;
    return reason === 'timeout' || reason === 'protocol' || (this.#exchanged && !isPaid);
  }

  /** Says a sentence, then ends. */
  dismiss(farewell: Farewell): void {
    this.#say(DISCONNECT_REASON.BY_APPLICATION, WORDS[farewell]);
    this.end(farewell, DISMISS_MS);
  }

  #makeTransport(port: ConnectionPort<G>): Transport {
    return new Transport(port.hostKey, {
      write: (bytes) => this.#write(bytes),
      payload: (type, payload) => this.#receive(type, payload),
      kexBegun: () => this.#exchanging(),
      keyed: () => this.#keyed(),
      disconnected: () => this.end('left'),
      failed: () => this.end('protocol'),
    });
  }

  /** An exchange costs us more than the client: one before he says who he is, and then not without a measure. */
  #exchanging(): void {
    const again = this.#exchanged;
    this.#exchanged = true;
    const tooMany = this.#phase === 'login' ? again : this.#exchanges.take(1, performance.now()) > 0;
    if (tooMany) this.end('protocol');
    else this.#timers.set('kex', this.#port.limits.kexMs, () => this.end('timeout'));
  }

  #makeAuthentication(port: ConnectionPort<G>): Authentication<G> {
    return new Authentication(port.admit, port.limits.authTries, {
      addr: this.addr,
      sessionId: () => this.#transport.sessionId,
      send: (payload) => this.#transport.send(payload),
      later: (ms, fn) => {
        if (this.#phase === 'login') this.#timers.set('auth', ms, fn);
      },
      now: () => performance.now(),
      guess: () => {
        this.#guessed = true;
        return port.guess();
      },
      forgive: port.forgive,
      told: port.refused,
      admitted: (grant, key) => this.#admitted(grant, key),
      refuse: (reason) => this.#refuse(reason),
    });
  }

  #makeChannel(): Channel {
    return new Channel({
      send: (payload, rest) => this.#answer(payload, rest),
      started: (command) => this.#started(command),
      data: (bytes) => this.#visit?.received(bytes),
      resized: (size) => this.#visit?.resized(size),
      flushed: () => this.#visit?.drained(),
      closed: () => this.end('left', LEAVE_MS),
    });
  }

  #received(chunk: Buffer): void {
    if (this.#phase === 'over') return;
    this.#throttle(chunk.length);
    this.#heard = true;
    if (this.#phase === 'login' || this.#inTurn > 0) this.#queueUp(chunk);
    else this.#take(chunk);
  }

  /** Until he is let in, a client's bytes wait for their turn, and no more are read meanwhile. */
  #queueUp(chunk: Buffer): void {
    this.#inTurn++;
    this.#socket.pause();
    this.#port.turn(() => {
      this.#inTurn--;
      if (this.#phase === 'over') return;
      this.#guarded(() => this.#take(chunk));
      if (this.#inTurn === 0 && !this.#timers.has('throttle')) this.#socket.resume();
    });
  }

  /** All answers to what came at once leave at once. */
  #take(chunk: Buffer): void {
    outbox.together(() => {
      if (this.#client === null) this.#identify(chunk);
      else this.#transport.feed(this.#line === null ? chunk : this.#begun(this.#line, chunk));
    });
    this.#renewKeys();
  }

  #identify(chunk: Buffer): void {
    const progress = this.#ident.feed(chunk);
    if (progress.kind === 'bad') {
      this.end('protocol');
      return;
    }
    if (progress.kind === 'more') return;
    this.#client = progress.client;
    if (progress.rest.length === 0 && NAGLES.test(progress.client)) this.#line = progress.line;
    else this.#transport.feed(Buffer.concat([progress.line, progress.rest]));
  }

  #begun(line: Buffer, chunk: Buffer): Buffer {
    this.#line = null;
    return Buffer.concat([line, chunk]);
  }

  #throttle(bytes: number): void {
    const waitMs = this.#inbound.take(bytes, performance.now());
    if (waitMs === 0) return;
    const since = performance.now();
    this.#socket.pause();
    this.#timers.set('throttle', waitMs, () => {
      this.#visit?.heard(performance.now() - since);
      if (this.#inTurn === 0) this.#socket.resume();
    });
  }

  #receive(type: number, payload: Buffer): void {
    if (this.#phase === 'login') this.#auth.receive(type, payload);
    else if (ANSWERS.has(type)) this.#acks.answered();
    else if (type >= MSG.GLOBAL_REQUEST) this.#channel.receive(type, payload);
    // RFC 4252 section 5.1: authentication requests after success are ignored.
  }

  /** Pictures wait for who does not read; answers would pile up as long as he asks. */
  #answer(payload: Uint8Array, rest?: Uint8Array): void {
    this.#transport.send(payload, rest);
    if (rest !== undefined) return;
    this.#unread = this.#socket.writableLength === 0 ? 0 : this.#unread + 1;
    if (this.#unread === MAX_UNREAD_ANSWERS) this.#timers.soon(() => this.end('lost'));
  }

  #write(bytes: Buffer): void {
    if (this.#socket.destroyed) return;
    const written = writeEagerly(this.#socket, bytes, this.#fd);
    if (written === bytes.length) return;
    this.#socket.write(Buffer.from(bytes.subarray(written)), this.#flushed);
    if (this.#socket.writableLength > MAX_QUEUED) this.#timers.soon(() => this.end('lost'));
  }

  readonly #flushed = (): void => {
    if (this.#phase === 'visit') this.#guarded(() => this.#visit?.drained());
  };

  #keyed(): void {
    this.#timers.cancel('kex');
    this.#timers.set('rekey', this.#port.limits.rekeyMs, () => this.#transport.rekey());
    this.#visit?.drained();
  }

  #renewKeys(): void {
    if (this.#transport.bytesWithKeys >= this.#port.limits.rekeyBytes) this.#transport.rekey();
  }

  #admitted(grant: G, key: VerifiedKey | null): void {
    this.#phase = 'unused';
    this.#pass = { grant, key };
    this.#timers.cancel('grace');
    this.#timers.set('unused', this.#port.limits.unusedMs, () => this.dismiss('timeout'));
    this.#settle();
  }

  #refuse(reason: Refusal): void {
    this.#port.refused(reason);
    this.#transport.send(packets.banner(WORDS[reason]));
    this.#say(DISCONNECT_REASON.NO_MORE_AUTH_METHODS, WORDS[reason]);
    this.end('refused', LEAVE_MS);
  }

  #say(reason: number, sentence: string): void {
    if (this.#client !== null && this.#phase !== 'over') this.#transport.sendLast(packets.disconnect(reason, sentence));
  }

  #started(command: string | null): void {
    this.#phase = 'visit';
    this.#timers.cancel('unused');
    this.#awaitLife();
    this.#visit = new Visit(this.#pass!.grant, this.#pass!.key, command, this.#visitPort());
    this.#port.arrived(this.#visit);
  }

  #visitPort(): VisitPort {
    return {
      addr: this.addr,
      client: this.#client ?? '',
      channel: this.#channel,
      acks: this.#acks,
      isOpen: () => this.#phase === 'visit' && !this.#transport.kexing && this.#socket.writableLength === 0,
      overrun: () => this.#channel.queuedBytes > MAX_QUEUED,
      sent: () => this.#renewKeys(),
      batch: (fn) => outbox.together(fn),
      leaving: (reason) => this.#timers.set('leave', reason === 'left' ? LEAVE_MS : DISMISS_MS, () => this.end(reason)),
      dismiss: (farewell) => this.dismiss(farewell),
      end: (reason) => this.end(reason),
    };
  }

  #awaitLife(): void {
    const wait = onTheBeat(this.#port.limits.keepaliveMs, performance.now());
    this.#timers.set('keepalive', wait, () => this.#listenForLife());
  }

  #listenForLife(): void {
    this.#awaitLife();
    const heard = this.#heard;
    this.#heard = false;
    // Whoever talks lives, and may answer late: what he says comes before it. He is not asked again and again.
    if (heard && this.#unanswered > 0) return;
    if (this.#unanswered >= this.#port.limits.keepaliveCount) {
      this.end('timeout');
      return;
    }
    if (this.#transport.kexing) return;
    this.#unanswered++;
    this.#acks.request(() => this.#unanswered--);
  }

  #guarded(fn: () => void): void {
    try {
      fn();
    } catch {
      this.end('protocol');
    }
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#port.settled();
  }

  #closed(): void {
    this.end('lost');
    this.#timers.clear();
    this.#transport.free();
    this.#port.gone();
  }
}
