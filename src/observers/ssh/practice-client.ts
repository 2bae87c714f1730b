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

/** Resolves when the visit is over, whatever became of it; it has no limit of its own. */
export function visitOnce({ host, port, user, size }: PracticeVisit): Promise<void> {
  return new Promise((resolve) => {
    const client = new Client();
    client.on('ready', () => {
      client.shell({ term: 'xterm-256color', ...size }, (error, shell) => {
        if (error !== undefined) client.end();
        else shell.once('data', () => client.end());
      });
    });
    client.on('error', () => client.destroy());
    client.on('close', () => resolve());
    client.connect({ host, port, username: user, ident: IDENT, authHandler: ['none'], algorithms: ALGORITHMS });
  });
}
