import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LecternError } from '../../src/core/errors.js';
import { type ControlServer, serveControl } from '../../src/ops/control-socket.js';
import type { SessionApi, SessionInfo } from '../../src/ops/session-api.js';
import { connectSession, type SessionClient } from '../../src/ops/session-client.js';
import { runningSessions } from '../../src/ops/sockets.js';

const ana = { id: 'p1', name: 'ana', addr: '127.0.0.1', role: 'peer', client: 'OpenSSH' } as const;

/** A session that answers what it was asked, so that a test sees what arrived. */
function session(name: string, calls: unknown[][] = []): SessionApi {
  const took = async <T>(answer: T, ...call: unknown[]): Promise<T> => {
    calls.push(call);
    return answer;
  };
  return {
    info: () => took({ session: name } as SessionInfo, 'info'),
    stop: () => took(undefined, 'stop'),
    who: () => took([], 'who'),
    grant: (...args) => took({ participant: ana, until: 'then', outcome: null }, 'grant', ...args),
    revoke: (...args) => took(null, 'revoke', ...args),
    kick: async () => {
      throw new LecternError('USAGE', '"a" can mean ana (p1), amy (p2)');
    },
    approve: async () => {
      throw new TypeError('a token is k7qm');
    },
    deny: (...args) => took(ana, 'deny', ...args),
    mute: (...args) => took(ana, 'mute', ...args),
    unmute: (...args) => took(ana, 'unmute', ...args),
    pause: () => took(true, 'pause'),
    resume: () => took(false, 'resume'),
    say: (...args) => took(undefined, 'say', ...args),
    mark: (...args) => took(true, 'mark', ...args),
    propose: (...args) => took('passed', 'propose', ...args),
    cancelVote: () => took(false, 'cancelVote'),
    change: (...args) => took(undefined, 'change', ...args),
    mintLink: (...args) => took({ jti: 'j', token: 't', watch: 'w', expires: 'e' }, 'mintLink', ...args),
    listLinks: () => took([], 'listLinks'),
    revokeLink: (...args) => took(true, 'revokeLink', ...args),
    revokeAllLinks: () => took(['j'], 'revokeAllLinks'),
  };
}

interface Place {
  readonly env: { readonly XDG_RUNTIME_DIR: string };
  readonly folder: string;
}

function place(t: TestContext): Place {
  const base = mkdtempSync(join(tmpdir(), 'lectern-rt-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return { env: { XDG_RUNTIME_DIR: base }, folder: join(base, 'lectern') };
}

async function serve(t: TestContext, folder: string, id: string, api = session(id)): Promise<ControlServer> {
  const server = await serveControl(folder, id, api);
  t.after(() => server.close());
  return server;
}

async function client(t: TestContext, env: Parameters<typeof connectSession>[0], id?: string): Promise<SessionClient> {
  const found = await connectSession(env, id);
  t.after(() => found.close());
  return found;
}

/** A socket file that nobody answers on, as a crash leaves it, made long enough ago. */
function leaveStale(path: string): void {
  const make = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', make, path]);
  assert.ok(lstatSync(path).isSocket());
  chmodSync(path, 0o600);
  utimesSync(path, 1, 1);
}

/** What a raw connection is answered, line by line. */
function raw(path: string, text: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(path, () => socket.end(text));
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard.trim().split('\n')));
  });
}

test('the socket is 0600 in a 0700 folder whatever the umask, and is gone after closing', async (t) => {
  const { folder } = place(t);
  const before = process.umask(0);
  const server = await serveControl(folder, 'demo', session('demo')).finally(() => process.umask(before));
  assert.equal(lstatSync(folder).mode & 0o777, 0o700);
  assert.equal(lstatSync(server.path).mode & 0o777, 0o600);
  await server.close();
  assert.ok(!existsSync(server.path));
});

test('every method reaches the session with its arguments, and its result comes back', async (t) => {
  const { env, folder } = place(t);
  const calls: unknown[][] = [];
  await serve(t, folder, 'demo', session('demo', calls));
  const api = await client(t, env);
  assert.deepEqual(await api.info(), { session: 'demo' });
  assert.deepEqual(await api.grant('ana', 60_000, 'full'), { participant: ana, until: 'then', outcome: null });
  assert.equal(await api.revoke(), null);
  await api.revoke('ana');
  const terms = { role: 'observer', ttlMs: 1, once: true, jwt: false, status: true } as const;
  assert.equal((await api.mintLink(terms)).jti, 'j');
  assert.equal(await api.revokeLink('j'), true);
  assert.deepEqual(await api.revokeAllLinks(), ['j']);
  assert.deepEqual([await api.who(), await api.listLinks(), await api.deny('ana')], [[], [], ana]);
  await api.stop();
  assert.deepEqual(calls.slice(0, 5), [
    ['info'],
    ['grant', 'ana', 60_000, 'full'],
    ['revoke'],
    ['revoke', 'ana'],
    ['mintLink', terms],
  ]);
  assert.deepEqual(calls.at(-1), ['stop']);
});

