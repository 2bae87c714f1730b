/**
 * Random bytes for the padding of packets (RFC 4253 section 6), drawn from the system in large pieces. ssh2 draws them
 * for each packet, which takes 19 µs of the 170 that an echo costs an observer among fifty.
 */
import { randomFillSync } from 'node:crypto';

/** Padding has 4 to 255 bytes, mostly under 20: one draw is for some thousand packets. */
const POOL_BYTES = 64 * 1024;

const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/** Fills `length` bytes of `target` from `start` on; no byte of the pool is given out twice. */
export function fillFromPool(target: Uint8Array, start: number, length: number): Uint8Array {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  // A loop, as a view of the pool would cost more than the few bytes.
  for (let i = 0; i < length; i++) target[start + i] = pool[used + i]!;
  used += length;
  return target;
}
