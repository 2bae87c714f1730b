/**
 * Guessed key exchanges (RFC 4253 section 7): a client may send the first packet of the exchange that it hopes for along
 * with its KEXINIT. ssh2 1.17.0 takes every guess for a wrong one and drops the packet, so that a client which guessed
 * right (dbclient) waits for ever.
 */

import { OFFER } from './algorithms.js';
import { WireReader } from './wire.js';

/** Message number and cookie. */
const LISTS_FROM = 17;
/** Key exchange and host key come first; eight more lists stand before the flag. */
const OTHER_LISTS = 8;

/**
 * True when a KEXINIT announces a guess, and the guess is wrong: client and server prefer different algorithms.
 * @throws {RangeError} when the payload is too short.
 */
export function guessedWrong(kexInit: Buffer): boolean {
  const reader = new WireReader(kexInit, LISTS_FROM);
  const kex = firstOf(reader.text());
  const hostKey = firstOf(reader.text());
  for (let i = 0; i < OTHER_LISTS; i++) reader.string();
  return reader.boolean() && (kex !== OFFER.kex[0] || hostKey !== OFFER.serverHostKey[0]);
}

const firstOf = (list: string): string | undefined => list.split(',')[0];
