/** Sending away for good, limits of a session, and how its end is told before it comes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { logged, present, watchAs } from '../support/acts.js';
import { House, SSH, sleep, until } from '../support/house.js';

const QUIET = ['sh', '-c', 'echo READY; exec cat'];

/** Most of their time they wait for clocks. */
suite('sending away, and the end', { concurrency: 2 }, () => {
  test('who is kicked may come back, who is banned may not, by address or by key', async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const { pane, ready } = await present(house, tmux, [], QUIET);
    await pane.shows('READY');
    const ana = await watchAs(tmux, ready, 'ana');
    assert.equal((await house.run(['kick', 'ana'])).code, 0);
    await ana.shows('the presenter ended your visit');
    await watchAs(tmux, ready, 'again');
    assert.equal((await house.run(['kick', 'again', '--ban'])).code, 0);
    const turnedAway = await watchAs(tmux, ready, 'third', 'ended');
    assert.match(turnedAway.text(), /the presenter ended your visit/);
    const own = ['ssh', ...SSH, '-tt', '-b', '127.0.0.2', '-p', String(ready.port), `${ready.token}@127.0.0.1`, 'who'];
    const elsewhere = await house.tool(own[0]!, own.slice(1));
    assert.equal(elsewhere.code, 0, 'another address may');
    const told = (what: string) => {
      const events = logged(house, ready) as unknown as { type: string; banned?: boolean; reason?: string }[];
      return events.filter(({ type }) => type === what);
    };
    assert.deepEqual(
      told('kick').map(({ banned }) => banned),
      [undefined, true],
    );
    await until('the refusal', () => told('refuse').length > 0);
    assert.deepEqual(
      told('refuse').map(({ reason }) => reason),
      ['banned'],
    );
  });

  test('a key that was banned is banned from every address', async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const key = join(house.home, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const { pane, ready } = await present(house, tmux, ['--authorized-keys', `${key}.pub`], QUIET);
    await pane.shows('READY');
    const come = (from: string) => {
      const identity = ['-o', 'IdentitiesOnly=yes', '-i', key, '-b', from];
      const words = [...SSH, ...identity, '-tt', '-p', String(ready.port), `${ready.token}@127.0.0.1`];
      return house.tool('timeout', ['20', 'ssh', ...words]);
    };
    const windows = [come('127.0.0.3'), come('127.0.0.5')];
    await until('him', () => logged(house, ready).filter(({ type }) => type === 'join').length === 2);
    assert.equal((await house.run(['kick', 'guest', '--ban'])).code, 0);
    for (const window of windows) assert.match((await window).stdout, /the presenter ended your visit/);
    const second = await come('127.0.0.4');
    assert.ok(!second.stdout.includes('READY') && second.code !== 124, 'he was sent away at once');
  });

  test('no more come in than may watch', async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const { pane, ready } = await present(house, tmux, ['--max-observers', '1'], QUIET);
    await pane.shows('READY');
    await watchAs(tmux, ready, 'ana');
    const bo = await watchAs(tmux, ready, 'bo', 'ended 255');
    assert.match(bo.text(), /this session is full/);
  });

  test('max-duration: the end is told, counts down, and comes; the presenter\u2019s shell stays', async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const { pane, ready } = await present(house, tmux, ['--max-duration', '10s'], QUIET);
    await pane.shows('READY');
    const ana = await watchAs(tmux, ready, 'ana');
    await ana.shows(/ends in 00:0[1-5]/);
    await until('it in the title', () => /sharing ends in \d s: its time is over/.test(pane.tell('#{pane_title}')));
    await ana.shows('presenter stopped sharing');
    pane.type('still mine');
    await pane.shows('still mine');
    const again = await watchAs(tmux, ready, 'again', 'ended 255');
    assert.match(again.text(), /revoked|not valid/);
    const [ending] = logged(house, ready).filter(({ type }) => type === 'ending') as unknown as { reason: string }[];
    assert.equal(ending?.reason, 'max-duration');
  });

  test('idle-timeout: a key or a line of output puts the end off; without a terminal the program ends', async (t) => {
    const house = new House(t);
    const began = Date.now();
    const share = await house.share(
      ['--idle-timeout', '3s'],
      ['sh', '-c', 'for i in 1 2 3 4; do sleep 1.5; echo $i; done; exec sleep 100'],
    );
    await share.event('ending');
    await until('its end', () => share.ended);
    const took = Date.now() - began;
    t.diagnostic(`ended after ${took} ms`);
    assert.ok(took > 8500, `${took} ms: four lines put it off to 9 s`);
    assert.equal(share.exitCode, 129, 'hung up');
  });

  test('join-timeout ends a session that nobody comes to, and no other', async (t) => {
    const house = new House(t);
    const share = await house.share(['--join-timeout', '3s'], ['sleep', '100']);
    await until('its end', () => share.ended);
    assert.ok(share.events.some(({ type, reason }) => type === 'ending' && reason === 'join-timeout'));
    const visited = await house.share(['--join-timeout', '4s'], ['sleep', '100']);
    const ready = Date.now();
    const [file, ...words] = visited.ssh(['-tt']);
    const ana = house.tool('timeout', ['20', file!, ...words]);
    await visited.event('join');
    await sleep(ready + 4500 - Date.now());
    assert.equal(visited.ended, false);
    await visited.end();
    await ana;
  });
});
