import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, shellLine, sleep, until } from '../support/house.js';
import { CLIENTS, sameAs } from '../support/watching.js';

const SIZE = { cols: 80, rows: 24 };

interface Scene {
  readonly name: string;
  readonly command: string;
  /** On the screen when the scene stands. */
  readonly shows: string | RegExp;
  readonly keys?: readonly (readonly string[])[];
  /** Keys that end the program. */
  readonly leave?: readonly string[];
}

const C_FILE = `#include <stdio.h>
/* A comment, long enough to be wrapped by a terminal of eighty columns: one two three four five six seven eight. */
#define LIMIT 0x7f
static const char *words[] = { "one", "zwei", "三", NULL };
int main(int argc, char **argv)
{
\tfor (int i = 0; i < LIMIT && words[i]; i++)
\t\tprintf("%s %d\\n", words[i], argc * 42); // TODO
\treturn 0;
}
`;

const ATTRIBUTES = [
  ...[
    '1',
    '2',
    '3',
    '4',
    '5',
    '7',
    '8',
    '9',
    '53',
    '1;2',
    '1;3;4;9',
    '7;31;44',
    '2;92;103',
    '4:2',
    '4:3',
    '4:4',
    '4:5',
  ],
  ...[
    '4;58;5;9',
    '4:3;58;2;255;0;128',
    '4;58:2::1:2:3',
    '21',
    '38;5;1',
    '38;5;208;48;5;17',
    '38;2;1;2;3;48;2;250;128;0',
  ],
].map((params) => `\\e[${params}m<${params.replace(/;/g, ' ')}>\\e[m`);

const SCENES: readonly Scene[] = [
  {
    name: 'bash with colours',
    command: `clear; ls --color=always -la /etc | head -15; printf '\\e[41mred to the edge\\e[K\\e[m\\n\\e[1;34mdone1\\e[m'`,
    shows: 'done1',
  },
  { name: 'all attributes', command: `clear; printf '${ATTRIBUTES.join('\\e[0m ')}\\ndone2'`, shows: 'done2' },
  {
    name: '256 colours',
    command: `clear; for i in {0..255}; do printf "\\e[48;5;%sm\\e[38;5;%sm%4s" $i $((255-i)) $i; done; printf '\\e[mdone3'`,
    shows: 'done3',
  },
  {
    name: 'true colours',
    command: `clear; for i in {0..250..2}; do printf "\\e[48;2;%s;80;%sm\\e[38;2;0;%s;9m#" $i $((255-i)) $i; done; printf '\\e[mdone4'`,
    shows: 'done4',
  },
  {
    name: 'CJK, combining and emoji',
    command: `clear; cat wide.txt; echo done5`,
    shows: 'done5',
  },
  {
    name: 'line drawing',
    command: `clear; printf '\\e(0lqqwqqk\\nx  x  x\\nmqqvqqj\\e(B ┌──┬──┐ done6'`,
    shows: 'done6',
  },
  {
    name: 'long lines, tabs and a wrap that waits',
    command: `clear; seq -s ' ' 1 200; printf 'a\\tb\\tc\\n'; printf '%80s' x; sleep 0.3; printf '\\n%79sdone7' ''`,
    shows: 'one7',
  },
  {
    name: 'a scroll region',
    command: `clear; seq 20; printf '\\e[5;10r\\e[10;1H'; seq 100 120; printf '\\e[6;1H\\e[2L\\e[44minserted\\e[K\\e[m\\e[8;1H\\e[M\\e[r\\e[22;1Hdone8'`,
    shows: 'done8',
  },
  {
    name: 'insert, delete and erase within lines',
    command: `clear; printf 'abcdefghijklmnop\\e[5G\\e[3@\\e[45m\\e[9G\\e[2P\\e[12G\\e[4X\\e[m\\na漢字漢字\\e[3Gx\\e[6G\\e[2P\\n\\e[42m\\e[Jdone9\\e[m'`,
    shows: 'done9',
  },
  {
    name: 'the alternate screen, entered',
    command: `clear; echo before; printf '\\e[?1049h\\e[H\\e[46mother\\e[m'; sleep 0.7; printf '\\e[?1049l'; echo done10`,
    shows: /^other/,
  },
  { name: 'the alternate screen, left', command: 'echo done11', shows: /before[\s\S]*done10[\s\S]*done11\n/ },
  {
    name: 'a hidden cursor',
    command: `clear; printf '\\e[?25lhidden '; sleep 0.5; printf '\\e[?25h'; echo done12`,
    shows: 'hidden',
  },
  {
    name: 'vim with syntax colours',
    command: `vim -N -u NONE -i NONE -n -c 'syntax on' a.c`,
    shows: 'return',
    leave: [':qa!', 'Enter'],
  },
  {
    name: 'vim with true colours, moved about',
    command: `vim -N -u NONE -i NONE -n -c 'syntax on' -c 'set termguicolors number cursorline hlsearch' -c 'colorscheme desert' a.c`,
    shows: 'return',
    keys: [
      ['/int', 'Enter'],
      ['n'],
      ['5j'],
      ['o'],
      ['new 漢 text'],
      ['Escape'],
      ['ggdd'],
      ['V3j'],
      ['Escape'],
      [':split', 'Enter'],
      ['G'],
    ],
    leave: [':qa!', 'Enter'],
  },
  {
    name: 'less',
    command: 'less /etc/services',
    shows: 'tcpmux',
    keys: [['Space'], ['k'], ['k'], ['/udp', 'Enter'], ['G'], ['g']],
    leave: ['q'],
  },
  { name: 'htop', command: 'htop -d 100', shows: /F10/, keys: [['Down'], ['Down'], ['F2'], ['Escape']], leave: ['q'] },
  {
    name: 'mc',
    command: 'mc -u',
    shows: /10Quit|10Exit/,
    keys: [['Down'], ['Tab'], ['F9'], ['Escape', 'Escape']],
    leave: ['F10'],
  },
];

