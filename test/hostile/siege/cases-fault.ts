/** Faults: processes that are killed or hang, full disks, no file descriptors. The rest goes on. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectSession } from '../../../src/ops/session-client.js';
import { closed, RawClient, rawSocket } from '../../support/raw-client.js';
import { type Case, type Siege, sleep, until } from './siege.js';
import { childrenOf, kill, readOr, Victim, type VictimOptions } from './victim.js';

/** A disk of 64 KiB in the folder `small`. */
const SMALL_DISK = 'mkdir small; mount -t tmpfs -o size=64k tmpfs small';
/** With 8 KiB left. */
const ALMOST_FULL_DISK = `${SMALL_DISK}; head -c 56K /dev/zero > small/zeros`;

const isLostRecording = ({ type, part }: { readonly type: string; readonly [name: string]: unknown }): boolean =>
  type === 'fault' && part === 'recording';

/** Has a victim of its own for a while. */
export async function another(options: VictimOptions, act: (victim: Victim) => Promise<void>): Promise<void> {
  const victim = await Victim.start(options);
  try {
    await act(victim);
  } finally {
    await victim.end();
  }
}

/** Joins, sees something, and stays. */
export async function watch(
  { ready }: Victim,
  from = '127.0.0.9',
): Promise<{ readonly client: RawClient; readonly text: () => string }> {
  let text = '';
  const onData = (bytes: Buffer): void => {
    text += bytes.toString();
  };
  const client = new RawClient(ready.port, { from, honest: true, onData });
  await client.login(ready.token);
  await client.session();
  client.send(98, 0, 'pty-req', true, 'xterm', 80, 26, 0, 0, '');
  client.send(98, 0, 'shell', true);
  await until('a picture', () => text.includes('LIVE'));
  return { client, text: () => text };
}

/** The same, as soon as there is an edge again. */
async function watchAgain(victim: Victim): ReturnType<typeof watch> {
  for (;;) {
    try {
      return await watch(victim);
    } catch {
      await sleep(50);
    }
  }
}

/** The edge is struck; observers come back by the same link and see what is on. */
async function struck(siege: Siege, signal: 'SIGKILL' | 'SIGSTOP', during: string): Promise<string> {
  const edge = siege.edge;
  if (during !== '') await siege.begins(during);
  await sleep(50);
  kill(edge, signal);
  const began = performance.now();
  await until('another edge', () => siege.edge !== 0 && siege.edge !== edge, 20_000);
  await until(
    'somebody comes in',
    () =>
      siege.joins().then(
        () => true,
        () => false,
      ),
    20_000,
  );
  const figures = `an observer had a picture ${Math.round(performance.now() - began)} ms later`;
  await until(
    'what is printed is seen',
    () =>
      siege.prints('and on\n').then(
        () => true,
        () => false,
      ),
    30_000,
  );
  return figures;
}

