/** A line that is read without being shown: the presenter and observers are told, and told when it is over. */
import assert from 'node:assert/strict';
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
