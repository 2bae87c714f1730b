import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { RING_BYTES, RingReader, RingWriter, ringMemory } from '../../src/cli/session/ring.js';

/** One thread plays both ends, so that every order of steps can be tried. */
function ends() {
  const memory = ringMemory();
  const heard = { wakes: 0, calls: 0 };
  const writer = new RingWriter(memory, () => heard.wakes++);
  const reader = new RingReader(memory, () => heard.calls++);
  return { writer, reader, heard };
}

const PERIOD = 251;
const PATTERN = Uint8Array.from({ length: PERIOD + 2 * RING_BYTES }, (_, i) => i % PERIOD);

/** Bytes that tell where in the stream they stand. */
function stream(from: number, length: number): Uint8Array {
  return PATTERN.subarray(from % PERIOD, (from % PERIOD) + length);
}

test('what is written comes out in order, whole, however full the ring is and wherever it ends', () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('bytes' as const), length: fc.integer({ min: 0, max: RING_BYTES * 1.5 }) }),
    fc.record({ does: fc.constant('bytes' as const), length: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ does: fc.constant('mark' as const), length: fc.constant(4) }),
    fc.record({ does: fc.constant('take' as const), length: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { writer, reader } = ends();
      const [sent, got] = [[] as string[], [] as string[]];
      const [written, read] = [{ at: 0 }, { at: 0 }];
      const take = () =>
        reader.take((kind, bytes) => {
          if (kind === 2) return got.push(`mark at ${read.at}`);
          assert.deepEqual(
            bytes.length,
            Buffer.compare(bytes, stream(read.at, bytes.length)) === 0 ? bytes.length : -1,
          );
          read.at += bytes.length;
          return 0;
        });
      for (const { does, length } of steps) {
        if (does === 'take') take();
        else if (does === 'bytes') written.at += writer.writeSome(1, stream(written.at, length));
        else if (writer.write(2, new Uint8Array(length))) sent.push(`mark at ${written.at}`);
      }
      take();
      reader.done();
      assert.deepEqual(got, sent);
      assert.equal(read.at, written.at);
      assert.equal(writer.pending, 0);
    }),
    { numRuns: 200 },
  );
});

test('records that do not fit before the end of the ring go round it', () => {
  const header = 4;
  for (const rest of [4, 8, 12, 16, 20, 24, 28]) {
    for (const write of ['write', 'writeSome'] as const) {
      const { writer, reader } = ends();
      writer.writeSome(1, stream(0, RING_BYTES - rest - header));
      reader.take(() => {});
      const taken = writer[write](2, stream(7, 13));
      assert.equal(taken, write === 'write' ? true : 13, `${rest} bytes before the end`);
      const got: number[] = [];
      reader.take((kind, bytes) => got.push(kind === 2 ? bytes.length : -1));
      assert.equal(
        got.reduce((sum, length) => sum + length, 0),
        13,
        `${got} with ${rest} bytes before the end`,
      );
      reader.done();
      assert.equal(writer.pending, 0);
    }
  }
});

test('only a sleeping reader is woken, and once', () => {
  const { writer, reader, heard } = ends();
  writer.write(1, stream(0, 5));
  assert.equal(heard.wakes, 0);
  assert.equal(reader.sleep(), false, 'something came before it slept');
  reader.take(() => {});
  assert.equal(reader.sleep(), true);
  writer.write(1, stream(0, 5));
  writer.write(1, stream(0, 5));
  assert.equal(heard.wakes, 1);
});

test('the writer hears of room once, when it wanted to', () => {
  const { writer, reader, heard } = ends();
  writer.write(1, stream(0, 5));
  reader.take(() => {});
  reader.done();
  assert.equal(heard.calls, 0);
  writer.writeSome(1, new Uint8Array(2 * RING_BYTES));
  writer.want();
  reader.take(() => {});
  reader.done();
  assert.equal(heard.calls, 1);
});

