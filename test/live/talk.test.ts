/** Chat and pointers: what others see of them, and what never gets through. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyScene, logged, present, watchAs } from '../support/acts.js';
import { House, type Pane, sleep, until } from '../support/house.js';
import { sameAs } from '../support/watching.js';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const SCENE = ['sh', '-c', 'seq 100 140; echo READY; exec cat'];

test('what one says all see for a while, and later on a page; the presenter hears it and says something too', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t);
  const [ana, bo] = [await watchAs(tmux, ready, 'ana'), await watchAs(tmux, ready, 'bo')];
  ana.keys('c');
  await ana.shows('say: _');
  ana.type('look at line 3, q r v');
  ana.keys('BSpace');
  await ana.shows('say: look at line 3, q r _');
  ana.keys('Enter');
  await bo.shows('ana: look at line 3, q r');
  await until('it in the title', () => /ana: look at line 3/.test(pane.tell('#{pane_title}')));
  assert.equal((await house.run(['say', 'thank', 'you', TOKEN])).code, 0);
  await ana.shows(/presenter: thank you \u2588+/);
  ana.keys('c');
  ana.type('not said');
  ana.keys('Escape');
  await ana.shows('LIVE');
  bo.keys('C');
  await bo.shows(/What was said[\s\S]*ana: look at line 3, q r\n.*presenter: thank you \u2588+\n/);
  bo.keys('x');
  await bo.shows('KEYLOG');
  assert.equal(log.text(), '', 'nothing of it was typed');
  const text = readFileSync(join(house.home, '.local/state/lectern/log', `${ready.session}.jsonl`), 'utf8');
  assert.equal(logged(house, ready).filter(({ type }) => type === 'chat').length, 2);
  assert.ok(!text.includes('line 3') && !text.includes('thank'), 'the log says that, not what');
});

test('escape sequences, right-to-left tricks and secrets in chat reach nobody; a flood of it is cut', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], SCENE);
  await pane.shows('READY');
  const [ana, bo] = [await watchAs(tmux, ready, 'ana'), await watchAs(tmux, ready, 'bo')];
  const paste = (text: string) => {
    ana.keys('c');
    tmux.call('set-buffer', text);
    tmux.call('paste-buffer', '-p', '-r', '-t', 'ana');
    ana.keys('Enter');
  };
  const began = Date.now();
  // An escape ends the line that is typed.
  paste('\x1b]0;owned\x07');
  await sleep(300);
  ana.keys('Escape');
  await ana.shows('LIVE');
  paste(`a\u202eb\u200bc ${TOKEN} \x9bd`);
  await bo.shows(/ana: abc \u2588+ d/);
  const { lines } = bo.seen();
  assert.ok(!lines.join('').includes('\u202e') && !bo.text().includes('ghp_a1B2a1B2'));
  assert.doesNotMatch(bo.tell('#{pane_title}'), /owned/);
  const said = () => logged(house, ready).filter(({ type }) => type === 'chat').length;
  for (let i = 0; i < 12; i++) {
    ana.type(`cline ${i}`);
    ana.keys('Enter');
  }
  await until('some of the lines', () => said() >= 3);
  await sleep(500);
  // Four at once and one every two seconds: the machine may be slow.
  const most = 4 + Math.ceil((Date.now() - began) / 2000);
  assert.ok(said() <= most, `${said()} of 13 lines, ${most} at most`);
});

test('a muted observer can neither talk, point, ask nor vote, and can again when he is not', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], SCENE);
  await pane.shows('READY');
  const ana = await watchAs(tmux, ready, 'ana');
  ana.keys('r');
  await ana.shows('asked for control');
  ana.keys('v');
  await ana.shows('you point');
  assert.equal((await house.run(['mute', 'ana'])).code, 0);
  assert.match((await house.run(['who'])).stdout, /ana .*watching, muted/);
  ana.keys('v');
  for (const key of ['c', 'v', 'r']) {
    await sleep(1100);
    ana.keys(key);
    await ana.shows('the presenter has muted you');
    ana.keys('f');
  }
  const muted = () => logged(house, ready).filter(({ type }) => type === 'mute').length;
  assert.equal(muted(), 1);
  assert.equal((await house.run(['mute', 'ana'])).code, 0, 'once more is no fault');
  assert.equal(muted(), 1);
  assert.equal((await house.run(['unmute', 'ana'])).code, 0);
  // Her side hears of it a moment after the presenter did; each key before that is answered as before.
  await until('her line', async () => {
    ana.keys('c');
    await sleep(300);
    return /say:/.test(ana.text());
  });
  assert.equal((await house.run(['mute', 'nobody'])).code, 1);
});

/** The cell of a picture that is marked with somebody's name, by what stands there. */
function marked(pane: Pane, name: string): string | null {
  const line = pane.seen().lines.find((one) => one.includes(name));
  return line === undefined ? null : (/\x1b\[[\d;]*4[1-6]m(.)/.exec(line)?.[1] ?? null);
}

test('a pointer marks a cell with its owner\u2019s name for all, follows keys and mouse, and leaves no trace', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], SCENE);
  await pane.shows('READY');
  const [ana, bo] = [await watchAs(tmux, ready, 'ana'), await watchAs(tmux, ready, 'bo')];
  await sameAs(pane, [ana, bo], 'before', { rows: 24 });
  ana.keys('v');
  await bo.shows(' ana');
  const mouse = () => ana.tell('#{mouse_any_flag}');
  await until('the mouse in her terminal', () => mouse() === '1');
  ana.keys('k', 'k', 'Up', 'l', 'h');
  await until('the cell three rows up', () => marked(bo, 'ana') === '1');
  // The name hides what is behind the cell.
  await bo.shows(/^1 ana$/m);
  ana.type('\x1b[<35;2;5M');
  await until('where the mouse is', () => bo.text().split('\n')[4] === '12 ana');
  pane.type('typed');
  pane.keys('Enter');
  await bo.shows('typed');
  ana.keys('v');
  await until('no pointer', () => !bo.text().includes('ana'));
  await sameAs(pane, [ana, bo], 'after', { rows: 24 });
  await until('the mouse to be undone', () => mouse() === '0');

  ana.keys('v');
  await bo.shows(' ana');
  assert.equal((await house.run(['session', 'set', 'pointers=false'])).code, 0);
  await until('no pointer', () => !bo.text().includes('ana'));
  ana.keys('v');
  await ana.shows('switched pointers off');
  assert.equal((await house.run(['session', 'set', 'pointer=no'])).code, 2);
  assert.equal((await house.run(['session', 'set', 'pointers=true'])).code, 0);
  bo.keys('v');
  await ana.shows(' bo');
  bo.keys('C-c');
  await until('no pointer of one who left', () => !/ bo\b/.test(ana.text()));
  await sameAs(pane, [ana], 'after he left', { rows: 24 });
});

test('a pointer stays where it is while the picture scrolls under it', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], ['bash', '--norc', '-i']);
  const [ana, bo] = [
    await watchAs(tmux, ready, 'ana'),
    await watchAs(tmux, ready, 'bo', 'LIVE', { cols: 60, rows: 16 }),
  ];
  ana.keys('v');
  await bo.shows(' ana');
  pane.type('seq 400; echo DONE');
  pane.keys('Enter');
  await pane.shows(/^DONE/m);
  await sleep(300);
  ana.keys('Escape');
  await until('no pointer', () => !bo.text().includes('ana'));
  await sameAs(pane, [ana], 'after', { rows: 24 });
});

test('chat and pointers can be switched off in the settings', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const config = join(house.home, 'config.toml');
  writeFileSync(config, '[room]\nchat = false\npointers = false\n');
  const { pane, ready } = await present(house, tmux, ['--config', config], SCENE);
  await pane.shows('READY');
  const ana = await watchAs(tmux, ready, 'ana');
  ana.keys('c');
  await ana.shows('switched chat off');
  ana.keys('v');
  await ana.shows('switched pointers off');
});
