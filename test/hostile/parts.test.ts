import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Bucket } from '../../src/observers/ssh/bucket.js';
import { guessedWrong } from '../../src/observers/ssh/guess.js';
import { IdentReader } from '../../src/observers/ssh/ident.js';
import { SSH2_VERSION } from '../../src/observers/ssh/internals.js';
import { DEFAULT_LIMITS } from '../../src/observers/ssh/limits.js';
import { assertInternals, inExchange, PINS, PINS_IN_EXCHANGE, probe } from '../../src/observers/ssh/pins.js';
import { Receipts } from '../../src/observers/ssh/receipts.js';
import { Shape } from '../../src/observers/ssh/shape.js';
import { sourceOf } from '../../src/observers/ssh/source.js';
import { Startups } from '../../src/observers/ssh/startups.js';
import { between, thisTurn } from '../../src/observers/ssh/turn.js';
import { compose, WireReader } from '../../src/observers/ssh/wire.js';
import { honestVisit, openDoor } from '../support/door.js';
import { RawClient } from '../support/raw-client.js';
import { casesOf } from './siege/cases.js';

const SEED = 20_250_101;

/** `from` as it would be if the part at the end of `path` had another name. */
function without(from: object, [name = '', ...rest]: readonly string[]): object {
  const inner = (from as Record<string, unknown>)[name];
  const moved = (_: object, key: string | symbol) => rest.length === 0 && key === name;
  return new Proxy(from, {
    has: (target, key) => !moved(target, key) && key in target,
    get: (target, key) => {
      if (moved(target, key)) return undefined;
      return key === name ? without(inner as object, rest) : Reflect.get(target, key);
    },
  });
}

test('the insides of ssh2 are where they are looked for, and each one that has moved is noticed and named', () => {
  assertInternals();
  for (const path of Object.keys(PINS)) {
    const moved = without(probe(), path.split('.'));
    assert.throws(() => assertInternals(moved), new RegExp(`ssh2 has no ${path} `), path);
  }
  for (const path of Object.keys(PINS_IN_EXCHANGE)) {
    const moved = without(inExchange(), path.split('.'));
    assert.throws(() => assertInternals(probe(), moved), new RegExp(`ssh2 has no ${path} `), path);
  }
});

test('no private part of ssh2 is used that is not looked at before the door opens', () => {
  const folder = fileURLToPath(new URL('../../../src/observers/ssh/', import.meta.url));
  const pinned = new Set([...Object.keys(PINS), ...Object.keys(PINS_IN_EXCHANGE)].flatMap((path) => path.split('.')));
  // A socket's own: what it is good for is looked at each time.
  pinned.add('_handle');
  let found = 0;
  for (const file of readdirSync(folder)) {
    for (const [, name] of readFileSync(join(folder, file), 'utf8').matchAll(
      /(?:\.|readonly |^ {2})(_[a-zA-Z]\w*)\b/gm,
    )) {
      found++;
      assert.ok(pinned.has(name!), `${name} in ${file}`);
    }
  }
  assert.ok(found > 20, `${found} uses`);
});

test('the version of ssh2 that is known is the one that is installed with us, exactly', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  assert.equal(dependencies['ssh2'], SSH2_VERSION);
});

test('an identification line is read the same over any cut into segments', () => {
  const line = 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n';
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: line.length }), { maxLength: 40 }), fc.string(), (cuts, tail) => {
      const bytes = Buffer.from(line + tail);
      const reader = new IdentReader();
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        const progress = reader.feed(bytes.subarray(at, at + cut));
        at = Math.min(bytes.length, at + cut);
        if (progress.kind === 'more') continue;
        assert.equal(progress.kind, 'ident');
        if (progress.kind !== 'ident') return;
        assert.equal(progress.line.toString(), line);
        assert.equal(progress.client, 'OpenSSH_9.2p1 Debian-2');
        assert.deepEqual(Buffer.concat([progress.rest, bytes.subarray(at)]), Buffer.from(tail));
        return;
      }
      assert.fail('the line was not found');
    }),
    { seed: SEED, verbose: true },
  );
});

test('a client that sends one byte at a time comes in', async (t) => {
  const door = await openDoor();
  t.after(() => door.close());
  const client = new RawClient(door.port);
  const write = client.socket.write.bind(client.socket) as (bytes: Buffer) => boolean;
  const slow = (bytes: Buffer): boolean => {
    for (const byte of bytes) write(Buffer.of(byte));
    return true;
  };
  Object.assign(client.socket, { write: slow });
  await client.shell('good');
  client.reset();
  await client.ended();
  await honestVisit(door.port);
});

