import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { WORDS } from '../../src/core/errors.js';
import { compose } from '../../src/observers/ssh/wire.js';
import { honestVisit, openDoor, type TestDoor } from '../support/door.js';
import { until } from '../support/patience.js';
import { closed, RawClient, rawSocket } from '../support/raw-client.js';

let door: TestDoor;

before(async () => {
  door = await openDoor({ limits: { loginGraceMs: 2500 } });
});

after(() => door.close());

/** Whatever was done: nothing of it is left, and the next client is served. */
afterEach(async () => {
  await until('no connection is left', () => door.connections === 0);
  await honestVisit(door.port);
  await until('no connection is left', () => door.connections === 0);
});

const none = (user: string): Buffer => compose(50, user, 'ssh-connection', 'none');

test('a web browser is turned away at its first line', async () => {
  const socket = await rawSocket(door.port);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await closed(socket);
});

test('a TLS hello is turned away', async () => {
  const socket = await rawSocket(door.port);
  socket.write(Buffer.concat([Buffer.from('16030100f0010000ec0303', 'hex'), randomBytes(300)]));
  await closed(socket);
});

test('a line before the identification is turned away', async () => {
  const socket = await rawSocket(door.port);
  socket.write('hello\r\nSSH-2.0-x\r\n');
  await closed(socket);
});

test('an identification line without end is cut off', async () => {
  const socket = await rawSocket(door.port);
  socket.write(`SSH-2.0-${'A'.repeat(1 << 20)}`);
  await closed(socket);
});

test('an identification line with control characters is turned away', async () => {
  const socket = await rawSocket(door.port);
  socket.write('SSH-2.0-x\x1b]0;evil\x07\r\n');
  await closed(socket);
});

test('a megabyte of noise after the identification ends the connection', async () => {
  const socket = await rawSocket(door.port);
  socket.write('SSH-2.0-x\r\n');
  socket.write(randomBytes(1 << 20));
  await closed(socket);
});

test('after a bad packet length nothing more is parsed', async () => {
  const socket = await rawSocket(door.port);
  socket.write('SSH-2.0-x\r\n');
  socket.write(Buffer.concat([Buffer.from('7fffffff', 'hex'), Buffer.alloc(64), Buffer.from('7fffffff', 'hex')]));
  socket.write(Buffer.alloc(1 << 16));
  await closed(socket);
});

test('an idle connection ends when its time to log in is over', async () => {
  const started = Date.now();
  const socket = await rawSocket(door.port);
  await closed(socket);
  assert.ok(Date.now() - started > 2000, 'not before');
});

test('a connection that says who it is and no more ends as well', async () => {
  const socket = await rawSocket(door.port);
  socket.write('SSH-2.0-x\r\n');
  await closed(socket);
});

test('compression is never offered', async () => {
  const socket = await rawSocket(door.port);
  socket.write('SSH-2.0-x\r\n');
  let seen = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
  });
  await until('the offer came', () => seen.includes('ssh-ed25519') && seen.includes('none'));
  assert.equal(seen.includes('zlib'), false);
  assert.ok(seen.includes('kex-strict-s-v00@openssh.com'));
  socket.destroy();
});

for (const phase of ['connect', 'ident', 'handshake', 'service', 'deciding', 'shell'] as const) {
  test(`a reset at the phase "${phase}" hurts nobody`, async () => {
    if (phase === 'connect' || phase === 'ident') {
      const socket = await rawSocket(door.port);
      if (phase === 'ident') socket.write('SSH-2.0-x\r\n');
      socket.resetAndDestroy();
      return;
    }
    const client = new RawClient(door.port);
    if (phase === 'handshake') await client.shake();
    if (phase === 'service' || phase === 'deciding') await client.service();
    if (phase === 'deciding') client.sendRaw(none('late'));
    if (phase === 'shell') await client.shell('good');
    client.reset();
    await client.ended();
  });
}

test('a publickey request cut off after its first flag ends the connection only', async () => {
  const client = await new RawClient(door.port).service();
  client.send(50, 'good', 'ssh-connection', 'publickey', true);
  await client.ended();
});

test('every truncation of a signed publickey request ends the connection only', async () => {
  const whole = compose(
    50,
    'keyed',
    'ssh-connection',
    'publickey',
    true,
    'ssh-ed25519',
    randomBytes(51),
    randomBytes(83),
  );
  for (let length = 1; length < whole.length; length += 13) {
    const client = await new RawClient(door.port).service();
    client.sendRaw(whole.subarray(0, length));
    await client.ended();
  }
});

