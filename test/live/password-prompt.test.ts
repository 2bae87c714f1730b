/** A line that is read without being shown: the presenter and observers are told, and told when it is over. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';

const SIZE = { cols: 80, rows: 24 };
const WATCH = { cols: 80, rows: 25 };

test('a password prompt is a badge for the presenter and for observers, until it is answered', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const ask = 'read -s -p "Password: " x; echo; echo got it; read -p "Name: " y; echo hello $y; sleep 1000';
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], ['bash', '-c', ask]);
  const observer = tmux.open('observer', WATCH, shellLine(sshWords(ready)));
  await observer.shows('Password:');
  await observer.shows('password prompt');
  await until('the badge in the title', () => pane.tell('#{pane_title}').includes('password prompt'));
  pane.type('swordfish');
  await sleep(300);
  assert.match(observer.text(), /password prompt/);
  pane.keys('Enter');
  await observer.shows('Name:');
  await until('the badge gone', () => !observer.text().includes('password prompt'));
  await until('the title', () => !pane.tell('#{pane_title}').includes('password prompt'));
  assert.ok(!observer.text().includes('swordfish'));
});

test('line editors, which turn off both, and plain reading have no badge', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], ['bash', '--norc', '-i']);
  const observer = tmux.open('observer', WATCH, shellLine(sshWords(ready)));
  await observer.shows('LIVE');
  for (const [command, mark] of [
    ['cat', ''],
    ['vim -u NONE -i NONE -n', '~'],
  ] as const) {
    pane.type(`${command}\n`);
    await observer.shows(mark === '' ? command : mark);
    await sleep(500);
    assert.doesNotMatch(observer.text(), /password prompt/, command);
    if (mark === '') pane.keys('C-d');
  }
  pane.type(':q\n');
  // What is typed while vim ends is thrown away with its terminal settings.
  await until('the prompt', () => /^bash-[\d.]+[$#]$/.test(pane.text().trimEnd().split('\n').at(-1)!.trimEnd()));
  pane.type('python3 -c "import getpass; getpass.getpass()"\n');
  await observer.shows('password prompt');
});

test('keys that are shown are asked nothing about: stty does not run while somebody writes', async (t) => {
  const house = new House(t);
  const asked = join(house.home, 'asked');
  writeFileSync(asked, '');
  writeFileSync(join(house.home, 'stty'), `#!/bin/sh\necho >> ${asked}\nexec /usr/bin/stty "$@"\n`, { mode: 0o755 });
  house.env['PATH'] = `${house.home}:${house.env['PATH']}`;
  const { pane } = await house.present(house.tmux(), SIZE, [], ['sh', '-c', 'echo go; exec cat']);
  await pane.shows('go');
  const questions = () => readFileSync(asked, 'utf8').length;
  await until('the first question', () => questions() > 0);
  await sleep(600);
  const before = questions();
  const words = 'one two three four five six seven';
  for (const [i, key] of [...words].entries()) {
    pane.keys(key === ' ' ? 'Space' : key);
    // Seen before the next: keys that come together are one write, and their echo may be two.
    await until(`the ${i}th key`, () =>
      pane
        .text()
        .trimEnd()
        .endsWith(words.slice(0, i + 1).trimEnd()),
    );
    await sleep(40);
  }
  assert.ok(questions() - before <= 3, `${questions() - before} questions for ${words.length} keys`);
  pane.keys('Enter');
  await until('a question after a line', () => questions() > before);
});
