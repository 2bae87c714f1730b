/**
 * Writing past a stream: what the kernel has room for goes to it in the same call. Node.js takes 30 to 60 µs for the
 * way through a socket's queue, which a picture of twenty bytes has no need of.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

/** The descriptor is there on every Unix, and nowhere in Node.js's documentation: without it nothing is written. */
interface Handle {
  readonly _handle?: { readonly fd?: number } | null;
}

/** The socket's descriptor, -1 for none. Not to be used any more when the socket is destroyed: it may be another's then. */
export function descriptorOf(socket: Socket): number {
  return (socket as Socket & Handle)._handle?.fd ?? -1;
}

/**
 * Writes what the socket takes at once; nothing while something waits in its queue, so that the order is kept.
 * @param fd is its descriptor; who writes often asks for it once.
 * @returns how many of the bytes; the rest is for the socket itself, which also finds out what is wrong with it.
 */
export function writeEagerly(socket: Socket, bytes: Uint8Array, fd = descriptorOf(socket)): number {
  if (socket.writableLength > 0 || socket.writableCorked > 0 || socket.connecting || fd < 0) return 0;
  try {
    return writeSync(fd, bytes, 0, bytes.length, null);
  } catch {
    return 0;
  }
}
