/** The panel over real programs, with tmux as the eye: what stands there before it is there again after it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { processIn, watch } from '../support/acts.js';
import { House, type Pane, type Ready, sleep, until } from '../support/house.js';
import { difference } from '../support/picture.js';
import { closePanel, faultsIn, PREFIX, same, sharedPane, still } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };
const TEXT = Array.from(
  { length: 200 },
  (_, i) => `${i} \x1b[3${i % 8}mcolour\x1b[m 漢字 ${'='.repeat(i % 90)}\n`,
).join('');

/** How the sentence begins that stands for a picture which cannot be searched in time. */
const WITHHELD = 'Picture withheld';

interface Scene {
  readonly name: string;
  readonly command: (house: House) => readonly string[];
  /** What to do until it looks as wanted. */
  readonly set: (pane: Pane) => Promise<void>;
  /** On the screen when it does. */
  readonly shows: string | RegExp;
}

function textFile(house: House): string {
  const file = join(house.home, 'text');
  writeFileSync(file, TEXT);
  return file;
}

const SCENES: readonly Scene[] = [
  {
    name: 'bash with colours and a line half typed',
    shows: 'half a li',
    command: () => ['bash', '--norc'],
    async set(pane) {
      await pane.shows('bash-');
      pane.type(`PS1='> '; printf '\\033[31mred\\033[1;44m blue\\033[m\\n'; seq 40; printf '漢字 e\u0301\\n'`);
      pane.keys('Enter');
      await pane.shows('漢字');
      pane.type('half a li');
      await pane.shows('half a li');
    },
  },
  {
    name: 'vim in insert mode, with true colour',
    shows: '漢字 text',
    command: (house) => [
      'vim',
      '-u',
      'NONE',
      '-N',
      '-n',
      '-c',
      'set termguicolors number mouse=a | colorscheme desert',
      textFile(house),
    ],
    async set(pane) {
      await pane.shows(' ======================');
      pane.type('Go');
      pane.type('new 漢字 text');
      await pane.shows('漢字 text');
    },
  },
  {
    name: 'less',
    shows: /^50 colour/m,
    command: (house) => ['less', '-R', textFile(house)],
    async set(pane) {
      await pane.shows('colour');
      pane.keys('Space', 'Space');
      await pane.shows(/^50 colour/m);
    },
  },
  {
    name: 'htop',
    shows: 'F1Help',
    command: () => ['htop', '--delay=100'],
    async set(pane) {
      await pane.shows('F1Help');
      // It draws anew every 10 s at the least: one that is stopped does not.
      process.kill(processIn(pane, /^htop/), 'SIGSTOP');
    },
  },
  {
    name: 'mc',
    shows: '10Quit',
    command: () => ['mc', '--nosubshell'],
    async set(pane) {
      await pane.shows('10Quit');
    },
  },
  {
    name: 'a scroll region, origin mode, line drawing, mouse, no cursor',
    shows: 'above',
    command: () => [
      'sh',
      '-c',
      `printf 'above\\033[5;12r\\033[?6h\\033[3;4H\\033(0lqk\\033[?1002;1006;1004;2004h\\033[?1h\\033=\\033[4h\\033[1;35;44m\\033[?25l'; exec cat`,
    ],
    async set(pane) {
      await pane.shows('above');
    },
  },
];

/** What can be open: the keys that open it, and what shows that it is. */
const PAGES: readonly { readonly what: string; readonly keys: readonly string[]; readonly shows: RegExp }[] = [
  { what: 'the panel', keys: [PREFIX], shows: /guest +watching/ },
  { what: 'its help', keys: [PREFIX, '?'], shows: /take control back at once/ },
  { what: 'a list of people', keys: [PREFIX, 'G'], shows: /1 guest +watching/ },
  { what: 'a list of times', keys: [PREFIX, 'G', 'Enter'], shows: /3 5 minutes/ },
  { what: 'a question', keys: [PREFIX, 's'], shows: /Stop sharing\?/ },
];

/** Most of their time they wait for terminals to come to rest: two at once take hardly longer than one. */
suite('the panel over programs', { concurrency: 2 }, () => {
  for (const { name, command, set, shows: scene } of SCENES) {
    test(`over ${name}: the panel, its help, lists and a question come and go without a trace, unseen by who watches`, async (t) => {
      const house = new House(t);
      const tmux = house.tmux();
      const pane = sharedPane(tmux, 'presenter', SIZE, command(house));
      await set(pane);
      const ready = JSON.parse((await house.run(['session', 'info', '--json'])).stdout) as Ready;
      const ana = await watch(tmux, ready, 'ana');
      const before = await still(pane);
      // On a machine under load the first search may take too long: she is told so until it is done.
      await until('her picture', () => !ana.text().startsWith(WITHHELD));
      await ana.shows(scene);
      await still(ana);
      const seen = ana.picture(SIZE.rows);
      for (const { what, keys, shows } of PAGES) {
        pane.keys(...keys);
        await pane.shows(shows);
        assert.equal(difference(seen, ana.picture(SIZE.rows)), '', `who watches, during ${what}`);
        assert.doesNotMatch(ana.text(), shows);
        await closePanel(pane);
        assert.equal(same(before, await still(pane)), '', `after ${what}`);
        assert.equal(difference(seen, ana.picture(SIZE.rows)), '', `who watches, after ${what}`);
      }
      // A screen thread that hangs is found after 3 s.
      await sleep(3500);
      assert.equal(same(before, await still(pane)), '', 'and a while later');
      assert.deepEqual(faultsIn(house), []);
    });
  }
});
