/** Authentication: requests that are cut off, piled up, out of turn or forged. Nobody comes in by any of them. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { WORDS } from '../../../src/core/errors.js';
import { compose } from '../../../src/observers/ssh/wire.js';
import type { RawClient } from '../../support/raw-client.js';
import type { Case, Siege } from './siege.js';

type Attack = (client: RawClient, siege: Siege) => void | Promise<void>;

/** The attack ends the connection, and nobody came in by it. */
function ends(name: string, attack: Attack): Case {
  return {
    name,
    async run(siege) {
      const client = await siege.service();
      await attack(client, siege);
      await client.ended();
      const success = await client.expect(52).then(
        () => true,
        () => false,
      );
      if (success) throw new Error('it came in');
    },
  };
}

/** The user name is refused with the one sentence for all of them. */
function unknown(name: string, user: string): Case {
  return ends(`the user name ${name}`, async (client) => {
    client.send(50, user, 'ssh-connection', 'none');
    if (!(await client.expect(1)).includes(WORDS.unknown)) throw new Error('it got other words');
  });
}

const jwt = (header: object, claims: object): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

const NAMES: readonly Case[] = [
  unknown('of nobody', 'k7qm0000000000000000000000'),
  unknown('of nothing', ''),
  unknown('root', 'root'),
  unknown('of zeros and a terminal sequence', '\u0000\u001b[2J'),
  unknown('__proto__', '__proto__'),
  unknown('of a path', '../../../../etc/passwd'),
  unknown('of a shell', '$(reboot); `id`'),
  unknown('of 1,025 characters', 'x'.repeat(1025)),
  unknown('of 30,000 characters', 'x'.repeat(30_000)),
  unknown('of bytes that are no UTF-8', '\ud800\udfff'),
  unknown('a ticket of noise', 'a.b.c'),
  unknown('a ticket without a signature', `${jwt({ alg: 'none', typ: 'lectern+jwt' }, { sub: 'x', exp: 9e9 })}.`),
  unknown(
    'a ticket signed with nothing',
    `${jwt({ alg: 'HS256' }, { sub: 'x' })}.${randomBytes(32).toString('base64url')}`,
  ),
  unknown('a ticket of dots', '.'.repeat(500)),
  unknown('a ticket of a deep object', `${Buffer.from('['.repeat(700)).toString('base64url')}.e30.AA`),
];

function key() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { blob: compose(0, 'ssh-ed25519', raw).subarray(1), secret: privateKey };
}

/** Signed requests for the real link that prove nothing: the link wants no key, so they must fail as proofs. */
function forged(name: string, forge: (data: Buffer, secret: ReturnType<typeof key>['secret']) => Buffer): Case {
  return {
    name: `a signature ${name}`,
    async run(siege) {
      const client = await siege.service();
      const { blob, secret } = key();
      const body = compose(50, siege.token, 'ssh-connection', 'publickey', true, 'ssh-ed25519', blob);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(client.sessionId.length);
      const signature = compose(
        0,
        'ssh-ed25519',
        forge(Buffer.concat([length, client.sessionId, body]), secret),
      ).subarray(1);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(signature.length);
      client.sendRaw(Buffer.concat([body, head, signature]));
      await client.expect(51);
      client.reset();
      await client.ended();
    },
  };
}

const none = (client: RawClient, user: string): void => client.send(50, user, 'ssh-connection', 'none');

async function ask(client: RawClient): Promise<void> {
  client.send(50, 'join', 'ssh-connection', 'keyboard-interactive', '', '');
  await client.expect(60);
}

