/** What a stranger would try who has read how it works: floods of small things, borrowed names, used links, other doors. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { lookOf } from '../../../src/core/lookalike.js';
import { connectSession, type SessionClient } from '../../../src/ops/session-client.js';
import { RawClient, type RawOptions } from '../../support/raw-client.js';
import { another, watch } from './cases-fault.js';
import { type Case, type Siege, sleep, until } from './siege.js';
import { readOr, type Victim } from './victim.js';

/** As many keys as are taken of one chunk. */
const KEYS_AT_ONCE = 64;
const PACKETS = 1500;
/** What an observer may say in so many seconds, with room for a slow machine. */
const MOST_SAID = 12;
const TICKS_PER_SECOND = 100;
const ONCE_TRIED = 20;

/** Small things that he does while he watches, each as often as fits into a packet. */
const HELD_KEYS: readonly (readonly [string, string])[] = [
  ['who is here', 'w'],
  ['help', '?'],
  ['what was said', 'C'],
  ['the status line', 't'],
  ['a new picture', '\f'],
  ['another part of the picture', '\x1b[C'],
  ['a vote that there is not', 'y'],
  ['the beginning and the end of pointing', 'vz'],
  ['a key that means nothing', 'z'],
  ['keys that mean nothing, and help', 'z?'],
];

/** Names that want to be somebody else's, or nobody's. */
const NAMES = [
  'presenter',
  'PRESENTER',
  'pre\u034fsenter',
  'presenter\ufe0f',
  'рresenter',
  'presenter-2',
  'presenter: yes',
  '\u202eretneserp',
  '\uff50resenter',
  '\u{1d429}resenter',
  'ana',
  'аna',
  'ana\ufe0f',
  'a\u0301\u0301\u0301\u0301\u0301\u0301na',
  '漢'.repeat(60),
  'e'.concat('\u0489'.repeat(60)),
  '\u3164\u2800\u115f',
  '--help',
  '$(reboot)#(reboot)%n',
  '","type":"grant","x":"',
];

/** Names that clients give themselves, for a log that does not quote. */
const IDENTS = ['","type":"grant","x":"', '%s%n#(reboot)', "';--", '<script>', 'x'.repeat(200), '$(reboot)'];

/** Requests that no session knows, or that are none. */
const NONSENSE: readonly string[] = [
  '{"id":1,"method":"__proto__","args":[]}',
  '{"id":1,"method":"constructor","args":["x"]}',
  '{"id":1,"method":"toString"}',
  '{"id":1,"method":"grant","args":{"length":3}}',
  '{"id":1,"method":"grant","args":["*",1e999,"full"]}',
  '{"id":1,"method":"kick","args":[{"toString":1}]}',
  '{"__proto__":{"method":"stop"}}',
  `${'['.repeat(30_000)}`,
  'null',
  '"stop"',
  '\u0000\u0001',
  `"${'x'.repeat(70_000)}"`,
];

