import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LecternError } from '../../src/core/errors.js';
import { serveControl } from '../../src/ops/control-socket.js';
import type { SessionApi, WhoRow } from '../../src/ops/session-api.js';
import { LIMITED_COMMAND } from '../support/house.js';

const BIN = fileURLToPath(new URL('../../../bin/lectern.js', import.meta.url));
const runtime = mkdtempSync(join(tmpdir(), 'lectern-cli-'));
process.on('exit', () => rmSync(runtime, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real program in an empty world. */
function lectern(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return ended(process.execPath, [BIN, ...args], env);
}

function ended(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], HOME: runtime, XDG_RUNTIME_DIR: runtime, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...LIMITED_COMMAND,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** Words, exit code, and what the one line must say. */
const MISTAKES: readonly (readonly [words: string, code: number, says: RegExp])[] = [
  ['whoo', 2, /unknown command 'whoo'.*Did you mean who\?/],
  ['vim', 2, /unknown command 'vim'.*lectern -- CMD/],
  ['', 2, /unknown command ''/],
  ['-', 2, /too many arguments/],
  ['--nam x', 2, /unknown option '--nam'.*Did you mean --name\?/],
  ['--web 2280', 2, /unknown option '--web'/],
  ['--private', 2, /unknown option '--private'/],
  ['--consensus some', 2, /none, all/],
  ['present --relay x', 2, /unknown option '--relay'/],
  ['--ttl', 2, /--ttl <duration>' argument missing/],
  ['--approve sometimes', 2, /none, first, each/],
  ['--name x vim', 2, /too many arguments.*lectern -- CMD/],
  ['present vim', 2, /too many arguments/],
  ['who a b', 2, /too many arguments for 'who'/],
  ['who -- vim', 2, /only "lectern present" and "propose" take a command/],
  ['who --nonsense', 2, /unknown option.*lectern who --help/],
  ['session', 2, /subcommand/],
  ['session lisst', 2, /unknown command 'lisst' .*; see: lectern session --help/],
  ['session set', 2, /missing required argument 'change'; see: lectern session set --help/],
  ['log verify', 2, /see: lectern log verify --help/],
  ['nonsense', 2, /unknown command 'nonsense'; to share a program: lectern -- CMD; see: lectern --help/],
  ['help nonsense', 2, /unknown command 'nonsense'; see: lectern --help/],
  ['config', 2, /subcommand/],
  ['config schema', 2, /unknown command 'schema'/],
  ['redact', 2, /subcommand/],
  ['link --role king', 2, /observer, peer/],
  ['link --ttl banana', 2, /"banana" is not a duration/],
  ['link --ttl 31d', 2, /up to 30d/],
  ['link a b', 2, /too many arguments/],
  ['link revoke', 2, /--all/],
  ['link revoke j1 --all', 2, /--all/],
  ['grant', 2, /for|who/],
  ['grant ana', 2, /--for/],
  ['grant ana --for', 2, /argument missing/],
  ['grant ana --for 0s', 2, /not a duration/],
  ['grant ana --for 999ms', 2, /1s to 24h/],
  ['grant ana --for 25h', 2, /1s to 24h/],
  ['grant ana --for 60s --mode loud', 2, /full, suggest/],
  ['say ', 2, /say what: lectern say TEXT/],
  ['kick', 2, /missing required argument 'who'/],
  ['approve', 2, /missing required argument/],
  ['deny', 2, /missing required argument/],
  ['doctor ana', 2, /unknown command 'doctor'/],
  ['who nosuch', 4, /no session "nosuch" \(none is running\)/],
  ['who', 4, /no session is running; start one with: lectern/],
  ['session info', 4, /no session/],
  ['session stop', 4, /no session/],
  ['link', 4, /no session/],
  ['link list', 4, /no session/],
  ['link revoke j1', 4, /no session/],
  ['grant ana --for 60s', 4, /no session/],
  ['revoke', 4, /no session/],
  ['kick ana --session x', 4, /no session "x"/],
  ['session info a\u001b[31m\nb', 4, /no session "a\?\[31m b"/],
];

test('every mistake is told in one line on stderr, with its exit code and nothing on stdout', async () => {
  const queue = [...MISTAKES];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [words, code, says] = next;
      const ended = await lectern(words.split(' '));
      assert.match(ended.stderr, /^lectern: [^\n]+\n$/, `lectern ${words}`);
      assert.match(ended.stderr, says, `lectern ${words}`);
      assert.equal(ended.code, code, `lectern ${words}: ${ended.stderr}`);
      assert.equal(ended.stdout, '', `lectern ${words}`);
    }
  };
  await Promise.all([work(), work()]);
});

test('--version prints the version alone', async () => {
  for (const flag of ['--version', '-V']) {
    const { code, stdout, stderr } = await lectern([flag]);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual([code, stderr], [0, '']);
  }
});

test('--help names every command and every option of present, and each command has a help of its own', async () => {
  const { code, stdout, stderr } = await lectern(['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  const commands = [
    'present',
    'link',
    'session',
    'who',
    'grant',
    'revoke',
    'kick',
    'approve',
    'deny',
    'config',
    'redact',
  ];
  const options = ['name', 'listen', 'ttl', 'once', 'approve', 'authorized-keys', 'read-only', 'max-observers', 'size'];
  options.push('record', 'redact', 'delay', 'config', 'headless', 'json', 'verbose');
  for (const word of [...commands, ...options.map((option) => `--${option}`)]) assert.ok(stdout.includes(word), word);
  for (const command of commands) {
    const own = await lectern([command, '--help']);
    assert.ok(own.code === 0 && own.stderr === '' && own.stdout.startsWith(`Usage: lectern ${command}`), command);
  }
});

test('no sessions are an empty list and not an error', async () => {
  const { code, stdout } = await lectern(['session', 'list', '--json']);
  assert.deepEqual([code, stdout], [0, '{"v":1,"sessions":[]}\n']);
});

test('commands work a running session: data on stdout, talk on stderr', async (t) => {
  const calls: unknown[] = [];
  const ana = { id: 'p1', name: 'ana', addr: '10.0.0.7', role: 'peer', client: 'OpenSSH_9.2' } as const;
  const until = new Date(Date.now() + 60_000).toISOString();
  const fares = { muted: false, askedAt: null, size: { cols: 80, rows: 24 }, lagMs: 12, bytes: 2048, masked: 0 };
  const row: WhoRow = { ...ana, ...fares, state: 'control', since: until, until, typedLast: true };
  const took = async <T>(answer: T, ...call: unknown[]): Promise<T> => {
    calls.push(call);
    return answer;
  };
  const socket = join(runtime, 'lectern', 'demo.sock');
  const ready = {
    session: 'demo',
    title: '日本語の題',
    host: 'h',
    port: 1,
    token: 'k7',
    watch: 'ssh -p 1 k7@h',
    fingerprint: 'SHA256:x',
    socket,
    expires: until,
    masked: { 'github-token': 2, 'key-value': 12 },
    withheld: true,
    unsearched: 512,
    ruleFaults: ['/r.toml:1:1: rule "x": wrong'],
  };
  const link = {
    jti: 'j1',
    role: 'observer',
    state: 'live',
    once: true,
    issued: until,
    expires: until,
    boundKey: null,
  } as const;
  const api: SessionApi = {
    info: () => took(ready),
    stop: () => took(undefined, 'stop'),
    who: () => took([row]),
    grant: (...args) => took({ participant: ana, until, outcome: null }, 'grant', ...args),
    revoke: (...args) => took(args.length === 0 ? null : ana, 'revoke', ...args),
    kick: (...args) => took(ana, 'kick', ...args),
    approve: (...args) => took(ana, 'approve', ...args),
    mute: (...args) => took(ana, 'mute', ...args),
    unmute: (...args) => took(ana, 'unmute', ...args),
    pause: () => took(true, 'pause'),
    resume: () => took(false, 'resume'),
    say: (...args) => took(undefined, 'say', ...args),
    mark: (...args) => took(true, 'mark', ...args),
    propose: (...args) => took('passed', 'propose', ...args),
    cancelVote: () => took(false, 'cancelVote'),
    change: (...args) => took(undefined, 'change', ...args),
    deny: async () => {
      throw new LecternError('REFUSED', 'nobody waits');
    },
    mintLink: (...args) =>
      took({ jti: 'j2', token: 'tk', watch: 'ssh -p 1 tk@h', expires: until }, 'mintLink', ...args),
    listLinks: () => took([link]),
    revokeLink: async (jti) => jti === 'j1',
    revokeAllLinks: () => took(['j1']),
  };
  const server = await serveControl(join(runtime, 'lectern'), 'demo', api);
  t.after(() => server.close());

  assert.deepEqual(JSON.parse((await lectern(['session', 'info', '--json'])).stdout), { v: 1, ...ready });
  const told = (await lectern(['session', 'info', 'demo'])).stdout;
  assert.match(told, /ssh -p 1 k7@h/);
  assert.match(
    told,
    /masked {4}github-token 2, key-value 12\nwithheld .*\ngiven up {2}512 characters .*\nrules {5}not taken: \/r\.toml:1:1: rule "x": wrong\n/,
  );
  assert.deepEqual(JSON.parse((await lectern(['session', 'list', '--json'])).stdout), { v: 1, sessions: [ready] });
  const listed = (await lectern(['session', 'list'], { NO_COLOR: '1' })).stdout;
  assert.match(
    listed,
    /^SESSION {2}TITLE {7}PORT {2}LINK ENDS\ndemo {5}日本語の題 {2}1 {5}\d/,
    'columns, not characters',
  );
  assert.deepEqual(JSON.parse((await lectern(['who', '--json'])).stdout), { v: 1, participants: [row] });
  assert.match(
    (await lectern(['who'], { NO_COLOR: '1' })).stdout,
    /^ID {2,}NAME[^\n]*\np1 {2,}ana {2,}peer {2,}control until/,
  );
  assert.deepEqual(JSON.parse((await lectern(['link', 'list', '--json'])).stdout), { v: 1, links: [link] });
  assert.match((await lectern(['link', 'list'])).stdout, /j1 {2,}observer {2,}live {2,}once/);

  const minted = await lectern(['link', '--once', '--role', 'peer', '--ttl', '15m', '--no-status'], {
    LECTERN_SOCKET: socket,
  });
  assert.equal(minted.stdout, 'ssh -p 1 tk@h\n');
  assert.match(minted.stderr, /link j2: one peer, for 15 min/);
  assert.equal(JSON.parse((await lectern(['link', 'demo', '--json'])).stdout).token, 'tk');
  assert.match((await lectern(['grant', 'ana', '--for', '1m'])).stderr, /ana \(p1\) has control for 1 min/);
  assert.match((await lectern(['revoke'])).stderr, /nobody had control/);
  assert.match((await lectern(['revoke', 'ana'])).stderr, /taken back from ana/);
  assert.match((await lectern(['kick', 'ana', '--ban', '--session', 'demo'])).stderr, /for good/);
  assert.equal((await lectern(['approve', 'ana'])).code, 0);
  const denied = await lectern(['deny', 'ana']);
  assert.deepEqual([denied.code, denied.stderr], [3, 'lectern: nobody waits\n']);
  assert.equal((await lectern(['link', 'revoke', 'j1'])).code, 0);
  assert.equal((await lectern(['link', 'revoke', 'j9'])).code, 1);
  assert.match((await lectern(['link', 'revoke', '--all'])).stderr, /1 link revoked/);
  assert.equal((await lectern(['session', 'stop'])).code, 0);
  const terms = { role: 'peer', ttlMs: 900_000, once: true, jwt: false, status: false };
  const sent = calls.filter((call) => Array.isArray(call) && call.length > 0);
  assert.deepEqual(sent[0], ['mintLink', terms]);
  assert.deepEqual(sent.slice(2), [
    ['grant', 'ana', 60_000, 'full'],
    ['revoke'],
    ['revoke', 'ana'],
    ['kick', 'ana', true],
    ['approve', 'ana'],
    ['stop'],
  ]);
});

test('settings are not looked for in the current directory, also where HOME is empty or relative', async () => {
  const folders = new Set<string>();
  for (const HOME of ['', 'here']) {
    const { code, stdout } = await lectern(['config', 'path'], { HOME });
    assert.equal(code, 0);
    folders.add(stdout.split('\n')[0]!);
  }
  assert.deepEqual([...folders], [`${join(userInfo().homedir, '.config/lectern/config.toml')}  not there`]);
});

test('a home in which nothing can be made is told, and not waited for', async () => {
  // As below autofs: the folder is there, and whatever is made in it is said not to be.
  const { code, stderr } = await lectern(['--headless', '--listen', '127.0.0.1:0', '--', 'true'], { HOME: '/proc' });
  assert.match(stderr, /^lectern: cannot use the folder \/proc\/\.config\/lectern\/keys \(ENOENT\); [^\n]+\n$/);
  assert.equal(code, 125);
});

test('in a directory that was removed nothing is shared, and one line says why', async () => {
  const gone = `cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$@"`;
  const words = ['-c', gone, process.execPath, BIN, '--headless', '--listen', '127.0.0.1:0', '--', 'true'];
  const { code, stdout, stderr } = await ended('sh', words);
  assert.equal(stderr, 'lectern: the current directory is gone: cd to one that is there\n');
  assert.deepEqual([code, stdout], [125, '']);
});

test('a reader that leaves early is no failure', async () => {
  const child = spawn('sh', ['-c', `"${process.execPath}" "${BIN}" --help | true; exit 0`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...LIMITED_COMMAND,
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.equal(stderr, '');
});
