/** How the presenter is told of what happens: each way by itself, with the real programs, and no cell of his screen touched. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BIN, House, type Pane, type Ready, shellLine, sleep, sshWords, type Tmux, until } from '../support/house.js';
import { same, still } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };
const OFF = { title: false, bell: false, tmux: false, screen: false, terminal: false, desktop: false };
const PROGRAM = ['sh', '-c', 'seq 12; exec cat'];
/** What a command in a name would make: names are short. */
const OWNED = `/tmp/lx${process.pid}`;

const without = (tool: string): { skip: string | false } => ({
  skip: spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0 ? false : `${tool} is not installed`,
});

interface Told {
  readonly house: House;
  readonly tmux: Tmux;
  readonly pane: Pane;
  readonly ready: Ready;
  /** Every byte that the presenter's terminal was sent. */
  bytes(): string;
}

/** A presenter who is told in one way only. @param others settings before those of notices */
async function toldBy(
  house: House,
  way: Partial<typeof OFF>,
  around: readonly string[] = [],
  others = '',
): Promise<Told> {
  const settings = Object.entries({ ...OFF, ...way }).map(([name, on]) => `${name} = ${on}\n`);
  const config = join(house.home, 'config.toml');
  writeFileSync(config, `${others}[notice]\n${settings.join('')}`);
  const tmux = house.tmux();
  const lectern = [process.execPath, BIN, '--listen', '127.0.0.1:0', '--config', config, '--', ...PROGRAM];
  const pane = tmux.open('presenter', SIZE, shellLine([...around, ...lectern]));
  const sent = join(house.home, 'sent');
  tmux.call('pipe-pane', '-t', 'presenter', `cat > '${sent}'`);
  await pane.shows('12\n');
  const bytes = () => (existsSync(sent) ? readFileSync(sent, 'utf8') : '');
  // They are written down a moment after they are shown.
  await until('what was printed among the bytes', () => bytes().includes('12'));
  return { house, tmux, pane, ready: await house.ready(), bytes };
}

/** Somebody of that name asks for control. */
async function asks({ tmux, ready }: Told, name = 'ana'): Promise<Pane> {
  const words = sshWords(ready, ['-o', `SetEnv=LECTERN_NAME=${name}`]);
  const pane = tmux.open('observer', SIZE, shellLine(words));
  await pane.shows('LIVE');
  pane.keys('r');
  await pane.shows('asked for control');
  return pane;
}

for (const [way, sequence] of [
  ['title', /\x1b\]2;lectern: ana asks for control[^\x07\x1b]*\x1b\\/],
  ['bell', /\x07/],
  ['terminal', /\x1b\]9;lectern: ana asks for control[^\x07\x1b]*\x07/],
] as const) {
  test(`notice.${way} is one sequence to the terminal and nothing else, and touches no cell`, async (t) => {
    const told = await toldBy(new House(t), { [way]: true });
    const before = await still(told.pane);
    const sent = told.bytes().length;
    await asks(told);
    await until('the notice', () => sequence.test(told.bytes().slice(sent)));
    assert.equal(same(before, await still(told.pane)), '');
    const rest = told.bytes().slice(sent);
    // The title goes on to tell who watches.
    const other = rest.replace(sequence, '').replace(/(?:\x1b\[22;0t)?\x1b\]2;[^\x1b]*\x1b\\/g, '');
    assert.equal(other, '');
    assert.equal(/\x1b\]2;/.test(rest), way === 'title');
  });
}

test('what the presenter can do is told by his own prefix and times', async (t) => {
  const settings = 'prefix = "C-]"\n[control]\ndefault_for = "5m"\npreempt = false\n';
  const told = await toldBy(new House(t), { title: true }, [], settings);
  await told.pane.shows('C-] opens the panel');
  await asks(told);
  const title = (): string => told.pane.tell('#{pane_title}');
  await until('the request', () => title().endsWith('ana asks for control: C-] g gives it for 5 min'), title);
  told.pane.keys('C-]', 'g');
  await until('what giving it means', () => title().endsWith('C-] x takes it back'), title);
  told.pane.keys('C-]', '?');
  await told.pane.shows('after C-] without the panel');
  await told.pane.shows('C-] twice sends one C-] to the program');
});

test('where there are no hotkeys, commands are told instead', async (t) => {
  const told = await toldBy(new House(t), { title: true }, [], 'prefix = "none"\n');
  assert.doesNotMatch(told.pane.text(), /opens the panel/);
  await asks(told);
  const title = (): string => told.pane.tell('#{pane_title}');
  await until('the request', () => title().endsWith('ana asks for control: lectern grant gives it'), title);
});

