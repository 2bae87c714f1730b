/** How keys are spelled for who has control, and leases that go on: what the terminal is told, and what it is told after. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Emulator } from '../../src/presenter/emulator.js';
import { KeyLog, keyScene, logged, present, watchAs } from '../support/acts.js';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';

const ESC = '\x1b';
/** A lease that is prolonged before it ends, in ms. */
const SHORT_MS = 3000;

test('the emulator follows kitty\u2019s stack on both screens, and modifyOtherKeys', () => {
  const emulator = new Emulator({ cols: 20, rows: 5 });
  const after = (text: string) => {
    emulator.feed(Buffer.from(text));
    return [emulator.modes.kitty, emulator.modes.otherKeys];
  };
  assert.deepEqual(after(''), [0, 0]);
  assert.deepEqual(after(`${ESC}[>1u`), [1, 0]);
  assert.deepEqual(after(`${ESC}[>5u${ESC}[=2;2u`), [7, 0]);
  assert.deepEqual(after(`${ESC}[=1;3u`), [6, 0]);
  assert.deepEqual(after(`${ESC}[?1049h`), [0, 0], 'the other screen has a stack of its own');
  assert.deepEqual(after(`${ESC}[>3u${ESC}[>4;2m`), [3, 2]);
  assert.deepEqual(after(`${ESC}[?1049l`), [6, 2]);
  assert.deepEqual(after(`${ESC}[<u`), [1, 2]);
  assert.deepEqual(after(`${ESC}[<9u${ESC}[>4m`), [0, 0], 'more than there are is all');
  assert.deepEqual(after(`${ESC}[>${'9'.repeat(30)}u${ESC}c`), [0, 0]);
});

test('kitty\u2019s keyboard and modifyOtherKeys are those of the program in control, and undone after; C-\\ . works in them', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const log = new KeyLog(house, 'keys', `${ESC}[>5u${ESC}[>4;2m`);
  const { pane, ready } = await present(house, tmux, [], log.command);
  await pane.shows('KEYLOG');
  const script = join(house.home, 'typescript');
  const words = sshWords(ready, ['-o', 'SetEnv=LECTERN_NAME=ana']);
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, shellLine(['script', '-qefc', shellLine(words), script]));
  await ana.shows('LIVE');
  const sent = () => readFileSync(script, 'latin1');
  assert.ok(!sent().includes(`${ESC}[>5u`), 'not before he has control');
  const lend = async () => {
    assert.equal((await house.run(['grant', 'ana', '--for', '60s'])).code, 0);
    await ana.shows('CONTROL');
  };
  await lend();
  await until('the modes in his terminal', () => sent().includes(`${ESC}[>5u`) && sent().includes(`${ESC}[>4;2m`));
  ana.type(`${ESC}[97;5u${ESC}[27;5;92~${ESC}[92;5u`);
  await log.has(`${ESC}[97;5u`);
  assert.ok(!log.text().includes('92;5u\x1b[92'), 'the prefix twice is the prefix once');
  ana.type('x');
  await log.has('x');
  const before = log.text();
  ana.type(`${ESC}[92;5u`);
  await sleep(50);
  ana.type('.after');
  await ana.shows('LIVE');
  await until('the modes to be undone', () => sent().includes(`${ESC}[<1u`) && sent().includes(`${ESC}[>4;0m`));
  await sleep(200);
  assert.equal(log.text(), before);
  await lend();
  ana.keys('C-\\');
  await ana.shows('every key goes to the program');
  ana.keys('C-\\', '.');
  await ana.shows('LIVE');
});

test('a lease is prolonged for who has it, and the presenter may type along when the settings say so', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t, { settings: '[control]\npreempt = false\n' });
  const ana = await watchAs(tmux, ready, 'ana');
  // Over the socket: a command may take as long as this lease when the machine is busy.
  await house.ask((session) => session.grant('ana', SHORT_MS, 'full'));
  await house.ask((session) => session.grant('ana', 90_000, 'full'));
  await ana.shows(/CONTROL 01:[23]/);
  pane.type('both');
  await log.has('both');
  await sleep(SHORT_MS);
  ana.type('still');
  await log.has('still');
  await ana.shows('CONTROL 01:');
  const steps = logged(house, ready).filter(({ type }) => ['grant', 'expire', 'revoke', 'preempt'].includes(type));
  const told = steps as unknown as { type: string; extended?: boolean }[];
  assert.deepEqual(
    told.map(({ type, extended }) => [type, extended]),
    [
      ['grant', undefined],
      ['grant', true],
    ],
  );
  await ana.shows('CONTROL');
  const bo = await watchAs(tmux, ready, 'bo');
  assert.match(bo.text(), /ana has control/);
  ana.type('x');
  await bo.shows('ana has control 01:');
  await bo.shows(', typing');
  await until('her rest', () => !bo.text().includes('typing'));
});

test('what is typed at a password prompt is not in the log, and what is typed before and after it is', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const config = join(house.home, 'config.toml');
  writeFileSync(config, '[audit]\ninput = "text"\n');
  const { pane, ready } = await present(house, tmux, ['--config', config], ['bash', '--norc', '-i']);
  const ana = await watchAs(tmux, ready, 'ana');
  await house.run(['grant', 'ana', '--for', '60s']);
  await ana.shows('CONTROL');
  const inputs = () =>
    logged(house, ready).filter(({ type }) => type === 'input') as unknown as readonly {
      by: string;
      text?: string;
      withheld?: boolean;
    }[];
  const text = () =>
    inputs()
      .map((input) => input.text ?? '')
      .join('');
  ana.type('echo BEFORE\r');
  await pane.shows(/^BEFORE/m);
  await until('it in the log', () => text().includes('echo BEFORE'));
  ana.type('read -s secret; echo READ\r');
  await ana.shows('password prompt');
  ana.type('hunter2hunter2\r');
  await pane.shows(/^READ/m);
  await until('the prompt gone', () => !ana.text().includes('password prompt'));
  ana.type('echo AFTER\r');
  await pane.shows(/^AFTER/m);
  await until('that in the log', () => text().includes('echo AFTER'));
  assert.ok(!text().includes('hunter2'), 'the password');
  assert.ok(inputs().some(({ by, withheld }) => by !== 'presenter' && withheld === true));
});
