/** Packets as they are before the first keys (RFC 4253 section 6), right and wrong ones. */
import { randomBytes } from 'node:crypto';
import { compose, listOf } from '../../../src/observers/ssh/wire.js';

export const IDENT = 'SSH-2.0-siege\r\n';
const STRICT = 'kex-strict-c-v00@openssh.com';
const BLOCK = 8;
const LEAST_PADDING = 4;

/** A whole packet around a payload. */
export function packet(payload: Uint8Array): Buffer {
  const padding = BLOCK - ((5 + payload.length + LEAST_PADDING) % BLOCK) + LEAST_PADDING;
  return lying(1 + payload.length + padding, padding, Buffer.concat([payload, Buffer.alloc(padding)]));
}

/** A packet that says of its length and padding whatever it is told to. */
export function lying(length: number, padding: number, rest: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length);
  head[4] = padding;
  return Buffer.concat([head, rest]);
}

export interface Offer {
  readonly kex?: string;
  readonly hostKey?: string;
  readonly cipher?: string;
  readonly mac?: string;
  readonly compress?: string;
  readonly strict?: boolean;
  readonly guess?: boolean;
}

/** The payload of a KEXINIT. */
export function kexInit(offer: Offer = {}): Buffer {
  const { kex = 'curve25519-sha256', hostKey = 'ssh-ed25519', cipher = 'aes128-ctr', mac = 'hmac-sha2-256' } = offer;
  const { compress = 'none', strict = true, guess = false } = offer;
  const lists = [strict ? `${kex},${STRICT}` : kex, hostKey, cipher, cipher, mac, mac, compress, compress, '', ''];
  const tail = Buffer.from([guess ? 1 : 0, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([20]), randomBytes(16), ...lists.map((list) => listOf([list])), tail]);
}

/** The payload with which a client sends its share. */
export function share(bytes: Uint8Array): Buffer {
  return compose(30, bytes);
}
