/**
 * Looks at start whether ssh2 is inside as it is taken to be: every private part that we use, before and in the midst of
 * a key exchange. What has moved is named, and nobody is let in. Knows nothing of what the parts are used for.
 */
import { LecternError } from '../../core/errors.js';
import { OFFER } from './algorithms.js';
import { OFFERED, type ParsedKey, Protocol } from './internals.js';
import { MSG } from './packets.js';
import { compose, listOf } from './wire.js';

/** Paths from a Protocol, and what `typeof` must say there. What is undefined must be there all the same. */
type Pins = Readonly<Record<string, string>>;

/** Of one that has heard nothing. */
export const PINS: Pins = {
  start: 'function',
  parse: 'function',
  _destruct: 'function',
  rekey: 'function',
  _onPayload: 'function',
  _kexinit: 'undefined',
  _kex: 'undefined',
  '_packetRW.write.alloc': 'function',
  '_packetRW.write.finalize': 'function',
  '_packetRW.write.allocStart': 'number',
  '_packetRW.write.allocStartKEX': 'number',
  _decipher: 'undefined',
  _skipNextInboundPacket: 'boolean',
};

/** Of one that has heard what a client offers, and waits for its share. */
export const PINS_IN_EXCHANGE: Pins = {
  _kexinit: 'object',
  '_decipher._onPayload': 'function',
  '_kex.type': 'string',
  '_kex.sessionID': 'undefined',
  '_kex._remoteKexinit': 'object',
  '_kex.convertPublicKey': 'function',
  '_kex.computeSecret': 'function',
  '_kex.getPublicKey': 'function',
};

const IDENT = Buffer.from('SSH-2.0-probe\r\n');
/** RFC 4253 section 7.1: a random number that need not be one here. */
const COOKIE_BYTES = 16;
/** RFC 4253 section 6: before the first keys packets have blocks of 8 bytes, and 4 bytes of padding or more. */
const BLOCK = 8;
const LEAST_PADDING = 4;

/**
 * Checks that every private part is where we look for it.
 * @param fresh, exchanging Protocols that have heard nothing, and a client's offer
 * @throws {LecternError} FAILED when one is not.
 */
export function assertInternals(fresh: object = probe(), exchanging: object = inExchange()): void {
  check(fresh, PINS);
  check(exchanging, PINS_IN_EXCHANGE);
}

/** A Protocol as a connection has one, which nobody listens to. */
export function probe(): Protocol {
  return new Protocol({
    server: true,
    hostKeys: Object.assign(Object.create(null) as Record<string, ParsedKey>, { [OFFER.serverHostKey[0]]: {} }),
    ident: 'probe',
    offer: OFFERED,
    onWrite: () => {},
    onError: (error) => {
      throw new LecternError('FAILED', 'ssh2 does not take the beginning of a key exchange', { cause: error });
    },
    onHeader: () => {},
    onHandshakeComplete: () => {},
    messageHandlers: { DISCONNECT: () => {} },
  });
}

/** One that has heard our own offer. */
export function inExchange(): Protocol {
  const protocol = probe();
  const packets = Buffer.concat([IDENT, packet(offerOfClient())]);
  protocol.start?.();
  protocol.parse(packets, 0, packets.length);
  return protocol;
}

function offerOfClient(): Buffer {
  const { kex, serverHostKey, cs, sc } = OFFER;
  const lists = [kex, serverHostKey, cs.cipher, sc.cipher, cs.mac, sc.mac, cs.compress, sc.compress, cs.lang, sc.lang];
  const noGuess = compose(0, 0);
  return Buffer.concat([Buffer.from([MSG.KEXINIT]), Buffer.alloc(COOKIE_BYTES), ...lists.map(listOf), noGuess]);
}

function packet(payload: Buffer): Buffer {
  const padding = BLOCK - ((5 + payload.length + LEAST_PADDING) % BLOCK) + LEAST_PADDING;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

function check(from: object, pins: Pins): void {
  for (const [path, type] of Object.entries(pins)) {
    const { found, value } = lookup(from, path.split('.'));
    if (!found || typeof value !== type) throw new LecternError('FAILED', `ssh2 has no ${path} of type ${type}`);
  }
}

function lookup(from: object, path: readonly string[]): { found: boolean; value: unknown } {
  let value: unknown = from;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !(name in value)) return { found: false, value: undefined };
    value = (value as Record<string, unknown>)[name];
  }
  return { found: true, value };
}
