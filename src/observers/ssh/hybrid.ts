/**
 * The key exchange mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex): safe as long as one of ML-KEM-768 and
 * X25519 is. ssh2 1.17.0 has none that outlives a quantum computer, and OpenSSH from 10 on warns of that at each join.
 *
 * ssh2 is told that curve25519 was agreed on, and its exchange is then given the other shares and the other secret: the
 * rest (RFC 5656 section 4: hash, signature, new keys) is the same. Knows no connection.
 */

import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { OFFER } from './algorithms.js';
import type { KeyExchange } from './internals.js';
import { listOf, WireReader } from './wire.js';

/** The name by which it is agreed on. */
export const HYBRID = 'mlkem768x25519-sha256';
/** What ssh2 takes it for: the exchange with the same hash and the same messages. */
const STAND_IN = 'curve25519-sha256';

/** Message number and cookie come before the lists of a KEXINIT (RFC 4253 section 7.1). */
const LISTS_FROM = 17;
/** FIPS 203, table 3: the encapsulation key of ML-KEM-768. */
const KEM_KEY_BYTES = 1184;
/** RFC 7748 section 6.1. */
const X25519_BYTES = 32;

/**
 * A client's KEXINIT in ssh2's words, when it leads to the hybrid exchange: the first of its names that we offer counts
 * (RFC 4253 section 7.1). Null when it leads to another one.
 * @throws {RangeError} when the payload is too short.
 */
export function standInFor(kexInit: Buffer): Buffer | null {
  const reader = new WireReader(kexInit, LISTS_FROM);
  const names = reader.text().split(',');
  if (names.find((name) => (OFFER.kex as readonly string[]).includes(name)) !== HYBRID) return null;
  const list = listOf(names.map((name) => (name === HYBRID ? STAND_IN : name)));
  return Buffer.concat([kexInit.subarray(0, LISTS_FROM), list, kexInit.subarray(reader.offset)]);
}

/** Makes ssh2's exchange, which began with a stand-in, the hybrid one. `kexInit` is what the client really sent. */
export function makeHybrid(exchange: KeyExchange, kexInit: Buffer): void {
  let reply: Buffer = Buffer.alloc(0);
  exchange._remoteKexinit = kexInit;
  exchange.convertPublicKey = (share) => share;
  exchange.getPublicKey = () => reply;
  exchange.computeSecret = (share) => {
    try {
      const answered = answer(share);
      reply = answered.reply;
      return answered.secret;
    } catch {
      return new Error('not a share of the hybrid key exchange');
    }
  };
}

/**
 * The server's answer to a client's share.
 * @throws when the share is none.
 */
function answer(share: Buffer): { readonly reply: Buffer; readonly secret: Buffer } {
  if (share.length !== KEM_KEY_BYTES + X25519_BYTES) throw new RangeError('wrong length');
  const kem = ml_kem768.encapsulate(share.subarray(0, KEM_KEY_BYTES));
  const own = generateKeyPairSync('x25519');
  const classical = diffieHellman({ privateKey: own.privateKey, publicKey: x25519(share.subarray(KEM_KEY_BYTES)) });
  const { x = '' } = own.publicKey.export({ format: 'jwk' });
  return {
    reply: Buffer.concat([kem.cipherText, Buffer.from(x, 'base64url')]),
    secret: createHash('sha256').update(kem.sharedSecret).update(classical).digest(),
  };
}

function x25519(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });
}
