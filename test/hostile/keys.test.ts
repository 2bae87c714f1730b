import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { compose } from '../../src/observers/ssh/wire.js';
import { honestVisit, openDoor, type TestDoor } from '../support/door.js';
import { until } from '../support/patience.js';
import { RawClient } from '../support/raw-client.js';

let door: TestDoor;

before(async () => {
  door = await openDoor();
});

after(() => door.close());

afterEach(async () => {
  await honestVisit(door.port);
  await until('no connection is left', () => door.connections === 0);
});

interface Pair {
  readonly blob: Buffer;
  readonly secret: KeyObject;
}

function ed25519(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { blob: compose(0, 'ssh-ed25519', raw).subarray(1), secret: privateKey };
}

function rsa(bits: number): Pair {
  return pairOf(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
}

function pairOf(secret: KeyObject): Pair {
  const { e = '', n = '' } = secret.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')]);
  return { blob: compose(0, 'ssh-rsa', Buffer.from(e, 'base64url'), modulus).subarray(1), secret };
}

/** A good RSA key with another exponent than any program would choose. */
function rsaBy(exponent: bigint): Pair {
  for (;;) {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const [p, q] = [number(jwk.p!), number(jwk.q!)];
    const d = inverse(exponent, (p - 1n) * (q - 1n));
    if (d === null) continue;
    const rest = { d: text(d), e: text(exponent), dp: text(d % (p - 1n)), dq: text(d % (q - 1n)) };
    return pairOf(createPrivateKey({ key: { ...jwk, ...rest }, format: 'jwk' }));
  }
}

const number = (digits: string): bigint => BigInt(`0x${Buffer.from(digits, 'base64url').toString('hex')}`);

function text(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

/** The number by which `value` is 1 modulo `modulus`, or null. */
function inverse(value: bigint, modulus: bigint): bigint | null {
  let [r, next, x, y] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const times = r / next;
    [r, next, x, y] = [next, r - times * next, y, x - times * y];
  }
  return r === 1n ? ((x % modulus) + modulus) % modulus : null;
}

interface Forgery {
  readonly algo?: string;
  readonly signatureAlgo?: string;
  readonly hash?: string | null;
  readonly signer?: KeyObject;
  readonly session?: Buffer;
  readonly signedUser?: string;
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function request(client: RawClient, pair: Pair, forgery: Forgery = {}): Buffer {
  const algo = forgery.algo ?? 'ssh-ed25519';
  const session = forgery.session ?? client.sessionId;
  const body = (user: string): Buffer => compose(50, user, 'ssh-connection', 'publickey', true, algo, pair.blob);
  const data = Buffer.concat([u32(session.length), session, body(forgery.signedUser ?? 'keyed')]);
  const value = sign(forgery.hash ?? null, data, forgery.signer ?? pair.secret);
  const signature = compose(0, forgery.signatureAlgo ?? algo, value).subarray(1);
  return Buffer.concat([body('keyed'), u32(signature.length), signature]);
}

async function attempt(pair: Pair, forgery: Forgery = {}): Promise<'in' | 'out'> {
  const client = await new RawClient(door.port).service();
  client.sendRaw(request(client, pair, forgery));
  const answer = (await client.expect(52, 51))[0] === 52 ? 'in' : 'out';
  client.reset();
  await client.ended();
  return answer;
}

test('a key proved for this connection comes in, and is the one that was proved', async () => {
  const pair = ed25519();
  assert.equal(await attempt(pair), 'in');
  assert.deepEqual(door.attempts.at(-1)?.key?.blob, pair.blob);
});

test('RSA keys prove themselves with SHA-2', async () => {
  assert.equal(await attempt(rsa(2048), { algo: 'rsa-sha2-512', hash: 'sha512' }), 'in');
});

test('an RSA key that takes long to check proves nothing, though its signature is good', async () => {
  const forgery = { algo: 'rsa-sha2-512', hash: 'sha512' };
  assert.equal(await attempt(rsaBy(0xffff_fffbn), forgery), 'in');
  assert.equal(await attempt(rsaBy(2n ** 33n + 17n), forgery), 'out');
});

test('an offered key that was not signed for is no proof', async () => {
  const client = await new RawClient(door.port).service();
  client.send(50, 'keyed', 'ssh-connection', 'publickey', false, 'ssh-ed25519', ed25519().blob);
  await client.expect(60);
  client.send(50, 'keyed', 'ssh-connection', 'none');
  await client.expect(51);
  assert.equal(door.attempts.at(-1)?.key, null);
  client.reset();
  await client.ended();
});

const forgeries: readonly [string, Pair, Forgery][] = [
  ['of another key', ed25519(), { signer: ed25519().secret }],
  ['for another connection', ed25519(), { session: Buffer.alloc(32, 7) }],
  ['for another user name', ed25519(), { signedUser: 'good' }],
  ['that names another algorithm', ed25519(), { signatureAlgo: 'rsa-sha2-256' }],
  ['with SHA-1', rsa(2048), { algo: 'ssh-rsa', hash: 'sha1' }],
  ['of an RSA key of 1024 bits', rsa(1024), { algo: 'rsa-sha2-256', hash: 'sha256' }],
  ['whose key is of another type', ed25519(), { algo: 'rsa-sha2-256', signatureAlgo: 'rsa-sha2-256' }],
  ['of a key with bytes behind it', { ...ed25519(), blob: Buffer.concat([ed25519().blob, Buffer.alloc(8)]) }, {}],
];

for (const [name, pair, forgery] of forgeries) {
  test(`a signature ${name} is not accepted`, async () => {
    const before = door.attempts.length;
    assert.equal(await attempt(pair, forgery), 'out');
    assert.equal(door.attempts.length, before, 'nobody was asked to admit it');
  });
}

test('a replayed request of another connection is not accepted', async () => {
  const pair = ed25519();
  const first = await new RawClient(door.port).service();
  const captured = request(first, pair);
  first.reset();
  await first.ended();
  const second = await new RawClient(door.port).service();
  second.sendRaw(captured);
  await second.expect(51);
  second.reset();
  await second.ended();
});
