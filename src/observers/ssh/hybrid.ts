/**
 * The key exchange mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex): safe as long as one of ML-KEM-768 and
 * X25519 is. ssh2 1.17.0 has none that outlives a quantum computer, and OpenSSH from 10 on warns of that at each join.
 *
 * ssh2 is told that curve25519 was agreed on, and its exchange is then given the other shares and the other secret: the
 * rest (RFC 5656 section 4: hash, signature, new keys) is the same. Knows no connection.
 */

import { createHash } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { OFFER } from './algorithms.js';
import { answerWith, X25519_BYTES, x25519 } from './curve.js';
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
/** The first takes 60 ms, the second 19, those behind it 8, 9 and 2. */
const PRACTICE_ANSWERS = 2;

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
  exchange._remoteKexinit = kexInit;
  answerWith(exchange, answer);
}

/**
 * Answers made-up clients, so that V8 has compiled it before there is one: the first exchange of a process takes 8 ms
 * then instead of 60. An encapsulation key of zeros is a key.
 */
export function practiseHybrid(): void {
  for (let i = 0; i < PRACTICE_ANSWERS; i++) ml_kem768.encapsulate(new Uint8Array(KEM_KEY_BYTES));
}

/**
 * The server's answer to a client's share.
 * @throws when the share is none.
 */
function answer(share: Buffer): { readonly reply: Buffer; readonly secret: Buffer } {
  if (share.length !== KEM_KEY_BYTES + X25519_BYTES) throw new RangeError('wrong length');
  const kem = ml_kem768.encapsulate(share.subarray(0, KEM_KEY_BYTES));
  const classical = x25519(share.subarray(KEM_KEY_BYTES));
  return {
    reply: Buffer.concat([kem.cipherText, classical.reply]),
    secret: createHash('sha256').update(kem.sharedSecret).update(classical.secret).digest(),
  };
}
