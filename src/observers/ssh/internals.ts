/**
 * The one place that names what we use of ssh2 beyond its public interface; that it is there is checked in pins.ts.
 *
 * Only ssh2's transport is used: key exchange, ciphers, packets. Its Server is not: measured in 1.17.0, it dies of a
 * truncated publickey request and of pipelined ones, hangs on a channel with packet size 0, keeps every session that
 * was ever opened, and half-closes instead of closing. Authentication (RFC 4252) and the one channel (RFC 4254) are ours.
 */

import { createRequire } from 'node:module';
import { LecternError } from '../../core/errors.js';
import { OFFER } from './algorithms.js';

/** The version whose insides are known. Another one is refused until somebody has read it. */
export const SSH2_VERSION = '1.17.0';

import { fillFromPool } from './padding.js';

const require = createRequire(import.meta.url);

/** A key as ssh2 parses it (public interface). */
export interface ParsedKey {
  readonly type: string;
  getPublicSSH(): Buffer;
  getPublicPEM(): string;
  getPrivatePEM(): string | null;
  /** Called with the hash of an exchange; an error ends the connection. */
  sign: (data: Buffer) => Buffer | Error;
}

interface PacketWriter {
  /** Where a payload begins in what {@link alloc} returns: 5, or 0 during a key exchange. */
  readonly allocStart: number;
  /** The same for packets that bypass a key exchange. */
  readonly allocStartKEX: number;
  alloc(payloadLength: number, bypass?: boolean): Buffer;
  finalize(packet: Buffer, bypass?: boolean): Buffer;
}

/** A returned Infinity ends the parsing of the chunk, false ends it for this cipher only. */
export type PayloadHandler = (payload: Buffer) => number | false | undefined;

/** The parts of ssh2's Protocol that we use. */
export interface Protocol {
  /** Sends our identification line. Gone once it was called. */
  start?: () => void;
  parse(chunk: Buffer, from: number, to: number): void;
  /** Frees ciphers; `parse` throws from then on. Called by ssh2 in the midst of a packet that is wrong. */
  _destruct: () => void;
  /** Begins a key exchange, unless one is under way. */
  rekey(): void;
  /** Called with every decrypted payload outside key exchanges. */
  _onPayload: PayloadHandler;
  /** Our KEXINIT while a key exchange is under way; packets are queued without limit meanwhile. */
  readonly _kexinit: Buffer | undefined;
  readonly _kex: KeyExchange | undefined;
  readonly _packetRW: { readonly write: PacketWriter };
  /** Takes the packets of the first key exchange; {@link ProtocolConfig.onHeader} is called when it is there. */
  readonly _decipher: { _onPayload: PayloadHandler } | undefined;
  /** The next packet is a wrong guess and is to be dropped. */
  _skipNextInboundPacket: boolean;
}

/** A key exchange under way, as ssh2 runs it for a server. */
export interface KeyExchange {
  /** Its kind: `25519` for those on that curve. */
  readonly type: string;
  readonly sessionID: Buffer;
  /** The client's KEXINIT, as it goes into the exchange hash. */
  _remoteKexinit: Buffer | undefined;
  /** The client's share, as it goes into the hash. Called first, then {@link computeSecret}, then {@link getPublicKey}. */
  convertPublicKey: (share: Buffer) => Buffer;
  /** The shared secret, as it is hashed with its length before it; an error ends the connection. */
  computeSecret: (share: Buffer) => Buffer | Error;
  /** Our share. */
  getPublicKey: () => Buffer;
}

export interface ProtocolConfig {
  readonly server: true;
  /** Host keys by algorithm: an object without prototype, as clients name its keys. */
  readonly hostKeys: Readonly<Record<string, ParsedKey>>;
  /** Software version for the identification line, after `SSH-2.0-`. */
  readonly ident: string;
  readonly offer: unknown;
  readonly onWrite: (bytes: Buffer) => void;
  readonly onError: (error: Error) => void;
  readonly onHeader: () => void;
  readonly onHandshakeComplete: () => void;
  readonly messageHandlers: { readonly DISCONNECT: () => void };
}

interface Internals {
  readonly Protocol: new (config: ProtocolConfig) => Protocol;
  readonly KexInit: new (offer: typeof OFFER) => unknown;
  readonly sendPacket: (protocol: Protocol, packet: Buffer, bypass?: boolean) => boolean;
  readonly parseKey: (data: Buffer | string) => ParsedKey | ParsedKey[] | Error;
  /** Resolved when the ciphers that are WebAssembly are compiled. */
  readonly ready: Promise<unknown>;
}

function load(): Internals {
  const { version } = require('ssh2/package.json') as { version: string };
  if (version !== SSH2_VERSION) {
    throw new LecternError(
      'FAILED',
      `ssh2 ${version} is installed, and lectern knows the insides of ${SSH2_VERSION} only`,
    );
  }
  const ciphers = loadCiphers();
  const { utils } = require('ssh2') as { utils: Pick<Internals, 'parseKey'> };
  return {
    Protocol: require('ssh2/lib/protocol/Protocol.js') as Internals['Protocol'],
    KexInit: (require('ssh2/lib/protocol/kex.js') as Pick<Internals, 'KexInit'>).KexInit,
    sendPacket: (require('ssh2/lib/protocol/utils.js') as Pick<Internals, 'sendPacket'>).sendPacket,
    parseKey: utils.parseKey,
    ready: ciphers.init,
  };
}

/** ssh2's ciphers take their source of padding when they are loaded. */
function loadCiphers(): { readonly init: Promise<unknown> } {
  const crypto = require('node:crypto') as { randomFillSync: unknown };
  const { randomFillSync } = crypto;
  crypto.randomFillSync = fillFromPool;
  try {
    return require('ssh2/lib/protocol/crypto.js') as { readonly init: Promise<unknown> };
  } finally {
    crypto.randomFillSync = randomFillSync;
  }
}

export const { Protocol, KexInit, sendPacket, parseKey, ready } = load();

/** Our offer, in ssh2's shape. Made once: it is the same for every connection. */
export const OFFERED = new KexInit(OFFER);
