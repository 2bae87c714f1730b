/** What happens behind the panel: output, floods, resizes, the end of the program. A twin without a panel shows what is right. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, sleep } from '../support/house.js';
import { closePanel, lookAt, looksAs, openPanel, same, still, twins } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };
const BASH = ['bash', '--norc', '-c', `seq 30; PS1='> ' exec bash --norc`];
/** Long enough for the panel to be opened and closed in it. */
const SLOW = `for i in $(seq 400); do printf '%s \\033[3%sm%s\\033[m\\n' $i $((i%8)) "line $i"; sleep 0.01; done; echo done`;
/** More than is kept while the panel is open. */
const FLOOD = 'seq 1 2000000; echo done';

for (const [what, command] of [
  ['lines that go by', SLOW],
  ['a flood', FLOOD],
] as const) {
  test(`${what} behind the panel: in the end the terminal shows what it would have`, { timeout: 90_000 }, async (t) => {
    const { panelled, plain } = await twins(new House(t).tmux(), SIZE, BASH, '30\n>');
    for (const pane of [panelled, plain]) {
      pane.type(command);
      pane.keys('Enter');
    }
    await openPanel(panelled);
    await plain.shows('done\n>');
    await sleep(300);
    await closePanel(panelled);
    await panelled.shows('done\n>');
    const ending = (look: ReturnType<typeof lookAt>) => ({
      ...look,
      modes: look.modes.replace(/history_size=\d+/, ''),
    });
    assert.equal(same(ending(await still(plain)), ending(await still(panelled))), '');
    for (const pane of [panelled, plain]) pane.type('echo on');
    await looksAs(() => lookAt(plain), panelled, 'and the line after it').catch((error: Error) => {
      if (!/history_size/.test(error.message)) throw error;
    });
  });
}

test('lines that go by behind the panel are all in the scrollback afterwards', { timeout: 60_000 }, async (t) => {
  const { panelled, plain } = await twins(new House(t).tmux(), SIZE, BASH, '30\n>');
  await openPanel(panelled);
  await closePanel(panelled);
  for (const pane of [panelled, plain]) {
    pane.type('sleep 1; seq 1000 1300');
    pane.keys('Enter');
  }
  await openPanel(panelled);
  await plain.shows('1300');
  await closePanel(panelled);
  await panelled.shows('1300');
  await looksAs(() => lookAt(plain), panelled, 'with the size of the history');
});

for (const [what, command, ready] of [
  ['a shell', BASH, '30\n>'],
  ['vim', ['vim', '-u', 'NONE', '-N', '-n', '-c', 'set number | r !seq 100'], '100 more lines'],
  ['htop', ['htop', '--delay=100'], 'F1Help'],
  ['less', ['sh', '-c', 'seq 500 | less'], '23\n:'],
  ['mc', ['mc', '--nosubshell', '/usr/share', '/usr/share'], '10Quit'],
] as const) {
  test(`the window gets another size while the panel is over ${what}`, { timeout: 90_000 }, async (t) => {
    const { panelled, plain } = await twins(new House(t).tmux(), SIZE, command, ready);
    if (what === 'htop') for (const pane of [panelled, plain]) pane.keys('Z');
    for (const [cols, rows] of [
      [100, 30],
      [60, 14],
      [80, 24],
    ] as const) {
      await openPanel(panelled);
      for (const pane of [panelled, plain]) pane.resize(cols, rows);
      await sleep(700);
      assert.match(panelled.text(), /lectern · demo/, 'the panel is still there');
      await closePanel(panelled);
      if (what === 'htop') assert.match((await still(panelled)).picture.lines.at(-1)!.join(''), /F.*1.*H/);
      else await looksAs(() => lookAt(plain), panelled, `at ${cols}x${rows}`);
    }
  });
}

test('a program that leaves its full screen behind the panel: the shell stands as it would have', {
  timeout: 60_000,
}, async (t) => {
  const house = new House(t);
  const file = join(house.home, 'slow-vim');
  writeFileSync(
    file,
    `seq 30\nvim -u NONE -N -n -c 'r !seq 50' -c 'call timer_start(6000, {-> execute("qa!")})'\nprintf 'after> '\nexec cat\n`,
  );
  const { panelled, plain } = await twins(house.tmux(), SIZE, ['sh', file], '50 more lines');
  await openPanel(panelled);
  await plain.shows('after>');
  await closePanel(panelled);
  await panelled.shows('after>');
  await looksAs(() => lookAt(plain), panelled, 'after vim');
});

test('a program that ends behind the panel takes it along: its last words stand there, and its exit code', {
  timeout: 60_000,
}, async (t) => {
  const { panelled, plain } = await twins(
    new House(t).tmux(),
    SIZE,
    ['sh', '-c', 'seq 40; sleep 4; echo last; exit 7'],
    '40',
  );
  await openPanel(panelled);
  await plain.shows('[ended 7]');
  await panelled.shows('[ended 7]');
  await looksAs(() => lookAt(plain), panelled, 'after the end');
});
