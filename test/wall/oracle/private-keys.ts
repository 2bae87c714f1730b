/** Texts that look like private keys in the ways in which programs print them. Made up: no key of anybody's. */
import type { Chance } from './chance.js';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const KINDS = ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ', 'DSA '] as const;
const DASHES = '-'.repeat(5);
/** Characters in a full line of a body: PEM (RFC 7468) and OpenSSH. */
const LINE_LENGTHS = [64, 70] as const;
const MAX_LINES = 5;

/** A key from its BEGIN to its END line, lines ended by `\n`, or by the two characters `\` and `n` as JSON has them. */
export function privateKey(chance: Chance): string {
  const kind = chance.pick(KINDS);
  const length = chance.pick(LINE_LENGTHS);
  const lines = Array.from({ length: chance.below(MAX_LINES) }, () => base64(chance, length));
  lines.push(`${base64(chance, chance.between(4, length - 2))}${chance.pick(['', '=', '=='])}`);
  const header = chance.maybe(0.15) ? ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,0123456789ABCDEF', ''] : [];
  const all = [
    `${DASHES}BEGIN ${kind}PRIVATE ${'KEY'}${DASHES}`,
    ...header,
    ...lines,
    `${DASHES}END ${kind}PRIVATE ${'KEY'}${DASHES}`,
  ];
  return all.join(header.length === 0 && chance.maybe(0.2) ? '\\n' : '\n');
}

function base64(chance: Chance, length: number): string {
  return Array.from({ length }, () => BASE64[chance.below(BASE64.length)]).join('');
}
