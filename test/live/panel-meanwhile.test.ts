/** What happens behind the panel: output, floods, resizes, the end of the program. A twin without a panel shows what is right. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { House, type Pane } from '../support/house.js';
import { untilSame } from '../support/patience.js';
import { closePanel, type Look, lookAt, looksAs, openPanel, same, still, twins } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };
const BASH = ['bash', '--norc', '-c', `seq 30; PS1='> ' exec bash --norc`];
/** Long enough for the panel to be opened and closed in it. */
const SLOW = `for i in $(seq 150); do printf '%s \\033[3%sm%s\\033[m\\n' $i $((i%8)) "line $i"; sleep 0.01; done; echo done`;
/** More than is kept while the panel is open. */
const FLOOD = 'seq 1 2000000; echo done';

/** Of a flood only the end comes to the terminal afterwards: there is less in its scrollback. */
function withoutHistory(pane: Pane): Look {
  const { picture, modes } = lookAt(pane);
  return { picture, modes: modes.replace(/history_size=\d+/, '') };
}

/** Most of their time they wait for terminals to come to rest: two at once take hardly longer than one. */
suite('behind the panel', { concurrency: 2 }, () => {
  for (const [what, command] of [
    ['lines that go by', SLOW],
    ['a flood', FLOOD],
  ] as const) {
    test(`${what} behind the panel: in the end the terminal shows what it would have`, async (t) => {
      const { panelled, plain } = await twins(new House(t).tmux(), SIZE, BASH, '30\n>');
      for (const pane of [panelled, plain]) {
        pane.type(command);
        pane.keys('Enter');
      }
      await openPanel(panelled);
      await plain.shows('done\n>');
      await closePanel(panelled);
      await panelled.shows('done\n>');
      await untilSame('in the end', () => same(withoutHistory(plain), withoutHistory(panelled)));
      for (const pane of [panelled, plain]) pane.type('echo on');
      for (const pane of [panelled, plain]) await pane.shows('echo on');
      await untilSame('and the line after it', () => same(withoutHistory(plain), withoutHistory(panelled)));
    });
  }

  test('lines that go by behind the panel are all in the scrollback afterwards', async (t) => {
    const house = new House(t);
    const go = join(house.home, 'go');
    const { panelled, plain } = await twins(house.tmux(), SIZE, BASH, '30\n>');
    await openPanel(panelled);
    await closePanel(panelled);
    for (const pane of [panelled, plain]) {
      pane.type(`until [ -e ${go} ]; do sleep 0.1; done; seq 1000 1300`);
      pane.keys('Enter');
    }
    await openPanel(panelled);
    writeFileSync(go, '');
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
    test(`the window gets another size while the panel is over ${what}`, async (t) => {
      const { panelled, plain } = await twins(new House(t).tmux(), SIZE, command, ready);
      if (what === 'htop') for (const pane of [panelled, plain]) pane.keys('Z');
      for (const [cols, rows] of [
        [100, 30],
        [60, 14],
        [80, 24],
      ] as const) {
        await openPanel(panelled);
        for (const pane of [panelled, plain]) pane.resize(cols, rows);
        // The program behind it draws, and then the picture is drawn again.
        await still(panelled);
        await panelled.shows(/lectern · demo/);
        await closePanel(panelled);
        if (what === 'htop') assert.match((await still(panelled)).picture.lines.at(-1)!.join(''), /F.*1.*H/);
        else await looksAs(() => lookAt(plain), panelled, `at ${cols}x${rows}`);
      }
    });
  }

  test('a program that leaves its full screen behind the panel: the shell stands as it would have', async (t) => {
    const house = new House(t);
    const file = join(house.home, 'slow-vim');
    const go = join(house.home, 'go');
    const look = `call timer_start(100, {-> execute(filereadable("${go}") ? "qa!" : "")}, {"repeat": -1})`;
    writeFileSync(file, `seq 30\nvim -u NONE -N -n -c 'r !seq 50' -c '${look}'\nprintf 'after> '\nexec cat\n`);
    const { panelled, plain } = await twins(house.tmux(), SIZE, ['sh', file], '50 more lines');
    await openPanel(panelled);
    writeFileSync(go, '');
    await plain.shows('after>');
    await closePanel(panelled);
    await panelled.shows('after>');
    await looksAs(() => lookAt(plain), panelled, 'after vim');
  });

  test('a program that ends behind the panel takes it along: its last words stand there, and its exit code', async (t) => {
    const house = new House(t);
    const go = join(house.home, 'go');
    const program = ['sh', '-c', `seq 40; until [ -e ${go} ]; do sleep 0.1; done; echo last; exit 7`];
    const { panelled, plain } = await twins(house.tmux(), SIZE, program, '40');
    await openPanel(panelled);
    writeFileSync(go, '');
    await plain.shows('[ended 7]');
    await panelled.shows('[ended 7]');
    await looksAs(() => lookAt(plain), panelled, 'after the end');
  });
});