const FAR_END = `
import { parentPort, workerData } from 'node:worker_threads';
import { createHash } from 'node:crypto';
const { RingReader } = await import(workerData.module);
const hash = createHash('sha256');
let bytes = 0;
const ring = new RingReader(workerData.memory, () => parentPort.postMessage('room'));
const wake = () => {
  do {
    ring.take((kind, piece) => {
      if (kind === 2) return parentPort.postMessage({ bytes, digest: hash.digest('hex') });
      bytes += piece.length;
      hash.update(Buffer.from(piece));
    });
    ring.done();
  } while (!ring.sleep());
};
parentPort.on('message', wake);
wake();
`;

test('sixty megabytes cross between two real threads in odd pieces, none lost', async () => {
  const { createHash } = await import('node:crypto');
  const memory = ringMemory();
  const module = new URL('../../src/cli/session/ring.js', import.meta.url).href;
  const far = new Worker(FAR_END, { eval: true, workerData: { memory, module } });
  const writer = new RingWriter(memory, () => far.postMessage(0));
  const hash = createHash('sha256');
  let left = 60_000_000;
  let room: (() => void) | null = null;
  const end = new Promise<{ bytes: number; digest: string }>((resolve, reject) => {
    far.on('error', reject);
    far.on('message', (message: 'room' | { bytes: number; digest: string }) => {
      if (message === 'room') room?.();
      else resolve(message);
    });
  });
  const put = async (kind: number, bytes: Uint8Array): Promise<void> => {
    for (let at = 0; ; ) {
      at += writer.writeSome(kind, bytes.subarray(at));
      if (at === bytes.length) return;
      const waiting = new Promise<void>((resolve) => {
        room = resolve;
      });
      writer.want();
      const more = writer.writeSome(kind, bytes.subarray(at));
      at += more;
      if (more === 0) await waiting;
    }
  };
  for (let i = 0; left > 0; i++) {
    const bytes = stream(i, Math.min(left, 1 + ((i * 7919) % 5000)));
    hash.update(bytes);
    left -= bytes.length;
    await put(1, bytes);
    // Now and then the other end falls asleep.
    if (i % 3000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await put(2, new Uint8Array(4));
  assert.deepEqual(await end, { bytes: 60_000_000, digest: hash.digest('hex') });
  await far.terminate();
});

/** A reader in a thread of its own, which says when it is about to doze, and what it found afterwards. */
const DOZER = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.ring).then(({ RingReader }) => {
    const reader = new RingReader(workerData.memory, () => {});
    reader.sleep();
    parentPort.postMessage('dozes');
    reader.doze(60_000, 0);
    let bytes = 0;
    reader.take((_, { length }) => (bytes += length));
    parentPort.postMessage(bytes);
  });
`;

for (const [what, expected, act] of [
  ['bytes', 3, (writer: RingWriter) => void writer.write(1, new Uint8Array(3))],
  ['a call', 0, (writer: RingWriter) => writer.call()],
] as const) {
  test(`a reader that dozes on the ring is roused by ${what}`, async () => {
    const memory = ringMemory();
    const writer = new RingWriter(memory, () => {});
    const workerData = { memory, ring: new URL('../../src/cli/session/ring.js', import.meta.url).href };
    const worker = new Worker(DOZER, { eval: true, workerData });
    const told: unknown[] = [];
    const found = new Promise((resolve) => {
      worker.on('message', (message) => {
        told.push(message);
        if (message === 'dozes') setImmediate(() => act(writer));
        else resolve(message);
      });
    });
    assert.equal(await found, expected);
    assert.deepEqual(told, ['dozes', expected]);
    await worker.terminate();
  });
}

test('a reader does not doze when something is there already, or when a call was not answered', () => {
  const { writer, reader, heard } = ends();
  const minute = 60_000;
  writer.write(1, new Uint8Array(1));
  reader.doze(minute, 0);
  reader.take(() => true);
  writer.call();
  reader.doze(minute, 0);
  reader.doze(1, 1);
  writer.write(1, new Uint8Array(1));
  assert.equal(heard.wakes, 0, 'one that is awake is not woken');
});
