/** Pause: observers see that, and nothing else, however the picture changes meanwhile. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyScene, logged, present, processIn, watchAs } from '../support/acts.js';
import { House, type Pane, shellLine, sleep, sshWords, until } from '../support/house.js';
import { sameAs } from '../support/watching.js';

const SIZE = { cols: 80, rows: 25 };

test('while it is paused nothing of the picture leaves by any way; afterwards the right one is there', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const cast = join(house.home, 'out.cast');
  const { pane, ready } = await present(house, tmux, ['--record', cast], ['bash', '--norc', '-i']);
  const script = join(house.home, 'typescript');
  const ana = tmux.open('ana', SIZE, shellLine(['script', '-qefc', shellLine(sshWords(ready)), script]));
  await ana.shows('LIVE');
  pane.type("printf '\\033]2;BEFORE-TITLE\\007'; echo before; PS1='> '; clear");
  pane.keys('Enter');
  await until('the title', () => ana.tell('#{pane_title}').includes('BEFORE-TITLE'));
  pane.keys('C-\\', 'p');
  await ana.shows('AWAY  presenter paused (00:0');
  await until('it in the presenter\u2019s title', () => /paused/.test(pane.tell('#{pane_title}')));
  const during = () => readFileSync(script, 'utf8').length;
  const from = during();
  pane.type('echo UNSEEN-$((40+2)); printf "\\033]2;UNSEEN-TITLE\\007"');
  pane.keys('Enter');
  await pane.shows('UNSEEN-42');
  const late = tmux.open('late', SIZE, shellLine(sshWords(ready)));
  await late.shows('presenter paused');
  const [file, ...words] = sshWords(ready);
  const text = await house.tool(file!, [...words, 'text']);
  assert.deepEqual(
    [text.code, text.stdout],
    [0, 'lectern: the presenter has paused; nothing is shown until it goes on.\n'],
  );
  ana.keys('f', 'C-l', 'Up', '?', 'w', 'G');
  ana.resize(100, 30);
  await ana.shows(/00:(?:0[3-9]|[1-5])/);
  process.kill(processIn(pane, /session.edge\.js/), 'SIGKILL');
  const come = `until ${shellLine(sshWords(ready))}; do sleep 0.3; done`;
  await tmux.open('again', SIZE, come).shows('presenter paused');
  const sent = readFileSync(script, 'utf8').slice(from);
  assert.ok(!/UNSEEN/.test(sent), 'nothing of it was sent');
  assert.ok(!/UNSEEN/.test(readFileSync(cast, 'utf8')), 'nor recorded');
  assert.doesNotMatch(late.tell('#{pane_title}'), /TITLE/);
  const refused = await house.run(['grant', 'guest', '--for', '5s']);
  assert.deepEqual([refused.code, /paused/.test(refused.stderr)], [1, true], refused.stderr);

  assert.equal((await house.run(['resume'])).code, 0);
  const back = await watchAs(tmux, ready, 'back', 'UNSEEN-42');
  await sameAs(pane, [back], 'after it', { rows: 24 });
  assert.match((await house.run(['resume'])).stderr, /not paused/);
  const told = logged(house, ready).filter(({ type }) => type === 'pause' || type === 'resume');
  assert.deepEqual(
    told.map(({ type }) => type),
    ['pause', 'resume'],
  );
});

test('the same observer sees the picture again, and may chat meanwhile', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], ['sh', '-c', 'clear; seq 1000 1010; exec cat']);
  await pane.shows('1010');
  const [ana, bo] = [
    await watchAs(tmux, ready, 'ana'),
    await watchAs(tmux, ready, 'bo', 'LIVE', { cols: 60, rows: 12 }),
  ];
  assert.equal((await house.run(['pause'])).code, 0);
  for (const one of [ana, bo]) {
    await one.shows('presenter paused');
    await until('nothing of the picture', () => !one.text().includes('1005'));
  }
  ana.keys('c');
  await ana.shows('say:');
  ana.type('are you there');
  ana.keys('Enter');
  await until('the question', () => /are you there/.test(pane.tell('#{pane_title}')));
  pane.type('1011');
  pane.keys('C-\\', 'p');
  await ana.shows('1011');
  await bo.shows('1011');
  await sameAs(pane, [ana], 'after it', { rows: 24 });
});

test('who has control loses it when the presenter pauses: nobody types blindly', async (t) => {
  const { house, tmux, log, ready } = await keyScene(t);
  const ana = await watchAs(tmux, ready, 'ana');
  await house.run(['grant', 'ana', '--for', '60s']);
  await ana.shows('CONTROL');
  ana.type('a');
  await log.has('a');
  await house.run(['pause']);
  await ana.shows('presenter paused');
  ana.type('blind');
  await sleep(300);
  assert.equal(log.text(), 'a');
});

/** A program of that name which prints `text`. */
function programs(house: House, name: string, lines: readonly string[]): string {
  const bin = join(house.home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${lines.join('\n')}\n`);
  chmodSync(join(bin, name), 0o755);
  return bin;
}

test('a program of the list brings the pause with its first output, also behind another; it stays until resumed', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const config = join(house.home, 'config.toml');
  writeFileSync(config, '[pause]\nprograms = ["vault", "pass"]\n');
  const bin = programs(house, 'vault', ['echo "the key is MINE"', 'sleep 1']);
  const { pane, ready } = await present(house, tmux, ['--config', config], ['bash', '--norc', '-i']);
  const script = join(house.home, 'typescript');
  const ana = tmux.open('ana', SIZE, shellLine(['script', '-qefc', shellLine(sshWords(ready)), script]));
  await ana.shows('LIVE');
  const typed = async (line: string, seen: Pane, what: string) => {
    pane.type(line);
    pane.keys('Enter');
    await seen.shows(what);
  };
  await typed(`PATH=${bin}:$PATH; clear; echo shown`, ana, 'shown');
  await typed('vault read secret/key', ana, 'presenter paused');
  await pane.shows('the key is MINE');
  await sleep(1300);
  assert.match(ana.text(), /paused/, 'the secret still stands on the screen');
  assert.ok(!readFileSync(script, 'utf8').includes('MINE'), 'nothing that it printed was sent');
  pane.type('clear');
  pane.keys('Enter');
  await until('an empty screen', () => !pane.text().includes('MINE'));
  await house.run(['resume']);
  await typed('echo shown again', ana, 'shown again');
  await typed('env A=1 sh -c "vault read x | cat"', ana, 'presenter paused');
  const told = logged(house, ready).filter(({ type }) => type === 'pause') as unknown as { program?: string }[];
  assert.deepEqual(
    told.map(({ program }) => program),
    ['vault', 'vault'],
  );
  assert.ok(!readFileSync(script, 'utf8').includes('MINE'));
});
