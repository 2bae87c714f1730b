/** Channels, by one who has a link: kinds that are not served, numbers that are none, and too much of everything. */
import { randomBytes } from 'node:crypto';
import type { RawClient } from '../../support/raw-client.js';
import { type Case, type Siege, sleep } from './siege.js';

type Attack = (client: RawClient, siege: Siege) => void | Promise<void>;

/** By one who is in and has no channel. */
function loggedIn(name: string, attack: Attack): Case {
  return {
    name,
    async run(siege) {
      const client = await siege.login();
      await attack(client, siege);
      client.reset();
      await client.ended();
    },
  };
}

/** By one who watches: the connection ends by it. */
function breaks(name: string, attack: Attack): Case {
  return {
    name,
    async run(siege) {
      const client = await siege.shell();
      await attack(client, siege);
      await client.ended();
    },
  };
}

/** By one who watches: it is refused or ignored, and he goes on watching. */
function survives(name: string, attack: Attack): Case {
  return {
    name,
    async run(siege) {
      const client = await siege.shell();
      await attack(client, siege);
      client.send(80, 'still there', true);
      await client.expect(82);
      client.send(97, 0);
      await client.ended();
    },
  };
}

function variable(client: RawClient, i: number): void {
  client.send(98, 0, 'env', false, `LC_${'A'.repeat(i % 20)}${i}`, 'x'.repeat(64));
}

function times(count: number, act: (i: number) => void): void {
  for (let i = 0; i < count; i++) act(i);
}

const KINDS: readonly (readonly [string, ...(string | number)[]])[] = [
  ['direct-tcpip', 'localhost', 22, 'localhost', 1],
  ['direct-streamlocal@openssh.com', '/var/run/docker.sock', '', 0],
  ['forwarded-tcpip', 'localhost', 22, 'localhost', 1],
  ['x11', 'localhost', 6000],
  ['auth-agent@openssh.com'],
  ['tun@openssh.com', 1, 1],
  ['constructor'],
  ['x'.repeat(30_000)],
];
const REQUESTS = [
  'x11-req',
  'auth-agent-req@openssh.com',
  'subsystem',
  'signal',
  'break',
  'eow@openssh.com',
  '__proto__',
];
const GLOBALS = [
  'tcpip-forward',
  'cancel-tcpip-forward',
  'streamlocal-forward@openssh.com',
  'hostkeys-prove-00@openssh.com',
];
const COMMANDS = ['id', 'text; id', '$(id)', '`id`', '../../bin/sh', 'sftp', '', 'x'.repeat(30_000), 'who\u0000text'];

const NAMES: readonly (readonly [string, string])[] = [
  ['a sequence for the clipboard', '\u001b]52;c;AAAA\u0007ana'],
  ['text that runs both ways', '\u202enimda\u2066\u200b'],
  ['ten thousand characters', 'x'.repeat(10_000)],
  ['the look of the presenter', 'presenter'],
];

