/** Marks: a moment to come back to, in the log, in the events and in the recording, with a text that passed the wall. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { logged } from '../support/acts.js';
import { House, type Share, until } from '../support/house.js';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

interface Mark {
  readonly type: string;
  readonly text: string;
}

function marksOf(cast: string): readonly { readonly at: number; readonly text: string }[] {
  const [, ...events] = readFileSync(cast, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [number, string, string]);
  return events.filter(([, kind]) => kind === 'm').map(([at, , text]) => ({ at, text }));
}

function told(house: House, share: Share): readonly string[] {
  const lines = logged(house, share.ready) as unknown as Mark[];
  return lines.filter(({ type }) => type === 'mark').map(({ text }) => text);
}

test('lectern mark stands in the recording, the log and the events, without secrets and control characters', async (t) => {
  const house = new House(t);
  const cast = join(house.home, 'a.cast');
  const share = await house.share(['--record', cast], ['sh', '-c', 'echo CONTENT; exec sleep 100']);
  await until('the first picture', () => readFileSync(cast, 'utf8').includes('CONTENT'));
  const long = `${'x'.repeat(140)} ${TOKEN}`;
  const texts = ['half way', `with ${TOKEN} in it`, 'a\x1b]2;b\x07\u202ec\nd', '', 'x'.repeat(300), long];
  for (const text of texts) {
    const { code, stderr } = await house.run(['mark', text]);
    assert.deepEqual([code, stderr], [0, '  marked in the recording and the log\n']);
  }
  assert.equal((await house.run(['mark', 'two', 'words'])).code, 0);
  assert.equal((await house.run(['mark'])).code, 0);
  const masked = `with ${'\u2588'.repeat(TOKEN.length)} in it`;
  const expected = ['half way', masked, 'a]2;bcd', '', `${'x'.repeat(159)}\u2026`];
  // Cut, and not one character of what was cut through.
  expected.push(`${'x'.repeat(140)} ${'\u2588'.repeat(18)}\u2026`, 'two words', '');
  await until('the marks in the recording', () => marksOf(cast).length === expected.length);
  assert.deepEqual(
    marksOf(cast).map(({ text }) => text),
    expected,
  );
  assert.ok(marksOf(cast).every(({ at }, i, all) => at >= (all[i - 1]?.at ?? 0)));
  assert.deepEqual(told(house, share), expected);
  await share.event('mark', expected.length - 1);
  assert.ok(!readFileSync(cast, 'utf8').includes(TOKEN.slice(0, 6)));
});

test('a recording with marks is played by asciinema to its end', async (t) => {
  const house = new House(t);
  const cast = join(house.home, 'a.cast');
  const share = await house.share(['--record', cast], ['sh', '-c', 'echo BEFORE; read line; echo AFTER; exec sleep 1']);
  await until('the first picture', () => readFileSync(cast, 'utf8').includes('BEFORE'));
  assert.equal((await house.run(['mark', 'in the middle'])).code, 0);
  await until('the mark', () => marksOf(cast).length === 1);
  await share.end();
  const tmux = house.tmux();
  const player = tmux.open('player', { cols: 80, rows: 24 }, `asciinema play -i 0.1 '${cast}'`);
  await player.shows('[ended 0]');
});

test('without a recording a mark is in the log alone, and that is said', async (t) => {
  const house = new House(t);
  const share = await house.share([], ['sleep', '100']);
  const { code, stderr } = await house.run(['mark', 'here']);
  assert.deepEqual([code, stderr], [0, '  marked in the log; nothing is recorded\n']);
  assert.deepEqual(told(house, share), ['here']);
  assert.equal((await house.run(['mark', '--session', 'nothing', 'here'])).code, 4);
});
