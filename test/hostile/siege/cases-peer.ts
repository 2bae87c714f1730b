/** Peers that read slowly or not at all, are stopped, half gone, or dead. */
import { execFileSync } from 'node:child_process';
import { type IPty, spawn } from 'node-pty';
import { SSH } from '../../support/house.js';
import { closed, type RawClient } from '../../support/raw-client.js';
import { type Case, quantile, Siege, sleep, until } from './siege.js';

/** Enough to fill every window and buffer on the way, if somebody queued it: some seconds of output. */
const FLOOD = Buffer.from(
  'the quick brown fox jumps over the lazy dog 0123456789 \u001b[31mred\u001b[m\n'.repeat(150_000),
);
const STOPPED_MS = Number(process.env['LECTERN_STOPPED_SECONDS'] ?? 3) * 1000;
/** Kernel buffers of both sides together: what is queued for one who does not read is two pictures, and never more. */
const MOST_QUEUED_BYTES = 256 << 10;
/** The edge's memory beyond that at rest. */
const MOST_GROWTH_BYTES = 64 << 20;
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

/** A client as people use it, on a terminal of its own. */
class Watching {
  readonly name: string;
  readonly #terminal: IPty;
  #seen = '';

  constructor(siege: Siege, name: string) {
    this.name = name;
    this.#terminal = start(siege, CLIENTS[name]!(siege));
    this.#terminal.onData((text) => {
      this.#seen = `${this.#seen}${text}`.slice(-20_000);
    });
  }

  shows(what: RegExp): Promise<void> {
    return until(`${this.name} shows ${what.source}`, () => what.test(this.#seen));
  }

  stop(): void {
    process.kill(this.#terminal.pid, 'SIGSTOP');
  }

  /** It goes on; the result is how long it took to the newest picture, in ms. */
  async goOn(): Promise<number> {
    this.#seen = '';
    const began = performance.now();
    process.kill(this.#terminal.pid, 'SIGCONT');
    await this.shows(/([A-Z])\1{7}/);
    return performance.now() - began;
  }

  async end(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#terminal.onExit(() => resolve()));
    this.#terminal.write('q');
    await Promise.race([gone, sleep(1000)]);
    this.#terminal.kill('SIGKILL');
  }
}

/** Flood after flood for a while; the result is what was seen meanwhile, and the most that waited for one client. */
async function floods(
  siege: Siege,
  ms: number,
): Promise<{ readonly waits: readonly number[]; readonly queued: number }> {
  await siege.waits();
  let queued = 0;
  for (const end = Date.now() + ms; Date.now() < end; ) {
    await siege.prints(FLOOD);
    queued = Math.max(queued, ...siege.queues);
  }
  return { waits: await siege.waits(), queued };
}

/**
 * Flood after flood, and then again while they are stopped: what waits for each of them is little, others are served as
 * before, and the newest picture comes at once when they go on.
 */
async function stopped(names: readonly string[]): Promise<string> {
  // Who is stopped for 20 s is not dead: signs of life are waited for as long as they are by default.
  const siege = await Siege.begin('');
  try {
    return await stoppedAt(siege, names);
  } finally {
    await siege.end();
  }
}

async function stoppedAt(siege: Siege, names: readonly string[]): Promise<string> {
  await siege.rest();
  const clients = names.map((name) => new Watching(siege, name));
  await Promise.all(clients.map((client) => client.shows(/LIVE/)));
  const before = await floods(siege, STOPPED_MS);
  for (const client of clients) client.stop();
  const { waits, queued } = await floods(siege, STOPPED_MS);
  const took: string[] = [];
  for (const client of clients) took.push(`${client.name} ${Math.round(await client.goOn())} ms`);
  for (const client of clients) await client.end();
  if (queued > MOST_QUEUED_BYTES) throw new Error(`${queued} bytes waited for one of them`);
  const others = [before.waits, waits].map((ms) => quantile(ms, 0.99).toFixed(1));
  const { grownBytes, sameEdge } = await siege.report();
  if (!sameEdge || grownBytes > MOST_GROWTH_BYTES) throw new Error(`the edge grew by ${grownBytes} bytes, or died`);
  return (
    `newest picture after: ${took.join(', ')}; at most ${Math.ceil(queued / 1024)} KiB waited for each; ` +
    `others answered within ${others[1]} ms (p99; ${others[0]} ms before they were stopped)`
  );
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
    waits: true,
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
    waits: true,
    async run(siege) {
      const from = siege.source();
      await Promise.all((await Promise.all(Array.from({ length: 20 }, () => siege.tcp(from)))).map(closed));
    },
  },
  {
    name: `ssh, plink and dbclient, stopped for ${STOPPED_MS / 1000} s during floods of output`,
    apart: true,
    run: () => stopped(Object.keys(CLIENTS).filter(hasTool)),
  },
];
