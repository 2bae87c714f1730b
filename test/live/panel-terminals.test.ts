/** The panel on terminals of many names and sizes, in locales without UTF-8, and beside tmux's own environment. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { House, type Pane } from '../support/house.js';
import { closePanel, openPanel, same, sharedPane, still } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };
/** It says so when it has drawn: the command that it runs would show before. */
const VIM = ['vim', '-u', 'NONE', '-N', '-n', '-c', 'silent r !seq 60', '-c', 'redraw | echo "READY"'];
const SHELL = ['bash', '--norc', '-c', `seq 5; PS1='> ' exec bash --norc`];

async function comesAndGoes(pane: Pane, shows: string | RegExp): Promise<string> {
  const before = await still(pane);
  await openPanel(pane, shows);
  // All of it, to the lower edge.
  const seen = await pane.shows(/└─+|\+- [\s\S]*\+---+\+/);
  await closePanel(pane);
  assert.equal(same(before, await still(pane)), '');
  return seen;
}
const SIZES = [
  [40, 10],
  [20, 5],
  [62, 18],
  [100, 30],
  [132, 43],
  [200, 50],
] as const;

/** Most of their time they wait for terminals to come to rest: two at once take hardly longer than one. */
suite('the panel on terminals', { concurrency: 2 }, () => {
  for (const [what, env] of [
    ...['screen-256color', 'tmux-256color', 'xterm-kitty', 'xterm-direct', 'linux', 'dumb', 'no/such/terminal'].map(
      (term) => [`TERM=${term}`, [`TERM=${term}`]] as const,
    ),
    ['no TERM', ['-u', 'TERM']],
    ['TERM of a file that never ends', ['TERM=/dev/zero']],
    ['no word of tmux', ['-u', 'TMUX', '-u', 'TMUX_PANE']],
    ['words of other terminals', ['VTE_VERSION=6003', 'COLORTERM=rxvt', 'TERM_PROGRAM=iTerm.app', 'TERMINFO=/nowhere']],
  ] as const) {
    test(`with ${what} the panel is drawn with boxes, and goes without a trace`, async (t) => {
      const pane = sharedPane(new House(t).tmux(), 'presenter', SIZE, SHELL, env);
      await pane.shows('5\n>');
      const seen = await comesAndGoes(pane, 'nobody is here yet');
      assert.match(seen, /┌─ lectern · demo/);
      assert.match(seen, /│.*\? help/);
      assert.match(seen, /└─+┘/);
    });
  }

  for (const [what, env] of [
    ['LANG=C', ['LANG=C']],
    ['LC_ALL=POSIX before LANG', ['LC_ALL=POSIX']],
    ['no locale', ['-u', 'LANG']],
  ] as const) {
    test(`with ${what} everything that is drawn is ASCII`, async (t) => {
      const pane = sharedPane(new House(t).tmux(), 'presenter', SIZE, SHELL, env);
      await pane.shows('5\n>');
      const seen = await comesAndGoes(pane, 'nobody is here yet');
      assert.match(seen, /\+- lectern, demo/);
      assert.match(seen, /^[\n -~]*$/);
    });
  }

  for (const [name, command, ready] of [
    ['a shell', SHELL, '5\n>'],
    ['vim', VIM, 'READY'],
  ] as const) {
    test(`the panel fits over ${name} in windows of ${SIZES.length} sizes`, async (t) => {
      const pane = sharedPane(new House(t).tmux(), 'presenter', { cols: 80, rows: 24 }, command);
      await pane.shows(ready);
      for (const [cols, rows] of SIZES) {
        pane.resize(cols, rows);
        await t.test(`${cols}x${rows}`, async () => {
          const lines = (await comesAndGoes(pane, /┌─ lect/)).split('\n');
          const top = lines.findIndex((line) => line.includes('┌─ lect'));
          const bottom = lines.findIndex((line) => line.includes('└─'));
          assert.ok(bottom > top && bottom < rows, `from ${top} to ${bottom}`);
          for (const line of lines.slice(top + 1, bottom)) assert.match(line, /│.*│/);
          if (rows >= 10) assert.match(lines.join('\n'), /\? help/);
        });
      }
    });
  }
});
