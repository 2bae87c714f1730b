/** The log: who typed what and when, chained so that whatever is done to it afterwards is found. */
import assert from 'node:assert/strict';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { verify } from '../../src/ops/chain.js';
import { type KeyScene, keyScene, watchAs } from '../support/acts.js';
import { until } from '../support/house.js';
import { randomFrom } from '../support/typed.js';

const EDITS = 100;

interface Line {
  readonly t: string;
  readonly type: string;
  readonly by?: string;
  readonly bytes?: number;
  readonly text?: string;
  readonly withheld?: boolean;
  readonly participant?: { readonly id: string };
}

const logOf = ({ house, ready }: KeyScene) => join(house.home, '.local/state/lectern/log', `${ready.session}.jsonl`);
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const inputs = (file: string) => linesOf(file).filter(({ type }) => type === 'input');

/** A session in which two of the people type, and that has ended. */
async function typedIn(scene: KeyScene): Promise<string> {
  const { house, tmux, log, pane, ready } = scene;
  const file = logOf(scene);
  const ana = await watchAs(tmux, ready, 'ana');
  pane.type('presenter types');
  await log.has('presenter types');
  assert.equal((await house.run(['grant', 'ana', '--for', '60s'])).code, 0);
  await ana.shows('CONTROL');
  ana.type('ana types');
  await log.has('ana types');
  await until('her keys in the log', () => inputs(file).some(({ by }) => by !== 'presenter'));
  assert.equal((await house.run(['log', 'verify', ready.session])).code, 0, 'whole while the session runs');
  await house.run(['say', 'bye']);
  await house.run(['session', 'stop']);
  await pane.shows('ended');
  return file;
}

test('each input has its author and time, what the presenter typed is counted, and only he can read the log', async (t) => {
  const scene = await keyScene(t, { settings: '[audit]\ninput = "text"\n' });
  const { house } = scene;
  const file = await typedIn(scene);
  const lines = linesOf(file);
  const ana = lines.find(({ type }) => type === 'join')!.participant!.id;
  const of = (author: string) => inputs(file).filter(({ by }) => by === author);
  assert.equal(
    of(ana)
      .map(({ text }) => text)
      .join(''),
    'ana types',
  );
  assert.equal(
    of('presenter').reduce((sum, { bytes }) => sum + bytes!, 0),
    'presenter types'.length,
  );
  assert.ok(of('presenter').every(({ text, withheld }) => text === undefined && withheld === true));
  const order = lines
    .map(({ type, by }) => (type === 'input' ? by : type))
    .filter((one) => one === ana || one === 'presenter' || one === 'grant');
  assert.deepEqual([...new Set(order)], ['presenter', 'grant', ana]);
  assert.ok(lines.every(({ t: time }) => Math.abs(Date.parse(time) - Date.now()) < 60_000));
  assert.equal(lstatSync(file).mode & 0o777, 0o600);
  assert.deepEqual((await house.run(['log', 'verify', file])).code, 0);
});

test('the text of what observers type is left out, unless the settings ask for it, and by them all of it', async (t) => {
  for (const [keep, expected] of [
    ['', [9]],
    ['input = "size"', [9]],
    ['input = "off"', []],
  ] as const) {
    const scene = await keyScene(t, { settings: `[audit]\n${keep}\n` });
    const { house, tmux, log, ready } = scene;
    const ana = await watchAs(tmux, ready, 'ana');
    await house.run(['grant', 'ana', '--for', '60s']);
    await ana.shows('CONTROL');
    ana.type('ana types');
    await log.has('ana types');
    await house.run(['revoke']);
    const file = logOf(scene);
    await until('the end of it', () => linesOf(file).some(({ type }) => type === 'revoke'));
    const found = inputs(file).filter(({ by }) => by !== 'presenter');
    assert.deepEqual(found.length === 0 ? [] : [found.reduce((sum, { bytes }) => sum + bytes!, 0)], expected);
    assert.ok(found.every(({ text }) => text === undefined));
    assert.ok(!readFileSync(file, 'utf8').includes('ana types'));
  }
});

/** What a hand may do to a log; null when it would change nothing. */
function edited(text: string, random: () => number): string | null {
  const lines = text.trimEnd().split('\n');
  const at = Math.floor(random() * lines.length);
  const to = Math.floor(random() * lines.length);
  const kind = Math.floor(random() * 6);
  const line = lines[at]!;
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at, 0, lines[to]!);
  else if (kind === 2) [lines[at], lines[to]] = [lines[to]!, line];
  else if (kind === 3) lines.length = at;
  else {
    const x = Math.floor(random() * line.length);
    const char = String.fromCharCode(33 + Math.floor(random() * 90));
    lines[at] = kind === 4 ? line.slice(0, x) + char + line.slice(x + 1) : line.slice(0, x) + line.slice(x + 1);
  }
  const changed = lines.map((one) => `${one}\n`).join('');
  return changed === text ? null : changed;
}

test(`lectern log verify finds each of ${EDITS} random edits, and says where`, async (t) => {
  const scene = await keyScene(t);
  const { house } = scene;
  const file = await typedIn(scene);
  const text = readFileSync(file, 'utf8');
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`seed ${seed}, ${text.split('\n').length - 1} lines`);
  assert.deepEqual([verify(text).broken, verify(text).ended], [null, true]);
  const random = randomFrom(seed);
  const copy = join(house.home, 'copy.jsonl');
  let found = 0;
  for (let made = 0; made < EDITS; ) {
    const change = edited(text, random);
    if (change === null) continue;
    made++;
    const { broken, ended, lines } = verify(change);
    assert.ok(broken !== null || !ended, `seed ${seed}, edit ${made} was not found`);
    const kept = text.split('\n').findIndex((line, i) => line !== change.split('\n')[i]);
    assert.ok((broken?.line ?? lines + 1) >= kept + 1, 'nothing before the edit is blamed');
    found++;
    // The command itself is started for some: it takes its time.
    if (made % 20 !== 0) continue;
    writeFileSync(copy, change);
    const { code, stderr } = await house.run(['log', 'verify', copy]);
    assert.deepEqual([code, /broken: line \d+|cut off/.test(stderr)], [1, true], stderr);
  }
  t.diagnostic(`${found} of ${EDITS} found`);
  const gone = await house.run(['log', 'verify', join(house.home, 'nothing')]);
  assert.deepEqual([gone.code, /ENOENT/.test(gone.stderr)], [1, true]);
});
