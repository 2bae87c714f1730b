import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Visitor } from '../../src/observers/ssh/index.js';
import { honestVisit, openDoor, type TestDoor } from '../support/door.js';
import { sleep, until } from '../support/patience.js';
import { RawClient, rawSocket } from '../support/raw-client.js';

let door: TestDoor;
/** What the next visitors do beyond the greeting. */
let onArrival: ((visitor: Visitor<string>) => void) | null = null;

before(async () => {
  door = await openDoor({ limits: { kexMs: 1500, unusedMs: 1500 }, arrived: (visitor) => onArrival?.(visitor) });
});

after(() => door.close());

afterEach(async () => {
  onArrival = null;
  await until('no connection is left', () => door.connections === 0);
  await honestVisit(door.port);
  await until('no connection is left', () => door.connections === 0);
});

async function leave(client: RawClient): Promise<void> {
  client.send(97, 0);
  await client.ended();
}

for (const size of [0, 1, 1023]) {
  test(`a channel that takes packets of ${size} bytes is refused`, async () => {
    const client = await new RawClient(door.port).login('good');
    client.send(90, 'session', 0, 1 << 20, size);
    await client.expect(92);
    client.reset();
    await client.ended();
  });
}

test('a second session is refused, and the thousandth ends the connection', async () => {
  const client = await new RawClient(door.port).shell('good');
  for (let i = 0; i < 1000; i++) client.send(90, 'session', i, 1 << 20, 32_768);
  await client.expect(92);
  await client.ended();
});

test('a second shell is refused and the first goes on', async () => {
  const before = door.visits.length;
  const client = await new RawClient(door.port).shell('good');
  client.send(98, 0, 'shell', true);
  await client.expect(100);
  client.send(98, 0, 'exec', true, 'who');
  await client.expect(100);
  assert.equal(door.visits.length, before + 1);
  await leave(client);
});

test('a client whose input is held sends what it was allowed, is heard in all else, and goes on where it was', async () => {
  let read = 0;
  const sizes: number[] = [];
  let heard = 0;
  onArrival = (visitor) => {
    visitor.onData((bytes) => {
      read += bytes.length;
    });
    visitor.onResize(({ cols }) => sizes.push(cols));
    visitor.onHeard(() => heard++);
    visitor.holdInput(true);
  };
  const client = await new RawClient(door.port).login('good');
  const allowed = (await client.session()).readUInt32BE(9);
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  for (let sent = 0; sent < allowed; sent += 16_384) client.send(94, 0, Buffer.alloc(16_384, 'z'));
  client.send(98, 0, 'window-change', true, 99, 30, 0, 0);
  assert.equal((await client.expect(93, 99))[0], 99, 'the answer, and no window before it');
  assert.deepEqual([read, sizes], [allowed, [99]]);
  assert.equal(heard, 0);
  door.visits.at(-1)!.holdInput(false);
  assert.equal(heard, 1);
  assert.equal((await client.expect(93)).readUInt32BE(5), allowed);
  client.send(94, 0, 'more');
  await until('more', () => read === allowed + 4);
  door.visits.at(-1)!.holdInput(true);
  // Who does not hold to it is put out, as at any time.
  for (let sent = 0; sent <= allowed; sent += 16_384) client.send(94, 0, Buffer.alloc(16_384, 'z'));
  await client.ended();
});

test('sizes and terminal names are cut to what a terminal can be', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.session();
  client.send(98, 0, 'pty-req', true, `x\u001b]0;evil\u0007${'y'.repeat(30_000)}`, 0xffff_ffff, 0, 0, 0, '');
  await client.expect(99);
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  const visitor = door.visits.at(-1)!;
  assert.deepEqual([visitor.term, visitor.size, visitor.hasPty], ['xterm', { cols: 500, rows: 24 }, true]);
  const sizes: unknown[] = [];
  visitor.onResize((size) => sizes.push(size));
  client.send(98, 0, 'window-change', false, 0xffff_ffff, 0xffff_ffff, 0, 0);
  client.send(98, 0, 'window-change', false, 0, 0, 0, 0);
  client.send(98, 0, 'window-change', false, 1, 1, 0, 0);
  await until('three sizes', () => sizes.length === 3);
  // The second keeps to the first: what is told is that the picture may be gone.
  assert.deepEqual(sizes, [
    { cols: 500, rows: 300 },
    { cols: 500, rows: 300 },
    { cols: 2, rows: 2 },
  ]);
  await leave(client);
});

test('requests for anything but a terminal are refused without effect', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.session();
  const kinds = ['x11-req', 'auth-agent-req@openssh.com', 'subsystem', 'signal', 'break', 'xon-xoff', '__proto__', ''];
  for (const kind of kinds) {
    client.send(98, 0, kind, true, 'sftp');
    await client.expect(100);
  }
  for (const kind of [
    'direct-tcpip',
    'direct-streamlocal@openssh.com',
    'x11',
    'auth-agent@openssh.com',
    'constructor',
  ]) {
    client.send(90, kind, 1, 1 << 20, 32_768, 'localhost', 22, 'localhost', 22);
    await client.expect(92);
  }
  for (const kind of ['tcpip-forward', 'streamlocal-forward@openssh.com', 'cancel-tcpip-forward']) {
    client.send(80, kind, true, '0.0.0.0', 0);
    await client.expect(82);
  }
  await leave(client);
});

