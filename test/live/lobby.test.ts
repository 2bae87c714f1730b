/** The lobby: what one sees who waits, what never reaches him, and how he is let in or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyScene, logged, present, watchAs } from '../support/acts.js';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';
import { RawClient } from '../support/raw-client.js';

const PREFIX = 'C-\\';
const SIZE = { cols: 80, rows: 25 };
const CHANNEL_DATA = 94;

test('one who waits is told so, for how long and with whom, and gets no cell of the picture', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(
    house,
    tmux,
    ['--approve', 'each', '--name', 'demo'],
    ['sh', '-c', 'while :; do echo PICTURE; sleep 0.1; done'],
  );
  await pane.shows('PICTURE');
  const script = join(house.home, 'typescript');
  const words = sshWords(ready, ['-o', 'SetEnv=LECTERN_NAME=ana']);
  const ana = tmux.open('ana', SIZE, shellLine(['script', '-qefc', shellLine(words), script]));
  await ana.shows('Waiting for the presenter to let you in');
  await ana.shows('Your name for the others: ana');
  await ana.shows(/00:0[2-9]/);
  const bo = tmux.open('bo', SIZE, shellLine(sshWords(ready)));
  await bo.shows('guest');
  await ana.shows('1 more wait');
  await until('the knock in the title', () => /wants to watch/.test(pane.tell('#{pane_title}')));
  bo.keys('Enter');
  bo.type('b\u00f6 <i>');
  await bo.shows('b\u00f6 <i>_');
  bo.keys('Enter');
  const who = async () => (await house.run(['who'])).stdout;
  await until('his name', () => logged(house, ready).some(({ type }) => type === 'rename'));
  assert.match(await who(), /b\u00f6-<i> .*waiting/);
  bo.keys('Enter', 'BSpace', 'Escape');
  await sleep(300);
  assert.match(await who(), /b\u00f6-<i> .*waiting/, 'Escape leaves it');
  ana.type('xyzcv?w ');
  await sleep(300);
  assert.ok(!readFileSync(script, 'utf8').includes('PICTURE'), 'nothing of the picture was sent');
  // Two wait: it is asked whom.
  pane.keys(PREFIX, 'a');
  await pane.shows('Let in');
  pane.keys('1');
  await ana.shows('PICTURE');
  await until('it where it would have been seen', () => readFileSync(script, 'utf8').includes('PICTURE'));
  assert.equal((await house.run(['deny', 'b\u00f6'])).code, 0);
  await bo.shows('did not let you in');
  const gone = () =>
    logged(house, ready)
      .map(({ type }) => type)
      .filter((type) => type === 'deny' || type === 'leave');
  await until('his leave', () => gone().includes('leave'));
  assert.deepEqual(gone(), ['deny', 'leave']);
});

test('with "first" all wait until one is let in; afterwards they come in by themselves', async (t) => {
  const { house, tmux, log, ready } = await keyScene(t, { flags: ['--approve', 'first'] });
  const ana = await watchAs(tmux, ready, 'ana', 'Waiting');
  const grant = await house.run(['grant', 'ana', '--for', '10s']);
  assert.deepEqual([grant.code, /waits to be let in/.test(grant.stderr)], [1, true], grant.stderr);
  ana.type('rrr');
  await sleep(200);
  assert.ok(!logged(house, ready).some(({ type }) => type === 'request'), 'one who waits cannot ask');
  assert.equal((await house.run(['approve', 'ana'])).code, 0);
  await ana.shows('KEYLOG');
  await watchAs(tmux, ready, 'bo', 'KEYLOG');
  const again = await house.run(['approve', 'bo']);
  assert.deepEqual([again.code, /does not wait/.test(again.stderr)], [1, true]);
  assert.equal(log.text(), '');
});

test('who leaves the lobby by himself has left, with C-c also while he types his name', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { ready } = await present(house, tmux, ['--approve', 'each'], ['cat']);
  for (const keys of [['q'], ['Enter', 'q', 'C-c']]) {
    const name = `w${keys.length}`;
    const pane = await watchAs(tmux, ready, name, 'Waiting');
    // The edge shows that he waits before the host knows of him: who is gone by then was never there.
    await until('his name in the roster', async () =>
      (await house.ask((session) => session.who())).some((row) => row.name === name),
    );
    pane.keys(...keys);
    await pane.shows('ended 0');
  }
  const told = () => logged(house, ready).filter(({ type }) => type === 'leave') as unknown as { reason: string }[];
  // ssh has ended before the host hears of it.
  const leaves = await until('both in the log', () => told().length === 2 && told());
  assert.deepEqual(
    leaves.map(({ reason }) => reason),
    ['left', 'left'],
  );
});

test('one who waits changes his name once a second at most: each change is told and logged', async (t) => {
  const house = new House(t);
  const { ready } = await house.share(['--approve', 'each'], ['sleep', '100']);
  const client = await new RawClient(ready.port, { honest: true }).shell(ready.token);
  house.after(async () => client.reset());
  await until('his coming', () => logged(house, ready).some(({ type }) => type === 'join'));
  const renames = () => logged(house, ready).filter(({ type }) => type === 'rename');
  const began = performance.now();
  for (let i = 0; i < 300; i++) client.send(CHANNEL_DATA, 0, `\rx${i}\r`);
  await until('the first name', () => renames().length > 0);
  await sleep(1500);
  const names = renames().length;
  const seconds = (performance.now() - began) / 1000;
  t.diagnostic(`${names} names in ${seconds.toFixed(1)} s`);
  assert.ok(names <= 1 + seconds, `${names} names in ${seconds} s`);
});