for (const term of ['screen-256color', 'xterm-256color']) {
  test(`ssh, plink and dbclient show what the presenter sees, cell for cell, in every scene (TERM=${term})`, async (t) => {
    const house = new House(t);
    writeFileSync(join(house.home, 'a.c'), C_FILE);
    writeFileSync(join(house.home, 'wide.txt'), WIDE);
    const tmux = house.tmux();
    const bash = ['env', `TERM=${term}`, 'PS1=$ ', 'bash', '--norc', '--noprofile'];
    const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], bash);
    pane.type(`cd ${house.home}; PS1='$ '\n`);
    const clients = term === 'xterm-256color' ? ['ssh'] : Object.keys(CLIENTS);
    const observers = clients.map((name) =>
      tmux.open(name, { cols: SIZE.cols, rows: SIZE.rows + 1 }, shellLine(CLIENTS[name]!(ready))),
    );
    for (const observer of observers) await observer.shows('LIVE');
    for (const { name, command, shows, keys = [], leave } of SCENES) {
      await t.test(name, async () => {
        pane.type(` ${command}\n`);
        await pane.shows(shows);
        await sameAs(pane, observers, name);
        for (const key of keys) {
          pane.keys(...key);
          await sleep(40);
          await sameAs(pane, observers, `${name} after ${key}`);
        }
        if (leave === undefined) return;
        pane.keys(...leave);
        // What is typed while a program puts its terminal back is lost to it.
        await until(`the prompt after ${name}`, () => /\$\s*$/.test(pane.text()));
      });
    }
    await sameAs(pane, observers, 'the end');
  });
}

const WIDE = `漢字かな交じり文、한국어 텍스트。ｆｕｌｌ width
é e\u0301 a\u0308\u0323 n\u0303 ŵ नमस्ते ไทยภาษา בְּרֵאשִׁ֖ית
👍 😀 🎉 ☃ ✓ → ★ ❤ ❤️ ☀️ 1️⃣
👨‍👩‍👧 👩‍💻 🏳️‍🌈 end
👍🏽 👋🏿 end
🇩🇪 🇯🇵 end
`;
