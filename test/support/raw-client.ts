/**
 * An SSH client that says whatever it is told to: ssh2's transport in client mode, with every payload above it made by
 * hand. For tests that break the rules.
 */

import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { compose } from '../../src/observers/ssh/wire.js';
import { speakHybrid } from './hybrid-client.js';
import { Late, PATIENCE_MS, patiently } from './patience.js';

const require = createRequire(import.meta.url);

interface ClientProtocol {
  start?: () => void;
  parse(chunk: Buffer, from: number, to: number): void;
  cleanup(): void;
  rekey(): void;
  _onPayload: (payload: Buffer) => number | false | undefined;
  _kex: { sessionID: Buffer };
  _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } };
}

const Protocol = require('ssh2/lib/protocol/Protocol.js') as new (config: object) => ClientProtocol;
const { sendPacket } = require('ssh2/lib/protocol/utils.js') as {
  sendPacket: (protocol: ClientProtocol, packet: Buffer) => void;
};

const { KexInit } = require('ssh2/lib/protocol/kex.js') as {
  KexInit: new (lists: object) => { readonly lists: { readonly kex: { array: string[] } } };
};

const KEXINIT = 20;
const GLOBAL_REQUEST = 80;
const REQUEST_FAILURE = 82;
const DATA = 94;
/** Message number, channel and length come before the bytes. */
const DATA_FROM = 9;
const WINDOW_ADJUST = 93;
const HYBRID = 'mlkem768x25519-sha256';
const STRICT = 'kex-strict-c-v00@openssh.com';

export interface RawOptions {
  /** Where it comes from: all of 127/8 is loopback. */
  readonly from?: string;
  readonly kex?: string;
  readonly cipher?: string;
  readonly mac?: string;
  /** What it says of itself; `raw` by default. */
  readonly ident?: string;
  /** Without strict key exchange, as older clients are. */
  readonly lax?: boolean;
  /** Answers signs of life, and keeps no message: an honest client that looks at nothing. */
  readonly honest?: boolean;
  /** What comes through the channel of one who is `honest`. */
  readonly onData?: (bytes: Buffer) => void;
}

/** What a client offers, and what it takes it for: ssh2 knows no hybrid exchange. */
function offerOf({ kex = 'curve25519-sha256', cipher, mac = 'hmac-sha2-256', lax }: RawOptions): object {
  const way = { cipher: [cipher ?? 'aes128-ctr'], mac: [mac], compress: ['none'], lang: [] };
  const pseudo = lax === true ? [] : [STRICT];
  const offer = new KexInit({ kex: [kex, ...pseudo], serverHostKey: ['ssh-ed25519'], cs: way, sc: way });
  if (kex === HYBRID) offer.lists.kex.array = ['curve25519-sha256', ...pseudo];
  return offer;
}

export class RawClient {
  readonly socket: Socket;
  readonly #protocol: ClientProtocol;
  readonly #inbox: Buffer[] = [];
  readonly #handshake: Promise<void>;
  #wake: () => void = () => {};
  /** Settles when the connection is gone, with the error that ended it, if any. */
  readonly gone: Promise<NodeJS.ErrnoException | null>;

