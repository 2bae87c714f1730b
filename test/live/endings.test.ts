/**
 * Every join has exactly one leave, with its reason, however it ends. Real ssh clients leave, are killed, stopped and
 * killed, kicked, or lose their link; or their wire is cut or reset, also before they are in. LECTERN_ENDINGS sets how
 * many endings.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectSession, type SessionClient } from '../../src/ops/session-client.js';
import { logged, peopleOf } from '../support/acts.js';
import { House, type Ready, type Share, sleep, sshWords, until } from '../support/house.js';
import { randomFrom } from '../support/typed.js';

const ENDINGS = Number(process.env['LECTERN_ENDINGS'] ?? 200);
/** Clients at once. */
const AT_ONCE = 6;
/** How long a client may take to show the session, in ms. */
const SEEN_MS = 20_000;
/** Those of whom the presenter takes leave are told why, and their clients end by themselves within this time, in ms. */
const TOLD_MS = 20_000;

interface Wire {
  readonly port: number;
  readonly pairs: Set<readonly [Socket, Socket]>;
  close(): void;
}

/** A wire to the session that can be cut or reset. */
function wireTo(port: number): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const end of pair) end.on('error', () => {});
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port: own } = server.address() as { port: number };
      const close = () => {
        server.close();
        for (const [near, far] of pairs) for (const end of [near, far]) end.destroy();
      };
      resolve({ port: own, pairs, close });
    });
  });
}

/** Nothing goes through any more, in either direction, and nobody is told. */
function cut(wire: Wire): void {
  for (const [near, far] of wire.pairs) {
    near.unpipe();
    far.unpipe();
    near.pause();
    far.pause();
  }
}

function reset(wire: Wire): void {
  for (const [near, far] of wire.pairs) {
    far.resetAndDestroy();
    near.destroy();
  }
}

/** How a visit may end, and what the session may then give as its reason. */
const REASONS = {
  'kill -9': ['lost', 'left'],
  'stop, then kill': ['lost', 'left', 'timeout'],
  leave: ['left'],
  'hang up': ['left', 'lost'],
  reset: ['lost'],
  cut: ['timeout'],
  kick: ['kicked'],
  revoke: ['revoked'],
  // Killed, or cut off, at any moment after it was started: mostly before it is in.
  'early kill': ['lost', 'left'],
  'early reset': ['lost'],
  'early cut': ['timeout'],
} as const;
type Ending = keyof typeof REASONS;
const KINDS = Object.keys(REASONS) as readonly Ending[];

/** One that is started, and what it is known by. */
interface Visit {
  readonly name: string;
  readonly kind: Ending;
  readonly client: ChildProcess;
  readonly wire: Wire | null;
  /** Link that it came by; null for the first one. */
  readonly jti: string | null;
}

interface Scene {
  readonly house: House;
  readonly share: Share;
  readonly api: SessionClient;
  readonly random: () => number;
}

async function begin({ house, share, api }: Scene, name: string, kind: Ending): Promise<Visit> {
  const wire = /reset|cut/.test(kind) ? await wireTo(share.ready.port) : null;
  // A wire that was cut stays as it is until the session has noticed by itself.
  house.after(() => wire?.close());
  const terms = { role: 'observer', ttlMs: 600_000, once: false, jwt: false, status: true } as const;
  const link = kind === 'revoke' ? await api.mintLink(terms) : null;
  const ready: Ready = {
    ...share.ready,
    port: wire?.port ?? share.ready.port,
    token: link?.token ?? share.ready.token,
  };
  const [file, ...args] = sshWords(ready, ['-tt', '-e', 'none', '-o', `SetEnv=LECTERN_NAME=${name}`]);
  const client = spawn(file!, args, { env: house.env, stdio: ['pipe', 'pipe', 'ignore'] });
  client.stdin.on('error', () => {});
  return { name, kind, client, wire, jti: link?.jti ?? null };
}

interface Step {
  readonly type: string;
  readonly reason?: string;
  readonly participant: { readonly id: string; readonly name: string };
}

async function visit(scene: Scene, name: string, kind: Ending): Promise<void> {
  const { random, share } = scene;
  const one = await begin(scene, name, kind);
  const { client } = one;
  const seen = new Promise<void>((resolve) => client.stdout!.on('data', () => resolve()));
  if (kind.startsWith('early')) await sleep(random() * 400);
  else {
    await Promise.race([seen, sleep(SEEN_MS)]);
    await sleep(random() * 150);
    await until(`the join of ${name}`, () =>
      (share.events as unknown as Step[]).some((step) => isOf(step, 'join', name)),
    );
  }
  await end(one, scene);
}

function isOf({ type, participant }: Step, kind: string, name: string): boolean {
  return type === kind && participant.name === name;
}

