/** Whatever lies where lectern keeps its files: it is said in one line, nothing of it is lost, and a session can be had. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BIN, House, type Result, run } from '../support/house.js';

const STRANGER = 12_345;

interface Places {
  readonly house: House;
  readonly keys: string;
  readonly state: string;
  readonly runtime: string;
}

/** A home in which a session has run. */
async function usedHome(t: TestContext): Promise<Places> {
  const house = new House(t);
  assert.equal((await session(house)).code, 0);
  return {
    house,
    keys: join(house.home, '.config/lectern/keys'),
    state: join(house.home, '.local/state/lectern'),
    runtime: join(house.home, 'run/lectern'),
  };
}

/** A session whose program prints a word and ends. */
function session(house: House, ...flags: readonly string[]): Promise<Result> {
  return house.run(['--headless', '--json', '--listen', '127.0.0.1:0', ...flags, '--', 'echo', 'ran']);
}

const isReady = ({ stdout }: Result): boolean => stdout.startsWith('{"v":1,"type":"ready"');

/** It ran, and said so much in one line. */
function ranAndSaid(result: Result, what: RegExp): void {
  assert.deepEqual([result.code, isReady(result)], [0, true], result.stderr);
  assert.match(result.stderr, what);
  assert.match(result.stderr, /^lectern: [^\n]+\n$/, 'in one line');
}

test('a host key and a ticket key that are rubbish or cut off are kept under another name, and there are new ones', async (t) => {
  const { house, keys } = await usedHome(t);
  for (const [name, spoil] of [
    ['host_ed25519', (file: string) => truncateSync(file, 0)],
    ['ticket.jwk', (file: string) => truncateSync(file, 100)],
  ] as const) {
    const file = join(keys, name);
    spoil(file);
    const before = readFileSync(file);
    ranAndSaid(
      await session(house),
      new RegExp(`${name} was no key: it is kept as \\S+${name}\\.\\w+\\.broken, and a new`),
    );
    const aside = readdirSync(keys).filter((entry) => entry.startsWith(`${name}.`));
    assert.equal(aside.length, 1);
    assert.deepEqual(readFileSync(join(keys, aside[0]!)), before);
  }
  assert.equal((await session(house)).stderr, '', 'told once');
});

test('where no key can be written that is told, and no piece of one is left', async (t) => {
  const house = new House(t);
  const keys = join(house.home, 'keys');
  // No file may grow: what a full disk does as well. What is printed goes through a pipe.
  const script = `trap '' XFSZ; ulimit -f 0; LECTERN_KEYS='${keys}' exec "$0" "$@"`;
  const words = [process.execPath, BIN, '--headless', '--listen', '127.0.0.1:0', '--', 'true'];
  const { code, stderr } = await house.tool('sh', ['-c', script, ...words]);
  assert.match(stderr, /^lectern: cannot use \S+host_ed25519 \(EFBIG\); no file may be so large: see ulimit -f\n$/);
  assert.deepEqual([code, readdirSync(keys)], [125, []]);
});

test('two that start at once on a broken host key end up with one and the same', async (t) => {
  const { house, keys } = await usedHome(t);
  writeFileSync(join(keys, 'host_ed25519'), 'rubbish');
  const results = await Promise.all([session(house), session(house)]);
  const prints = results.map(
    ({ stdout }) => (JSON.parse(stdout.split('\n')[0]!) as { fingerprint: string }).fingerprint,
  );
  const last = JSON.parse((await session(house)).stdout.split('\n')[0]!) as { fingerprint: string };
  assert.deepEqual(new Set(prints), new Set([last.fingerprint]));
});

test('a log folder that is a file, a link, open to others or a stranger\u2019s is left alone: there is no log, and the session runs', async (t) => {
  const { house, state } = await usedHome(t);
  const log = join(state, 'log');
  const spoils: [RegExp, () => void][] = [
    [/is open to other users .*chmod 700/, () => chmodSync(log, 0o755)],
    [/EEXIST|ENOTDIR|is not a folder/, () => spoilt(log, () => writeFileSync(log, 'mine'))],
    [/is a symbolic link/, () => spoilt(log, () => symlinkSync(house.home, log))],
  ];
  if (process.getuid?.() === 0) spoils.push([/belongs to user 12345/, () => spoilt(log, () => mine(log))]);
  for (const [what, spoil] of spoils) {
    spoil();
    const before = lstatSync(log);
    ranAndSaid(await session(house), new RegExp(`no log is kept: .*(${what.source})`));
    assert.deepEqual([lstatSync(log).ino, lstatSync(log).mode], [before.ino, before.mode], 'it is left as it is');
  }
});

