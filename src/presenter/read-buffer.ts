/**
 * Where a stream reads into: one block, again and again, so that nothing is allocated for a read and its memory stays
 * in the processor's cache. What was read stands there until the next read. Knows nothing of where the bytes come from.
 */
import type { SocketConstructorOpts } from 'node:net';

/**
 * What the kernel gives of a terminal at once (its line discipline holds 4096 bytes and keeps one). libuv reads on
 * within the same turn of the event loop as long as a read fills its buffer: with this size a flood of 20 MB takes 450
 * to 1150 turns, with 64 KiB it takes one for each read, 4800.
 */
const READ_BYTES = 4095;

/** Options of a socket that reads so. @param take gets what was read; the bytes are to be copied by who keeps them */
export function reading(take: (bytes: Uint8Array) => void): SocketConstructorOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const callback = (length: number) => {
    take(length === READ_BYTES ? buffer : buffer.subarray(0, length));
    return true;
  };
  // The types do not know that a socket may be made with it as well as connected.
  return { onread: { buffer, callback } } as SocketConstructorOpts;
}