/** The processor time that a process has had, in s. */
function worked(pid: number): number {
  const fields = readOr(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Comes under a name. */
async function named(siege: Siege, name: string, options: RawOptions = {}): Promise<RawClient> {
  const client = await siege.login({ honest: true, ...options });
  await client.session();
  client.send(98, 0, 'env', false, 'LECTERN_NAME', name);
  client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
  client.send(98, 0, 'shell', true);
  await client.expect(99);
  return client;
}

/** A packet full of the same key, again and again; the session is told hardly any of it. */
function held(what: string, key: string): Case {
  return {
    name: `${what}, a hundred thousand times`,
    async run(siege) {
      const client = await siege.watcher();
      const before = worked(siege.host);
      const began = performance.now();
      const keys = key.repeat(KEYS_AT_ONCE);
      for (let i = 0; i < PACKETS; i++) client.send(94, 0, keys);
      client.send(80, 'still there', true);
      await sleep(800);
      const seconds = (performance.now() - began) / 1000;
      client.reset();
      await client.ended();
      return `the session worked ${(worked(siege.host) - before).toFixed(2)} s in ${seconds.toFixed(1)} s`;
    },
  };
}

/** How often something of this type was told since there were `before` events. */
async function told(siege: Siege, before: number, type: string): Promise<number> {
  return (await siege.events()).slice(before).filter((event) => event.type === type).length;
}

/** A link for one, by many at once: one comes in. */
async function once(siege: Siege): Promise<string> {
  const terms = { role: 'observer', ttlMs: 60_000, once: true, jwt: false, status: true } as const;
  const { token } = await siege.asPresenter((api) => api.mintLink(terms));
  const tries = Array.from({ length: ONCE_TRIED }, async () => {
    const client = await siege.service();
    // As one comes who has no key: it is asked for, and there is none.
    client.send(50, token, 'ssh-connection', 'none');
    if ((await client.expect(51, 1))[0] === 1) return { client, isIn: false };
    client.send(50, token, 'ssh-connection', 'keyboard-interactive', '', '');
    return { client, isIn: (await client.expect(52, 1))[0] === 52 };
  });
  const all = await Promise.all(tries);
  const count = all.filter(({ isIn }) => isIn).length;
  for (const { client } of all) client.reset();
  await Promise.all(all.map(({ client }) => client.ended()));
  if (count !== 1) throw new Error(`${count} came in`);
  return `1 of ${ONCE_TRIED} came in`;
}

/** One who was sent away for good comes by every way that there is. */
async function banned(siege: Siege): Promise<void> {
  const from = siege.source();
  const client = await named(siege, 'unwanted', { from });
  const isHere = async () => (await siege.asPresenter((api) => api.who())).some(({ addr }) => addr === from);
  await until('he is here', isHere);
  await siege.asPresenter((api) => api.kick('unwanted', true));
  await client.ended();
  const terms = { role: 'peer', ttlMs: 60_000, once: false, jwt: true, status: true } as const;
  const other = await siege.asPresenter((api) => api.mintLink(terms));
  const ways: ((seen: (bytes: Buffer) => void) => Promise<RawClient>)[] = [
    (onData) => siege.raw({ from, honest: true, onData }).shell(siege.token),
    (onData) => siege.raw({ from, honest: true, onData }).shell(other.token),
    async (onData) => {
      const verb = await siege.raw({ from, honest: true, onData }).login(siege.token);
      await verb.session();
      verb.send(98, 0, 'exec', true, 'text');
      return verb;
    },
  ];
  for (const way of ways) {
    let seen = '';
    const again = await way((bytes) => {
      seen += bytes.toString();
    });
    await again.ended();
    if (seen.includes('LIVE') || seen.includes('AAAA')) throw new Error('he saw something');
  }
  if (await isHere()) throw new Error('he is here');
}

/** A signed link of one session, at the door of another that has the same keys. */
async function elsewhere(siege: Siege): Promise<void> {
  const terms = { role: 'peer', ttlMs: 60_000, once: false, jwt: true, status: true } as const;
  const { token } = await siege.asPresenter((api) => api.mintLink(terms));
  await another(
    { env: { LECTERN_KEYS: join(siege.home, '.config', 'lectern', 'keys') } },
    async ({ ready }: Victim) => {
      if (ready.fingerprint !== siege.fingerprint) throw new Error('it has other keys');
      const client = await new RawClient(ready.port).service();
      client.send(50, token, 'ssh-connection', 'none');
      const said = (await client.expect(52, 1)).toString();
      if (!said.includes('not valid')) throw new Error('it was let in there');
      client.reset();
    },
  );
}

/** He has control, and his window changes without a pause: every key arrives, in order, and nothing else changes. */
async function restless(): Promise<void> {
  await another({}, async (victim) => {
    const { client, text } = await watch(victim);
    const api = await connectTo(victim);
    await api.grant('guest', 60_000, 'full');
    await until('he is told', () => text().includes('CONTROL'));
    const word = 'abcdefghijklmnopqrstuvwxyz';
    let shown = '';
    victim.onOutput = (output) => {
      shown += output;
    };
    for (const letter of word) {
      for (let i = 0; i < 90; i++) client.send(98, 0, 'window-change', false, 2 + (i % 400), 2 + (i % 200), 0, 0);
      client.send(94, 0, letter);
    }
    await until('all that he typed', () => shown.replace(/\x1b[^a-zA-Z]*[a-zA-Z]/g, '').includes(word));
    const wide = victim.events().find(({ type, participant }) => type === 'resize' && participant === undefined);
    if (wide !== undefined) throw new Error('the presenter was resized');
    api.close();
    client.reset();
  });
}

function connectTo({ ready }: Victim): Promise<SessionClient> {
  return connectSession({ LECTERN_SOCKET: ready.socket });
}

/** Whatever another program of the same user says to the control socket. */
async function babble(): Promise<void> {
  await another({}, async (victim) => {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const socket = connect(victim.ready.socket);
        socket.on('error', () => {});
        for (const line of NONSENSE) socket.write(`${line}\n`);
        for (let n = 0; n < 500; n++) socket.write(`{"id":${n},"method":"info"}\n`);
        socket.write(randomBytes(10_000));
        // Half of them read nothing of what is answered.
        if (i % 2 === 0) socket.pause();
        else socket.resume();
        return socket;
      }),
    );
    await sleep(500);
    for (const socket of sockets) socket.destroy();
    const api = await connectTo(victim);
    await until('somebody can ask', async () => (await api.info()).session === victim.ready.session);
    api.close();
    (await watch(victim)).client.reset();
  });
}