test('a bucket lets through its burst at once and its rate over time', () => {
  const bucket = new Bucket(1000, 500, 0);
  assert.equal(bucket.take(500, 0), 0);
  assert.equal(bucket.take(100, 0), 100);
  assert.equal(bucket.take(0, 100), 0);
  assert.equal(bucket.wait(1, 100), 1);
  assert.equal(bucket.isFull(10_000), true);
});

test('a fifth connection of one source enters, a sixth waits until one leaves', () => {
  const startups = new Startups<string>(DEFAULT_LIMITS);
  for (const id of 'abcde') assert.equal(startups.arrive('a', id, 0.99), 'enter');
  assert.equal(startups.arrive('a', 'f', 0.99), 'wait');
  assert.equal(startups.arrive('a', 'g', 0.99), 'wait');
  assert.equal(startups.arrive('b', 'h', 0.99), 'enter');
  startups.abandon('a', 'f');
  assert.equal(startups.leave('a'), 'g');
  assert.deepEqual([startups.active, startups.waiting], [6, 0]);
});

test('connections are dropped by chance from the start on, and always when full', () => {
  const startups = new Startups<number>(DEFAULT_LIMITS);
  const arrive = (i: number, chance: number): string => startups.arrive(`source${i}`, i, chance);
  for (let i = 0; i < 30; i++) assert.equal(arrive(i, 0), 'enter');
  assert.equal(arrive(30, 0.29), 'drop');
  assert.equal(arrive(30, 0.31), 'enter');
  for (let i = 31; i < 200; i++) arrive(i, 0.9999);
  assert.equal(startups.active, 200);
  assert.equal(arrive(200, 0.9999), 'drop');
});

test('the counts of the door never go wrong, whatever comes and goes', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('arrive', 'leave', 'abandon'), fc.constantFrom('a', 'b'), fc.nat(30)),
    {
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(steps, (path) => {
      const startups = new Startups<number>({ ...DEFAULT_LIMITS, waitingPerSource: 3 });
      let entered = 0;
      let waiting = 0;
      for (const [step, source, id] of path) {
        if (step === 'arrive') {
          const entrance = startups.arrive(source, id, 0.5);
          if (entrance === 'enter') entered++;
          if (entrance === 'wait') waiting++;
        }
        if (step === 'leave') startups.leave(source);
        if (step === 'abandon') startups.abandon(source, id);
        assert.ok(startups.active >= 0 && startups.active <= 10 && startups.active <= entered + waiting);
        assert.ok(startups.waiting >= 0 && startups.waiting <= 6);
      }
      for (const source of ['a', 'b']) for (let i = 0; i < 50; i++) startups.leave(source);
      assert.deepEqual([startups.active, startups.waiting], [0, 0]);
    }),
    { seed: SEED, verbose: true },
  );
});

test('one customer is one source', () => {
  assert.equal(sourceOf('10.0.0.1'), '10.0.0.1');
  assert.equal(sourceOf('2001:db8:1:2:3:4:5:6'), sourceOf('2001:db8:1:2::1'));
  assert.notEqual(sourceOf('2001:db8:1:3::1'), sourceOf('2001:db8:1:2::1'));
  assert.equal(sourceOf('::1'), sourceOf('::2'));
});

test('a guess is right when both sides prefer the same', () => {
  const kexInit = (kex: string, hostKey: string, follows: boolean): Buffer => {
    const lists = compose(20, kex, hostKey, '', '', '', '', '', '', '', '', follows, 0);
    return Buffer.concat([lists.subarray(0, 1), Buffer.alloc(16), lists.subarray(1)]);
  };
  assert.equal(guessedWrong(kexInit('curve25519-sha256,x', 'ssh-ed25519,x', true)), false);
  assert.equal(guessedWrong(kexInit('x,curve25519-sha256', 'ssh-ed25519', true)), true);
  assert.equal(guessedWrong(kexInit('curve25519-sha256', 'ssh-rsa', true)), true);
  assert.equal(guessedWrong(kexInit('x', 'x', false)), false);
});

test('fields that were composed are read again, and no cut of them is read beyond its end', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff_ffff),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.nat(),
      (number, text, flag, cut) => {
        const bytes = compose(98, number, text, flag);
        const read = (payload: Buffer): unknown[] => {
          const reader = new WireReader(payload, 1);
          return [reader.uint32(), reader.text(), reader.boolean()];
        };
        assert.deepEqual(read(bytes), [number, text, flag]);
        assert.throws(() => read(bytes.subarray(0, cut % bytes.length)), RangeError);
      },
    ),
    { seed: SEED, verbose: true },
  );
});

