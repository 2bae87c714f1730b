/**
 * Checks the signature of a publickey request (RFC 4252 section 7). This is the only maker of a {@link VerifiedKey}:
 * a key that was merely offered proves nothing (CVE-2024-45337).
 */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { type ParsedKey, parseKey } from './internals.js';
import { WireReader } from './wire.js';

/** A public key whose owner signed for this very connection. */
export interface VerifiedKey {
  /** As in authorized_keys: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`. */
  readonly algo: string;
  /** The public key in SSH's own encoding, canonical: base64 of it is the second field of authorized_keys. */
  readonly blob: Buffer;
  /** `SHA256:` and 43 characters, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
}

interface Scheme {
  /** Type of the key that signs by this algorithm. */
  readonly key: string;
  readonly hash: string | null;
  /** Bytes of each of the two numbers of an ECDSA signature. */
  readonly ecdsaBytes?: number;
}

/** SHA-1 (`ssh-rsa` as a signature) and DSA are left out on purpose: RFC 9142, OpenSSH 8.8. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['ssh-ed25519', { key: 'ssh-ed25519', hash: null }],
  ['rsa-sha2-256', { key: 'ssh-rsa', hash: 'sha256' }],
  ['rsa-sha2-512', { key: 'ssh-rsa', hash: 'sha512' }],
  ['ecdsa-sha2-nistp256', { key: 'ecdsa-sha2-nistp256', hash: 'sha256', ecdsaBytes: 32 }],
  ['ecdsa-sha2-nistp384', { key: 'ecdsa-sha2-nistp384', hash: 'sha384', ecdsaBytes: 48 }],
  ['ecdsa-sha2-nistp521', { key: 'ecdsa-sha2-nistp521', hash: 'sha512', ecdsaBytes: 66 }],
]);

/** OpenSSH's RequiredRSASize is 1024; NIST SP 800-131A asks for 2048. Larger than 8192 costs more than it is worth. */
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
/**
 * OpenSSL takes exponents of any length for up to 3072 bits, where checking one signature then takes 15 ms instead of 0.1.
 * What makes keys uses 65537.
 */
const MAX_RSA_EXPONENT = 0xffff_ffffn;

/** True when a signature by this algorithm can be checked. */
export const knowsAlgorithm = (algo: string): boolean => SCHEMES.has(algo);

/** The key, when `signature` (algorithm and value, as it stands in the request) signs `data`; null otherwise. */
export function verifySignature(algo: string, blob: Buffer, signature: Buffer, data: Buffer): VerifiedKey | null {
  const scheme = SCHEMES.get(algo);
  if (scheme === undefined) return null;
  try {
    const key = parsePublic(blob);
    if (key === null || key.type !== scheme.key || !isSound(key)) return null;
    return signs(scheme, key, signatureValue(algo, signature), data) ? identify(key) : null;
  } catch {
    return null; // a key or signature that cannot be read
  }
}

function parsePublic(blob: Buffer): ParsedKey | null {
  const parsed = parseKey(blob);
  if (parsed instanceof Error || Array.isArray(parsed)) return null;
  return parsed.getPublicSSH().equals(blob) ? parsed : null;
}

function isSound(key: ParsedKey): boolean {
  if (key.type !== 'ssh-rsa') return true;
  const { modulusLength: bits = 0, publicExponent = 0n } =
    createPublicKey(key.getPublicPEM()).asymmetricKeyDetails ?? {};
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && publicExponent <= MAX_RSA_EXPONENT;
}

function signatureValue(algo: string, signature: Buffer): Buffer {
  const reader = new WireReader(signature);
  if (reader.text() !== algo) throw new RangeError('the signature names another algorithm than the request');
  return reader.string();
}

function signs(scheme: Scheme, key: ParsedKey, value: Buffer, data: Buffer): boolean {
  const pem = key.getPublicPEM();
  if (scheme.ecdsaBytes === undefined) return verify(scheme.hash, data, pem, value);
  return verify(scheme.hash, data, { key: pem, dsaEncoding: 'ieee-p1363' }, fixedNumbers(value, scheme.ecdsaBytes));
}

/** Two mpints (RFC 5656 section 3.1.2) as two numbers of fixed length (IEEE P1363). */
function fixedNumbers(value: Buffer, bytes: number): Buffer {
  const reader = new WireReader(value);
  const fixed = Buffer.alloc(2 * bytes);
  for (const end of [bytes, 2 * bytes]) {
    let number = reader.string();
    while (number.length > bytes && number[0] === 0) number = number.subarray(1);
    if (number.length > bytes) throw new RangeError('a number of the signature is too long');
    number.copy(fixed, end - number.length);
  }
  return fixed;
}

function identify(key: ParsedKey): VerifiedKey {
  const blob = Buffer.from(key.getPublicSSH());
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { algo: key.type, blob, fingerprint: `SHA256:${digest}` };
}
