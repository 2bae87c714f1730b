/**
 * Every join has exactly one leave, with a reason, however it ends. LECTERN_ENDINGS sets how many endings, of which two
 * in three are real ssh clients that are killed, stopped and killed, or leave; the others have their wire cut or reset.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { logged, peopleOf } from '../support/acts.js';
import { House, type Share, sleep, sshWords } from '../support/house.js';
import { randomFrom } from '../support/typed.js';

const ENDINGS = Number(process.env['LECTERN_ENDINGS'] ?? 60);
/** Clients at once. */
const AT_ONCE = 6;

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

type Ending = 'kill -9' | 'stop, then kill' | 'leave' | 'hang up' | 'reset' | 'cut';
const KINDS: readonly Ending[] = ['kill -9', 'kill -9', 'stop, then kill', 'leave', 'hang up', 'reset', 'cut'];

async function visit(house: House, share: Share, kind: Ending, random: () => number): Promise<void> {
  const wire = kind === 'reset' || kind === 'cut' ? await wireTo(share.ready.port) : null;
  const ready = wire === null ? share.ready : { ...share.ready, port: wire.port };
  const [file, ...args] = sshWords(ready, ['-tt', '-e', 'none']);
  const client = spawn(file!, args, { env: house.env, stdio: ['pipe', 'pipe', 'ignore'] });
  client.stdin.on('error', () => {});
  await Promise.race([new Promise((seen) => client.stdout.once('data', seen)), sleep(8000)]);
  await sleep(random() * 150);
  await end(client, kind, wire, random);
  // A wire that was cut stays as it is until the session has noticed by itself.
  house.after(() => wire?.close());
}

async function end(client: ChildProcess, kind: Ending, wire: Wire | null, random: () => number): Promise<void> {
  if (kind === 'leave') client.stdin!.write('q');
  else if (kind === 'hang up') client.kill('SIGHUP');
  else if (kind === 'stop, then kill') {
    client.kill('SIGSTOP');
    await sleep(random() * 300);
  } else if (kind === 'reset') reset(wire!);
  else if (kind === 'cut') cut(wire!);
  if (kind === 'leave') await Promise.race([new Promise((over) => client.once('exit', over)), sleep(3000)]);
  client.kill('SIGKILL');
}

test(`${ENDINGS} random endings leave ${ENDINGS} leaves with a reason, and nobody in the roster`, async (t) => {
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`seed ${seed}`);
  const random = randomFrom(seed);
  const house = new House(t);
  const config = join(house.home, 'config.toml');
  // A cut wire is noticed by three questions without an answer.
  writeFileSync(config, '[limits]\nkeepalive = "2s"\nkeepalive_count = 2\nper_source = 20\n');
  const share = await house.share(['--config', config], ['sh', '-c', 'while :; do date +%N; sleep 0.1; done']);
  const kinds = Array.from({ length: ENDINGS }, () => KINDS[Math.floor(random() * KINDS.length)]!);
  const queue = [...kinds];
  const worker = async () => {
    for (let kind = queue.pop(); kind !== undefined; kind = queue.pop()) await visit(house, share, kind, random);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await sleep(8000);
  await peopleOf(house, 0);
  interface Step {
    readonly type: string;
    readonly reason?: string;
    readonly participant: { readonly id: string };
  }
  const steps = (logged(house, share.ready) as unknown as Step[]).filter(
    ({ type }) => type === 'join' || type === 'leave',
  );
  const here = new Set<string>();
  const reasons = new Map<string, number>();
  for (const { type, participant, reason } of steps) {
    if (type === 'join') {
      assert.ok(!here.has(participant.id), 'nobody joins twice');
      here.add(participant.id);
    } else {
      assert.ok(here.delete(participant.id), 'nobody leaves twice, or without having joined');
      assert.ok(reason !== undefined && reason !== '');
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  assert.deepEqual([...here], [], 'nobody stays');
  const joins = steps.filter(({ type }) => type === 'join').length;
  t.diagnostic(`${joins} joins of ${ENDINGS} clients; ${JSON.stringify(Object.fromEntries(reasons))}`);
  assert.ok(joins > ENDINGS * 0.95, 'nearly all came in before they were ended');
});
