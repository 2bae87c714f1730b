/**
 * Packets of all connections are built in one piece of memory, and what a socket does not take of one waits elsewhere:
 * observers that stop to read in the midst of packets, beside others that go on, get their own bytes, all of them.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OFFER } from '../../src/observers/ssh/algorithms.js';
import type { Visitor } from '../../src/observers/ssh/index.js';
import { HOST_FINGERPRINT, openDoor, type TestDoor } from '../support/door.js';
import { SSH } from '../support/house.js';
import { LIMITED, until } from '../support/patience.js';
import { RawClient } from '../support/raw-client.js';
import { randomFrom } from '../support/typed.js';

const SEED = 20_261_121;
/** As PuTTY has it: the window never says that it is enough. */
const WINDOW = 0x7fff_ffff;
/** A snapshot of a large screen in colour. */
const SNAPSHOT = 60_000;
/** More than the kernel takes of one who does not read (2.6 MB), less than he may have queued here (8 MiB). */
const SNAPSHOTS = 80;
/** How long a client of the field reads nothing, in ms. */
const STOPPED_MS = 300;
/** A picture of some lines: one packet. */
const PIECE = 10_000;
const GREETING = Buffer.from('hello\r\n');

/** Counts the writes of which the kernel took a part only; with `most`, it never takes more than that of one. */
function countPartial(
  t: TestContext,
  most: () => number = () => Number.POSITIVE_INFINITY,
): { readonly partial: number } {
  const counted = { partial: 0 };
  const { writeSync } = fs;
  const counting = (fd: number, bytes: Uint8Array): number => {
    const written = writeSync(fd, bytes.subarray(0, most()));
    if (written < bytes.length) counted.partial++;
    return written;
  };
  Object.assign(fs, { writeSync: counting });
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(fs, { writeSync });
    syncBuiltinESMExports();
  });
  return counted;
}

/** What nobody else is sent: `who` in every byte, and where it stands in some. */
function snapshotOf(who: number, i: number): Buffer {
  const bytes = Buffer.alloc(SNAPSHOT, 65 + who);
  for (let at = 0; at < SNAPSHOT - 16; at += 512) bytes.write(`${who} ${i} ${at}`, at);
  return bytes;
}

/** At once, or in pieces of one packet each: those are handed to the socket where they were built. */
function give(visitor: Visitor<string>, who: number, i: number): void {
  const bytes = snapshotOf(who, i);
  if (i % 4 === 0) return visitor.write(bytes);
  for (let at = 0; at < bytes.length; at += PIECE) visitor.write(bytes.subarray(at, at + PIECE));
}

interface Observer {
  readonly who: number;
  readonly hash: ReturnType<typeof createHash>;
  readonly client: RawClient;
  readonly visitor: Visitor<string>;
  bytes: number;
}

async function observe(door: TestDoor, who: number): Promise<Observer> {
  const cipher = OFFER.cs.cipher[who % OFFER.cs.cipher.length]!;
  const seen = { hash: createHash('sha256'), bytes: 0 };
  const onData = (bytes: Buffer): void => {
    seen.hash.update(bytes);
    seen.bytes += bytes.length;
  };
  const client = await new RawClient(door.port, { cipher, honest: true, onData }).login('good');
  await client.session(WINDOW);
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  await until('the greeting', () => seen.bytes >= GREETING.length);
  return Object.assign(seen, { who, client, visitor: door.visits.at(-1)! });
}

/** @throws when one was lost, as he is when a packet is not whole. */
function haveAll(observers: readonly Observer[], total: number): boolean {
  for (const { who, client } of observers) assert.ok(!client.socket.destroyed, `observer ${who} was lost`);
  return observers.every(({ bytes }) => bytes >= total);
}

function wanted(who: number, count: number): string {
  const hash = createHash('sha256').update(GREETING);
  for (let i = 0; i < count; i++) hash.update(snapshotOf(who, i));
  return hash.digest('hex');
}

