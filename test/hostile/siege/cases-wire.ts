/** On the wire: flipped bits, single bytes, cuts, repetitions, and noise under good keys. */
import { OFFER } from '../../../src/observers/ssh/algorithms.js';
import { RawClient } from '../../support/raw-client.js';
import { FAILED_SEEDS, fuzz } from './fuzz.js';
import { Meddler } from './proxy.js';
import { type Case, type Siege, until } from './siege.js';

/** Where a bit is flipped, in tenths of the packet. */
const PLACES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** More than the largest packet: an edge that waits for the rest of one that never was gets its fill. */
const FILL_BYTES = 40_000;

async function throughProxy(siege: Siege, act: (proxy: Meddler) => Promise<void>): Promise<void> {
  const proxy = await Meddler.open(siege.port, siege.source());
  try {
    await act(proxy);
  } finally {
    proxy.close();
  }
}

/** One bit of a request flipped: it is never answered, and the connection ends. */
async function flip(siege: Siege, cipher: string, mac: string, tenth: number): Promise<void> {
  await throughProxy(siege, async (proxy) => {
    const client = await new RawClient(proxy.port, { cipher, mac }).shell(siege.token);
    let flipped = false;
    proxy.toEdge = (chunk) => {
      if (!flipped) chunk[Math.floor((chunk.length * tenth) / 10)]! ^= 1 << (tenth & 7);
      flipped = true;
      return [chunk];
    };
    client.send(80, 'was it taken', true);
    await until('it is on its way', () => flipped);
    for (let sent = 0; sent < FILL_BYTES; sent += 8000) client.send(2, Buffer.alloc(8000));
    const answered = await client.expect(82).then(
      () => true,
      () => false,
    );
    if (answered) throw new Error(`bit ${tenth & 7} at ${tenth} tenths was accepted`);
    await client.ended();
  });
}

const FLIPS: readonly Case[] = OFFER.cs.cipher.flatMap((cipher) =>
  (cipher.includes('gcm') || cipher.includes('poly') ? ['hmac-sha2-256'] : OFFER.cs.mac).map((mac) => ({
    name: `ten flipped bits under ${cipher}${cipher.includes('ctr') ? ` with ${mac}` : ''}`,
    async run(siege: Siege) {
      for (const tenth of PLACES) await flip(siege, cipher, mac, tenth);
    },
  })),
);

/** What is done to the first encrypted piece after he came in; the connection must end by it. */
function meddled(name: string, meddle: (chunk: Buffer) => readonly Buffer[]): Case {
  return {
    name,
    run: (siege) =>
      throughProxy(siege, async (proxy) => {
        const client = await new RawClient(proxy.port).shell(siege.token);
        let done = false;
        proxy.toEdge = (chunk) => {
          const pieces = done ? [chunk] : meddle(chunk);
          done = true;
          return pieces;
        };
        client.send(80, 'x', true);
        await until('it is on its way', () => done);
        for (let sent = 0; sent < FILL_BYTES; sent += 8000) client.send(2, Buffer.alloc(8000));
        await client.ended();
      }),
  };
}

/** A whole visit over single bytes. */
function dripping(name: string, way: 'toEdge' | 'toClient'): Case {
  return {
    name,
    run: (siege) =>
      throughProxy(siege, async (proxy) => {
        proxy[way] = (chunk) => [...chunk].map((byte) => Buffer.of(byte));
        const client = await new RawClient(proxy.port, { kex: 'mlkem768x25519-sha256' }).shell(siege.token);
        client.send(97, 0);
        await client.ended();
      }),
  };
}

const seconds = Number(process.env['LECTERN_FUZZ_SECONDS'] ?? 4);
const more = (process.env['LECTERN_FUZZ_SEEDS'] ?? '').split(',').filter(Boolean).map(Number);

export const wireCases: readonly Case[] = [
  ...FLIPS,
  meddled('a packet that is sent twice', (chunk) => [chunk, chunk]),
  meddled('a packet that is left out', () => []),
  meddled('a packet without its last byte', (chunk) => [chunk.subarray(0, -1)]),
  meddled('a byte between two packets', (chunk) => [chunk, Buffer.of(0)]),
  dripping('every byte of the client on its own', 'toEdge'),
  dripping('every byte of the edge on its own', 'toClient'),
  ...[1, 20, 200, 700, 1500, 2200].map((length) => ({
    name: `a connection cut after ${length} bytes of the client`,
    run: (siege: Siege) =>
      throughProxy(siege, async (proxy) => {
        let left = length;
        proxy.toEdge = (chunk) => {
          const piece = chunk.subarray(0, Math.max(0, left));
          left -= chunk.length;
          if (left < 0) setImmediate(() => proxy.up?.resetAndDestroy());
          return [piece];
        };
        const client = new RawClient(proxy.port);
        await client.shell(siege.token).catch(() => client.reset());
        client.reset();
        await client.ended();
      }),
  })),
  ...[1, 2, 3, 4, 5, ...more, ...FAILED_SEEDS].map((seed) => ({
    name: `messages by chance under good keys, seed ${seed}, for ${seconds} s`,
    run: (siege: Siege) => fuzz(siege, seed, seconds * 1000),
  })),
];
