import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, type TestContext, test } from 'node:test';
import pty from 'node-pty';
import { WORDS } from '../../src/core/errors.js';
import type { Visitor } from '../../src/observers/ssh/index.js';
import { HOST_FINGERPRINT, openDoor, type TestDoor } from '../support/door.js';
import { LIMITED, patiently, until } from '../support/patience.js';

let door: TestDoor;
let dir: string;
/** Visitors that ask for nothing are shown out at once. */
let stay = false;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lectern-door-'));
  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(dir, type)]);
  }
  door = await openDoor({ arrived: greet });
});

after(async () => {
  await door.close();
  rmSync(dir, { recursive: true });
});

afterEach(() => {
  stay = false;
});

function greet(visitor: Visitor<string>): void {
  if (visitor.command === 'fail') visitor.stderr('no such verb\r\n');
  if (!stay) visitor.ack(() => visitor.leave(visitor.command === 'fail' ? 1 : 0, Buffer.from('bye\r\n')));
}

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(file: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir, LC_ALL: 'C.UTF-8' };
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...LIMITED });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      said.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.err += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

const QUIET = [
  '-F',
  '/dev/null',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=INFO',
];
const sshArgs = (user: string, ...more: string[]): string[] => [
  ...QUIET,
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'IdentityAgent=none',
  '-p',
  String(door.port),
  ...more,
  `${user}@127.0.0.1`,
];
const NO_KEYS = ['-i', 'none'];
const ssh = (user: string, more: string[] = NO_KEYS, ...command: string[]): Promise<Outcome> =>
  run('ssh', [...sshArgs(user, ...more), ...command]);

/** Missing tools are skipped with a word. */
const without = (tool: string): { skip: string | false } => ({
  skip: spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0 ? false : `${tool} is not installed`,
});

const plink = (user: string, ...more: string[]): Promise<Outcome> =>
  run('plink', ['-P', String(door.port), '-hostkey', HOST_FINGERPRINT, ...more, `${user}@127.0.0.1`, 'hi']);
const dbclient = (user: string): Promise<Outcome> =>
  run('dbclient', ['-y', '-y', '-p', String(door.port), `${user}@127.0.0.1`, 'hi']);

for (const batch of ['yes', 'no']) {
  test(`OpenSSH with BatchMode=${batch} comes in with a good link`, async () => {
    const { code, out } = await ssh('good', [...NO_KEYS, '-o', `BatchMode=${batch}`]);
    assert.deepEqual([code, out], [0, 'hello\r\nbye\r\n']);
  });

  test(`OpenSSH with BatchMode=${batch} shows the sentence for a bad link, and asks for nothing`, async () => {
    for (const [user, words] of [
      ['nobody', WORDS.unknown],
      ['old', WORDS.expired],
    ] as const) {
      const { code, err } = await ssh(user, [...NO_KEYS, '-o', `BatchMode=${batch}`]);
      assert.equal(code, 255);
      assert.ok(err.includes(`\n${words}\r\n`) || err.includes(`\n${words}\n`), err);
      assert.ok(err.includes(`Received disconnect from 127.0.0.1 port ${door.port}:14: ${words}`), err);
      assert.doesNotMatch(err, /assword|denied/);
    }
  });
}

interface SshTerminal {
  readonly terminal: pty.IPty;
  /** All that was printed. */
  readonly screen: () => string;
  readonly exitCode: Promise<number>;
}

/** OpenSSH on a terminal of its own, which ends with the test. */
function sshOnTerminal(t: TestContext, user: string): SshTerminal {
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, TERM: 'tmux-256color' };
  const terminal = pty.spawn('ssh', sshArgs(user, ...NO_KEYS), { cols: 90, rows: 30, env });
  let screen = '';
  terminal.onData((data) => {
    screen += data;
  });
  const exited = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  t.after(() => terminal.kill('SIGKILL'));
  return { terminal, screen: () => screen, exitCode: exited };
}

test('OpenSSH on a terminal is never asked for a password', async (t) => {
  const { screen, exitCode } = sshOnTerminal(t, 'nobody');
  assert.equal(await patiently('the end of ssh', exitCode), 255);
  assert.ok(screen().includes(WORDS.unknown), screen());
  assert.doesNotMatch(screen(), /assword/);
});