test('with all of them off nothing is said', async (t) => {
  const told = await toldBy(new House(t), {});
  const sent = told.bytes().length;
  await asks(told);
  await sleep(1000);
  assert.equal(told.bytes().slice(sent), '');
});

test('the title is given back at the end', async (t) => {
  const told = await toldBy(new House(t), { title: true });
  await asks(told);
  await until('the notice in the title', () => /ana asks/.test(told.pane.tell('#{pane_title}')));
  await told.house.run(['session', 'stop']);
  await told.pane.shows('[ended');
  const times = (sequence: string) => told.bytes().split(sequence).length - 1;
  await until('the last of the bytes', () => told.bytes().includes('[ended'));
  assert.deepEqual([times('\x1b[22;0t'), times('\x1b[23;0t')], [1, 1]);
});

/** A tmux in the pane, whose own status line is seen in it: the presenter is in a pane of that one. */
const inTmux = (home: string) => [...['env', '-u', 'TMUX', 'tmux', '-S', join(home, 'inner.sock'), '-f', '/dev/null']];

test('notice.tmux is a message of tmux, in which no command of a name is run', async (t) => {
  const house = new House(t);
  const socket = join(house.home, 'inner.sock');
  const inner = (...args: string[]) => spawnSync('tmux', ['-S', socket, ...args], { env: house.env, encoding: 'utf8' });
  house.after(() => void inner('kill-server'));
  house.after(() => rmSync(OWNED, { force: true }));
  const told = await toldBy(house, { tmux: true }, [...inTmux(house.home), 'new-session']);
  const shown = () => inner('capture-pane', '-peN').stdout;
  const before = shown();
  await asks(told, `#(>${OWNED})%H#{pid}`);
  const line = (await told.pane.shows(/lectern: .* asks for control/)).trimEnd().split('\n').at(-1)!;
  assert.match(line, /^lectern: \(>[\w/]+\)H\{pid\} asks/, 'in the status line');
  assert.equal(shown(), before, 'the pane is what it was');
  await until('the status line again', () => !/lectern:/.test(told.pane.text().trimEnd().split('\n').at(-1)!));
  assert.equal(existsSync(OWNED), false);
});

test(
  'notice.screen is a message of GNU screen, in which nothing of a name is expanded',
  without('screen'),
  async (t) => {
    const house = new House(t);
    const folder = join(house.home, 'screens');
    mkdirSync(folder, { mode: 0o700 });
    const rc = join(house.home, 'screenrc');
    writeFileSync(rc, 'startup_message off\nmsgwait 2\nautodetach off\n');
    const around = ['env', '-u', 'TMUX', '-u', 'TMUX_PANE', `SCREENDIR=${folder}`, 'screen', '-c', rc];
    const told = await toldBy(house, { screen: true, title: true, bell: true }, around);
    const before = await still(told.pane);
    await asks(told, `a$HOME^Gb`);
    const line = (await told.pane.shows(/lectern: .* asks for control/)).trimEnd().split('\n').at(-1)!;
    assert.match(line, /^lectern: aHOMEGb asks for control/);
    await until('the row again', () => !/lectern:/.test(told.pane.text()));
    assert.equal(same(before, await still(told.pane)), '');
  },
);

test('notice.desktop calls notify-send with the words as one argument', async (t) => {
  const house = new House(t);
  const folder = join(house.home, 'bin');
  mkdirSync(folder);
  const log = join(house.home, 'notified');
  // A desktop there is not: what it would be told is written down.
  writeFileSync(
    join(folder, 'notify-send'),
    `#!/bin/sh\nfor word; do printf '%s\\n' "$word"; done > '${log}.new'\nmv '${log}.new' '${log}'\n`,
    {
      mode: 0o755,
    },
  );
  const told = await toldBy(house, { desktop: true }, ['env', `PATH=${folder}:${house.env['PATH']}`]);
  const before = await still(told.pane);
  await asks(told, '-u;x$(id)');
  const words = await until('the call', () => existsSync(log) && readFileSync(log, 'utf8').trimEnd().split('\n'));
  assert.deepEqual(words.slice(0, 2), ['--app-name=lectern', '--']);
  assert.match(words[2]!, /^lectern: -u;x\$\(id\) asks for control/);
  assert.equal(words.length, 3, 'no body, which could be taken for markup');
  assert.equal(same(before, await still(told.pane)), '');
});
