/**
 * The client's half of mlkem768x25519-sha256 for ssh2's Protocol, for tests: the exchanges of what ssh2 takes for its
 * own curve25519 send and read the shares of the hybrid one. Written apart from the server's half.
 */
import { createHash, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const CIPHERTEXT_BYTES = 1088;

interface Exchange {
  getPublicKey: () => Buffer;
  convertPublicKey: (share: Buffer) => Buffer;
  computeSecret: (share: Buffer) => Buffer | Error;
}

/** Makes all key exchanges of this client protocol hybrid. */
export function speakHybrid(protocol: object): void {
  let exchange: Exchange | undefined;
  // ssh2 sends its share as soon as the exchange is there.
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set(made: Exchange) {
      exchange = Object.assign(made, hybrid());
    },
  });
}

function hybrid(): Exchange {
  const kem = ml_kem768.keygen();
  const pair = generateKeyPairSync('x25519');
  const raw = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const share = Buffer.concat([kem.publicKey, raw]);
  return {
    getPublicKey: () => share,
    convertPublicKey: (theirs) => theirs,
    computeSecret(reply) {
      const x = reply.subarray(CIPHERTEXT_BYTES).toString('base64url');
      const theirs = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
      const quantum = ml_kem768.decapsulate(reply.subarray(0, CIPHERTEXT_BYTES), kem.secretKey);
      const classical = diffieHellman({ privateKey: pair.privateKey, publicKey: theirs });
      return createHash('sha256').update(quantum).update(classical).digest();
    },
  };
}
