import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { importJWK, SignJWT } from 'jose';
import { type ControlTicket, type TicketJwk, TicketOffice, type WatchTicket } from '../../src/access/tickets.js';

const newJwk = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as unknown as TicketJwk;
const jwk = newJwk();
const office = await TicketOffice.open(jwk);
const NOW = 1_800_000_000_000;
const S = NOW / 1000;
const watch: WatchTicket = { sid: 's1', sub: 'ana', jti: 'j1', role: 'observer', iat: S, nbf: S, exp: S + 60 };
const control: ControlTicket = { sub: 'p1', sid: 's1', jti: 'j2', mode: 'full', exp: S + 60 };
const here = { sid: 's1', now: NOW };

async function outcome(token: string, expected = here, kind: 'watch' | 'control' = 'watch'): Promise<string> {
  const verdict =
    kind === 'watch' ? await office.verifyWatch(token, expected) : await office.verifyControl(token, expected);
  return verdict.kind === 'good' ? 'good' : verdict.reason;
}

/** A token signed with the right key, with one thing about it wrong. */
async function forged(claims: object, header: object = {}): Promise<string> {
  const { sid, ...rest } = watch;
  const signing = await importJWK({ ...jwk }, 'EdDSA');
  return new SignJWT({ iss: 'lectern', aud: sid, ...rest, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'lectern+jwt', ...header })
    .sign(signing);
}

test('tickets come back as they were minted', async () => {
  assert.deepEqual(await office.verifyWatch(await office.mintWatch(watch), here), { kind: 'good', ticket: watch });
  const lease = await office.mintControl(control);
  assert.deepEqual(await office.verifyControl(lease, here), { kind: 'good', ticket: control });
});

test('a ticket ends at exp, begins at nbf, and a leeway moves both', async () => {
  const token = await office.mintWatch({ ...watch, nbf: S + 10 });
  assert.equal(await outcome(token), 'unknown');
  assert.equal(await outcome(token, { ...here, now: NOW + 10_000 }), 'good');
  assert.equal(await outcome(token, { ...here, now: NOW + 60_000 }), 'expired');
  assert.equal((await office.verifyWatch(token, { ...here, leewayMs: 10_000 })).kind, 'good');
  assert.equal(await outcome(await office.mintControl(control), { ...here, now: NOW + 60_000 }, 'control'), 'expired');
});

test('a ticket for another session, of another issuer, type or role is unknown', async () => {
  assert.equal(await outcome(await forged({})), 'good');
  assert.equal(await outcome(await office.mintWatch(watch), { ...here, sid: 's2' }), 'unknown');
  assert.equal(await outcome(await office.mintControl(control), { ...here, sid: 's2' }, 'control'), 'unknown');
  assert.equal(await outcome(await office.mintControl(control)), 'unknown');
  assert.equal(await outcome(await office.mintWatch(watch), here, 'control'), 'unknown');
  for (const claims of [{ iss: 'other' }, { aud: ['s1', 's2'] }, { role: 'presenter' }, { sub: 7 }, { exp: 'never' }]) {
    assert.equal(await outcome(await forged(claims)), 'unknown', JSON.stringify(claims));
  }
  for (const claim of ['iss', 'aud', 'sub', 'jti', 'role', 'iat', 'nbf', 'exp']) {
    assert.equal(await outcome(await forged({ [claim]: undefined })), 'unknown', `without ${claim}`);
  }
  assert.equal(await outcome(await forged({}, { typ: 'JWT' })), 'unknown');
  assert.equal(await outcome(await forged({}, { alg: 'Ed25519' })), 'unknown');
  assert.equal(await outcome(await forged({}, { typ: undefined })), 'unknown');
});

test('nothing in a ticket chooses how it is checked: alg none, HMAC and embedded keys are refused', async () => {
  const [, payload] = (await office.mintWatch(watch)).split('.');
  const none = Buffer.from('{"alg":"none","typ":"lectern+jwt"}').toString('base64url');
  assert.equal(await outcome(`${none}.${payload}.`), 'unknown');
  const { sid, ...rest } = watch;
  const secret = Buffer.from(jwk.x, 'base64url');
  const hmac = new SignJWT({ iss: 'lectern', aud: sid, ...rest }).setProtectedHeader({
    alg: 'HS256',
    typ: 'lectern+jwt',
  });
  assert.equal(await outcome(await hmac.sign(secret)), 'unknown');
  const other = newJwk();
  const { d: _, ...embedded } = other;
  const own = new SignJWT({ iss: 'lectern', aud: sid, ...rest });
  own.setProtectedHeader({ alg: 'EdDSA', typ: 'lectern+jwt', jwk: embedded });
  assert.equal(await outcome(await own.sign(await importJWK({ ...other }, 'EdDSA'))), 'unknown');
});

test('a ticket of which any one bit was turned is refused', async () => {
  const token = await office.mintWatch(watch);
  await fc.assert(
    fc.asyncProperty(fc.nat(2), fc.nat(), fc.nat(7), async (part, at, bit) => {
      const parts = token.split('.').map((text) => Buffer.from(text, 'base64url'));
      const bytes = parts[part]!;
      bytes[at % bytes.length]! ^= 1 << bit;
      assert.equal(await outcome(parts.map((one) => one.toString('base64url')).join('.')), 'unknown');
    }),
    { numRuns: 300 },
  );
});

test('an expired ticket with a wrong signature is unknown, not expired', async () => {
  const stranger = await TicketOffice.open(newJwk());
  assert.equal(await outcome(await stranger.mintWatch({ ...watch, exp: S - 1 })), 'unknown');
  assert.equal(await outcome(await office.mintWatch({ ...watch, exp: S - 1 })), 'expired');
});

test('any text is answered, never thrown at', async () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.base64String(), { maxLength: 4 }).map((p) => p.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => assert.equal(await outcome(text), 'unknown')),
    { numRuns: 300 },
  );
  assert.equal(await outcome('a'.repeat(100_000)), 'unknown');
});
