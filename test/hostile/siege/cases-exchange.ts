/** The key exchange: packets that lie, messages out of place, offers that lead nowhere, shares that are none. */
import { createECDH, randomBytes } from 'node:crypto';
import { OFFER } from '../../../src/observers/ssh/algorithms.js';
import { compose } from '../../../src/observers/ssh/wire.js';
import { closed } from '../../support/raw-client.js';
import { IDENT, kexInit, lying, type Offer, packet, share } from './packets.js';
import type { Case, Siege } from './siege.js';

const HYBRID = 'mlkem768x25519-sha256';
const P256 = 'ecdh-sha2-nistp256';

/** Packets whose frame is wrong. */
const FRAMES: readonly (readonly [string, ...Uint8Array[]])[] = [
  ['a packet of 2 GiB', lying(0x7fff_ffff, 4, Buffer.alloc(64)), lying(0x7fff_ffff, 4, Buffer.alloc(1 << 16))],
  ['a packet of 4 GiB', lying(0xffff_ffff, 4, Buffer.alloc(64))],
  ['a packet of nothing', lying(0, 0, Buffer.alloc(64))],
  ['a packet of one byte', lying(1, 0, Buffer.alloc(64))],
  ['a packet above 35,000 bytes', lying(35_004, 4, Buffer.alloc(36_000))],
  ['a packet that is no multiple of eight', lying(13, 4, Buffer.alloc(64))],
  ['more padding than packet', lying(12, 200, Buffer.alloc(64))],
  ['padding up to the last byte', lying(12, 11, Buffer.alloc(64))],
];

/** Offers on which nobody can agree. */
const OFFERS: readonly (readonly [string, Offer])[] = [
  ['no common key exchange', { kex: 'diffie-hellman-group18-sha512' }],
  ['an exchange with SHA-1', { kex: 'diffie-hellman-group1-sha1' }],
  ['group exchange', { kex: 'diffie-hellman-group-exchange-sha256' }],
  ['no common host key', { hostKey: 'ssh-rsa' }],
  ['no common cipher', { cipher: '3des-cbc' }],
  ['no cipher at all', { cipher: 'none' }],
  ['no common MAC', { mac: 'hmac-md5' }],
  ['compression only', { compress: 'zlib@openssh.com,zlib' }],
  ['names of the prototype', { kex: '__proto__,constructor', hostKey: '__proto__', cipher: 'constructor' }],
  ['a host key called constructor', { hostKey: 'constructor' }],
  ['the name that only says "strict" as the exchange', { kex: 'kex-strict-s-v00@openssh.com' }],
  ['empty lists', { kex: '', hostKey: '', cipher: '', mac: '', compress: '', strict: false }],
  ['ten thousand names', { kex: Array.from({ length: 5000 }, (_, i) => `k${i}`).join(',') }],
  ['commas only', { kex: ','.repeat(20_000) }],
];

function point(lead: number): Buffer {
  const ecdh = createECDH('prime256v1');
  const key = Buffer.from(ecdh.generateKeys());
  key[0] = lead;
  key[40]! ^= 1;
  return key;
}

/** Shares that lead to no secret. */
const SHARES: readonly (readonly [string, string, Uint8Array])[] = [
  ['an X25519 share of zeros', 'curve25519-sha256', Buffer.alloc(32)],
  ['an X25519 share of low order', 'curve25519-sha256', Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])],
  ['an X25519 share of 31 bytes', 'curve25519-sha256', randomBytes(31)],
  ['an X25519 share of 33 bytes', 'curve25519-sha256', Buffer.concat([Buffer.from([9]), randomBytes(32)])],
  ['an X25519 share of nothing', 'curve25519-sha256', Buffer.alloc(0)],
  ['a share of 30,000 bytes', 'curve25519-sha256', randomBytes(30_000)],
  ['a point that is not on the curve', P256, point(4)],
  ['a point of an unknown form', P256, point(9)],
  ['the point at infinity', P256, Buffer.from([0])],
  ['a hybrid share of nothing', HYBRID, Buffer.alloc(0)],
  ['a hybrid share without its second half', HYBRID, Buffer.alloc(1184)],
  ['a hybrid share that is one byte too long', HYBRID, Buffer.alloc(1217)],
  ['an ML-KEM key beyond its modulus', HYBRID, Buffer.alloc(1216, 0xff)],
  ['a hybrid share whose second half is zero', HYBRID, Buffer.alloc(1216)],
];

/** Messages that are no KEXINIT, as the first packet of one who wants a strict exchange. */
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 19, 21, 30, 31, 32, 34, 50, 52, 60, 80, 90, 94, 98, 100, 192, 255];

function truncations(): readonly Case[] {
  const whole = kexInit();
  return [1, 10, 17, 20, 40, whole.length - 20, whole.length - 6].map((length) => ({
    name: `a KEXINIT cut off after ${length} bytes`,
    run: (siege: Siege) => siege.refuses(IDENT, packet(whole.subarray(0, length)), packet(share(randomBytes(32)))),
  }));
}

function lengthsThatLie(): readonly Case[] {
  return [0xffff_ffff, 0x7fff_ffff, 40_000].map((length) => ({
    name: `a KEXINIT whose first list has ${length} bytes`,
    run(siege: Siege) {
      const payload = kexInit();
      payload.writeUInt32BE(length, 17);
      return siege.refuses(IDENT, packet(payload), packet(share(randomBytes(32))));
    },
  }));
}

