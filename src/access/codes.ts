/**
 * Random names: the secret code in a link, and the public ids of links and sessions. It knows nothing of what they open.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base32, lower case: no i, l, o or u, so that nobody misreads one over the telephone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const BITS_OF_A_LETTER = 31;

/** 26 letters of 5 bits are 130 bits: at a guess a second for a century, one chance in 10^29. */
export const CODE_LETTERS = 26;
const CODE = new RegExp(`^[${ALPHABET}]{${CODE_LETTERS}}$`);

/** 50 bits: ids are public and only must not collide among the links of one presenter. */
const ID_LETTERS = 10;

/** A compact JWS, which may stand in the place of a code (`lectern link --jwt`). */
const JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Signed links are about 300 characters; much longer ones are not ours and are not worth hashing. */
const JWS_MAX = 1024;

/** A new secret code, 130 bits from the system's generator. */
export function newCode(): string {
  return letters(CODE_LETTERS);
}

/** A new public id, for links (`jti`) and sessions. */
export function newId(): string {
  return letters(ID_LETTERS);
}

function letters(count: number): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET[byte & BITS_OF_A_LETTER]).join('');
}

/** True when `text` has the shape of a token: a code, letter for letter, or a signed link. Nothing is corrected. */
export function isToken(text: string): boolean {
  return CODE.test(text) || (text.length <= JWS_MAX && JWS.test(text));
}

/** What is kept of a token: sha256, hex. Tokens are random or signed, so no salt and no slow hash is needed. */
export function hashCode(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
