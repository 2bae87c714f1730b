/**
 * However a lease ends, nothing that is typed after it reaches the program, from a client that types 1 MB a second
 * without a pause. The program writes down what it reads, and the log says how much was let through before the end.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ascends,
  Flood,
  isOneFlood,
  KeyLog,
  keyScene,
  logged,
  peopleOf,
  present,
  type Typist,
  WIDE,
} from '../support/acts.js';
import { House, type Presented, shellLine, sleep, sshWords, type Tmux, until } from '../support/house.js';

interface Scene {
  readonly house: House;
  readonly tmux: Tmux;
  readonly shown: Presented;
  readonly flood: Flood;
}

interface Ending {
  readonly name: string;
  /** The event that tells it. */
  readonly event: string;
  readonly end: (scene: Scene) => Promise<unknown>;
  /** What the presenter types by it. */
  readonly types?: string;
  /** He stays, and goes on typing. */
  readonly stays: boolean;
}

/** What is left of a lease that runs out in the midst of the flood, in ms. */
const LEFT_MS = 1000;
/** A lease that does not end by itself: longer than a busy machine takes to begin. */
const LEASE_MS = 600_000;

const ENDINGS: readonly Ending[] = [
  {
    name: 'its time is over',
    event: 'expire',
    // It is prolonged for who has it, until then: how long the flood takes to begin is for the machine to say.
    end: ({ house }) => house.ask((session) => session.grant('guest', LEFT_MS, 'full')),
    stays: true,
  },
  {
    name: 'lectern revoke',
    event: 'revoke',
    end: ({ house }) => house.ask((session) => session.revoke()),
    stays: true,
  },
  {
    name: 'a key of the presenter',
    event: 'preempt',
    end: async ({ shown }) => shown.pane.type('p'),
    types: 'p',
    stays: true,
  },
  {
    name: 'lectern kick',
    event: 'kick',
    end: ({ house }) => house.ask((session) => session.kick('guest', false)),
    stays: false,
  },
  {
    name: 'kill -9 of the client',
    event: 'leave',
    end: async ({ flood }) => flood.child.kill('SIGKILL'),
    stays: false,
  },
];
/** By one client only: they differ from those above in who decides. */
const MORE_ENDINGS: readonly Ending[] = [
  {
    name: 'C-\\ x of the presenter',
    event: 'revoke',
    end: async ({ shown }) => shown.pane.keys('C-\\', 'x'),
    stays: true,
  },
  {
    name: 'a grant to another',
    event: 'grant',
    end: ({ house }) => house.ask((session) => session.grant('guest-2', LEASE_MS, 'full')),
    stays: true,
  },
];
/** So much has reached the program before the end, in bytes. */
const FLOWING = 256 * 1024;
/** What the kernel keeps of a terminal's input, in bytes: its queue and what is on its way there. */
const UNREAD = 128 * 1024;

interface Logged {
  readonly t: string;
  readonly type: string;
  readonly by?: string;
  readonly bytes?: number;
}

/** Bytes of observers that were let through before and after the last event of a kind. */
function letThrough(house: House, { ready }: Presented, event: string): readonly [before: number, after: number] {
  const lines = logged(house, ready) as readonly Logged[];
  const at = lines.findLastIndex(({ type }) => type === event);
  assert.ok(at >= 0, `the log tells of ${event}`);
  const sum = (part: readonly Logged[]) =>
    part
      .filter(({ type, by }) => type === 'input' && by !== 'presenter')
      .reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  return [sum(lines.slice(0, at)), sum(lines.slice(at))];
}

