import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OFFER } from '../../src/observers/ssh/algorithms.js';
import { HYBRID } from '../../src/observers/ssh/hybrid.js';
import { openDoor } from '../support/door.js';
import { until } from '../support/patience.js';
import { RawClient, rawSocket } from '../support/raw-client.js';
import { kexInit, share } from './siege/packets.js';

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

for (const cipher of OFFER.cs.cipher) {
  for (const from of ['client', 'server'] as const) {
    test(`${cipher}: what comes behind a share that leads to no secret, in new keys begun by the ${from}, is not read`, async () => {
      for (const bytes of [0, 31, 32]) {
        const rekeyBytes = from === 'server' ? 4096 : undefined;
        const other = await openDoor({ limits: rekeyBytes === undefined ? {} : { rekeyBytes } });
        const client = await new RawClient(other.port, { cipher }).shell('good');
        // All of it in one segment: ssh2 goes on with the next packet after it has freed the cipher.
        client.socket.cork();
        if (rekeyBytes !== undefined) for (let i = 0; i < 8; i++) client.send(2, 'x'.repeat(1024));
        client.sendRaw(kexInit({ kex: 'curve25519-sha256', cipher }));
        client.sendRaw(share(Buffer.alloc(bytes)));
        for (let i = 0; i < 3; i++) client.send(80, 'x', true);
        client.socket.uncork();
        await client.ended();
        await other.close();
      }
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

test('the offer comes at once, but to OpenSSH, whose own it answers', async () => {
  // Behind the identification line: the packet's length, its padding's, and the number of the message.
  const isOffer = (bytes: Buffer): boolean => bytes[bytes.indexOf('\n') + 6] === 20;
  const [other, openssh] = await Promise.all(
    ['SSH-2.0-other\r\n', 'SSH-2.0-OpenSSH_9.2p1\r\n'].map(async (ident) => {
      const socket = await rawSocket(door.port);
      const heard: Buffer[] = [];
      socket.on('data', (bytes) => heard.push(bytes));
      socket.write(ident);
      return { socket, heard: () => Buffer.concat(heard) };
    }),
  );
  await until('the line to OpenSSH', () => openssh!.heard().includes('\n'));
  await until('the offer to the other', () => isOffer(other!.heard()));
  assert.ok(!isOffer(openssh!.heard()));
  // The beginning of a packet.
  openssh!.socket.write(Buffer.from([0, 0, 4, 4, 4, 20, 0, 0]));
  await until('the offer to OpenSSH', () => isOffer(openssh!.heard()));
  for (const { socket } of [other!, openssh!]) socket.destroy();
});

test('who calls itself OpenSSH comes in', async () => {
  const client = await new RawClient(door.port, { ident: 'OpenSSH_10.0' }).shell('good');
  client.reset();
  await client.ended();
});

test('a client without strict key exchange comes in', async () => {
  const client = await new RawClient(door.port, { lax: true, kex: HYBRID }).shell('good');
  client.reset();
  await client.ended();
});

test('the exchange that outlives quantum computers is offered', () => {
  assert.ok((EXCHANGES as readonly string[]).includes(HYBRID));
});