test('observers who stop to read, beside others who go on, get their own bytes and all of them', async (t) => {
  const counted = countPartial(t);
  const door = await openDoor({ limits: { perSource: 25 } });
  t.after(() => door.close());
  const observers: Observer[] = [];
  for (let who = 0; who < 20; who++) observers.push(await observe(door, who));
  const stopped = observers.filter(({ who }) => who % 4 !== 0);
  for (const { client } of stopped) client.socket.pause();
  for (let i = 0; i < SNAPSHOTS; i++) {
    for (const { visitor, who } of observers) give(visitor, who, i);
    await new Promise((turn) => setImmediate(turn));
  }
  assert.ok(counted.partial >= stopped.length, `${counted.partial} packets were taken in part`);
  for (const { client } of stopped) client.socket.resume();
  const total = GREETING.length + SNAPSHOTS * SNAPSHOT;
  await until('all that was sent', () => haveAll(observers, total));
  for (const { who, hash, client } of observers) {
    assert.equal(hash.digest('hex'), wanted(who, SNAPSHOTS), `observer ${who}`);
    client.reset();
  }
});

/** The command line of each client of the field; its command says who it is. */
const CLIENTS: Readonly<Record<string, (port: string, who: string) => readonly string[]>> = {
  ssh: (port, who) => [...SSH, '-p', port, 'good@127.0.0.1', who],
  plink: (port, who) => ['-batch', '-hostkey', HOST_FINGERPRINT, '-P', port, 'good@127.0.0.1', who],
  dbclient: (port, who) => ['-y', '-y', '-p', port, 'good@127.0.0.1', who],
};
const isInstalled = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** One of them, which is stopped for a while when it has had some; the result is the hash of all that it got. */
function watchWith(tool: string, door: TestDoor, who: number): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'lectern-partial-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8' };
  const words = CLIENTS[tool]!(String(door.port), String(who));
  const child = spawn(tool, words, { env, stdio: ['ignore', 'pipe', 'inherit'], ...LIMITED });
  const hash = createHash('sha256');
  let bytes = 0;
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      const before = bytes;
      bytes += chunk.length;
      if (before > SNAPSHOT || bytes <= SNAPSHOT) return;
      child.kill('SIGSTOP');
      setTimeout(() => child.kill('SIGCONT'), STOPPED_MS);
    });
    child.on('close', () => {
      rmSync(home, { recursive: true, force: true });
      resolve(hash.digest('hex'));
    });
  });
}

test('however little a socket takes of each packet, everybody gets his own bytes, in the clients of the field too', async (t) => {
  const COUNT = 60;
  const random = randomFrom(SEED);
  const counted = countPartial(t, () => 1 + Math.floor(random() ** 3 * 40_000));
  const door = await openDoor({ limits: { perSource: 25, rekeyBytes: 300_000 } });
  t.after(() => door.close());
  const observers: Observer[] = [];
  for (let who = 0; who < OFFER.cs.cipher.length; who++) observers.push(await observe(door, who));
  const tools = Object.keys(CLIENTS).filter(isInstalled);
  const hashes = tools.map((tool, i) => watchWith(tool, door, observers.length + i));
  await until('the clients of the field', () => door.visits.length === observers.length + tools.length);
  const field = door.visits.filter(({ command }) => command !== null);
  for (let i = 0; i < COUNT; i++) {
    for (const { visitor, who } of observers) give(visitor, who, i);
    for (const visitor of field) give(visitor, Number(visitor.command), i);
    if (i % 3 === 0) await new Promise((turn) => setImmediate(turn));
  }
  // What they have not taken yet is sent before they are told that it is over.
  for (const visitor of field) visitor.ack(() => visitor.leave(0));
  const total = GREETING.length + COUNT * SNAPSHOT;
  await until('all that was sent', () => haveAll(observers, total));
  assert.ok(counted.partial > COUNT, `seed ${SEED}: ${counted.partial} packets were taken in part`);
  for (const { who, hash, client } of observers) {
    assert.equal(hash.digest('hex'), wanted(who, COUNT), `seed ${SEED}: observer ${who}`);
    client.reset();
  }
  for (const [i, hash] of hashes.entries()) {
    assert.equal(await hash, wanted(observers.length + i, COUNT), `seed ${SEED}: ${tools[i]}`);
  }
});