async function endedInAFlood(house: House, typist: Typist, ending: Ending): Promise<string> {
  const { event, end, types = '', stays } = ending;
  const tmux = house.tmux();
  const log = new KeyLog(house, 'keys');
  const config = join(house.home, 'config.toml');
  writeFileSync(config, WIDE);
  const shown = await present(house, tmux, ['--config', config], log.command);
  await shown.pane.shows('KEYLOG');
  const flood = new Flood(house, shown.ready, typist);
  await peopleOf(house, 1);
  const other = new Flood(house, shown.ready);
  await peopleOf(house, 2);
  flood.start();
  await until('the flood before the door', () => flood.taken > FLOWING);
  assert.equal(log.text(), '', 'nothing before the lease');
  await house.ask((session) => session.grant('guest', LEASE_MS, 'full'));
  await until('the flood in the program', () => log.amount > FLOWING);
  const rate = await rateOf(log);
  await end({ house, tmux, shown, flood });
  const told = ['kick', 'leave', 'grant'].includes(event) ? 'revoke' : event;
  await until('the end in the log', () => logged(house, shown.ready).some(({ type }) => type === told));
  const taken = flood.taken;
  // What the presenter types now is read behind all that was let through before it, and before all that would follow.
  shown.pane.type('END');
  await log.has(`${types}END`);
  if (stays) await until('the flood to go on', () => flood.taken - taken > FLOWING);
  // Long enough that what was sent by now is read, if it is let through.
  await sleep(300);
  const more = flood.taken - taken;
  shown.pane.type('FIN');
  await log.has('FIN');
  const text = log.text();
  const after = `${types}ENDFIN`;
  assert.ok(text.endsWith(after), `read after the end: ${JSON.stringify(text.slice(-80))}`);
  const read = text.slice(0, -after.length);
  const [through, late] = letThrough(house, shown, told);
  // What the kernel still had is taken back while the program reads: of the last of it a later piece may be left.
  assert.ok(isOneFlood(read.slice(0, -UNREAD)), 'what was read is a piece of the flood, without a gap');
  assert.ok(ascends(read), 'what was read is in order');
  assert.ok(read.length <= through, `${read.length} bytes were read of ${through}`);
  assert.equal(late, 0, 'let through after the end');
  assert.equal(other.child.exitCode, null);
  return `${read.length} bytes read, ${rate} KB/s just before the end; ${stays ? more : 'no'} more were sent, 0 read`;
}

/** How fast the program reads, in KB a second. */
async function rateOf(log: KeyLog): Promise<number> {
  const [since, had] = [performance.now(), log.amount];
  await sleep(300);
  return Math.round((log.amount - had) / (performance.now() - since));
}

for (const typist of ['ssh', 'plink'] as const) {
  for (const ending of typist === 'ssh' ? [...ENDINGS, ...MORE_ENDINGS] : ENDINGS) {
    test(`no key of a flood of ${typist} reaches the program after ${ending.name}`, async (t) => {
      t.diagnostic(await endedInAFlood(new House(t), typist, ending));
    });
  }
}

test('a flood of which something is missing is found', () => {
  assert.ok(isOneFlood('07><00000008><00000009><000'));
  assert.ok(!isOneFlood('07><00000008><00000010><000'));
  assert.ok(!isOneFlood('07><00000008>x<00000009>'));
  assert.ok(!isOneFlood(''));
});

for (const kind of ['deaf', 'cooked'] as const) {
  test(`what was typed for a program that does not read is dropped with the lease (${kind})`, async (t) => {
    const { house, log, pane, ready } = await keyScene(t, { deaf: kind });
    const flood = new Flood(house, ready);
    await peopleOf(house, 1);
    assert.equal((await house.run(['grant', 'guest', '--for', '60s'])).code, 0);
    flood.start();
    await sleep(800);
    assert.equal((await house.run(['revoke'])).code, 0);
    await sleep(200);
    log.listen();
    await sleep(300);
    pane.type('mine');
    await log.has('mine');
    assert.equal(log.text(), 'mine');
  });
}

test('a program that waits for a line goes on waiting when the lease ends in the midst of one', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const lines = 'while IFS= read -r line; do echo "<$line>"; done; echo GONE; sleep 100';
  const { pane, ready } = await present(house, tmux, [], ['sh', '-c', lines]);
  const ana = tmux.open('ana', { cols: 80, rows: 26 }, shellLine(sshWords(ready)));
  await ana.shows('LIVE');
  assert.equal((await house.run(['grant', 'guest', '--for', '60s'])).code, 0);
  await ana.shows('CONTROL');
  ana.type('half a line');
  await pane.shows('half a line');
  assert.equal((await house.run(['revoke'])).code, 0);
  await ana.shows('LIVE');
  pane.type('mine\n');
  assert.doesNotMatch(await pane.shows('<mine>'), /half/);
  assert.doesNotMatch(pane.text(), /GONE/);
});
