/** Control in mode `suggest`: all see the line that a peer composes, and only the presenter's Enter sends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Suggestions } from '../../src/cli/session/suggestions.js';
import { Roster } from '../../src/core/roster.js';
import { keyScene, logged, watchAs } from '../support/acts.js';
import { HandClock } from '../support/hand-clock.js';
import { sleep, until } from '../support/house.js';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
/** Longer than Enter has to come after the line to be a yes, in ms. */
const READ_MS = 700;
/** Longer than he has to rest before what he types is for something else, in ms. */
const REST_MS = 1200;

test('a suggested line is shown to all, masked, and sent by the presenter\u2019s Enter alone', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t);
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
  await sleep(READ_MS);
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
  await log.has('n\r');
  assert.equal(log.text(), 'echo hello\rn\r', 'another key declines, and is typed like any other');
  await ana.shows('SUGGEST');

  const told = logged(house, ready).filter(({ type }) => type === 'suggest') as unknown as { accepted: boolean }[];
  assert.deepEqual(
    told.map(({ accepted }) => accepted),
    [true, false],
  );
});

test('who has the keyboard and is then to suggest only composes a line, and the other way round', async (t) => {
  const { house, tmux, log, ready } = await keyScene(t);
  const ana = await watchAs(tmux, ready, 'ana');
  const lend = (mode: 'full' | 'suggest') => house.ask((session) => session.grant('ana', 60_000, mode));
  await lend('full');
  await ana.shows('CONTROL');
  ana.type('keys');
  await log.has('keys');
  await lend('suggest');
  await ana.shows('SUGGEST');
  await sleep(REST_MS);
  ana.type('a line');
  await ana.shows('a line_');
  await lend('full');
  await ana.shows('CONTROL');
  await sleep(REST_MS);
  ana.type('more');
  await log.has('more');
  assert.equal(log.text(), 'keysmore');
});

test('in the middle of a line of his own Enter is the presenter\u2019s; no trick sends a line without him', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t);
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
  await log.has('own\r\r');
  await sleep(300);
  assert.equal(log.text(), 'own\r\r', 'what was suggested went with the lease');
});

/** Suggestions of ana, with a clock moved by hand and a presenter who is shown a line when the test says so. */
function offering() {
  const clock = new HandClock();
  const roster = new Roster();
  const participant = { id: 'a1', name: 'ana', addr: '127.0.0.1', role: 'observer', client: '' } as const;
  const rest = { jti: 'j', key: null, joinedAt: 0, size: { cols: 80, rows: 24 }, admitted: true, muted: false };
  roster.arrive({ participant, ...rest, lagMs: null, bytes: 0 });
  const sent: string[] = [];
  const told: { text: string; shown: () => void }[] = [];
  const wall = { masks: true };
  const suggestions = new Suggestions({
    ...{ roster, clock, emit() {}, changed() {} },
    control: () => ({ id: 'a1', name: 'ana', mode: 'suggest', untilMs: clock.wall() + 60_000 }),
    masked: async (text) => (wall.masks ? text : null),
    submit: (line) => void sent.push(line),
    notice: (text, shown) => void told.push({ text, shown }),
  });
  return { clock, sent, told, suggestions, wall };
}

test('a line that lies before the presenter cannot be changed for another under his hands', async () => {
  const { clock, sent, told, suggestions } = offering();
  await suggestions.compose('a1', 'ls', true);
  told[0]!.shown();
  clock.move(5000);
  await suggestions.compose('a1', 'rm -rf ~', true);
  await suggestions.compose('a1', 'rm -rf ~', false);
  assert.equal(suggestions.state?.text, 'ls');
  assert.equal(suggestions.answered('\r'), true);
  assert.deepEqual(sent, ['ls']);
  await suggestions.compose('a1', 'make', true);
  assert.equal(suggestions.state?.text, 'make', 'after the answer there can be another');
});

test('an Enter that comes before the line was shown and could be read is no yes', async () => {
  const { clock, sent, told, suggestions } = offering();
  await suggestions.compose('a1', 'rm -rf ~', true);
  clock.move(5000);
  assert.equal(suggestions.answered('\r'), false, 'he was not shown it');
  told[0]!.shown();
  clock.move(100);
  assert.equal(suggestions.answered('\r'), false, 'nobody reads in 100 ms');
  assert.deepEqual(sent, []);
  assert.equal(suggestions.state?.ready, true, 'it is not declined either');
  clock.move(1000);
  assert.equal(suggestions.answered('\r'), true);
  assert.deepEqual(sent, ['rm -rf ~']);
});

test('nothing of an offered line is pushed out of the presenter\u2019s sight', async () => {
  const { told, suggestions } = offering();
  await suggestions.compose('a1', `ls${' '.repeat(60)}; rm -rf ~`, true);
  assert.match(told[0]!.text, /^ana suggests: ls\[60 blanks\]; rm -rf ~ /);
  suggestions.answered('n');
  await suggestions.compose('a1', 'x'.repeat(101), true);
  assert.equal(told.length, 1, 'what is too long for a title is not offered');
});

test('a line that could not be searched for secrets is offered to nobody', async () => {
  const { clock, sent, told, suggestions, wall } = offering();
  wall.masks = false;
  await suggestions.compose('a1', 'rm -rf ~', true);
  clock.move(5000);
  assert.equal(suggestions.answered('\r'), false);
  assert.deepEqual([sent, told], [[], []]);
});

test('chat does not keep a suggestion from the presenter, who is asked to answer it', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t);
  const [ana, bo] = [await watchAs(tmux, ready, 'ana'), await watchAs(tmux, ready, 'bo')];
  const chen = await watchAs(tmux, ready, 'chen');
  await house.run(['grant', 'ana', '--for', '60s', '--mode', 'suggest']);
  await ana.shows('SUGGEST');
  ana.type('echo x');
  bo.type('cone');
  chen.type('ctwo');
  await ana.shows('echo x_');
  await chen.shows('say: two_');
  // Notices come once a second at most: the first is shown, and of those that follow it one.
  bo.keys('Enter');
  await until('the first line of chat', () => /bo: one/.test(pane.tell('#{pane_title}')));
  ana.keys('Enter');
  await sleep(200);
  chen.keys('Enter');
  await until('the suggestion in the title', () => /ana suggests: echo x/.test(pane.tell('#{pane_title}')));
  await sleep(READ_MS);
  pane.keys('Enter');
  await log.has('echo x\r');
});
