/** Ports of the loopback: one that is free, and when somebody listens at it. */
import { connect, createServer } from 'node:net';
import { sleep } from './terminals.js';

/** A server that is not there after that will not come, in ms. */
const PATIENCE_MS = 10_000;

/** A port of the loopback at which nobody listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Waits until somebody listens there. @param name who should */
export async function answers(port: number, name: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    if (Date.now() > end) throw new Error(`${name} does not answer`);
    await sleep(20);
  }
}