/** The folder is set aside by somebody, and something else is put there. */
function spoilt(folder: string, put: () => void): void {
  rmSync(`${folder}.old`, { recursive: true, force: true });
  renameSync(folder, `${folder}.old`);
  put();
}

function mine(folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, STRANGER, STRANGER);
}

test('dead sockets are removed, rubbish beside them stays, and neither is in the way of a session', async (t) => {
  const { house, runtime } = await usedHome(t);
  const dead = join(runtime, 'dead0000.sock');
  await run(
    'node',
    ['-e', `require('net').createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, 'SIGKILL'))`],
    house.env,
  );
  assert.ok(lstatSync(dead).isSocket());
  await run('touch', ['-d', '1 minute ago', dead], house.env);
  writeFileSync(join(runtime, 'rubbish0.sock'), 'rubbish');
  symlinkSync('/nowhere', join(runtime, 'link0000.sock'));
  const { code, stderr } = await session(house);
  assert.deepEqual([code, stderr], [0, '']);
  const listed = await house.run(['session', 'list', '--json']);
  assert.deepEqual([listed.code, listed.stderr], [0, '']);
  assert.deepEqual(readdirSync(runtime).sort(), ['link0000.sock', 'rubbish0.sock']);
  assert.equal(readFileSync(join(runtime, 'rubbish0.sock'), 'utf8'), 'rubbish');
});

test('a socket that a stranger listens on, or that others can reach, is not talked to', async (t) => {
  const { house, runtime } = await usedHome(t);
  const path = join(runtime, 'other000.sock');
  let asked = 0;
  const server = createServer((socket) => {
    socket.on('data', () => asked++);
    socket.on('error', () => {});
  }).listen(path);
  house.after(() => void server.close());
  await new Promise<void>((resolve) => void server.once('listening', resolve));
  chmodSync(path, 0o666);
  const { code, stderr } = await house.run(['who', 'other000']);
  assert.deepEqual([code, asked], [1, 0]);
  assert.match(stderr, /^lectern: [^\n]*chmod 600[^\n]*\n$/);
});

test('a socket folder that is not ours alone is not used: one line says what to do, and nothing is shared', async (t) => {
  const { house, runtime } = await usedHome(t);
  chmodSync(runtime, 0o755);
  const open = await session(house);
  assert.deepEqual([open.code, open.stdout], [125, '']);
  assert.match(open.stderr, /^lectern: [^\n]*chmod 700[^\n]*\n$/);
  chmodSync(runtime, 0o700);
  assert.equal((await session(house)).code, 0, 'when that is done it works again');
});

test('a recording never overwrites, and one that cannot be made is said before anything is shared', async (t) => {
  const { house } = await usedHome(t);
  const cast = join(house.home, 'old.cast');
  writeFileSync(cast, 'old');
  for (const [file, what] of [
    [cast, /exists already/],
    [join(house.home, 'no/such/folder.cast'), /ENOENT/],
  ] as const) {
    const { code, stdout, stderr } = await session(house, '--record', file);
    assert.deepEqual([code, stdout], [125, '']);
    assert.match(stderr, what);
    assert.match(stderr, /^lectern: [^\n]+\n$/);
  }
  assert.equal(readFileSync(cast, 'utf8'), 'old');
});

test('what cannot be written any more is told also where there is no terminal to tell it on, and the session goes on', async (t) => {
  const { house } = await usedHome(t);
  const cast = join(house.home, 'full.cast');
  // Room for keys and links, and not for a recording of so many lines.
  const script = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';
  const flags = ['--headless', '--listen', '127.0.0.1:0', '--record', cast];
  const program = ['sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9; do seq -s $i 999; sleep 0.2; done; exit 3'];
  const { code, stderr } = await house.tool('sh', ['-c', script, process.execPath, BIN, ...flags, '--', ...program]);
  assert.equal(stderr, 'lectern: the recording cannot be written any more: is the disk full?\n');
  assert.equal(code, 3);
});
