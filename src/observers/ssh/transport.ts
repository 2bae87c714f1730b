/**
 * One SSH transport (RFC 4253) on ssh2's Protocol: bytes in, payloads out, and back. Knows neither socket nor timer,
 * and nothing of what the payloads mean. Once it has failed or was stopped it neither parses nor writes.
 */

import { makeCurve } from './curve.js';
import { guessedWrong } from './guess.js';
import { makeHybrid, standInFor } from './hybrid.js';
import { OFFERED, type ParsedKey, type PayloadHandler, Protocol, sendPacket } from './internals.js';
import { outbox } from './outbox.js';
import { MSG } from './packets.js';
import { fillFromPool } from './padding.js';
import { Shape } from './shape.js';

/** What a client sees of us before keys: no version, which is nobody's business. */
const SOFTWARE = 'lectern';

/** Makes ssh2 leave the chunk that it is parsing. */
const STOP = Number.POSITIVE_INFINITY;
/** RFC 4250 section 4.1.1: below are the messages of the transport, from here on those of authentication and channels. */
const FIRST_UPPER_MESSAGE = 50;
const NOTHING = new Uint8Array(0);
/** Packets of payloads up to here are built where they leave from. Longer ones, which are rare, have memory of their own. */
const MOST_IN_OUTBOX = 35 * 1024;

export interface TransportEvents {
  /** Bytes for the socket. They are good until it returns: who keeps them copies them. */
  readonly write: (bytes: Buffer) => void;
  /** A payload for the layers above. A throw is a failure of this transport. */
  readonly payload: (type: number, payload: Buffer) => void;
  /** A key exchange has begun; nothing should be sent until {@link keyed}. */
  readonly kexBegun: () => void;
  /** New keys are in use. */
  readonly keyed: () => void;
  /** The peer said goodbye. */
  readonly disconnected: () => void;
  /** The peer broke the protocol, or we did. Told once. */
  readonly failed: (error: unknown) => void;
}

export class Transport {
  readonly #protocol: Protocol;
  readonly #events: TransportEvents;
  readonly #destruct: () => void;
  #stopped = false;
  #bytes = 0;
  /** Of the packets with the keys in use. */
  #shape: Shape | null = null;