export const authCases: readonly Case[] = [
  ...NAMES,
  ...[6, 7, 20, 38, 45, 60].map((length) =>
    ends(`a publickey request cut off after ${length} bytes`, (client, siege) => {
      const whole = compose(
        50,
        siege.token,
        'ssh-connection',
        'publickey',
        true,
        'ssh-ed25519',
        randomBytes(51),
        randomBytes(83),
      );
      client.sendRaw(whole.subarray(0, length));
    }),
  ),
  ends('a publickey request that ends after its flag', (client, siege) =>
    client.send(50, siege.token, 'ssh-connection', 'publickey', true),
  ),
  ends('lengths of 4 GiB in a request', (client) => client.sendRaw(Buffer.from('32ffffffff61ffffffff', 'hex'))),
  ends('an empty request', (client) => client.sendRaw(Buffer.from([50]))),
  forged('of another key', (data) => sign(null, data, key().secret)),
  forged('of other data', (data, secret) => sign(null, data.subarray(1), secret)),
  forged('of nothing', () => Buffer.alloc(0)),
  forged('of zeros', () => Buffer.alloc(64)),
  forged('that is one byte too long', (data, secret) => Buffer.concat([sign(null, data, secret), Buffer.alloc(1)])),
  ends('six host-based attempts', (client) => {
    for (let i = 0; i < 6; i++) client.send(50, 'x', 'ssh-connection', 'hostbased', 'ssh-rsa', 'x', 'h', 'u', 's');
  }),
  ends('a method with the name of a prototype', (client) => {
    for (let i = 0; i < 6; i++) client.send(50, 'x', 'ssh-connection', '__proto__');
  }),
  ends('two thousand attempts at once', (client) => {
    for (let i = 0; i < 2000; i++) none(client, `guess${i}`);
  }),
  ends('four requests at once, one of each kind', (client) => {
    client.send(50, 'nobody', 'ssh-connection', 'password', false, 'x');
    client.send(50, 'nobody', 'ssh-connection', 'password', false, 'x');
    client.send(50, 'nobody', 'ssh-connection', 'publickey', false, 'ssh-ed25519', randomBytes(51));
    client.send(50, 'nobody', 'ssh-connection', 'publickey', false, 'ssh-ed25519', randomBytes(51));
  }),
  ends('a request while a ticket is looked at', (client, siege) => {
    none(client, 'a.b.c');
    none(client, siege.token);
  }),
  ends('another user name after the first', async (client, siege) => {
    client.send(50, 'one', 'ssh-connection', 'publickey', false, 'ssh-ed25519', randomBytes(51));
    await client.expect(60);
    none(client, siege.token);
  }),
  ends('another service', (client, siege) => client.send(50, siege.token, 'ssh-evil', 'none')),
  ends('a password of 30,000 characters for nobody', (client) =>
    client.send(50, 'nobody', 'ssh-connection', 'password', false, 'x'.repeat(30_000)),
  ),
  ends('a wish to change the password', (client) =>
    client.send(50, 'nobody', 'ssh-connection', 'password', true, 'old', 'new'),
  ),
  ...[0, 2, 31_999_999, 0xffff_ffff].map((count) =>
    ends(`${count} answers to one question`, async (client) => {
      await ask(client);
      client.send(61, count);
    }),
  ),
  ends('an answer to no question', (client, siege) => client.send(61, 1, siege.token)),
  ends('an answer that is cut off', async (client) => {
    await ask(client);
    client.sendRaw(Buffer.from('3d00000001000000ff61', 'hex'));
  }),
  ends('two answers to one question', async (client) => {
    await ask(client);
    client.send(61, 1, 'wrong');
    client.send(61, 1, 'wrong');
  }),
  ends('six wrong codes at the prompt', async (client) => {
    for (let i = 0; i < 6; i++) {
      await ask(client);
      client.send(61, 1, `wrong${i}`);
      if (i < 5) await client.expect(51);
    }
  }),
  ...[52, 80, 90, 93, 94, 97, 98, 192].map((type) =>
    ends(`message ${type} before anybody is in`, (client) => client.send(type, 'session', 0, 1 << 20, 32_768)),
  ),
  ends('the service of connections without authentication', (client) => client.send(5, 'ssh-connection')),
  ends('a second request for the service', (client) => client.send(5, 'ssh-userauth')),
  {
    name: 'a service that there is not',
    async run(siege) {
      const client = await siege.raw().shake();
      client.send(5, 'ssh-evil');
      await client.ended();
    },
  },
  {
    name: 'nothing after the key exchange, until the time is over',
    waits: true,
    async run(siege) {
      await (await siege.raw().shake()).ended();
    },
  },
  {
    name: 'a reset while the answer is on its way',
    async run(siege) {
      const client = await siege.service();
      none(client, 'nobody');
      client.reset();
      await client.ended();
    },
  },
];
