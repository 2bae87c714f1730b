/** Control in mode `suggest`: all see the line that a peer composes, and only the presenter's Enter sends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyLog, logged, present, watchAs } from '../support/acts.js';
import { House, sleep, until } from '../support/house.js';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

test('a suggested line is shown to all, masked, and sent by the presenter\u2019s Enter alone', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const log = new KeyLog(house, 'keys');
  const { pane, ready } = await present(house, tmux, [], log.command);
  await pane.shows('KEYLOG');
  const [ana, bo] = [await watchAs(tmux, ready, 'ana'), await watchAs(tmux, ready, 'bo')];
  const granted = await house.run(['grant', 'ana', '--for', '60s', '--mode', 'suggest']);
  assert.equal(granted.code, 0, granted.stderr);
  assert.match(granted.stderr, /your Enter runs the line/);
  await ana.shows(/SUGGEST 0[01]:/);
  ana.type('echo hello');
  await ana.shows('echo hello_');
  await bo.shows('ana composes: echo hello_');
  assert.equal(log.text(), '', 'nothing is typed while he composes');
  ana.keys('Enter');
  await bo.shows('ana suggests: echo hello');
  await until('the suggestion in the title', () => /ana suggests: echo hello/.test(pane.tell('#{pane_title}')));
  assert.equal(log.text(), '');
  pane.keys('Enter');
  await log.has('echo hello\r');
  assert.equal(log.text(), 'echo hello\r', 'the Enter itself went nowhere');
  await until('his line to be empty again', () => /ends\): _/.test(ana.text()));

  ana.type(`curl ${TOKEN}`);
  ana.keys('Enter');
  await bo.shows(/ana suggests: curl \u2588+/);
  assert.ok(!bo.text().includes(TOKEN.slice(0, 12)), 'the others see no secret in it');
  pane.type('n');
  await log.has('n');
  await until('the answer', () => logged(house, ready).filter(({ type }) => type === 'suggest').length === 2);
  pane.keys('Enter');
  await sleep(300);
  assert.equal(log.text(), 'echo hello\rn\r', 'another key declines, and is typed like any other');
  await ana.shows('SUGGEST');

  const told = logged(house, ready).filter(({ type }) => type === 'suggest') as unknown as { accepted: boolean }[];
  assert.deepEqual(
    told.map(({ accepted }) => accepted),
    [true, false],
  );
});

test('in the middle of a line of his own Enter is the presenter\u2019s; no trick sends a line without him', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const log = new KeyLog(house, 'keys');
  const { pane, ready } = await present(house, tmux, [], log.command);
  await pane.shows('KEYLOG');
  const ana = await watchAs(tmux, ready, 'ana');
  await house.run(['grant', 'ana', '--for', '60s', '--mode', 'suggest']);
  await ana.shows('SUGGEST');
  pane.type('own');
  await log.has('own');
  ana.type('rm -r x');
  ana.keys('Enter');
  await until('the suggestion', () => /suggests: rm/.test(pane.tell('#{pane_title}')));
  pane.keys('Enter');
  await log.has('own\r');
  await sleep(200);
  assert.equal(log.text(), 'own\r');
  // Escapes, control characters and a paste of several lines are one printable line at most.
  tmux.call('set-buffer', 'one\ntwo\x1b[31m\u202ethree\n');
  tmux.call('paste-buffer', '-p', '-r', '-t', 'ana');
  await until('the first line of the paste', () => /suggests: one/.test(pane.tell('#{pane_title}')));
  ana.keys('C-\\', '.');
  await ana.shows('LIVE');
  pane.keys('Enter');
  await sleep(300);
  assert.equal(log.text(), 'own\r\r', 'what was suggested went with the lease');
});