  /** `hostKey` is an ed25519 private key. */
  constructor(hostKey: ParsedKey, events: TransportEvents) {
    this.#events = events;
    const hostKeys = Object.create(null) as Record<string, ParsedKey>;
    hostKeys[hostKey.type] = hostKey;
    this.#protocol = new Protocol({
      server: true,
      hostKeys,
      ident: SOFTWARE,
      offer: OFFERED,
      onWrite: (bytes) => this.#write(bytes),
      onError: (error) => this.#fail(error),
      onHeader: () => this.#begin(),
      onHandshakeComplete: () => this.#keyed(),
      messageHandlers: { DISCONNECT: () => this.#disconnected() },
    });
    // ssh2 1.17.0 frees the ciphers from within a packet and then goes on with the next one: the process would crash.
    this.#destruct = this.#protocol._destruct.bind(this.#protocol);
    this.#protocol._destruct = () => {};
    const handleKexInit = this.#protocol._onPayload;
    this.#protocol._onPayload = (payload) => this.#receive(payload, handleKexInit);
  }

  /** True while a key exchange is under way. What is sent meanwhile is queued by ssh2, without limit. */
  get kexing(): boolean {
    return this.#protocol._kexinit !== undefined;
  }

  /** Bytes in both directions since the last key exchange. */
  get bytesWithKeys(): number {
    return this.#bytes;
  }

  /** The exchange hash that every signature covers (RFC 4252 section 7). */
  get sessionId(): Buffer {
    return this.#protocol._kex!.sessionID;
  }

  /** Sends our identification line, at once, as both sides must (RFC 4253 section 4.2). */
  start(): void {
    this.#protocol.start?.();
  }

  /** Takes bytes of the peer. The first of them must be one whole identification line. */
  feed(bytes: Buffer): void {
    if (this.#stopped) return;
    this.#bytes += bytes.length;
    try {
      this.#protocol.parse(bytes, 0, bytes.length);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Sends one payload, which may be in two pieces; after the key exchange when one is under way. */
  send(payload: Uint8Array, rest: Uint8Array = NOTHING): void {
    if (this.#stopped) return;
    const { write } = this.#protocol._packetRW;
    const length = payload.length + rest.length;
    const packet = this.kexing || length > MOST_IN_OUTBOX ? write.alloc(length) : this.#emptyPacket(length);
    packet.set(payload, write.allocStart);
    packet.set(rest, write.allocStart + payload.length);
    sendPacket(this.#protocol, write.finalize(packet));
  }

  /** A packet in the one piece of memory for all. */
  #emptyPacket(length: number): Buffer {
    this.#shape ??= new Shape((bytes) => this.#protocol._packetRW.write.alloc(bytes));
    const padding = this.#shape.padding(length);
    const packet = outbox.room(this.#events, this.#shape.total(length));
    const framed = 1 + length + padding;
    packet[0] = framed >>> 24;
    packet[1] = framed >>> 16;
    packet[2] = framed >>> 8;
    packet[3] = framed;
    packet[4] = padding;
    fillFromPool(packet, 5 + length, padding);
    return packet;
  }

  /** Sends a last payload, also in the midst of a key exchange, and stops. */
  sendLast(payload: Buffer): void {
    if (this.#stopped) return;
    const writer = this.#protocol._packetRW.write;
    const packet = writer.alloc(payload.length, true);
    packet.set(payload, writer.allocStartKEX);
    sendPacket(this.#protocol, writer.finalize(packet, true), true);
    this.stop();
  }

  /** Asks for new keys. */
  rekey(): void {
    if (this.#stopped || this.kexing) return;
    this.#protocol.rekey();
    this.#events.kexBegun();
  }

  /** No more parsing or writing. */
  stop(): void {
    this.#stopped = true;
  }

  /** Frees the ciphers. Not from within a payload: one of them is then at work. */
  free(): void {
    this.stop();
    this.#destruct();
  }

  /** The identification line was read, and the first key exchange begins. */
  #begin(): void {
    const decipher = this.#protocol._decipher!;
    const handle = decipher._onPayload;
    decipher._onPayload = (payload) => this.#negotiate(payload, handle);
    this.#events.kexBegun();
  }

  #negotiate(payload: Buffer, handle: PayloadHandler): ReturnType<PayloadHandler> {
    if (payload[0] !== MSG.KEXINIT) return handle(payload);
    const standIn = standInFor(payload);
    const result = handle(standIn ?? payload);
    if (this.#stopped) return result;
    if (standIn === null) makeCurve(this.#protocol._kex!);
    else makeHybrid(this.#protocol._kex!, payload);
    this.#protocol._skipNextInboundPacket = guessedWrong(payload);
    return result;
  }

  #receive(payload: Buffer, handleKexInit: PayloadHandler): ReturnType<PayloadHandler> {
    const type = payload[0];
    if (type === undefined) return undefined;
    if (type >= FIRST_UPPER_MESSAGE || type === MSG.SERVICE_REQUEST) this.#events.payload(type, payload);
    else if (type === MSG.KEXINIT) return this.#exchangeKeys(payload, handleKexInit);
    else if (type === MSG.DISCONNECT) this.#disconnected();
    else if (!QUIET.has(type)) this.#fail(new Error(`unexpected message ${type}`));
    return this.#stopped ? STOP : undefined;
  }

  #exchangeKeys(payload: Buffer, handleKexInit: PayloadHandler): ReturnType<PayloadHandler> {
    const began = !this.kexing;
    const result = this.#negotiate(payload, handleKexInit);
    this.#stopAtErrors();
    if (began && !this.#stopped) this.#events.kexBegun();
    return this.#stopped ? STOP : result;
  }

  /** What comes behind a wrong message of a key exchange is not read, whatever ssh2 made of that. */
  #stopAtErrors(): void {
    const decipher = this.#protocol._decipher!;
    const handle = decipher._onPayload;
    decipher._onPayload = (payload) => {
      const result = handle(payload);
      return this.#stopped ? STOP : result;
    };
  }

  #keyed(): void {
    this.#bytes = 0;
    this.#shape = null;
    if (!this.#stopped) this.#events.keyed();
  }

  #write(bytes: Buffer): void {
    if (this.#stopped) return;
    this.#bytes += bytes.length;
    outbox.add(this.#events, bytes);
  }

  #disconnected(): void {
    if (this.#stopped) return;
    this.stop();
    this.#events.disconnected();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#events.failed(error);
  }
}

/** Messages of the transport that ask for nothing. */
const QUIET: ReadonlySet<number> = new Set([MSG.IGNORE, MSG.UNIMPLEMENTED, MSG.DEBUG, MSG.EXT_INFO]);
