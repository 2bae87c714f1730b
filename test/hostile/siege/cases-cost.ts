/** What logins cost: work that somebody without a link can have done for him. He is let do little of it, and nobody waits. */
import { randomBytes } from 'node:crypto';
import { compose } from '../../../src/observers/ssh/wire.js';
import type { RawClient } from '../../support/raw-client.js';
import { type Case, type Siege, sleep } from './siege.js';

const TRYING_MS = 1500;
/** Who tries all the time, from one address. */
const AT_ONCE = 20;
/** Broken logins that are free, those that are owed until nobody listens any more, and those that were under way then. */
const FREE = 6;
const OWED = 10;
const UNDER_WAY = 5;
const RSA_BYTES = 384;
const TRIES = 6;
/** Fewer than may log in at once before some are turned away by chance. */
const ADDRESSES = 25;

/** Logs in as fast as it is let, always in vain; only so many key exchanges may be made with one address. */
function inVain(name: string, attempt: (client: RawClient, siege: Siege) => void | Promise<void>): Case {
  return {
    name: `${name}, from one address without a pause`,
    async run(siege) {
      const from = siege.source();
      const began = performance.now();
      let tried = 0;
      let exchanged = 0;
      const trying = async (): Promise<void> => {
        while (performance.now() < began + TRYING_MS) {
          tried++;
          const client = siege.raw({ from });
          try {
            await client.shake();
            exchanged++;
            await attempt(client, siege);
            await client.ended();
          } catch {
            await sleep(10);
          }
          client.reset();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, trying));
      const most = FREE + OWED + UNDER_WAY + Math.ceil((performance.now() - began) / 1000);
      if (exchanged > most) throw new Error(`${exchanged} key exchanges were made, at most ${most} may be`);
      return `${exchanged} key exchanges of ${tried} tries, at most ${most} may be`;
    },
  };
}

async function authenticate(client: RawClient, send: () => void): Promise<void> {
  client.send(5, 'ssh-userauth');
  await client.expect(6);
  for (let i = 0; i < TRIES; i++) send();
}

/** An RSA key of 3072 bits whose exponent is as long as its modulus: checking a signature takes a hundred times as long. */
function heavyKey(): Buffer {
  const number = (): Buffer => {
    const bytes = randomBytes(RSA_BYTES);
    bytes[RSA_BYTES - 1]! |= 1;
    return bytes;
  };
  const [exponent, modulus] = [number(), number()];
  exponent[0] = 0x40;
  modulus[0]! |= 0x80;
  return compose(0, 'ssh-rsa', exponent, Buffer.concat([Buffer.of(0), modulus])).subarray(1);
}

function heavyProof(client: RawClient, siege: Siege): void {
  const signature = compose(0, 'rsa-sha2-256', Buffer.concat([Buffer.of(0), randomBytes(RSA_BYTES - 1)])).subarray(1);
  client.send(50, siege.token, 'ssh-connection', 'publickey', true, 'rsa-sha2-256', heavyKey(), signature);
}

export const costCases: readonly Case[] = [
  inVain('logins by a method that there is not', (client) =>
    authenticate(client, () => client.send(50, 'x', 'ssh-connection', 'hostbased')),
  ),
  inVain('proofs that prove nothing', (client, siege) => {
    const key = compose(0, 'ssh-ed25519', randomBytes(32)).subarray(1);
    const signature = compose(0, 'ssh-ed25519', randomBytes(64)).subarray(1);
    return authenticate(client, () =>
      client.send(50, siege.token, 'ssh-connection', 'publickey', true, 'ssh-ed25519', key, signature),
    );
  }),
  inVain('proofs by keys that take long to check', (client, siege) =>
    authenticate(client, () => heavyProof(client, siege)),
  ),
  inVain('logins that end with a goodbye', (client) => client.send(1, 11, 'bye', '')),
  inVain('logins that are reset after the key exchange', (client) => client.reset()),
  inVain('services that there are not', (client) => client.send(5, 'ssh-connection')),
  {
    name: 'proofs by keys that take long to check, of many addresses at once',
    async run(siege) {
      const clients = Array.from({ length: ADDRESSES }, async () => {
        const client = await siege.service();
        for (let i = 0; i < TRIES; i++) heavyProof(client, siege);
        await client.ended();
      });
      await Promise.all(clients);
    },
  },
  {
    name: 'four thousand small packets before anybody says who he is',
    async run(siege) {
      const client = await siege.raw({ lax: true }).shake();
      for (let i = 0; i < 4000; i++) client.send(2, '');
      client.send(5, 'ssh-userauth');
      await client.expect(6);
      client.reset();
      await client.ended();
    },
  },
  {
    name: 'keys offered by the thousand, none of them proved',
    async run(siege) {
      const client = await siege.service();
      for (let i = 0; i < 1000; i++) {
        const key = compose(0, 'ssh-ed25519', randomBytes(32)).subarray(1);
        client.send(50, siege.token, 'ssh-connection', 'publickey', false, 'ssh-ed25519', key);
      }
      await client.ended();
    },
  },
];
