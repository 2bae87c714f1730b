/**
 * A client of our own, for practice: comes in as OpenSSH would, opens a shell, waits for the first picture and hangs up.
 * Knows nothing of what it is shown.
 */
import { type Algorithms, Client } from 'ssh2';
import type { Size } from '../../core/cells.js';

/** The door treats OpenSSH, which most observers have, in a way of its own; and this is what it prefers, of what ssh2 knows. */
const IDENT = 'OpenSSH_practice';
const ALGORITHMS: Algorithms = {
  kex: ['curve25519-sha256'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['chacha20-poly1305@openssh.com'],
};

/** Where to, as whom, and with what terminal. */
export interface PracticeVisit {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly size: Size;
}

/** Resolves when the visit is over: true when it was shown something. Waits for that as long as the connection lasts. */
export function visitOnce({ host, port, user, size }: PracticeVisit): Promise<boolean> {
  return new Promise((resolve) => {
    const client = new Client();
    let shown = false;
    client.on('ready', () => {
      client.shell({ term: 'xterm-256color', ...size }, (error, shell) => {
        if (error !== undefined) return client.end();
        shell.once('data', () => {
          shown = true;
          client.end();
        });
      });
    });
    client.on('error', () => client.destroy());
    client.on('close', () => resolve(shown));
    client.connect({ host, port, username: user, ident: IDENT, authHandler: ['none'], algorithms: ALGORITHMS });
  });
}