test('plink comes in with a good link, and is told the sentence with a bad one', without('plink'), async () => {
  for (const batch of [['-batch'], []]) {
    const good = await plink('good', ...batch);
    assert.deepEqual([good.code, good.out], [0, 'hello\r\nbye\r\n']);
    const bad = await plink('nobody', ...batch);
    assert.equal(bad.code, 1);
    assert.ok(bad.err.includes(`"${WORDS.unknown}"`), bad.err);
    assert.doesNotMatch(bad.err, /assword/);
  }
});

test('dbclient comes in with a good link, and is told the sentence with a bad one', without('dbclient'), async () => {
  const good = await dbclient('good');
  assert.deepEqual([good.code, good.out], [0, 'hello\r\nbye\r\n']);
  const bad = await dbclient('nobody');
  assert.ok(bad.err.includes(WORDS.unknown), bad.err);
  assert.doesNotMatch(bad.err, /assword/);
});

for (const tool of ['ssh', 'plink', 'dbclient'] as const) {
  test(`a ticket of 480 characters is a user name like any other to ${tool}`, without(tool), async () => {
    const ticket = `eyJ${'aB3-_.'.repeat(80)}`.slice(0, 480);
    const { err } = await { ssh, plink, dbclient }[tool](ticket);
    assert.ok(err.includes(WORDS.unknown), err);
    assert.equal(door.attempts.at(-1)?.token, ticket);
  });
}

for (const cipher of [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
]) {
  test(`OpenSSH comes in by ${cipher}`, async () => {
    assert.equal((await ssh('good', [...NO_KEYS, '-c', cipher])).code, 0);
  });
}

for (const kex of ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256']) {
  test(`OpenSSH comes in by ${kex}`, async () => {
    assert.equal((await ssh('good', [...NO_KEYS, '-o', `KexAlgorithms=${kex}`])).code, 0);
  });
}

for (const mac of ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256']) {
  test(`OpenSSH comes in by ${mac}`, async () => {
    assert.equal((await ssh('good', [...NO_KEYS, '-c', 'aes128-ctr', '-m', mac])).code, 0);
  });
}

for (const type of ['ed25519', 'ecdsa', 'rsa']) {
  test(`OpenSSH proves its ${type} key when one is wanted`, async () => {
    const { code } = await ssh('keyed', ['-i', join(dir, type), '-o', 'BatchMode=yes']);
    assert.equal(code, 0);
    const public_ = readFileSync(join(dir, `${type}.pub`), 'utf8').split(' ');
    const key = door.visits.at(-1)?.key;
    assert.deepEqual([key?.algo, key?.blob.toString('base64')], [public_[0], public_[1]]);
    const printed = execFileSync('ssh-keygen', ['-lf', join(dir, `${type}.pub`)]).toString();
    assert.ok(printed.includes(` ${key?.fingerprint} `), printed);
  });
}

test('OpenSSH without a key is told that a key is wanted', async () => {
  const { code, err } = await ssh('keyed');
  assert.equal(code, 255);
  assert.match(err, /Permission denied \(publickey,keyboard-interactive\)/);
});

test('OpenSSH offers its keys one after the other to who takes none, and is told so', async () => {
  const keys = ['ed25519', 'ecdsa', 'rsa'].flatMap((type) => ['-i', join(dir, type)]);
  const { code } = await ssh('nokey', keys);
  assert.equal(code, 255);
  assert.equal(new Set(door.attempts.slice(-3).map(({ key }) => key?.algo)).size, 3);
});