test('pipelined requests are answered in order or end the connection', async () => {
  const client = await new RawClient(door.port).service();
  const check = compose(50, 'keyed', 'ssh-connection', 'publickey', false, 'ssh-ed25519', randomBytes(51));
  const password = compose(50, 'keyed', 'ssh-connection', 'password', false, 'x');
  for (const payload of [password, password, check, check]) client.sendRaw(payload);
  assert.equal((await client.expect(51)).includes('publickey'), true);
  await client.expect(60);
  client.reset();
  await client.ended();
});

test('a request while another is undecided ends the connection, and nobody comes in by it', async () => {
  const client = await new RawClient(door.port).service();
  client.sendRaw(none('late'));
  client.sendRaw(none('late'));
  await client.ended();
  await assert.rejects(client.expect(52));
});

test('a late decision lets its client in', async () => {
  const client = await new RawClient(door.port).shell('late');
  client.send(97, 0);
  await client.ended();
});

test('a decision that fails, at once or late, ends its connection only', async () => {
  for (const user of ['broken', 'late-broken']) {
    const client = await new RawClient(door.port).service();
    client.sendRaw(none(user));
    await client.ended();
  }
});

test('a request before the service was asked for ends the connection', async () => {
  const client = await new RawClient(door.port).shake();
  client.sendRaw(none('good'));
  await client.ended();
});

test('a channel before authentication ends the connection', async () => {
  const client = await new RawClient(door.port).service();
  client.send(90, 'session', 0, 1 << 20, 32_768);
  await client.ended();
});

test('a change of the user name ends the connection', async () => {
  const client = await new RawClient(door.port).service();
  client.sendRaw(none('keyed'));
  await client.expect(51);
  client.sendRaw(none('good'));
  await client.ended();
});

test('after the sixth failure the connection ends, however many requests were sent', async () => {
  const before = door.attempts.length;
  const client = await new RawClient(door.port).service();
  for (let i = 0; i < 100; i++) client.send(50, 'nokey', 'ssh-connection', 'hostbased');
  const said = await client.expect(1);
  assert.ok(said.includes(WORDS.unknown));
  await client.ended();
  assert.equal(door.attempts.length - before, 0);
});

test('a hundred attempts without a key end after a few', async () => {
  const before = door.attempts.length;
  const client = await new RawClient(door.port).service();
  for (let i = 0; i < 100; i++) client.sendRaw(none('nokey'));
  await client.ended();
  assert.ok(door.attempts.length - before <= 24, `${door.attempts.length - before} were looked at`);
});

for (const count of [0, 2, 31_999_999, 0xffff_ffff]) {
  test(`${count} answers to one question end the connection`, async () => {
    const client = await new RawClient(door.port).service();
    client.send(50, 'join', 'ssh-connection', 'keyboard-interactive', '', '');
    await client.expect(60);
    client.send(61, count);
    await client.ended();
  });
}

test('an answer to no question ends the connection', async () => {
  const client = await new RawClient(door.port).service();
  client.send(61, 1, 'good');
  await client.ended();
});

test('six wrong codes typed at the prompt end the connection with the sentence', async () => {
  const client = await new RawClient(door.port).service();
  for (let i = 0; i < 6; i++) {
    client.send(50, 'join', 'ssh-connection', 'keyboard-interactive', '', '');
    const question = await client.expect(60);
    assert.equal(question.includes(WORDS.unknown), i > 0);
    client.send(61, 1, i % 2 === 0 ? '' : 'wrong');
    if (i < 5) await client.expect(51);
  }
  assert.ok((await client.expect(53)).includes(WORDS.unknown));
  assert.ok((await client.expect(1)).includes(WORDS.unknown));
  await client.ended();
});

test('unknown, empty and overlong user names get the same words', async () => {
  for (const user of ['nobody', '', '\u0000\u001b[2J', 'x'.repeat(1025), 'x'.repeat(20_000)]) {
    const client = await new RawClient(door.port).service();
    client.sendRaw(none(user));
    assert.ok((await client.expect(53)).includes(WORDS.unknown));
    assert.ok((await client.expect(1)).includes(WORDS.unknown));
    await client.ended();
  }
});