export const strangerCases: readonly Case[] = [
  ...HELD_KEYS.map(([what, key]) => held(what, key)),
  {
    name: 'a flood of chat: hardly any of it is told',
    async run(siege) {
      const before = (await siege.events()).length;
      const client = await siege.watcher();
      for (let i = 0; i < PACKETS; i++) client.send(94, 0, `cbuy ${i}\r`);
      await sleep(1000);
      client.reset();
      await client.ended();
      const said = await told(siege, before, 'chat');
      if (said > MOST_SAID) throw new Error(`${said} lines were told`);
      return `${said} of ${PACKETS} lines were told`;
    },
  },
  {
    name: 'names that want to be somebody else\u2019s, or nobody\u2019s',
    async run(siege) {
      const clients: RawClient[] = [];
      for (const name of NAMES) clients.push(await named(siege, name));
      await sleep(100);
      const people = await siege.asPresenter((api) => api.who());
      for (const client of clients) client.reset();
      await Promise.all(clients.map((client) => client.ended()));
      const looks = people.map(({ name }) => lookOf(name));
      if (people.length <= NAMES.length) throw new Error(`${people.length} are here`);
      if (new Set(looks).size !== looks.length) throw new Error('two have names that look alike');
      if (looks.some((look) => /^\W*presenter/.test(look))) throw new Error('somebody is called the presenter');
      const bad = people.find(({ name }) => /[\p{Cc}\p{Cf}]/u.test(name) || [...name].length > 200);
      if (bad !== undefined) throw new Error('a name has something in it that cannot be seen');
    },
  },
  {
    name: 'clients whose own names are meant for the log',
    async run(siege) {
      const before = (await siege.events()).length;
      for (const ident of IDENTS) {
        const client = await siege.watcher({ ident });
        client.reset();
        await client.ended();
      }
      // Every line was read as JSON: what one says of himself ends no line and no text.
      const events = (await siege.events()).slice(before).filter(({ by }) => by !== 'presenter');
      const odd = events.find(({ type }) => !['join', 'leave', 'redact', 'lag', 'resize'].includes(type));
      if (odd !== undefined) throw new Error(`it led to ${odd.type}`);
    },
  },
  { name: `a link for one, by ${ONCE_TRIED} at once`, run: once },
  { name: 'one who was sent away for good, by every way that there is', run: banned },
  { name: 'a signed link, at the door of another session with the same keys', apart: true, run: elsewhere },
  { name: 'a window that changes without a pause, by one who has control', apart: true, run: restless },
  { name: 'nonsense at the control socket, and answers that nobody reads', apart: true, run: babble },
];