/** Every number that a message can have, in batches of so many connections. */
const NUMBERS = Array.from({ length: 255 }, (_, i) => i + 1);
const BATCH = 16;

/** Whatever the number: nothing but what belongs there is taken in a strict exchange. */
function outOfPlace(where: string, right: number, before: () => readonly Buffer[]): Case {
  return {
    name: `each message there is, ${where} of a strict exchange`,
    async run(siege) {
      const wrong = NUMBERS.filter((type) => type !== right);
      for (let at = 0; at < wrong.length; at += BATCH) {
        const ends = wrong
          .slice(at, at + BATCH)
          .map((type) => siege.refuses(IDENT, ...before(), packet(compose(type, 'x')), packet(compose(21))));
        await Promise.all(ends);
      }
    },
  };
}

/** By one who watches: new keys, agreed on in a way that they may not be. */
function badRekey(name: string, ...payloads: readonly Buffer[]): Case {
  return {
    name: `new keys ${name}`,
    async run(siege) {
      const client = await siege.shell();
      for (const payload of payloads) client.sendRaw(payload);
      await client.ended();
    },
  };
}

export const exchangeCases: readonly Case[] = [
  outOfPlace('between KEXINIT and the share', 30, () => [packet(kexInit())]),
  outOfPlace('between the share and the new keys', 21, () => [packet(kexInit()), packet(share(randomBytes(32)))]),
  badRekey('by nothing in common', kexInit({ kex: 'diffie-hellman-group1-sha1' })),
  badRekey('for another host key', kexInit({ hostKey: 'ssh-rsa' })),
  badRekey('by a cipher that is broken', kexInit({ cipher: '3des-cbc' })),
  badRekey('with compression', kexInit({ compress: 'zlib' })),
  badRekey('begun twice', kexInit(), kexInit()),
  badRekey('without a share', kexInit(), Buffer.of(21)),
  badRekey('with a share of nothing', kexInit(), share(Buffer.alloc(32))),
  badRekey('in the midst of which he types', kexInit(), compose(94, 0, 'q'), share(Buffer.alloc(32))),
  ...FRAMES.map(([name, ...packets]) => ({ name, run: (siege: Siege) => siege.refuses(IDENT, ...packets) })),
  ...TYPES.map((type) => ({
    name: `message ${type} instead of a KEXINIT`,
    run: (siege: Siege) => siege.refuses(IDENT, packet(compose(type, 'ssh-userauth')), packet(kexInit())),
  })),
  ...truncations(),
  ...lengthsThatLie(),
  ...OFFERS.map(([name, offer]) => ({
    name: `an offer with ${name}`,
    run: (siege: Siege) => siege.refuses(IDENT, packet(kexInit(offer)), packet(share(randomBytes(32)))),
  })),
  ...SHARES.map(([name, kex, bytes]) => ({
    name,
    run: (siege: Siege) => siege.refuses(IDENT, packet(kexInit({ kex })), packet(share(bytes))),
  })),
  ...([2, 4, 3, 20, 21, 31, 5, 50, 90] as const).map((type) => ({
    name: `message ${type} in the midst of a strict exchange`,
    run: (siege: Siege) => siege.refuses(IDENT, packet(kexInit()), packet(compose(type, 'x')), packet(compose(21))),
  })),
  {
    name: 'a payload of nothing',
    waits: true,
    run: (siege) => siege.refuses(IDENT, packet(Buffer.alloc(0)), packet(Buffer.alloc(0))),
  },
  {
    name: 'a share whose length lies',
    run: (siege) => siege.refuses(IDENT, packet(kexInit()), packet(Buffer.from('1effffffff6161', 'hex'))),
  },
  {
    name: 'new keys without a share',
    run: (siege) => siege.refuses(IDENT, packet(kexInit()), packet(compose(21))),
  },
  {
    name: 'noise where the first encrypted packet should be',
    run: (siege) => {
      const real = createECDH('prime256v1').generateKeys();
      return siege.refuses(
        IDENT,
        packet(kexInit({ kex: P256 })),
        packet(share(real)),
        packet(compose(21)),
        randomBytes(4096),
      );
    },
  },
  {
    name: 'a wrong guess, and then no second try',
    waits: true,
    async run(siege) {
      const socket = await siege.tcp();
      socket.write(IDENT);
      socket.write(packet(kexInit({ kex: `x,${P256}`, guess: true })));
      socket.write(packet(share(randomBytes(32))));
      await closed(socket);
    },
  },
  {
    name: 'an exchange that is begun and not gone on with, until its time is over',
    waits: true,
    run: (siege) => siege.refuses(IDENT, packet(kexInit())),
  },
  {
    name: 'a second exchange before anybody said who he is',
    async run(siege) {
      const client = await siege.raw().shake();
      client.rekey();
      await client.ended();
    },
  },
  ...OFFER.kex
    .filter((kex) => !kex.startsWith('kex-strict'))
    .map((kex) => ({
      name: `${kex}, a reset in its midst`,
      async run(siege: Siege) {
        const socket = await siege.tcp();
        socket.write(IDENT);
        socket.write(packet(kexInit({ kex })));
        socket.resetAndDestroy();
      },
    })),
];
