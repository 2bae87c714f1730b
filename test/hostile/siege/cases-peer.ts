/** Peers that read slowly or not at all, are stopped, half gone, or dead. */
import { execFileSync } from 'node:child_process';
import { type IPty, spawn } from 'node-pty';
import { SSH } from '../../support/house.js';
import { closed, type RawClient } from '../../support/raw-client.js';
import { type Case, type Siege, sleep, until } from './siege.js';

/** Enough to fill every window and buffer on the way, if somebody queued it: some seconds of output. */
const FLOOD = Buffer.from(
  'the quick brown fox jumps over the lazy dog 0123456789 \u001b[31mred\u001b[m\n'.repeat(150_000),
);
const STOPPED_MS = 3000;
/** More than the victim gives a key exchange. */
const EXCHANGE_MS = 2500;

async function watchDuringFlood(siege: Siege, client: RawClient): Promise<void> {
  client.socket.pause();
  await siege.prints(FLOOD);
  client.socket.resume();
  client.reset();
  await client.ended();
}

/** One who watches with a window of his own and answers nothing. */
async function mute(siege: Siege, window: number, from = siege.source()): Promise<RawClient> {
  const client = await siege.login({ from });
  await client.session(window);
  client.send(98, 0, 'pty-req', true, 'xterm', 200, 60, 0, 0, '');
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  return client;
}

function hasTool(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
}

/** Words that start a client which asks nothing. */
const CLIENTS: Readonly<Record<string, (siege: Siege) => readonly string[]>> = {
  ssh: ({ port, token }) => ['ssh', ...SSH, '-p', String(port), `${token}@127.0.0.1`],
  plink: ({ port, token, fingerprint }) => {
    return ['plink', '-batch', '-t', '-hostkey', fingerprint, '-P', String(port), `${token}@127.0.0.1`];
  },
  dbclient: ({ port, token }) => ['dbclient', '-y', '-y', '-t', '-p', String(port), `${token}@127.0.0.1`],
};

function start(siege: Siege, words: readonly string[]): IPty {
  const env = { PATH: process.env['PATH'] ?? '', HOME: siege.home, TERM: 'xterm-256color' };
  return spawn(words[0]!, words.slice(1), { cols: 80, rows: 26, name: 'xterm-256color', env });
}

/** The flood and the stop fall together; the newest picture comes at once after. */
async function stopped(siege: Siege, name: string): Promise<void> {
  const terminal = start(siege, CLIENTS[name]!(siege));
  let seen = '';
  terminal.onData((text) => {
    seen = `${seen}${text}`.slice(-20_000);
  });
  await until(`${name} shows the session`, () => seen.includes('LIVE'));
  process.kill(terminal.pid, 'SIGSTOP');
  const began = Date.now();
  await siege.prints(FLOOD);
  await sleep(Math.max(0, STOPPED_MS - (Date.now() - began)));
  seen = '';
  const resumed = performance.now();
  process.kill(terminal.pid, 'SIGCONT');
  await until(`${name} shows the newest picture`, () => /([A-Z])\1{7}/.test(seen));
  console.log(
    `           ${name} had the newest picture ${Math.round(performance.now() - resumed)} ms after it went on`,
  );
  const gone = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  terminal.write('q');
  await Promise.race([gone, sleep(1000)]);
  terminal.kill('SIGKILL');
}

export const peerCases: readonly Case[] = [
  {
    name: 'a client that stops to read during a flood of output',
    run: async (siege) => watchDuringFlood(siege, await mute(siege, 1 << 20)),
  },
  {
    name: 'a client with the window of PuTTY, 2 GiB, that stops to read',
    run: async (siege) => watchDuringFlood(siege, await mute(siege, 0x7fff_ffff)),
  },
  {
    name: 'a client whose window is always shut',
    run: async (siege) => watchDuringFlood(siege, await mute(siege, 0)),
  },
  {
    name: 'a client that opens its window byte by byte',
    async run(siege) {
      const client = await mute(siege, 0);
      const timer = setInterval(() => client.send(93, 0, 1), 1);
      await siege.prints(FLOOD.subarray(0, 1 << 20));
      clearInterval(timer);
      client.reset();
      await client.ended();
    },
  },
  {
    name: 'fifty clients that stop to read',
    async run(siege) {
      const from = siege.source();
      const clients = await Promise.all(Array.from({ length: 50 }, () => mute(siege, 0x7fff_ffff, from)));
      for (const client of clients) client.socket.pause();
      await siege.prints(FLOOD);
      for (const client of clients) client.socket.resume();
      for (const client of clients) client.reset();
      await Promise.all(clients.map((client) => client.ended()));
    },
  },
  {
    name: 'a client that acknowledges what it never got',
    async run(siege) {
      const client = await mute(siege, 1 << 20);
      for (let i = 0; i < 5000; i++) client.send(82);
      await siege.prints(FLOOD.subarray(0, 1 << 20));
      client.reset();
      await client.ended();
    },
  },
  {
    name: 'a client that says nothing any more, until it counts as dead',
    async run(siege) {
      const client = await mute(siege, 1 << 20);
      await until('it is dropped', () => client.socket.destroyed, 20_000);
    },
  },
  {
    name: 'a client that ends its half of the connection',
    async run(siege) {
      const client = await siege.shell();
      client.socket.end();
      await client.ended();
    },
  },
  {
    name: 'a client that begins a key exchange and stops, during a flood',
    async run(siege) {
      const client = await mute(siege, 0x7fff_ffff);
      client.socket.pause();
      client.rekey();
      await siege.prints(FLOOD);
      await sleep(EXCHANGE_MS);
      client.socket.resume();
      await client.ended();
    },
  },
  {
    name: 'new keys twenty times during a flood',
    async run(siege) {
      const client = await siege.shell({ honest: true });
      const printed = siege.prints(FLOOD);
      for (let i = 0; i < 20; i++) {
        client.rekey();
        client.send(80, 'x', true);
        await client.expect(82);
      }
      await printed;
      client.reset();
      await client.ended();
    },
  },
  {
    name: 'new keys without measure',
    async run(siege) {
      const client = await siege.shell();
      const again = async (): Promise<void> => {
        for (let i = 0; i < 500; i++) {
          client.rekey();
          client.send(80, 'x', true);
          await client.expect(82);
        }
      };
      await again().catch(() => {});
      await client.ended();
    },
  },
  {
    name: 'TCP that is held open by twenty, until their time is over',
    async run(siege) {
      const from = siege.source();
      await Promise.all((await Promise.all(Array.from({ length: 20 }, () => siege.tcp(from)))).map(closed));
    },
  },
  ...Object.keys(CLIENTS)
    .filter(hasTool)
    .map((name) => ({ name: `${name}, stopped during a flood`, run: (siege: Siege) => stopped(siege, name) })),
];
