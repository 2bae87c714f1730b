/** However a lease ends, nothing that is typed after it reaches the program, from a client that types without a pause. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood, KeyLog, lastFlooded, logged, type Presented, peopleOf, present } from '../support/acts.js';
import { House, shellLine, sleep, sshWords, type Tmux, until } from '../support/house.js';

interface Scene {
  readonly house: House;
  readonly tmux: Tmux;
  readonly shown: Presented;
  readonly flood: Flood;
}

/** What ends a lease, and the event that tells it. */
const ENDINGS: readonly { name: string; event: string; forMs: number; end: (scene: Scene) => Promise<unknown> }[] = [
  { name: 'its time is over', event: 'expire', forMs: 1500, end: () => sleep(1500) },
  { name: 'lectern revoke', event: 'revoke', forMs: 60_000, end: ({ house }) => house.run(['revoke']) },
  {
    name: 'C-\\ x of the presenter',
    event: 'revoke',
    forMs: 60_000,
    end: async ({ shown }) => shown.pane.keys('C-\\', 'x'),
  },
  {
    name: 'a key of the presenter',
    event: 'preempt',
    forMs: 60_000,
    end: async ({ shown }) => shown.pane.keys('Enter'),
  },
  { name: 'lectern kick', event: 'kick', forMs: 60_000, end: ({ house }) => house.run(['kick', 'guest']) },
  {
    name: 'kill -9 of the client',
    event: 'leave',
    forMs: 60_000,
    end: async ({ flood }) => flood.child.kill('SIGKILL'),
  },
  {
    name: 'a grant to another',
    event: 'grant',
    forMs: 60_000,
    end: ({ house }) => house.run(['grant', 'guest-2', '--for', '5s']),
  },
];

for (const { name, event, forMs, end } of ENDINGS) {
  test(`no key of a flood reaches the program after ${name}`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const log = new KeyLog(house, 'keys');
    const shown = await present(house, tmux, [], log.command);
    await shown.pane.shows('KEYLOG');
    const flood = new Flood(house, shown.ready);
    await peopleOf(house, 1);
    const other = new Flood(house, shown.ready);
    await peopleOf(house, 2);
    const scene = { house, tmux, shown, flood };
    flood.start();
    await sleep(200);
    assert.equal(log.text(), '', 'nothing before the lease');
    assert.equal((await house.run(['grant', 'guest', '--for', `${forMs}ms`])).code, 0);
    await until('the flood', () => lastFlooded(log.text()) > 0);
    const before = Date.now();
    await end(scene);
    await sleep(700);
    const endedAt = Date.parse(logged(house, shown.ready).findLast((one) => one.type === event)?.t ?? '');
    const last = lastFlooded(log.text());
    t.diagnostic(
      `ended ${endedAt - before} ms after the order; the last key of the flood was typed ${last - endedAt} ms after the end`,
    );
    assert.ok(last > 0 && last <= endedAt, 'typed after the end');
    const text = log.text();
    await sleep(500);
    assert.equal(log.text(), text);
    assert.equal(other.child.exitCode, null);
  });
}

for (const kind of ['deaf', 'cooked'] as const) {
  test(`what was typed for a program that does not read is dropped with the lease (${kind})`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const log = new KeyLog(house, 'keys', '', kind);
    const shown = await present(house, tmux, [], log.command);
    await shown.pane.shows('KEYLOG');
    const flood = new Flood(house, shown.ready);
    await peopleOf(house, 1);
    assert.equal((await house.run(['grant', 'guest', '--for', '60s'])).code, 0);
    flood.start();
    await sleep(800);
    assert.equal((await house.run(['revoke'])).code, 0);
    await sleep(200);
    log.listen();
    await sleep(300);
    shown.pane.type('mine');
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
