/** Lending the keyboard, with a presenter and observers in real terminals: what reaches the program, and what never does. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { keyScene, present, watch } from '../support/acts.js';
import { House, type Pane, shellLine, sleep, sshWords, until } from '../support/house.js';

/** C-\ as tmux sends it. */
const PREFIX = 'C-\\';
const ESC = '\x1b';

async function bellOf(pane: Pane): Promise<void> {
  await until('the bell', () => pane.tell('#{window_bell_flag}') === '1');
}

test('without a lease no key reaches the program; r asks, the presenter hears it, and g lends for 60 s', async (t) => {
  const { tmux, log, pane, ready } = await keyScene(t);
  const ana = await watch(tmux, ready, 'ana');
  await sleep(200);
  const before = pane.seen();
  ana.type('hello');
  ana.keys('Enter', 'Up', PREFIX, '.', 'F5', 'M-x');
  ana.type(`${ESC}[200~paste${ESC}[201~`);
  await ana.shows('read only');
  ana.keys('r');
  await ana.shows('asked for control');
  // tmux sets the flag only for windows that nobody looks at, as it is here.
  await bellOf(pane);
  await until('the request in the title', () => /guest asks for control/.test(pane.tell('#{pane_title}')));
  assert.deepEqual(pane.seen(), before, 'no cell and no cursor of the running program was touched');
  assert.equal(log.text(), '', 'nothing was typed into the program');

  pane.keys(PREFIX, 'g');
  await ana.shows(/CONTROL 00:(60|5\d)|CONTROL 01:00/);
  ana.type('you');
  await log.has('you');
  const left = () => {
    const [, minutes, seconds] = /CONTROL (\d\d):(\d\d)/.exec(ana.text()) ?? [];
    return Number(minutes) * 60 + Number(seconds);
  };
  const first = await until('the time that is left', left);
  await until('two seconds less', () => left() <= first - 2);
  assert.equal(log.text(), 'you');

  ana.type('a\u00e9\u65e5\u{1f642}');
  await log.has('a\u00e9\u65e5\u{1f642}');
  ana.keys(PREFIX, PREFIX);
  ana.type('1');
  await log.has('\x1c1');
  ana.keys(PREFIX, 'n');
  await log.has('\x1c1\x1cn');
  ana.type('last\x1c.never');
  await ana.shows('LIVE');
  await log.has('last');
  const given = log.text();
  assert.ok(given.endsWith('last'));
  ana.type('later');
  await sleep(300);
  assert.equal(log.text(), given, 'nothing after it was given back');
});

test('paste, application arrows and the mouse are mirrored to who has control, and undone after', async (t) => {
  const { tmux, log, pane, ready } = await keyScene(t, {
    modes: `${ESC}[?2004h${ESC}[?1h${ESC}=${ESC}[?1002h${ESC}[?1006h${ESC}[?1004h`,
  });
  const ana = await watch(tmux, ready, 'ana');
  const flags = () => ana.tell('#{keypad_cursor_flag}#{keypad_flag}#{mouse_button_flag}#{mouse_sgr_flag}');
  assert.equal(flags(), '0000');
  ana.keys('r');
  await ana.shows('asked for control');
  pane.keys(PREFIX, 'g');
  await ana.shows('CONTROL');
  await until('the modes in his terminal', () => flags() === '1111');
  tmux.call('set-buffer', `two\nlines ${'\x1c'}. and ${'\x1c'}${'\x1c'}`);
  tmux.call('paste-buffer', '-p', '-r', '-t', 'ana');
  await log.has(`${ESC}[200~two\nlines \x1c. and \x1c\x1c${ESC}[201~`);
  ana.keys('Up');
  await log.has(`${ESC}OA`);
  ana.type(`${ESC}[<0;7;3M${ESC}[<0;7;3m`);
  await log.has(`${ESC}[<0;7;3M${ESC}[<0;7;3m`);
  const before = log.text();
  // The bottom row of his terminal is the status line: a click there is not for the program.
  ana.type(`${ESC}[<0;7;25M${ESC}[<0;7;25m`);
  ana.type('!');
  await log.has('!');
  assert.equal(log.text(), `${before}!`);
  pane.keys(PREFIX, 'x');
  await ana.shows('LIVE');
  await until('the modes to be undone', () => flags() === '0000');
});

