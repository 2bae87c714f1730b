/** Keys and sizes of one who watches: they reach neither the program nor the presenter's hotkeys, and cost nobody time. */
import { randomBytes } from 'node:crypto';
import { type Case, type Siege, sleep, until } from './siege.js';

/**
 * What an observer may do by keys: ask, vote, and speak when there is a c among them. Who was refused by the attacks before
 * is told a second later.
 */
const MAY: ReadonlySet<string> = new Set(['join', 'leave', 'request', 'chat', 'redact', 'lag', 'refuse']);
/** Of ten thousand wishes: one a second is told, and twice as many may be on a slow machine. */
const MOST_TOLD = 4;

/** What a program or lectern itself would make something of. */
const KEYS: readonly (readonly [string, string])[] = [
  ['a command', 'touch pwned\r'],
  ["the presenter's hotkeys", '\u001cg\u001cx\u001ca\u001cs'],
  ["the presenter's hotkeys as kitty spells them", '\u001b[92;5u\u001b[103;1u'],
  ['a paste of commands', '\u001b[200~touch pwned\r\u001b[201~'],
  ['a paste without an end', `\u001b[200~${'touch pwned\r'.repeat(50)}`],
  [
    'answers to questions that nobody asked',
    '\u001b[?62;c\u001b[24;80R\u001bP>|xterm\u001b\\\u001b]52;c;cm0gLXJm\u0007',
  ],
  ['reports of a mouse', '\u001b[<0;10;10M\u001b[<0;10;10m\u001b[M !!'],
  ['zeros', '\u0000'.repeat(1000)],
];

async function without(siege: Siege, attack: () => Promise<void>): Promise<void> {
  const before = (await siege.events()).length;
  await attack();
  await sleep(100);
  const events = (await siege.events()).slice(before);
  // The witness types as the presenter meanwhile.
  const others = events.filter(({ by }) => by !== 'presenter');
  const bad = others.find(({ type }) => !MAY.has(type));
  if (bad !== undefined) throw new Error(`it led to ${bad.type}`);
  const people = await siege.asPresenter((api) => api.who());
  if (people.some(({ state }) => state === 'control')) throw new Error('somebody has control');
}

/** Requests for control that were told since there were `before` events. */
async function requests(siege: Siege, before: number): Promise<number> {
  return (await siege.events()).slice(before).filter(({ type }) => type === 'request').length;
}

export const inputCases: readonly Case[] = [
  ...KEYS.map(([name, keys]) => ({
    name: `an observer types ${name}`,
    run: (siege: Siege) =>
      without(siege, async () => {
        const client = await siege.watcher();
        client.send(94, 0, keys);
        await sleep(50);
        client.reset();
        await client.ended();
      }),
  })),
  {
    name: 'three megabytes of keys, as fast as they are taken',
    run: (siege) =>
      without(siege, async () => {
        const client = await siege.watcher();
        for (let i = 0; i < 100; i++) client.send(94, 0, Buffer.alloc(32_000, 'z'));
        await sleep(1000);
        client.reset();
        await client.ended();
      }),
  },
  {
    name: 'noise as keys',
    run: (siege) =>
      without(siege, async () => {
        const client = await siege.watcher();
        client.send(94, 0, randomBytes(4000));
        // A q or a C-c in it is a goodbye.
        await sleep(200);
        client.reset();
        await client.ended();
      }),
  },
  {
    name: 'control is asked for ten thousand times, and hardly any of it is told',
    async run(siege) {
      const before = (await siege.events()).length;
      const client = await siege.watcher();
      for (let i = 0; i < 20; i++) client.send(94, 0, 'r'.repeat(500));
      await until('it is told', async () => (await requests(siege, before)) > 0);
      await sleep(1500);
      client.reset();
      await client.ended();
      await sleep(100);
      const told = await requests(siege, before);
      if (told > MOST_TOLD) throw new Error(`${told} requests were told`);
    },
  },
  {
    name: 'ten thousand sizes',
    async run(siege) {
      const before = (await siege.events()).length;
      const client = await siege.watcher();
      for (let i = 0; i < 2500; i++) client.send(98, 0, 'window-change', false, 2 + (i % 400), 2 + (i % 200), 0, 0);
      await sleep(300);
      client.reset();
      await client.ended();
      if (
        (await siege.events())
          .slice(before)
          .some(({ type, participant }) => type === 'resize' && participant === undefined)
      )
        throw new Error('the presenter was resized');
    },
  },
  ...[
    [0, 0],
    [1, 1],
    [0xffff_ffff, 0xffff_ffff],
    [500, 2],
    [2, 300],
  ].map(([cols, rows]) => ({
    name: `a terminal of ${cols} by ${rows}`,
    async run(siege: Siege) {
      const client = await siege.login();
      await client.session();
      client.send(98, 0, 'pty-req', true, 'xterm', cols!, rows!, 0xffff_ffff, 0xffff_ffff, '');
      client.send(98, 0, 'shell', true);
      await client.expect(94);
      client.reset();
      await client.ended();
    },
  })),
  {
    name: 'a terminal whose name is a sequence of 30,000 characters',
    async run(siege) {
      const client = await siege.login();
      await client.session();
      client.send(98, 0, 'pty-req', true, `\u001b]0;evil\u0007${'y'.repeat(30_000)}`, 80, 24, 0, 0, 'z'.repeat(1000));
      await client.expect(99);
      client.reset();
      await client.ended();
    },
  },
];