test('of the environment only the known variables are kept, and not many', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.session();
  const variables = {
    LECTERN_STATUS: 'off',
    LC_ALL: 'C',
    LD_PRELOAD: '/x.so',
    PATH: '/',
    LC_BAD: 'a\u001bb',
    LANG: 'x'.repeat(65),
  };
  for (const [name, value] of Object.entries(variables)) client.send(98, 0, 'env', false, name, value);
  for (let i = 0; i < 90; i++) client.send(98, 0, 'env', false, `LC_${'A'.repeat(1 + (i % 20))}`, String(i));
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  const env = door.visits.at(-1)!.env;
  assert.equal(env.get('LECTERN_STATUS'), 'off');
  assert.deepEqual(
    [env.has('LD_PRELOAD'), env.has('PATH'), env.has('LC_BAD'), env.has('LANG')],
    [false, false, false, false],
  );
  assert.ok(env.size <= 20);
  await leave(client);
});

const violations: readonly [string, (client: RawClient) => void][] = [
  ['data for a channel that is not there', (client) => client.send(94, 9, 'x')],
  ['data for channel 4294967295', (client) => client.send(94, 0xffff_ffff, 'x')],
  ['data that says to be longer than it is', (client) => client.sendRaw(Buffer.from('5e00000000ffffffff61', 'hex'))],
  ['data in a packet larger than was allowed', (client) => client.send(94, 0, Buffer.alloc(34_000))],
  ['an empty channel message', (client) => client.sendRaw(Buffer.from([98]))],
  [
    'a pty-req after a shell, a hundred times',
    (client) => repeat(101, () => client.send(98, 0, 'pty-req', false, 'x')),
  ],
  ['keys exchanged by a message out of place', (client) => client.sendRaw(Buffer.from([30, 0, 0, 0, 0]))],
];

function repeat(times: number, fn: () => void): void {
  for (let i = 0; i < times; i++) fn();
}

for (const [name, violate] of violations) {
  test(`${name}: the connection ends`, async () => {
    const client = await new RawClient(door.port).shell('good');
    violate(client);
    await client.ended();
    assert.equal(door.partings.at(-1), 'protocol');
  });
}

test('a window adjusted beyond all bounds is taken for the largest', async () => {
  const client = await new RawClient(door.port).shell('good');
  for (let i = 0; i < 2000; i++) client.send(93, 0, 0xffff_ffff);
  door.visits.at(-1)!.write(Buffer.alloc(100, 'x'));
  await client.expect(94);
  await leave(client);
});

test('unknown messages, pings, debug and ignore are taken in silence', async () => {
  const client = await new RawClient(door.port).shell('good');
  for (const type of [2, 4, 7, 81, 82, 200, 255]) client.sendRaw(Buffer.from([type, 0, 0, 0, 0]));
  client.send(80, 'keepalive@openssh.com', true);
  await client.expect(82);
  await leave(client);
});

test('who logs in and opens nothing is sent away', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.expect(1);
  await client.ended();
});

test('a client that begins a key exchange and stops gets nothing more, and is dropped', async () => {
  const client = await new RawClient(door.port).shell('good');
  const visitor = door.visits.at(-1)!;
  client.socket.on('data', () => {});
  client.socket.pause();
  client.rekey();
  await until('the key exchange is noticed', () => !visitor.writable);
  await until('it is dropped', () => door.partings.at(-1) === 'timeout');
  client.socket.resume();
  await client.ended();
});

test('what is not taken for long is not kept for ever', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.session(10);
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  const visitor = door.visits.at(-1)!;
  assert.equal(visitor.writable, true);
  visitor.write(Buffer.alloc(1 << 20));
  assert.equal(visitor.writable, false);
  for (let i = 0; i < 8; i++) visitor.write(Buffer.alloc(1 << 20));
  assert.equal(door.partings.at(-1), 'lost');
  await client.ended();
});

test('a flood of keys is read no faster than the limit', async () => {
  const client = await new RawClient(door.port).shell('good');
  let bytes = 0;
  const started = performance.now();
  door.visits.at(-1)!.onData((data) => {
    bytes += data.length;
  });
  for (let i = 0; i < 100; i++) client.send(94, 0, Buffer.alloc(32_000));
  await sleep(500);
  await until('it to be read', () => bytes > 100_000);
  const allowed = 256 * 1024 + ((performance.now() - started) / 1000) * 64 * 1024;
  assert.ok(bytes <= allowed + 2 * 65_536, `${bytes} bytes were read, ${Math.round(allowed)} may be`);
  client.reset();
  door.visits.at(-1)!.kill('over');
  await client.ended();
});

test('a throw in a listener of a visitor ends his visit and nothing else', async () => {
  const other = await new RawClient(door.port).shell('good');
  onArrival = (visitor) => {
    visitor.onData(() => {
      throw new Error('listener broke');
    });
    visitor.onClose(() => {
      throw new Error('and again');
    });
  };
  const client = await new RawClient(door.port).shell('good');
  client.send(94, 0, 'q');
  await client.ended();
  onArrival = () => {
    throw new Error('arrival broke');
  };
  const third = await new RawClient(door.port).login('good');
  await third.session();
  third.send(98, 0, 'shell', true);
  await third.ended();
  other.send(80, 'x', true);
  await other.expect(82);
  await leave(other);
});

test('a hundred connections that come and go leave nothing', async () => {
  for (let i = 0; i < 100; i++) {
    const socket = await rawSocket(door.port);
    socket.resetAndDestroy();
  }
  await until('all are gone', () => door.connections === 0);
});
