/**
 * What is typed for a program that does not read: nothing of it is lost, by whomever, and the presenter's own keys go
 * on being his.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HIGH_WATER_BYTES, MAX_WAITING_BYTES } from '../../src/presenter/keyboard.js';
import { Flood, type KeyScene, keyScene, logged, numbered, peopleOf, WIDE } from '../support/acts.js';
import { sleep, until } from '../support/house.js';

/** Four times what may wait before who types is held. */
const MUCH = 4 * HIGH_WATER_BYTES;
/** What has not changed for so long has come to rest, in ms. */
const REST_MS = 1000;
const PREFIX = 'C-\\';

interface Lent extends KeyScene {
  readonly flood: Flood;
}

/** Somebody has the keyboard of a program that does not read, and typed {@link MUCH}; no more of it is taken. */
async function lent(t: TestContext): Promise<Lent> {
  const scene = await keyScene(t, { deaf: 'deaf', settings: WIDE });
  const flood = new Flood(scene.house, scene.ready);
  await peopleOf(scene.house, 1);
  await scene.house.ask((session) => session.grant('guest', 600_000, 'full'));
  flood.give(MUCH);
  await rest('his client', () => flood.taken);
  return { ...scene, flood };
}

/** Waits until something has begun to count and comes to rest. */
function rest(what: string, count: () => number): Promise<true> {
  return until(`${what} to come to rest`, async () => {
    const before = count();
    await sleep(REST_MS);
    return before > 0 && before === count();
  });
}

/** Puts `text` on the presenter's terminal as a paste does. */
function paste({ house, tmux }: KeyScene, text: string): void {
  const file = join(house.home, 'pasted');
  writeFileSync(file, text);
  tmux.call('load-buffer', file);
  tmux.call('paste-buffer', '-r', '-t', 'presenter');
}

test('what who has the keyboard types waits with him until the program reads, and then all of it comes', async (t) => {
  const { log, flood } = await lent(t);
  const left = MUCH - flood.taken;
  t.diagnostic(`${flood.taken} bytes were taken, ${left} waited with him`);
  assert.ok(left > HIGH_WATER_BYTES, `${left} bytes wait with him`);
  log.listen();
  await until('all of it', () => log.text().length >= MUCH);
  assert.ok(log.text() === numbered(MUCH), 'in order, and without a gap');
});

test('a key of the presenter takes the keyboard back from one whose keys wait, and he can leave', async (t) => {
  const { house, ready, pane, log, flood } = await lent(t);
  pane.keys(PREFIX, 'x');
  await until('the end in the log', () => logged(house, ready).some(({ type }) => type === 'revoke'));
  // What he typed is nobody's now: it is taken, so that what he types after it, and a rest, is heard.
  await until('his end', async () => {
    await sleep(2 * REST_MS);
    flood.child.stdin!.write('q');
    return flood.child.exitCode !== null;
  });
  log.listen();
  pane.type('mine');
  await log.has('mine');
  assert.equal(log.text(), 'mine');
});

test('what the presenter pastes waits until the program reads, and his own keys behind it are heard meanwhile', async (t) => {
  const scene = await keyScene(t, { deaf: 'deaf' });
  const { pane, log } = scene;
  paste(scene, numbered(MUCH));
  pane.keys(PREFIX, '?');
  await pane.shows('take control back');
  pane.keys('Escape');
  log.listen();
  await until('all of it', () => log.text().length >= MUCH);
  assert.ok(log.text() === numbered(MUCH), 'in order, and without a gap');
});

test('what is too much to wait is told to the presenter, and what waited comes whole', async (t) => {
  const scene = await keyScene(t, { deaf: 'deaf' });
  const { pane, log } = scene;
  const much = numbered(MAX_WAITING_BYTES + HIGH_WATER_BYTES);
  paste(scene, much);
  await until('the notice', () => /the program does not read/.test(pane.tell('#{pane_title}')));
  log.listen();
  await rest('the program', () => log.amount);
  pane.type('END');
  await log.has('END');
  const text = log.text().slice(0, -'END'.length);
  assert.ok(text.length > MAX_WAITING_BYTES / 2 && much.startsWith(text), 'from its beginning, without a gap');
});