/** While `act` runs, the process can open nothing. */
async function withoutDescriptors(pid: number, act: () => Promise<void>): Promise<void> {
  const limit = (files: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}`]);
  limit(`${readdirSync(`/proc/${pid}/fd`).length - 1}:`);
  try {
    await act();
  } finally {
    limit('4096:');
  }
}

/** The presenter asks from a shell who is there. */
async function asked({ ready }: Victim): Promise<readonly unknown[]> {
  const api = await connectSession({ LECTERN_SOCKET: ready.socket });
  try {
    return await api.who();
  } finally {
    api.close();
  }
}

export const faultCases: readonly Case[] = [
  { name: 'the edge is killed', fatal: true, run: (siege) => struck(siege, 'SIGKILL', '') },
  {
    name: 'the edge is killed during a flood of output',
    fatal: true,
    run: (siege) => struck(siege, 'SIGKILL', 'flood\n'.repeat(3_000_000)),
  },
  { name: 'the edge hangs', fatal: true, run: (siege) => struck(siege, 'SIGSTOP', '') },
  {
    name: 'the edge is killed while somebody has control: he has it no more, and it can be lent again',
    apart: true,
    run: () =>
      another({}, async (victim) => {
        const first = await watch(victim);
        const api = await connectSession({ LECTERN_SOCKET: victim.ready.socket });
        await api.grant('guest', 600_000, 'full');
        await until('he is told', () => first.text().includes('CONTROL'));
        first.client.send(94, 0, 'one');
        await until('what he types is echoed', () => first.text().includes('one'));
        kill(victim.edge, 'SIGKILL');
        await first.client.ended();
        await until('he is gone', async () => (await api.who()).length === 0);
        const types = victim.events().map(({ type }) => type);
        if (!types.includes('revoke')) throw new Error('the lease lives on without its holder');
        const again = await watchAgain(victim);
        again.client.send(94, 0, '999');
        await sleep(300);
        if (again.text().includes('999')) throw new Error('he types without a lease');
        await api.grant('guest', 2000, 'full');
        await until('he is told', () => again.text().includes('CONTROL'));
        again.client.send(94, 0, 'three');
        await until('what he types is echoed', () => again.text().includes('three'));
        await until('the lease ends', () => victim.events().some(({ type }) => type === 'expire'));
        api.close();
      }),
  },
  {
    name: 'the edge is killed while a session is recorded: the recording goes on, and every line of it is whole',
    apart: true,
    run: () =>
      another({ flags: ['--record', 'session.cast'] }, async (victim) => {
        const cast = join(victim.home, 'session.cast');
        victim.print(Buffer.from('before\n'));
        await until('it is recorded', () => readOr(cast).includes('B'.repeat(8)));
        kill(victim.edge, 'SIGKILL');
        await until('another edge', () => victim.edge !== 0);
        victim.print(Buffer.from('after\n'));
        await until('it is recorded', () => readOr(cast).includes('C'.repeat(8)));
        const lines = readOr(cast).trimEnd().split('\n');
        const heads = lines.map((line) => JSON.parse(line) as unknown).filter((line) => !Array.isArray(line));
        if (heads.length !== 1) throw new Error(`${heads.length} heads`);
      }),
  },
  {
    name: 'no file descriptors are left: nobody comes in, and when there are some again they do',
    apart: true,
    run: () =>
      another({}, async (victim) => {
        const { edge } = victim;
        const open = readdirSync(`/proc/${edge}/fd`).length;
        execFileSync('prlimit', ['--pid', String(edge), `--nofile=${open + 10}`]);
        const sockets = await Promise.all(
          Array.from({ length: 200 }, (_, i) => rawSocket(victim.ready.port, `127.2.0.${1 + (i % 100)}`)),
        );
        await sleep(300);
        for (const socket of sockets) socket.resetAndDestroy();
        await Promise.all(sockets.map(closed));
        const { client } = await watchAgain(victim);
        client.reset();
        if (victim.edge !== edge) throw new Error('the edge died');
      }),
  },
  {
    name: 'the edge is killed when the session has no file descriptors left: when there are some again, so is an edge',
    apart: true,
    run: () =>
      another({}, async (victim) => {
        const { edge } = victim;
        await withoutDescriptors(victim.pid, async () => {
          kill(edge, 'SIGKILL');
          await until('the edge is gone', () => victim.edge !== edge);
          // Long enough for several tries to begin another one.
          await sleep(1500);
        });
        await until('another edge', () => victim.edge !== 0 && victim.edge !== edge, 20_000);
        const { client } = await watchAgain(victim);
        client.reset();
        await until('the presenter can still ask', async () => (await asked(victim)).length === 0, 20_000);
      }),
  },
  {
    name: 'a disk that runs full: the recording ends with a whole line, the session goes on and says so',
    apart: true,
    run: () =>
      another({ flags: ['--record', 'small/session.cast'], before: ALMOST_FULL_DISK }, async (victim) => {
        const cast = join('/proc', String(victim.pid), 'root', victim.home, 'small', 'session.cast');
        for (let i = 0; !victim.events().some(isLostRecording); i++) {
          if (i > 200) throw new Error(`it is not told, with ${readOr(cast).length} bytes written`);
          victim.print(Buffer.from(`line ${i}\n`));
          await sleep(50);
        }
        for (const line of readOr(cast).trimEnd().split('\n')) JSON.parse(line);
        const { client } = await watch(victim);
        client.reset();
      }),
  },
  {
    name: 'a disk that is full: there is no log, and the session goes on',
    apart: true,
    run: () =>
      another(
        { stateIn: 'small', before: `${SMALL_DISK}; head -c 1M /dev/zero > small/zeros 2>/dev/null` },
        async (victim) => {
          const { client } = await watch(victim);
          client.reset();
        },
      ),
  },
  {
    name: 'a state folder that cannot be written: there is no log, and the session goes on',
    apart: true,
    run: () =>
      another({ env: { XDG_STATE_HOME: '/dev/null/state' } }, async (victim) => {
        const { client } = await watch(victim);
        client.reset();
      }),
  },
  {
    name: 'the presenter is killed: the edge ends, observers get their terminals back, and a new session can begin',
    apart: true,
    run: () =>
      another({}, async (victim) => {
        const { client, text } = await watch(victim);
        const { edge } = victim;
        const program = childrenOf(victim.pid);
        kill(victim.pid, 'SIGKILL');
        await client.ended();
        if (!text().includes('\x1b[?1049l')) throw new Error('the terminal was not given back');
        await until('the edge ends', () => readOr(`/proc/${edge}/cmdline`) === '');
        await until('nothing is left', () => program.every((pid) => readOr(`/proc/${pid}/cmdline`) === ''));
        await another({ env: { XDG_RUNTIME_DIR: join(victim.home, 'run') } }, async (next) => {
          (await watch(next)).client.reset();
        });
      }),
  },
  {
    name: 'leftovers and rubbish where sessions live: they are passed over, and nothing of them is lost',
    apart: true,
    run: () =>
      another({}, async (victim) => {
        const run = join(victim.home, 'run', 'lectern');
        writeFileSync(join(run, 'zzzzzzzz.sock'), 'rubbish');
        writeFileSync(join(run, 'x y z'), 'rubbish');
        const before = readdirSync(run).length;
        await another(
          { env: { XDG_RUNTIME_DIR: join(victim.home, 'run') }, flags: ['--name', 'two'] },
          async () => {},
        ).catch(() => {});
        if (readFileSync(join(run, 'x y z'), 'utf8') !== 'rubbish') throw new Error('something was lost');
        if (readdirSync(run).length < before - 1) throw new Error('something was removed');
      }),
  },
];