  constructor(port: number, options: RawOptions = {}) {
    this.socket = connect({ host: '127.0.0.1', port, localAddress: options.from ?? '127.0.0.1', noDelay: true });
    let error: NodeJS.ErrnoException | null = null;
    this.socket.on('error', (raised: NodeJS.ErrnoException) => {
      error = raised;
    });
    this.gone = new Promise((resolve) => {
      this.socket.on('close', () => {
        resolve(error);
        this.#wake();
      });
    });
    let shaken: () => void;
    this.#handshake = new Promise((resolve) => {
      shaken = resolve;
    });
    this.#protocol = new Protocol({
      ident: options.ident ?? 'raw',
      offer: offerOf(options),
      onWrite: (bytes: Buffer) => this.socket.write(bytes),
      onError: () => this.socket.destroy(),
      onHandshakeComplete: () => shaken(),
      messageHandlers: {},
    });
    const original = this.#protocol._onPayload;
    this.#protocol._onPayload = (payload) => {
      if (payload[0] === KEXINIT) return original(payload);
      if (options.honest === true && this.#answer(payload, options.onData)) return undefined;
      this.#inbox.push(Buffer.from(payload));
      this.#wake();
      return undefined;
    };
    // ssh2 as a client looks at the server's list only.
    if (options.lax === true) Object.assign(this.#protocol, { _strictMode: false });
    if (options.kex === HYBRID) speakHybrid(this.#protocol);
    this.socket.on('connect', () => this.#protocol.start?.());
    this.socket.on('data', (chunk: Buffer) => this.#parse(chunk));
  }

  get sessionId(): Buffer {
    return this.#protocol._kex.sessionID;
  }

  /** Waits for the first key exchange. */
  async shake(): Promise<this> {
    const refused = this.gone.then(() => Promise.reject(new Error('the connection ended before the handshake')));
    await patiently('the handshake', Promise.race([this.#handshake, refused]));
    return this;
  }

  send(type: number, ...fields: Parameters<typeof compose> extends [number, ...infer F] ? F : never): void {
    this.sendRaw(compose(type, ...fields));
  }

  sendRaw(payload: Buffer): void {
    const writer = this.#protocol._packetRW.write;
    const at = writer.allocStart;
    const packet = writer.alloc(payload.length);
    packet.set(payload, at);
    sendPacket(this.#protocol, writer.finalize(packet));
  }

  /** Begins a key exchange. */
  rekey(): void {
    this.#protocol.rekey();
  }

  /** The next payload of one of these types; those before it are dropped. Rejects when the connection ends without one. */
  async expect(...types: readonly number[]): Promise<Buffer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        if (types.includes(next[0]!)) return next;
      }
      if (this.socket.destroyed) throw new Error(`the connection ended before message ${types}`);
      if (Date.now() > deadline) throw new Late(`message ${types}`);
      await this.#news();
    }
  }

  async service(): Promise<this> {
    await this.shake();
    this.send(5, 'ssh-userauth');
    await this.expect(6);
    return this;
  }

  /** Logs in without a key. */
  async login(user: string): Promise<this> {
    await this.service();
    this.send(50, user, 'ssh-connection', 'none');
    await this.expect(52);
    return this;
  }

  /** Opens a session channel and returns the confirmation. */
  async session(window = 1 << 20, packet = 32_768): Promise<Buffer> {
    this.send(90, 'session', 7, window, packet);
    return this.expect(91);
  }

  /** Logs in and starts a shell on a terminal. */
  async shell(user: string): Promise<this> {
    await this.login(user);
    await this.session();
    this.send(98, 0, 'pty-req', false, 'xterm-256color', 80, 24, 0, 0, '');
    this.send(98, 0, 'shell', true);
    await this.expect(99);
    return this;
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  async ended(): Promise<NodeJS.ErrnoException | null> {
    return patiently('the end of the connection', this.gone);
  }

  /** True for what an honest client deals with by itself: signs of life, data, and the window for more. */
  #answer(payload: Buffer, onData: (bytes: Buffer) => void = () => {}): boolean {
    if (payload[0] === GLOBAL_REQUEST) this.send(REQUEST_FAILURE);
    if (payload[0] === DATA) {
      const bytes = payload.subarray(DATA_FROM);
      this.send(WINDOW_ADJUST, 0, bytes.length);
      onData(bytes);
    }
    return payload[0] === GLOBAL_REQUEST || payload[0] === DATA;
  }

  #parse(chunk: Buffer): void {
    try {
      this.#protocol.parse(chunk, 0, chunk.length);
    } catch {
      this.socket.destroy();
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 200);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A TCP connection without any SSH in it; it may have been reset already. */
export function rawSocket(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(socket));
    socket.on('close', () => resolve(socket));
  });
}

/** Settles with the socket's close. */
export function closed(socket: Socket): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.on('close', () => resolve());
  });
  socket.resume();
  return patiently('the close of the socket', gone);
}