test('the shape of a packet is what the cipher makes of it, for any block, tail and length', () => {
  const cipher = fc.record({ block: fc.constantFrom(8, 16), aad: fc.constantFrom(0, 4), tail: fc.nat(64) });
  fc.assert(
    fc.property(cipher, fc.nat(40_000), ({ block, aad, tail }, length) => {
      // RFC 4253 section 6: all that is encrypted is whole blocks, with 4 bytes of padding or more.
      const padded = (bytes: number) => {
        const rest = block - ((5 + bytes - aad) % block);
        return rest < 4 ? rest + block : rest;
      };
      const shape = new Shape((bytes) => {
        const packet = new Uint8Array(5 + bytes + padded(bytes) + tail);
        packet[4] = padded(bytes);
        return packet;
      });
      assert.equal(shape.padding(length), padded(length));
      assert.equal(shape.total(length), 5 + length + padded(length) + tail);
    }),
    { seed: SEED },
  );
});

test('who answers quickly is asked for fewer receipts, who does not is never sent more than 512 bytes without one', () => {
  const PICTURE = 100;
  const asked = (answerMs: number) => {
    const receipts = new Receipts();
    const behind: number[] = [];
    let now = 0;
    let bytes = 0;
    for (let i = 0; i < 2000; i++, now += 5) {
      bytes += PICTURE;
      if (!receipts.due(PICTURE, now)) continue;
      behind.push(bytes);
      bytes = 0;
      assert.equal(receipts.pending, true);
      receipts.came(answerMs);
    }
    return behind.slice(10);
  };
  assert.equal(Math.max(...asked(200)), 600);
  assert.ok(Math.min(...asked(1)) >= 10_000, 'a receipt each 500 ms, not each 512 bytes');
  assert.ok(Math.max(...asked(1)) <= 16 * 1024 + PICTURE);
  const silent = new Receipts();
  let sent = 0;
  while (!silent.awaited) {
    silent.due(PICTURE, 0);
    sent += PICTURE;
  }
  assert.ok(sent <= 1200, 'who never answers gets two pieces and no more');
});

test('those who are shown the same are asked for receipts with different pictures', () => {
  const PICTURES = 300;
  const crowd = Array.from({ length: 64 }, (_, i) => new Receipts(1 - i / 128));
  const askedWith = Array.from({ length: PICTURES }, (_, picture) =>
    crowd.reduce((asked, receipts) => {
      if (!receipts.due(1200, picture * 33)) return asked;
      receipts.came(1);
      return asked + 1;
    }, 0),
  ).slice(PICTURES / 2);
  const all = askedWith.reduce((sum, asked) => sum + asked, 0);
  assert.ok(all >= PICTURES / 2, 'they are asked');
  assert.ok(Math.max(...askedWith) <= crowd.length / 2, `${Math.max(...askedWith)} of ${crowd.length} at once`);
});

test('how quick an answer was counts neither the rest of the turn in which it was asked for nor that in which it is read', async () => {
  let now = 0;
  const clock = () => now;
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const sent = thisTurn(clock);
  now = 50;
  assert.equal(between(sent, thisTurn(clock)), 0, 'in the same turn');
  await nextTurn();
  assert.equal(sent.overAt, 50);
  now = 57;
  const read = thisTurn(clock);
  now = 90;
  assert.equal(between(sent, thisTurn(clock)), 7);
  assert.equal(read, thisTurn(clock), 'one turn for all');
  await nextTurn();
});

test('the figure of cases in SECURITY.md is that of the siege', () => {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
  assert.deepEqual(/(\d+) cases/.exec(text)?.[1], String(casesOf([]).length));
});

test('what SECURITY.md says of the limits is what they are', () => {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  const { loginGraceMs, perSource, authTries, maxStartups, inboundRate, keepaliveMs } = DEFAULT_LIMITS;
  const said = [
    `${loginGraceMs / 1000} s to log in, ${perSource} logins of a source at once, ${authTries} tries,`,
    `${maxStartups.start} to ${maxStartups.full} logins at once, ${inboundRate / 1024} KiB a second of input,`,
    `a sign of life each ${keepaliveMs / 1000} s`,
  ];
  assert.ok(text.includes(said.join(' ')), said.join(' '));
});