test('arrows move in vim, and a click selects in htop also from a smaller, panned window', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], ['bash', '--norc', '-i']);
  const ana = await watch(tmux, ready, 'ana', { cols: 50, rows: 15 });
  const lend = async () => {
    assert.equal((await house.run(['grant', 'guest', '--for', '50s'])).code, 0);
    await ana.shows('CONTROL');
  };
  await lend();
  ana.type('vim -u NONE -N -n\r');
  await pane.shows('~');
  ana.type('ione\rtwo');
  ana.keys('Escape');
  await until('the end of the insertion', () => !pane.text().includes('INSERT'));
  ana.keys('Up', 'Left');
  ana.type('iX');
  ana.keys('Escape');
  await pane.shows(/o(X)ne|X?one/);
  await pane.shows(/^oXne|^Xone|^onX?e/m);
  ana.type(':q!\r');
  await until('the shell again', () => pane.tell('#{alternate_on}') === '0');

  ana.type('TERM=xterm-256color htop -d 100\r');
  await pane.shows('F10');
  await until('the mouse in his terminal', () => ana.tell('#{mouse_any_flag}') === '1');
  // F10 Quit stands in the last row, right of what a window of 50 columns shows: it must be panned to.
  await house.run(['revoke']);
  await ana.shows('LIVE');
  // Who types on is taken for one who has not seen it.
  await sleep(1200);
  ana.keys('Right', 'Right', 'Right', 'Right', 'Down', 'Down', 'Down');
  const row = await until('the last row', () => {
    const lines = ana.text().split('\n');
    const y = lines.findIndex((line) => /F9.*Quit/.test(line));
    return y < 0 ? null : { x: lines[y]!.indexOf('Quit'), y };
  });
  await lend();
  // The status line covers the row for a moment.
  const seen = (await ana.shows('Quit')).split('\n').findIndex((line) => line.includes('Quit'));
  assert.equal(seen, row.y, 'the part shown did not move');
  ana.type(`${ESC}[<0;${row.x + 1};${row.y + 1}M${ESC}[<0;${row.x + 1};${row.y + 1}m`);
  await until('htop to be quit by the click', () => pane.tell('#{alternate_on}') === '0');
});

test('what the presenter\u2019s terminal says by itself takes nothing back; one key of his does', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t, { modes: `${ESC}[?1002h${ESC}[?1006h` });
  const ana = await watch(tmux, ready, 'ana');
  assert.equal((await house.run(['grant', 'guest', '--for', '40s'])).code, 0);
  await ana.shows('CONTROL');
  const reports = [
    `${ESC}[12;5R`,
    `${ESC}[?62;4c`,
    `${ESC}[I`,
    `${ESC}[O`,
    `${ESC}[<35;10;5M`,
    `${ESC}]11;rgb:0/0/0${ESC}\\`,
  ];
  for (const report of reports) {
    pane.type(report);
    await log.has(report);
  }
  await ana.shows('CONTROL');
  ana.type('mine');
  await log.has('mine');
  pane.type('p');
  await log.has('p');
  await ana.shows('LIVE');
  const text = log.text();
  ana.type('stillmine');
  await sleep(300);
  assert.equal(log.text(), text);
  assert.match(await pane.shows('KEYLOG'), /KEYLOG/);
});

test('the presenter\u2019s prefix: twice sends one, an unknown key gets both, a paste is text', async (t) => {
  const { tmux, log, pane } = await keyScene(t, { modes: `${ESC}[?2004h` });
  pane.keys(PREFIX, PREFIX);
  await log.has('\x1c');
  pane.type('2');
  await log.has('\x1c2');
  pane.keys(PREFIX, 'q');
  await log.has('\x1c2\x1cq');
  tmux.call('set-buffer', '\x1cg \x1cx');
  tmux.call('paste-buffer', '-p', '-t', 'presenter');
  await log.has(`\x1c2\x1cq${ESC}[200~\x1cg \x1cx${ESC}[201~`);
});

test('a read-only session refuses every way of lending', async (t) => {
  const { house, tmux, log, pane, ready } = await keyScene(t, { flags: ['--read-only'] });
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, shellLine(sshWords(ready)));
  await ana.shows('LIVE');
  ana.keys('r');
  await ana.shows('control is never given');
  pane.keys(PREFIX, 'g');
  const grant = await house.run(['grant', 'guest', '--for', '10s']);
  assert.equal(grant.code, 3, grant.stderr);
  assert.match(grant.stderr, /^lectern: .*read only.*\n$/);
  ana.type('abc');
  await sleep(300);
  assert.equal(log.text(), '');
  assert.doesNotMatch(ana.text(), /CONTROL/);
  assert.equal(execFileSync('sh', ['-c', 'echo ok'], { encoding: 'utf8' }), 'ok\n');
});
