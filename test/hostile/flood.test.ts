import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LecternError } from '../../src/core/errors.js';
import { serveSsh } from '../../src/observers/ssh/index.js';
import { HOST_KEY, honestVisit, openDoor, type TestDoor } from '../support/door.js';
import { sleep, until } from '../support/patience.js';
import { closed, RawClient, rawSocket } from '../support/raw-client.js';

const OTHER = '127.0.0.2';

let door: TestDoor;

before(async () => {
  door = await openDoor();
});

after(() => door.close());

test('a class of thirty behind one address comes in, all at once', async () => {
  await Promise.all(Array.from({ length: 30 }, () => honestVisit(door.port)));
  await until('all have left', () => door.connections === 0);
});

test('two hundred idle connections of one address keep nobody else out, and are gone after their time', async (t) => {
  const brief = await openDoor({ limits: { loginGraceMs: 3000 } });
  t.after(() => brief.close());
  const idle = await Promise.all(Array.from({ length: 200 }, () => rawSocket(brief.port)));
  await until('most are dropped', () => brief.refusals.length >= 95);
  assert.ok(brief.connections <= 105, `${brief.connections} are held`);
  await Promise.all(Array.from({ length: 5 }, () => honestVisit(brief.port, OTHER)));
  await Promise.all(idle.map(closed));
  await until('none is left', () => brief.connections === 0);
});

async function guess(port: number, user: string): Promise<string> {
  const client = await new RawClient(port).service();
  client.send(50, user, 'ssh-connection', 'none');
  const said = (await client.expect(1)).toString();
  client.reset();
  await client.ended();
  return said;
}

test('a source that guesses is slowed down to one guess a second; others are not, nor is it kept out', async (t) => {
  const slow = await openDoor({ limits: { guessesAtOnce: 1 } });
  t.after(() => slow.close());
  const began = performance.now();
  const guesses = Promise.all([0, 1, 2, 3].map((i) => guess(slow.port, `guess${i}`)));
  await until('the first guess is taken', () => slow.attempts.length > 0);
  await honestVisit(slow.port, OTHER);
  assert.equal(slow.attempts.filter(({ token }) => token.startsWith('guess')).length < 4, true, 'the rest waits');
  await guesses;
  assert.ok(performance.now() - began >= 3000, 'three of the four waited for a second each');
  await honestVisit(slow.port);
});

test('a source that owes more than it may wait for is not listened to, and others are', async (t) => {
  const slow = await openDoor({ limits: { guessesAtOnce: 1, perSource: 20 } });
  t.after(() => slow.close());
  let served = 0;
  const leaveUnserved = async (): Promise<boolean> => {
    const client = new RawClient(slow.port);
    const shaken = await client.service().then(
      () => ++served > 0,
      () => false,
    );
    client.reset();
    await client.ended();
    return shaken;
  };
  while (served < 30 && (await leaveUnserved()));
  assert.ok(served > 5 && served < 30, `${served} were served`);
  assert.equal(slow.refusals.at(-1)?.reason, 'busy');
  assert.equal(slow.attempts.length, 0);
  await honestVisit(slow.port, OTHER);
});

test('a dead peer is dropped after its signs of life fail to come', async (t) => {
  const strict = await openDoor({ limits: { keepaliveMs: 200, keepaliveCount: 3 } });
  t.after(() => strict.close());
  const client = await new RawClient(strict.port).shell('good');
  await client.expect(80);
  await until('it is dropped', () => strict.partings.at(-1) === 'timeout');
  await client.ended();
});

/** How often a client is asked for a sign of life until it is dropped; it answers none, and does `meanwhile` before each. */
async function asked(keepaliveCount: number, meanwhile: (client: RawClient, times: number) => void): Promise<number> {
  const strict = await openDoor({ limits: { keepaliveMs: 100, keepaliveCount } });
  const client = await new RawClient(strict.port).shell('good');
  let times = 0;
  for (;;) {
    meanwhile(client, times);
    if (await client.expect(80).catch(() => null)) times++;
    else break;
  }
  assert.deepEqual(strict.partings, ['timeout']);
  await strict.close();
  return times;
}

test('who answers none is asked as often as he may be silent, and then dropped, though he reads all of it', async () => {
  assert.equal(await asked(3, () => {}), 3);
  assert.equal(await asked(1, () => {}), 1);
});

test('who talks and never answers is not asked without end', async () => {
  // He is heard between two questions: they are as many as before, and then he falls silent.
  const said = (client: RawClient) => client.send(94, 0, 'x');
  assert.equal(await asked(3, said), 3);
});

