/** Control of real programs through OpenSSH: keys as the program would have had them at its own terminal, paste, mouse. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KeyLog, present, watch } from '../support/acts.js';
import { House, type Pane, type Presented, shellLine, type Tmux, until } from '../support/house.js';

const ESC = '\x1b';
const MODIFIERS = ['', 'S-', 'C-', 'M-', 'C-M-S-'];
const NAMED = ['Up', 'Down', 'Left', 'Right', 'Home', 'End', 'PPage', 'NPage', 'IC', 'DC'];
const FUNCTION = Array.from({ length: 12 }, (_, i) => `F${i + 1}`);
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
/** tmux's names of keys: with and without modifiers, control characters, those of the keypad. */
const KEYS: readonly string[] = [
  ...[...NAMED, ...FUNCTION].flatMap((key) => MODIFIERS.map((modifier) => modifier + key)),
  ...LETTERS.map((letter) => `C-${letter}`),
  ...LETTERS.map((letter) => `M-${letter}`),
  ...['Tab', 'BTab', 'BSpace', 'Enter', 'Space', 'C-Space', 'C-]', 'C-^', 'C-_', 'M-Escape', 'é', '漢', '🙂'],
  ...['C-Enter', 'C-Tab', 'S-Space', 'C-1', 'C-;', 'C-M-x', 'C-S-a'],
  ...['KP0', 'KP5', 'KP9', 'KPEnter', 'KP+', 'KP-', 'KP*', 'KP/', 'KP.'],
];

interface Scene extends Presented {
  readonly tmux: Tmux;
  readonly ana: Pane;
}

/** Somebody has control of what runs. */
async function inControl(house: House, command: readonly string[], shows: string): Promise<Scene> {
  const tmux = house.tmux();
  const shown = await present(house, tmux, [], command);
  await shown.pane.shows(shows);
  const ana = await watch(tmux, shown.ready, 'ana');
  assert.equal((await house.run(['grant', 'guest', '--for', '90s'])).code, 0);
  await ana.shows('CONTROL');
  return { ...shown, tmux, ana };
}

for (const [what, modes] of [
  ['as it starts', ''],
  ['in application mode', `${ESC}[?1h${ESC}=`],
  ['with extended keys', `${ESC}[>4;2m`],
] as const) {
  test(`each of ${KEYS.length} keys of a terminal ${what} reaches the program as if it were its own terminal`, async (t) => {
    const house = new House(t);
    const log = new KeyLog(house, 'lent', modes);
    const { tmux, ana } = await inControl(house, log.command, 'KEYLOG');
    tmux.call('set', '-s', 'extended-keys', 'on');
    const own = new KeyLog(house, 'own', modes);
    const direct = tmux.open('direct', { cols: 80, rows: 25 }, shellLine(own.command));
    await direct.shows('KEYLOG');
    const flags = (pane: Pane) => pane.tell('#{keypad_cursor_flag}#{keypad_flag}');
    await until('the same modes', () => flags(ana) === flags(direct));
    assert.equal(flags(direct), modes.includes('?1h') ? '11' : '00');
    for (const key of KEYS) {
      for (const pane of [ana, direct]) pane.keys(key);
    }
    for (const pane of [ana, direct]) pane.type('END');
    for (const one of [own, log]) await one.has('END');
    assert.equal(JSON.stringify(log.text()), JSON.stringify(own.text()));
    assert.ok(own.text().length > KEYS.length);
    t.diagnostic(`${KEYS.length} keys, ${own.text().length} bytes`);
  });
}

/** Lines of all kinds of characters, `bytes` long or a little more. */
function longText(bytes: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes; ) {
    const i = lines.length;
    const line = `${i}\tif (a[${i}] != "é漢🙂") { b\\n$x; } // ${'-'.repeat(i % 70)}`;
    lines.push(line);
    length += Buffer.byteLength(line) + 1;
  }
  return `${lines.join('\n')}\n`;
}

test('a bracketed paste of 100 KB into vim is in its file as it was, byte by byte', async (t) => {
  const house = new House(t);
  const file = join(house.home, 'pasted');
  const vim = [
    'env',
    'TERM=xterm-256color',
    'vim',
    '-u',
    'NONE',
    '-N',
    '-n',
    '-c',
    'set autoindent textwidth=20',
    file,
  ];
  const { tmux, ana, pane } = await inControl(house, vim, '[New]');
  ana.type('i');
  await pane.shows('-- INSERT --');
  const text = longText(100_000);
  const source = join(house.home, 'source');
  writeFileSync(source, text);
  tmux.call('load-buffer', source);
  tmux.call('paste-buffer', '-p', '-r', '-t', 'ana');
  await pane.shows(/textwidth|1\d{3}\t|-- INSERT --/);
  ana.type('LAST');
  await pane.shows('LAST');
  ana.keys('Escape');
  ana.type(':wq\r');
  await pane.shows('[ended 0]');
  assert.equal(readFileSync(file, 'utf8'), `${text}LAST\n`);
  t.diagnostic(`${Buffer.byteLength(text)} bytes`);
});

test('clicks in mc: one chooses a file, one on the row of keys ends it', async (t) => {
  const house = new House(t);
  const folder = join(house.home, 'files');
  mkdirSync(folder);
  for (const name of ['alpha', 'beta', 'gamma', 'delta']) writeFileSync(join(folder, name), name);
  const mc = ['env', 'TERM=xterm-256color', 'mc', '--nosubshell', folder, folder];
  const { ana, pane } = await inControl(house, mc, '10Quit');
  await until('the mouse in her terminal', () => ana.tell('#{mouse_any_flag}') === '1');
  await ana.shows('10Quit');
  const click = (what: string) => {
    const lines = ana.text().split('\n');
    const y = lines.findIndex((line) => line.includes(what));
    const x = lines[y]!.indexOf(what);
    for (const last of 'Mm') ana.type(`${ESC}[<0;${x + 2};${y + 1}${last}`);
  };
  // What is chosen is named once more, below the list.
  const named = (text: string, name: string) => text.split(name).length - 1;
  const before = named(pane.text(), 'gamma');
  assert.equal(before, 2, 'once in each list');
  click('gamma');
  await until('gamma to be chosen', () => named(pane.text(), 'gamma') === before + 1);
  click('10Quit');
  await pane.shows('[ended 0]');
  await ana.shows('[ended');
  assert.equal(ana.tell('#{mouse_any_flag}'), '0');
});
