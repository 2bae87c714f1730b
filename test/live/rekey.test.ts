import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OFFER } from '../../src/observers/ssh/algorithms.js';
import type { Visitor } from '../../src/observers/ssh/index.js';
import { HOST_FINGERPRINT, openDoor, type TestDoor } from '../support/door.js';
import { SSH } from '../support/house.js';
import { LIMITED } from '../support/patience.js';

/** What each client gets, with new keys after each part of it. */
const TOTAL = 1_300_000;
const REKEY_BYTES = 100_000;
const REKEYS = 10;
const CHUNK = 16_000;
/** The same bytes for all: a period that no packet has. */
const CONTENT = Buffer.from(Array.from({ length: TOTAL }, (_, i) => (i * 7 + (i >> 9)) & 0xff));
const WANTED = hashOf(Buffer.concat([Buffer.from('hello\r\n'), CONTENT]));

let door: TestDoor;
let home: string;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'lectern-rekey-'));
  door = await openDoor({ limits: { rekeyBytes: REKEY_BYTES }, arrived: stream });
});

after(async () => {
  await door.close();
  rmSync(home, { recursive: true });
});

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Only ever when there is room. */
function stream(visitor: Visitor<string>): void {
  let at = 0;
  const next = (): void => {
    while (visitor.writable && at < TOTAL) {
      visitor.write(CONTENT.subarray(at, at + CHUNK));
      at += CHUNK;
    }
    if (at >= TOTAL) visitor.ack(() => visitor.leave(0));
  };
  visitor.onWritable(next);
  next();
}

/** Runs a client to its end: the hash of what it got, and what it said. */
function run(file: string, args: readonly string[]): Promise<{ readonly hash: string; readonly said: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8' };
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...LIMITED });
    const got: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => got.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('close', () => resolve({ hash: hashOf(Buffer.concat(got)), said }));
  });
}

const without = (tool: string): { skip: string | false } => ({
  skip: spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0 ? false : `${tool} is not installed`,
});
const knownTo = (what: 'kex' | 'cipher'): string => spawnSync('ssh', ['-Q', what], { encoding: 'utf8' }).stdout;
/** It tells when it gets new keys. */
const LOUD = SSH.map((word) => (word === 'LogLevel=ERROR' ? 'LogLevel=DEBUG1' : word));
const port = (): string => String(door.port);

for (const kex of OFFER.kex.filter((name) => !name.startsWith('kex-strict') && knownTo('kex').includes(name))) {
  for (const cipher of OFFER.cs.cipher) {
    test(`OpenSSH with ${kex} and ${cipher}: new keys ten times, and not a byte is lost`, async () => {
      const algorithms = ['-o', `KexAlgorithms=${kex}`, '-c', cipher];
      const { hash, said } = await run('ssh', [...LOUD, ...algorithms, '-p', port(), 'good@127.0.0.1', 'x']);
      assert.equal(hash, WANTED, said.slice(-400));
      // The first keys are no new ones.
      const rekeys = said.split('SSH2_MSG_NEWKEYS received').length - 2;
      assert.ok(rekeys >= REKEYS, `${rekeys} times`);
    });
  }
}

for (const cipher of ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes256-ctr']) {
  test(
    `Dropbear with ${cipher}: the door wants new keys again and again, and not a byte is lost`,
    without('dbclient'),
    async () => {
      const { hash, said } = await run('dbclient', ['-y', '-y', '-c', cipher, '-p', port(), 'good@127.0.0.1', 'x']);
      assert.equal(hash, WANTED, said.slice(-400));
    },
  );
}

for (const cipher of ['chacha20', 'aes', 'aesgcm']) {
  for (const kex of ['ecdh', 'ntru-curve25519,ecdh']) {
    test(
      `plink with ${cipher} and ${kex}: the door wants new keys again and again, and not a byte is lost`,
      without('plink'),
      async () => {
        const sessions = join(home, '.putty', 'sessions');
        mkdirSync(sessions, { recursive: true });
        writeFileSync(join(sessions, 'pinned'), `Protocol=ssh\nCipher=${cipher},WARN\nKEX=${kex},WARN\n`);
        const pinned = ['-v', '-batch', '-load', 'pinned', '-hostkey', HOST_FINGERPRINT];
        const { hash, said } = await run('plink', [...pinned, '-P', port(), 'good@127.0.0.1', 'x']);
        assert.equal(hash, WANTED, said.slice(-400));
        const rekeys = said.split('Remote side initiated key re-exchange').length - 1;
        assert.ok(rekeys >= REKEYS, `${rekeys} times`);
      },
    );
  }
}

test('the door wants new keys after a time as well, and not a byte is lost', async (t) => {
  const LEAVES_MS = 3000;
  const arrived = (visitor: Visitor<string>) => {
    visitor.write(CONTENT.subarray(0, CHUNK));
    setTimeout(() => {
      visitor.write(CONTENT.subarray(CHUNK, 2 * CHUNK));
      visitor.ack(() => visitor.leave(0));
    }, LEAVES_MS);
  };
  const timed = await openDoor({ limits: { rekeyMs: 300 }, arrived });
  t.after(() => timed.close());
  const { hash, said } = await run('ssh', [...LOUD, '-p', String(timed.port), 'good@127.0.0.1', 'x']);
  assert.equal(hash, hashOf(Buffer.concat([Buffer.from('hello\r\n'), CONTENT.subarray(0, 2 * CHUNK)])));
  const rekeys = said.split('SSH2_MSG_NEWKEYS received').length - 2;
  assert.ok(rekeys >= 2, `${rekeys} times in ${LEAVES_MS / 300} times of that`);
});
