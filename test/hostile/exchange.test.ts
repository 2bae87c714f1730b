import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OFFER } from '../../src/observers/ssh/algorithms.js';
import { HYBRID } from '../../src/observers/ssh/hybrid.js';
import { openDoor } from '../support/door.js';
import { RawClient } from '../support/raw-client.js';

const door = await openDoor();
after(() => door.close());

/** All that is offered but the name that only says that the exchange is strict. */
const EXCHANGES = OFFER.kex.filter((name) => !name.startsWith('kex-strict'));

for (const kex of EXCHANGES) {
  for (const cipher of OFFER.cs.cipher) {
    test(`${kex} with ${cipher}: in, and out again after new keys were agreed on three times`, async () => {
      const client = await new RawClient(door.port, { kex, cipher }).shell('good');
      for (let i = 0; i < 3; i++) {
        client.rekey();
        client.send(80, 'x', true);
        await client.expect(82);
      }
      client.send(97, 0);
      await client.ended();
    });
  }
}

for (const mac of OFFER.cs.mac) {
  test(`${mac}: in`, async () => {
    const client = await new RawClient(door.port, { mac }).shell('good');
    client.reset();
    await client.ended();
  });
}

test('a client without strict key exchange comes in', async () => {
  const client = await new RawClient(door.port, { lax: true, kex: HYBRID }).shell('good');
  client.reset();
  await client.ended();
});

test('the exchange that outlives quantum computers is offered', () => {
  assert.ok((EXCHANGES as readonly string[]).includes(HYBRID));
});