test('calls that overlap get each their own answer', async (t) => {
  const { env, folder } = place(t);
  await serve(t, folder, 'demo');
  const api = await client(t, env);
  const answers = await Promise.allSettled([api.info(), api.kick('a', false), api.revokeLink('j')]);
  assert.deepEqual(
    answers.map((one) => one.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('an expected failure arrives with code and message, an unexpected one without its words', async (t) => {
  const { env, folder } = place(t);
  await serve(t, folder, 'demo');
  const api = await client(t, env);
  await assert.rejects(api.kick('a', false), { name: 'LecternError', code: 'USAGE', message: /ana \(p1\), amy/ });
  await assert.rejects(
    api.approve('ana'),
    (error: LecternError) => error.code === 'FAILED' && !/k7qm/.test(error.message),
  );
});

test('what is not a request is answered with a reason, and calls nothing', async (t) => {
  const { folder } = place(t);
  const calls: unknown[][] = [];
  const { path } = await serve(t, folder, 'demo', session('demo', calls));
  const bad = [
    '{',
    'null',
    '7',
    '[]',
    '{"id":1}',
    '{"id":1,"method":"constructor"}',
    '{"id":1,"method":"who","args":{}}',
    '{"id":1,"method":"grant","args":["ana","60",true]}',
    '{"id":1,"method":"grant","args":["ana",1.5,"full"]}',
    '{"id":1,"method":"kick","args":["",true]}',
    '{"id":1,"method":"mintLink","args":[{"role":"presenter"}]}',
    '{"id":1,"method":"mintLink"}',
  ];
  for (const line of bad) {
    const [answer] = await raw(path, `${line}\n`);
    assert.equal((JSON.parse(answer!) as { error: { code: string } }).error.code, 'USAGE', line);
  }
  const [answer] = await raw(path, `{"id":1,"method":"who","args":["${'x'.repeat(70_000)}"]}\n`);
  assert.match(answer!, /65536 bytes at most/);
  assert.deepEqual(calls, []);
});

test('a request in pieces and two in one piece are read alike', async (t) => {
  const { folder } = place(t);
  const { path } = await serve(t, folder, 'demo');
  const answers = await raw(path, '{"id":1,"method":"info"}\n{"id":2,"method":"info"}\n');
  assert.deepEqual(answers.map((one) => (JSON.parse(one) as { id: number }).id).sort(), [1, 2]);
  const socket = connect(path);
  t.after(() => socket.destroy());
  for (const letter of '{"id":3,"method":"info"}\n') {
    socket.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  assert.match(String(answer), /"id":3/);
});

test('without a name the only session is meant, or that of the shell; several must be named', async (t) => {
  const { env, folder } = place(t);
  await assert.rejects(connectSession(env), { code: 'NO_SESSION', message: /no session is running/ });
  const a = await serve(t, folder, 'a');
  assert.equal((await client(t, env)).path, a.path);
  const b = await serve(t, folder, 'b');
  await assert.rejects(connectSession(env), { code: 'NO_SESSION', message: /running: a, b/ });
  assert.equal((await client(t, env, 'b')).path, b.path);
  assert.equal((await client(t, { ...env, LECTERN_SOCKET: a.path })).path, a.path);
  assert.equal((await client(t, { ...env, LECTERN_SOCKET: a.path }, 'b')).path, b.path);
  await assert.rejects(connectSession(env, 'c'), { code: 'NO_SESSION', message: /"c" \(running: a, b\)/ });
  await assert.rejects(connectSession(env, '../../etc'), { code: 'NO_SESSION' });
});

test('a socket left by a crash is removed, and its name can be used again', async (t) => {
  const { env, folder } = place(t);
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'old.sock');
  leaveStale(path);
  await assert.rejects(connectSession({ ...env, LECTERN_SOCKET: path }), { code: 'NO_SESSION', message: /has ended/ });
  await assert.rejects(connectSession(env), { code: 'NO_SESSION' });
  assert.ok(!existsSync(path));
  leaveStale(path);
  await serve(t, folder, 'old');
  assert.deepEqual([...(await runningSessions(folder, Date.now())).keys()], ['old']);
});

test('the socket of a running session is never taken over', async (t) => {
  const { folder } = place(t);
  const { path } = await serve(t, folder, 'demo');
  await assert.rejects(serveControl(folder, 'demo', session('demo')), { code: 'FAILED', message: /answers on/ });
  assert.ok(existsSync(path));
});

test('a folder that others can reach, or that is a link, is used by neither side', async (t) => {
  const { env, folder } = place(t);
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  await assert.rejects(serveControl(folder, 'demo', session('demo')), { code: 'FAILED', message: /chmod 700/ });
  await assert.rejects(connectSession(env), { code: 'FAILED', message: /chmod 700/ });
  rmSync(folder, { recursive: true });
  symlinkSync(tmpdir(), folder);
  await assert.rejects(serveControl(folder, 'demo', session('demo')), { code: 'FAILED', message: /symbolic link/ });
});

test('a socket that others can reach, or that is none, is not talked to', async (t) => {
  const { env, folder } = place(t);
  const { path } = await serve(t, folder, 'demo');
  chmodSync(path, 0o666);
  await assert.rejects(connectSession(env), { code: 'FAILED', message: /chmod 600/ });
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await assert.rejects(connectSession({ ...env, LECTERN_SOCKET: file }), { code: 'FAILED', message: /not a socket/ });
});

test('a session that hangs up does not leave a caller waiting', async (t) => {
  const { env, folder } = place(t);
  const never = { ...session('demo'), who: () => new Promise<never>(() => {}) };
  const server = await serveControl(folder, 'demo', never);
  const api = await client(t, env);
  const asked = api.who();
  await server.close();
  await assert.rejects(asked, { code: 'FAILED', message: /hung up/ });
});

test('a path too long for a socket is said to be too long', async (t) => {
  const { folder } = place(t);
  const deep = join(folder, 'x'.repeat(100));
  await assert.rejects(serveControl(deep, 'demo', session('demo')), {
    code: 'FAILED',
    message: /too long/,
  });
});