test('who talks all the time is kept, and is not asked again while an answer is due', async (t) => {
  const strict = await openDoor({ limits: { keepaliveMs: 400, keepaliveCount: 3 } });
  t.after(() => strict.close());
  const client = await new RawClient(strict.port).shell('good');
  await client.expect(80);
  let questions = 0;
  void (async () => {
    while (await client.expect(80).catch(() => null)) questions++;
  })();
  for (let i = 0; i < 150; i++) {
    client.send(94, 0, 'x');
    await sleep(20);
  }
  assert.deepEqual(strict.partings, []);
  // On a busy machine he may once be silent for as long as that.
  assert.ok(questions <= 2, `${questions} more questions`);
  client.reset();
});

test('a client that answers is kept', async (t) => {
  const strict = await openDoor({ limits: { keepaliveMs: 150, keepaliveCount: 2 } });
  t.after(() => strict.close());
  const client = await new RawClient(strict.port).shell('good');
  for (let i = 0; i < 8; i++) {
    await client.expect(80);
    client.send(82);
  }
  assert.equal(strict.partings.length, 0);
  client.reset();
});

test('acknowledgements come in order, after what was written before them, and only when the window took it', async () => {
  const client = await new RawClient(door.port).login('good');
  await client.session('hello\r\n'.length);
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  const visitor = door.visits.at(-1)!;
  const order: string[] = [];
  visitor.ack(() => order.push('first'));
  await client.expect(80);
  visitor.write(Buffer.from('frame'));
  visitor.ack(() => order.push('second'));
  visitor.onWritable(() => order.push('writable'));
  assert.equal(visitor.writable, false);
  client.send(82);
  await until('the first', () => order.length === 1);
  client.send(93, 0, 5);
  assert.ok((await client.expect(94)).includes('frame'));
  await client.expect(80);
  client.send(81);
  await until('the second', () => order.length === 3);
  assert.deepEqual(order, ['first', 'writable', 'second']);
  client.reset();
  await client.ended();
});

test('who asks without end and reads no answer is dropped before they fill the memory', async (t) => {
  const fast = await openDoor({ limits: { inboundRate: 1 << 30, inboundBurst: 1 << 30 } });
  t.after(() => fast.close());
  const client = await new RawClient(fast.port).shell('good');
  client.socket.pause();
  // The kernel takes some MB of answers for him first.
  while (fast.partings.length === 0) {
    for (let i = 0; i < 1000; i++) client.send(80, 'x', true);
    await new Promise((turn) => setImmediate(turn));
  }
  assert.deepEqual(fast.partings, ['lost']);
  client.socket.resume();
  await client.ended();
});

test('who asks a lot and reads the answers late gets them all', async (t) => {
  const fast = await openDoor({ limits: { inboundRate: 1 << 30, inboundBurst: 1 << 30 } });
  t.after(() => fast.close());
  const client = await new RawClient(fast.port).shell('good');
  client.socket.pause();
  for (let i = 0; i < 3000; i++) client.send(80, 'x', true);
  await sleep(200);
  client.socket.resume();
  for (let i = 0; i < 3000; i++) await client.expect(82);
  assert.deepEqual(fast.partings, []);
  client.reset();
});

test('of who sends more than is read at once it is told for how long he was not heard', async (t) => {
  const told: number[] = [];
  const onHeard = (ms: number): void => void told.push(ms);
  const limits = { inboundRate: 64 * 1024, inboundBurst: 16 * 1024 };
  const slow = await openDoor({ limits, arrived: (visitor) => visitor.onHeard(onHeard) });
  t.after(() => slow.close());
  const client = await new RawClient(slow.port).shell('good');
  assert.deepEqual(told, []);
  client.send(94, 0, Buffer.alloc(32 * 1024 - 1, 'z'));
  await until('the end of it', () => told.length > 0);
  assert.ok(told[0]! > 100, `${told[0]} ms`);
  client.reset();
});

test('closing the door resets everybody and ends', async () => {
  const brief = await openDoor();
  const client = await new RawClient(brief.port).shell('good');
  const idle = await rawSocket(brief.port);
  await brief.close();
  await client.ended();
  await closed(idle);
  assert.deepEqual(brief.partings, ['ended']);
});

test('a taken port and a key that is none are told as such', async () => {
  const base = { admit: () => ({ kind: 'key' }) as const, arrived: () => {}, refused: () => {} };
  const code = (expected: string) => (error: unknown) => error instanceof LecternError && error.code === expected;
  const taken = { host: '127.0.0.1', port: door.port };
  await assert.rejects(serveSsh({ ...base, listen: taken, hostKey: HOST_KEY }), code('PORT_TAKEN'));
  await assert.rejects(serveSsh({ ...base, listen: taken, hostKey: 'no key' }), code('KEY_FILE'));
});
