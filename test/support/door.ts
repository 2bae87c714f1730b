import ssh2 from 'ssh2';
import { fingerprintOf, newHostKey } from '../../src/access/keyfiles.js';
import type { Refusal } from '../../src/core/errors.js';
import {
  type Admit,
  type Attempt,
  type Limits,
  type SshServer,
  serveSsh,
  type Visitor,
} from '../../src/observers/ssh/index.js';
import { RawClient } from './raw-client.js';

/** Made once: keys take time. */
export const HOST_KEY = newHostKey();
/** As `ssh-keygen -l` prints it. */
export const HOST_FINGERPRINT = fingerprintOf((ssh2.utils.parseKey(HOST_KEY) as ssh2.ParsedKey).getPublicSSH());

export interface TestDoor extends SshServer {
  readonly attempts: Attempt[];
  readonly visits: Visitor<string>[];
  readonly partings: string[];
  readonly refusals: { readonly addr: string; readonly reason: Refusal }[];
}

/** `good` comes in, `keyed` with any proved key, `late` after a while, everybody else is unknown. */
export const admitSome: Admit<string> = ({ token, key }) => {
  if (token === 'good') return { kind: 'in', grant: 'watch' };
  if (token === 'keyed') return key === null ? { kind: 'key' } : { kind: 'in', grant: key.fingerprint };
  if (token === 'nokey') return { kind: 'key' };
  if (token === 'broken') throw new Error('admission broke');
  if (token.startsWith('late')) return later(token);
  return { kind: 'refused', reason: token === 'old' ? 'expired' : 'unknown' };
};

const later = (token: string): ReturnType<Admit<string>> =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      if (token === 'late-broken') reject(new Error('ticket broke'));
      else resolve({ kind: 'in', grant: token });
    }, 50);
  });

interface DoorOptions {
  readonly limits?: Partial<Limits>;
  readonly arrived?: (visitor: Visitor<string>) => void;
  readonly admit?: Admit<string>;
}

/** Opens a door on a free port. By default a visitor is greeted with `hello`. */
export async function openDoor(options: DoorOptions = {}): Promise<TestDoor> {
  const attempts: Attempt[] = [];
  const visits: Visitor<string>[] = [];
  const partings: string[] = [];
  const refusals: { addr: string; reason: Refusal }[] = [];
  const admit = options.admit ?? admitSome;
  const server = await serveSsh<string>({
    listen: { host: '127.0.0.1', port: 0 },
    hostKey: HOST_KEY,
    // Every attack comes from the same address here.
    limits: { guessesAtOnce: 10_000, ...options.limits },
    admit: (attempt) => {
      attempts.push(attempt);
      return admit(attempt);
    },
    arrived: (visitor) => {
      visits.push(visitor);
      visitor.onClose((reason) => partings.push(reason));
      visitor.write(Buffer.from('hello\r\n'));
      options.arrived?.(visitor);
    },
    refused: (refusal) => refusals.push(refusal),
  });
  return Object.assign(server, { attempts, visits, partings, refusals });
}

/** An honest client comes, sees the greeting and goes. Rejects when it cannot. */
export async function honestVisit(port: number, localAddress = '127.0.0.1'): Promise<void> {
  const client = await new RawClient(port, { from: localAddress }).login('good');
  await client.session();
  client.send(98, 0, 'shell', true);
  const data = await client.expect(94);
  if (!data.includes('hello')) throw new Error('no greeting');
  client.send(97, 0);
  await client.ended();
}