test('join@ asks for the link, does not show it, and forgives a slip', async (t) => {
  const { terminal, screen, exitCode } = sshOnTerminal(t, 'join');
  const prompts = (): number => screen().split('Link code: ').length - 1;
  await until('the first prompt', () => prompts() === 1);
  terminal.write('gooood\r');
  await until('the second prompt', () => prompts() === 2);
  assert.ok(screen().includes(WORDS.unknown), screen());
  stay = true;
  terminal.write('good\r');
  await until('the greeting', () => screen().includes('hello'));
  assert.doesNotMatch(screen(), /go+d/);
  const visitor = door.visits.at(-1)!;
  assert.deepEqual([visitor.size, visitor.term, visitor.hasPty], [{ cols: 90, rows: 30 }, 'tmux-256color', true]);
  const typed: string[] = [];
  visitor.onData((bytes) => typed.push(Buffer.from(bytes).toString()));
  visitor.onResize(({ cols, rows }) => typed.push(`${cols}x${rows}`));
  terminal.write('q');
  await until('a key', () => typed.length === 1);
  terminal.resize(100, 40);
  await until('a new size', () => typed.length === 2);
  assert.deepEqual(typed, ['q', '100x40']);
  visitor.leave(7, Buffer.from('so long\r\n'));
  assert.equal(await patiently('the end of ssh', exitCode), 7);
  assert.ok(screen().includes('so long'));
});

test('a command is handed over with its exit status and both streams', async () => {
  const { code, out, err } = await ssh('good', NO_KEYS, 'fail');
  assert.deepEqual([code, out], [1, 'hello\r\nbye\r\n']);
  assert.match(err, /no such verb/);
  assert.deepEqual([door.visits.at(-1)?.command, door.visits.at(-1)?.hasPty], ['fail', false]);
});

test('forwarding, agent, x11 and foreign variables have no effect, and do not keep an observer out', async () => {
  const forwards = [
    '-R',
    '0:127.0.0.1:22',
    '-L',
    `${dir}/l.sock:127.0.0.1:22`,
    '-A',
    '-X',
    '-o',
    'SetEnv=LECTERN_STATUS=off EVIL=1',
  ];
  const { code, out, err } = await ssh('good', [...NO_KEYS, '-tt', ...forwards]);
  assert.deepEqual([code, out], [0, 'hello\r\nbye\r\n']);
  assert.match(err, /remote port forwarding failed/);
  assert.deepEqual([...door.visits.at(-1)!.env], [['LECTERN_STATUS', 'off']]);
});

test('sftp is refused', async () => {
  const visits = door.visits.length;
  const { code, err } = await ssh('good', [...NO_KEYS, '-s'], 'sftp');
  assert.equal(code, 255);
  assert.match(err, /subsystem request failed/);
  assert.equal(door.visits.length, visits);
});

test('who is sent away reads why, stopped or not', async (t) => {
  stay = true;
  const gone = ssh('good', [...NO_KEYS, '-tt']);
  const visits = door.visits.length;
  await until('a visitor', () => door.visits.length > visits);
  door.visits.at(-1)!.dismiss('kicked');
  const { code, err } = await gone;
  assert.equal(code, 255);
  assert.ok(err.includes(WORDS.kicked), err);
  const child = spawn('ssh', sshArgs('good', ...NO_KEYS, '-tt'), { stdio: ['pipe', 'pipe', 'pipe'] });
  // One that stays stopped would be waited for at the end of this file, without an end.
  t.after(() => child.kill('SIGKILL'));
  await until('another visitor', () => door.visits.length > visits + 1);
  child.kill('SIGSTOP');
  door.visits.at(-1)!.dismiss('revoked');
  assert.equal(door.partings.at(-1), 'revoked');
  await until('the connection is closed', () => door.connections === 0);
});

test('new keys are agreed on in the midst of a stream, and not a byte is lost', async (t) => {
  const total = 3_000_000;
  const busy = await openDoor({ limits: { rekeyBytes: 200_000 }, arrived: (visitor) => stream(visitor, total) });
  t.after(() => busy.close());
  const args = [...QUIET, '-v', '-p', String(busy.port), ...NO_KEYS, 'good@127.0.0.1'];
  const { code, out, err } = await run('ssh', args);
  assert.equal(code, 0);
  assert.equal(out.length, 'hello\r\n'.length + total);
  assert.ok(err.split('SSH2_MSG_NEWKEYS received').length - 1 >= 5, 'there were several');
});

/** Writes `total` bytes, only ever when there is room. */
function stream(visitor: Visitor<string>, total: number): void {
  let left = total;
  const next = (): void => {
    while (visitor.writable && left > 0) {
      const size = Math.min(left, 20_000);
      left -= size;
      visitor.write(Buffer.alloc(size, 'x'));
    }
    if (left === 0) visitor.ack(() => visitor.leave(0));
  };
  visitor.onWritable(next);
  next();
}