export const channelCases: readonly Case[] = [
  ...[0, 1, 1023].map((size) =>
    loggedIn(`a channel with packets of ${size} bytes`, async (client) => {
      client.send(90, 'session', 0, 1 << 20, size);
      await client.expect(92);
    }),
  ),
  loggedIn('a channel with packets and a window of 4 GiB', async (client) => {
    await client.session(0xffff_ffff, 0xffff_ffff);
    client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
    client.send(98, 0, 'shell', true);
    await client.expect(99);
    await client.expect(94);
  }),
  ...KINDS.map(([kind, ...fields]) =>
    loggedIn(`a channel of the kind ${kind.slice(0, 40)}`, async (client) => {
      client.send(90, kind, 1, 1 << 20, 32_768, ...fields);
      await client.expect(92);
    }),
  ),
  {
    name: 'a thousand sessions',
    async run(siege) {
      const client = await siege.login();
      times(1000, (i) => client.send(90, 'session', i, 1 << 20, 32_768));
      await client.ended();
    },
  },
  ...REQUESTS.map((kind) =>
    loggedIn(`a request for ${kind}`, async (client) => {
      await client.session();
      client.send(98, 0, kind, true, 'sftp', 1, 'x', 'y', 0);
      await client.expect(100);
    }),
  ),
  ...GLOBALS.map((kind) =>
    loggedIn(`a global request for ${kind}`, async (client) => {
      client.send(80, kind, true, '0.0.0.0', 0);
      await client.expect(82);
    }),
  ),
  ...COMMANDS.map((command) =>
    loggedIn(`the command ${JSON.stringify(command.slice(0, 20))}`, async (client) => {
      await client.session();
      client.send(98, 0, 'exec', true, command);
      await client.expect(99);
      // Standard error, with the list of what there is.
      if (!(await client.expect(95)).includes('only these can be asked for')) throw new Error('it was run');
    }),
  ),
  loggedIn('a thousand variables', async (client) => {
    await client.session();
    times(1000, (i) => variable(client, i));
    client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
    client.send(98, 0, 'shell', true);
    await client.expect(99);
    await client.expect(94);
  }),
  {
    name: 'ten thousand variables: more than is read in the time that he has to begin',
    waits: true,
    async run(siege) {
      const client = await siege.login();
      await client.session();
      times(10_000, (i) => variable(client, i));
      client.send(98, 0, 'shell', true);
      await client.ended();
    },
  },
  loggedIn('LD_PRELOAD, PATH and BASH_ENV', async (client) => {
    await client.session();
    for (const name of ['LD_PRELOAD', 'PATH', 'BASH_ENV', 'NODE_OPTIONS'])
      client.send(98, 0, 'env', true, name, '/tmp/x');
    client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
    client.send(98, 0, 'shell', true);
    await client.expect(94);
  }),
  breaks('data for a channel that is not there', (client) => client.send(94, 9, 'x')),
  breaks('data for channel 4294967295', (client) => client.send(94, 0xffff_ffff, 'x')),
  breaks('data that says to be longer than it is', (client) =>
    client.sendRaw(Buffer.from('5e00000000ffffffff61', 'hex')),
  ),
  breaks('data in a packet larger than was allowed', (client) => client.send(94, 0, Buffer.alloc(34_000))),
  breaks('an empty channel message', (client) => client.sendRaw(Buffer.from([98]))),
  breaks('a window for a channel that is not there', (client) => client.send(93, 7, 1)),
  breaks('a hundred terminals', (client) =>
    times(101, () => client.send(98, 0, 'pty-req', false, 'x', 80, 24, 0, 0, '')),
  ),
  breaks('a hundred shells', (client) => times(101, () => client.send(98, 0, 'shell', false))),
  breaks('a message of the key exchange out of place', (client) => client.sendRaw(Buffer.from([30, 0, 0, 0, 0]))),
  breaks('a message 8 out of place', (client) => client.sendRaw(Buffer.from([8]))),
  breaks('a message 21 out of place', (client) => client.sendRaw(Buffer.from([21]))),
  breaks('a request for the service of authentication', (client) => {
    times(3, () => client.send(5, 'ssh-userauth'));
    client.send(97, 0);
  }),
  breaks('a close, three times', (client) => times(3, () => client.send(97, 0))),
  breaks('data after the close', (client) => {
    client.send(97, 0);
    times(10, () => client.send(94, 0, 'x'));
  }),
  breaks('a goodbye of 30,000 characters', (client) => client.send(1, 11, 'x'.repeat(30_000), '')),
  breaks('requests after the close', (client) => {
    client.send(97, 0);
    times(50, () => client.send(98, 0, 'window-change', true, 90, 30, 0, 0));
    client.send(93, 0, 1000);
    client.send(96, 0);
  }),
  breaks('another session after the close', (client) => {
    client.send(97, 0);
    client.send(90, 'session', 8, 1 << 20, 32_768);
    client.send(98, 0, 'shell', true);
  }),
  breaks('a length beyond the packet in each kind of message', (client) => {
    for (const type of [90, 94, 95, 98, 80]) client.sendRaw(Buffer.from([type, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  }),
  survives('global requests that want answers, by one who reads none', async (client) => {
    client.socket.pause();
    times(8000, () => client.send(80, 'x', true));
    await sleep(500);
    client.socket.resume();
  }),
  survives('a new terminal name and size while he watches', (client) =>
    times(50, () => client.send(98, 0, 'pty-req', true, '\u001b[2J', 0xffff_ffff, 0, 0, 0, '\u0001')),
  ),
  ...NAMES.map(([name, said]) =>
    loggedIn(`a name with ${name}, which everybody is told`, async (client) => {
      await client.session();
      client.send(98, 0, 'env', false, 'LECTERN_NAME', said);
      client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
      client.send(98, 0, 'shell', true);
      await client.expect(94);
    }),
  ),
  loggedIn('the picture as text, behind a window that stays shut', async (client) => {
    await client.session(0);
    client.send(98, 0, 'exec', true, 'text');
    await client.expect(99);
    await client.ended();
  }),
  survives('authentication once more', (client) => times(50, () => client.send(50, 'root', 'ssh-connection', 'none'))),
  survives('a window adjusted beyond all bounds', (client) => times(5000, () => client.send(93, 0, 0xffff_ffff))),
  survives('a window adjusted by nothing', (client) => times(5000, () => client.send(93, 0, 0))),
  survives('unknown messages', (client) => {
    for (const type of [2, 3, 4, 7, 81, 82, 191, 200, 255]) client.sendRaw(Buffer.from([type, 0, 0, 0, 0]));
  }),
  survives('three thousand signs of life', (client) =>
    times(3000, () => client.send(80, 'keepalive@openssh.com', false)),
  ),
  survives('answers to questions that were not asked', (client) => times(3000, (i) => client.send(81 + (i % 2)))),
  survives('ignored noise', (client) => times(20, () => client.send(2, randomBytes(8000)))),
  survives('the end of his keys', (client) => client.send(96, 0)),
  survives('data that claims to be an error', (client) => client.send(95, 0, 1, 'x')),
  {
    name: 'a link and then nothing, until its time is over',
    waits: true,
    async run(siege) {
      await (await siege.login()).ended();
    },
  },
  {
    name: 'a channel and then nothing, until its time is over',
    waits: true,
    async run(siege) {
      const client = await siege.login();
      await client.session();
      await client.ended();
    },
  },
  {
    name: 'a hundred who come and go',
    async run(siege) {
      const from = siege.source();
      for (let i = 0; i < 100; i++) {
        const client = await siege.raw({ from }).shell(siege.token);
        client.reset();
        await client.ended();
      }
      await sleep(50);
    },
  },
];
