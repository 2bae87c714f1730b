/** Messages by chance under good keys: almost right ones, in every phase of a connection. The same seed says the same. */
import { compose, type Field } from '../../../src/observers/ssh/wire.js';
import type { RawClient } from '../../support/raw-client.js';
import type { Siege } from './siege.js';

/** Seeds that made an edge fall, once: they are tried each time. None so far. */
export const FAILED_SEEDS: readonly number[] = [];

const MOST_MESSAGES = 60;
const NUMBERS = [0, 1, 2, 7, 255, 1023, 1024, 32_768, 35_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const TYPES = [
  1, 2, 3, 4, 5, 6, 7, 20, 21, 30, 31, 50, 51, 52, 53, 60, 61, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100,
];
const WORDS = [
  ...['session', 'shell', 'exec', 'pty-req', 'env', 'window-change', 'subsystem', 'signal', 'ssh-userauth', 'none'],
  ...['ssh-connection', 'publickey', 'password', 'keyboard-interactive', 'join', 'ssh-ed25519', 'rsa-sha2-512', 'text'],
  ...[
    'keepalive@openssh.com',
    'tcpip-forward',
    'direct-tcpip',
    'LC_ALL',
    'xterm',
    '__proto__',
    '\u001b]52;c;x\u0007',
    '',
  ],
];

/** mulberry32: numbers from 0 to 1. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Chance {
  readonly #next: () => number;
  readonly #token: string;

  constructor(seed: number, token: string) {
    this.#next = chanceOf(seed);
    this.#token = token;
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most) }, () => this.below(256)));
  }

  /** A message of a plausible shape, often damaged. */
  message(): Buffer {
    const type = this.below(10) === 0 ? this.below(256) : this.of(TYPES);
    const fields = Array.from({ length: this.below(9) }, () => this.#field());
    const payload = compose(type, ...fields);
    const damage = this.below(4);
    if (damage === 0) return payload.subarray(0, 1 + this.below(payload.length));
    if (damage === 1) payload[this.below(payload.length)]! ^= 1 << this.below(8);
    return damage === 2 ? Buffer.concat([payload, this.bytes(64)]) : payload;
  }

  #field(): Field {
    const kind = this.below(6);
    if (kind === 0) return this.of(NUMBERS);
    if (kind === 1) return this.below(3);
    if (kind === 2) return this.below(2) === 0;
    if (kind === 3) return this.bytes(this.below(20) === 0 ? 30_000 : 100);
    return this.below(12) === 0 ? this.#token : this.of(WORDS);
  }
}

/** Connection after connection until the time is over. */
export async function fuzz(siege: Siege, seed: number, ms: number): Promise<string> {
  const end = performance.now() + ms;
  const chance = new Chance(seed, siege.token);
  let messages = 0;
  while (performance.now() < end) messages += await talk(siege, chance, end);
  return `${messages} messages`;
}

async function talk(siege: Siege, chance: Chance, end: number): Promise<number> {
  const client = siege.raw();
  let count = 0;
  try {
    await enter(client, siege.token, chance.below(5));
    while (count < MOST_MESSAGES && performance.now() < end && !client.socket.destroyed) {
      client.sendRaw(chance.message());
      count++;
      if (chance.below(8) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } catch {
    // The edge ended it, as it should.
  }
  client.reset();
  await client.ended();
  return count;
}

/** How far it goes by the rules before it breaks them. */
async function enter(client: RawClient, token: string, depth: number): Promise<void> {
  if (depth === 0) await client.shake();
  if (depth === 1) await client.service();
  if (depth === 2) await client.login(token);
  if (depth === 3) {
    await client.login(token);
    await client.session();
  }
  if (depth === 4) await client.shell(token);
}
