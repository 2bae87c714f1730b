/** What the presenter does in the panel, with observers in real terminals, who see none of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyScene, watch } from '../support/acts.js';
import { BIN, House, type Pane, type Ready, shellLine, until } from '../support/house.js';
import { difference } from '../support/picture.js';
import { PREFIX } from '../support/popup.js';

const TITLE = /┌─ lectern · demo/;

async function gone(pane: Pane): Promise<void> {
  await until('the end of the panel', () => !TITLE.test(pane.text()));
}

test('observers see no cell of the panel, and no key of it reaches the program or takes control back', async (t) => {
  const { tmux, log, pane, ready } = await keyScene(t, { flags: ['--name', 'demo'] });
  const ana = await watch(tmux, ready, 'ana');
  ana.keys('r');
  await until('the request', () => /asks for control/.test(pane.tell('#{pane_title}')));
  const before = ana.picture(24);
  pane.keys(PREFIX);
  await pane.shows(/guest +asks 00:0/);
  await pane.shows(/asks 00:0[2-9]/);
  assert.equal(difference(before, ana.picture(24)), '', 'she sees what she saw');
  pane.keys('g');
  await pane.shows('guest has control: what is typed');
  await ana.shows('CONTROL');
  ana.type('hers');
  await log.has('hers');
  pane.type('zzz');
  pane.keys('Up', 'PageDown', 'F5', 'M-x', '?');
  await pane.shows('take control back at once');
  tmux.call('set-buffer', 'x\nkyG');
  tmux.call('paste-buffer', '-p', '-t', 'presenter');
  ana.type('still');
  await log.has('hersstill');
  pane.keys('Escape');
  await pane.shows('x take back');
  pane.keys('x');
  await pane.shows('control taken back from guest');
  assert.doesNotMatch(ana.text(), TITLE);
  pane.keys('Escape');
  await gone(pane);
  await ana.shows('LIVE');
  assert.equal(log.text(), 'hersstill', 'nothing of the presenter');
  pane.type('mine');
  await log.has('hersstillmine');
});

test('of several it is asked whom; a kick is asked about; what takes time is chosen', async (t) => {
  const { tmux, log, pane, ready } = await keyScene(t, { flags: ['--name', 'demo'] });
  const [one, two, three] = [
    await watch(tmux, ready, 'one'),
    await watch(tmux, ready, 'two'),
    await watch(tmux, ready, 'three'),
  ];
  for (const pane of [two, three]) pane.keys('r');
  for (const pane of [two, three]) await pane.shows('asked for control');

  pane.keys(PREFIX, 'G');
  await pane.shows('Give control to');
  assert.doesNotMatch(pane.text(), /guest {2}watching/, 'only those who ask');
  pane.keys('Down', 'Enter');
  await pane.shows('5 minutes');
  pane.keys('3');
  await gone(pane);
  await three.shows(/CONTROL 0[45]:/);

  pane.keys(PREFIX, 'k');
  await pane.shows('Kick');
  pane.keys('1');
  await pane.shows('Send guest away?');
  pane.keys('n');
  await gone(pane);
  assert.doesNotMatch(one.text(), /\[ended/);
  pane.keys(PREFIX, 'k');
  await pane.shows('Kick');
  pane.keys('1');
  await pane.shows('Send guest away?');
  pane.keys('y');
  await one.shows('[ended');
  await gone(pane);

  pane.keys(PREFIX, 's');
  await pane.shows('Stop sharing?');
  pane.keys('y');
  await two.shows('[ended');
  await three.shows('[ended');
  assert.equal(log.text(), '');
});

test('links, recordings, marks and pause go by key, with the panel and without it', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const program = ['sh', '-c', 'echo CONTENT; cat'];
  const words = [process.execPath, BIN, '--listen', '127.0.0.1:0', '--name', 'demo', '--', ...program];
  const pane = tmux.open('presenter', { cols: 80, rows: 24 }, `cd '${house.home}' && ${shellLine(words)}`);
  await pane.shows('CONTENT');
  const ready = JSON.parse((await house.run(['session', 'info', '--json'])).stdout) as Ready;
  tmux.call('set', '-g', 'set-clipboard', 'on');
  pane.keys(PREFIX, 'c');
  await until('the link on the clipboard', () =>
    tmux.call('list-buffers', '-F', '#{buffer_sample}').includes(ready.token),
  );
  pane.keys(PREFIX);
  await pane.shows('nobody is here yet');
  assert.ok(!pane.text().slice(pane.text().indexOf('┌')).includes(ready.token), 'the secret is shortened');
  pane.keys('n');
  const shown = await pane.shows(/a new link, copied: ssh -p \d+ \w{26}@/);
  const link = /copied: ssh -p \d+ (\w{26})@/.exec(shown)![1]!;
  assert.notEqual(link, ready.token);
  await watch(tmux, { ...ready, token: link }, 'ana');

  pane.keys('r');
  await pane.shows('recording what observers see to');
  await pane.shows(/80x24 · recording/);
  pane.keys('!');
  await pane.shows('marked in the recording');
  pane.keys('r');
  await pane.shows('the recording has ended');
  const file = castOf(house.home);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.match(lines[0]!, /"version":2,"width":80,"height":24/);
  assert.ok(
    lines.some((line) => / "m", /.test(line)),
    'the mark',
  );
  assert.match(lines.join(''), /CONTENT/);

  pane.keys('p');
  await pane.shows('PAUSED');
  pane.keys('p');
  await pane.shows('● live');
  pane.keys('Escape');
  await gone(pane);
});

function castOf(folder: string): string {
  const found = readdirSync(folder).find((name) => /^lectern-\d{8}-\d{6}\.cast$/.test(name));
  assert.ok(found !== undefined, 'a recording was made');
  return join(folder, found);
}