async function end({ name, kind, client, wire, jti }: Visit, { random, api }: Scene): Promise<void> {
  const over = new Promise((resolve) => client.once('exit', resolve));
  if (kind === 'leave') client.stdin!.write('q');
  else if (kind === 'hang up') client.kill('SIGHUP');
  else if (kind === 'kick') await api.kick(name, false);
  else if (kind === 'revoke') await api.revokeLink(jti!);
  else if (kind === 'stop, then kill') {
    client.kill('SIGSTOP');
    await sleep(random() * 300);
  } else if (kind.endsWith('reset')) reset(wire!);
  else if (kind.endsWith('cut')) cut(wire!);
  if (['leave', 'kick', 'revoke'].includes(kind)) await Promise.race([over, sleep(TOLD_MS)]);
  client.kill('SIGKILL');
}

/** What is wrong with the joins and leaves of a log: nobody comes or goes twice, or goes for a reason that is not his. */
function faultsOf(steps: readonly Step[], kinds: ReadonlyMap<string, Ending>): readonly string[] {
  const here = new Map<string, string>();
  const faults: string[] = [];
  for (const { type, participant, reason } of steps) {
    const { id, name } = participant;
    const allowed: readonly string[] = REASONS[kinds.get(name)!];
    if (type === 'join' && here.has(id)) faults.push(`${name} joins twice`);
    if (type === 'join') here.set(id, name);
    else if (!here.delete(id)) faults.push(`${name} leaves twice, or without having joined`);
    else if (!allowed.includes(reason ?? '')) faults.push(`${kinds.get(name)} of ${name} is told as ${reason}`);
  }
  return [...faults, ...[...here.values()].map((name) => `${name} (${kinds.get(name)}) stays`)];
}

test(`${ENDINGS} random endings: each join has one leave, with its reason, and nobody stays in the roster`, async (t) => {
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`seed ${seed}`);
  const random = randomFrom(seed);
  const house = new House(t);
  const config = join(house.home, 'config.toml');
  // A cut wire is noticed by three questions without an answer.
  writeFileSync(config, '[limits]\nkeepalive = "2s"\nkeepalive_count = 2\nper_source = 20\n');
  const share = await house.share(['--config', config], ['sh', '-c', 'while :; do date +%N; sleep 0.1; done']);
  const api = await connectSession(house.env);
  house.after(() => api.close());
  const kinds = new Map<string, Ending>(
    Array.from({ length: ENDINGS }, (_, i) => [`v${i}`, KINDS[Math.floor(random() * KINDS.length)]!] as const),
  );
  const queue = [...kinds];
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await visit({ house, share, api, random }, ...next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const count = (type: string) => share.events.filter((event) => event.type === type).length;
  await until('as many leaves as joins', () => count('leave') === count('join')).catch(() => {});
  await peopleOf(house, 0);
  const steps = (logged(house, share.ready) as unknown as Step[]).filter(
    ({ type }) => type === 'join' || type === 'leave',
  );
  const reasons = new Map<string, number>();
  for (const { type, participant, reason } of steps) {
    const what = `${kinds.get(participant.name)}: ${reason}`;
    if (type === 'leave') reasons.set(what, (reasons.get(what) ?? 0) + 1);
  }
  const joins = steps.filter(({ type }) => type === 'join').length;
  t.diagnostic(`${joins} joins of ${ENDINGS} clients; ${JSON.stringify(Object.fromEntries([...reasons].sort()))}`);
  assert.deepEqual(faultsOf(steps, kinds), []);
  const entered = new Set(steps.map(({ participant }) => participant.name));
  const late = [...kinds].filter(([, kind]) => !kind.startsWith('early'));
  assert.deepEqual(
    late.filter(([name]) => !entered.has(name)).map(([name]) => name),
    [],
    'all that were waited for came in',
  );
});

test('the check of joins and leaves finds what is wrong', () => {
  const step = (type: string, id: string, reason?: string): Step => ({
    type,
    participant: { id, name: id },
    ...(reason !== undefined && { reason }),
  });
  const kinds = new Map<string, Ending>([
    ['a', 'kick'],
    ['b', 'leave'],
  ]);
  assert.deepEqual(faultsOf([step('join', 'a'), step('leave', 'a', 'kicked')], kinds), []);
  for (const wrong of [
    [step('join', 'a')],
    [step('leave', 'a', 'kicked')],
    [step('join', 'a'), step('leave', 'a', 'lost')],
    [step('join', 'b'), step('leave', 'b')],
    [step('join', 'a'), step('join', 'a'), step('leave', 'a', 'kicked')],
    [step('join', 'a'), step('leave', 'a', 'kicked'), step('leave', 'a', 'kicked')],
  ]) {
    assert.equal(faultsOf(wrong, kinds).length, 1);
  }
});
