import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Outbox } from '../../src/observers/ssh/outbox.js';

const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
const CONNECTIONS = 40;
const LONGEST = 36 * 1024;

/** A socket that keeps what it is given, and in how many writes. */
class Socket {
  readonly writes: Buffer[] = [];
  readonly write = (bytes: Buffer): void => void this.writes.push(Buffer.from(bytes));

  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }
}

/** A packet of which every byte is its number. */
function build(outbox: Outbox, socket: Socket, number: number, length: number, elsewhere: boolean): void {
  const packet = elsewhere ? Buffer.alloc(length) : outbox.room(socket, length);
  outbox.add(socket, packet.fill(number));
}

test('every connection gets its own packets, whole and in their order, wherever they were built and however many wait', () => {
  const packet = fc.record({
    to: fc.nat({ max: CONNECTIONS - 1 }),
    length: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1000, max: LONGEST })),
    elsewhere: fc.boolean(),
  });
  const turns = fc.array(fc.array(packet, { maxLength: 60, size: 'max' }), { maxLength: 5 });
  const property = fc.property(turns, (script) => {
    const outbox = new Outbox();
    const sockets = Array.from({ length: CONNECTIONS }, () => new Socket());
    const sent = sockets.map((): Buffer[] => []);
    let number = 0;
    for (const turn of script) {
      outbox.together(() => {
        for (const { to, length, elsewhere } of turn) {
          build(outbox, sockets[to]!, ++number, length, elsewhere);
          sent[to]!.push(Buffer.alloc(length, number));
        }
      });
      for (const [i, socket] of sockets.entries()) assert.ok(socket.bytes.equals(Buffer.concat(sent[i]!)));
    }
  });
  fc.assert(property, { seed, numRuns: 60 });
  console.log(`# seed ${seed}`);
});

test('what is made for one connection in one turn leaves in one write', () => {
  const outbox = new Outbox();
  const [one, other] = [new Socket(), new Socket()];
  outbox.together(() => {
    for (const socket of [one, other]) for (const number of [1, 2, 3]) build(outbox, socket, number, 100, number === 2);
  });
  assert.deepEqual([one.writes.length, other.writes.length], [1, 1]);
  assert.equal(one.bytes.length, 300);
});

test('nothing is written before the turn is over, and at once outside of one', () => {
  const outbox = new Outbox();
  const socket = new Socket();
  outbox.together(() => {
    outbox.together(() => build(outbox, socket, 1, 50, false));
    assert.equal(socket.writes.length, 0);
  });
  assert.equal(socket.writes.length, 1);
  build(outbox, socket, 2, 50, false);
  assert.equal(socket.writes.length, 2);
});

test('a throw takes nobody the packets that were made before it', () => {
  const outbox = new Outbox();
  const socket = new Socket();
  assert.throws(() =>
    outbox.together(() => {
      build(outbox, socket, 7, 50, false);
      throw new Error('of another observer');
    }),
  );
  assert.ok(socket.bytes.equals(Buffer.alloc(50, 7)));
});
