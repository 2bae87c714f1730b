/**
 * Secrets in an editor, in a pager, in panes and in key files, through the whole product: wrapped, cut, moved sideways,
 * split, numbered. Each is first seen on the presenter's own screen; then nothing that left may show a part of it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Share, sleep, until } from '../support/house.js';
import { Lookout } from '../support/lookout.js';
import { atShell, ENTER, ESCAPE, LEFT_ARROW, RIGHT_ARROW, Scene, SIZE, settled } from '../support/scene.js';

test('an editor shows nothing of secrets that are written, wrapped, listed, split and moved sideways', async (t) => {
  const at = await atShell(t);
  const { scene, seat, lookout } = at;
  const opened = scene.token();
  const long = scene.token();
  const file = scene.file(
    'notes.txt',
    `first line\nkey = ${opened} # with a comment behind it\n${'far '.repeat(18)}${long} end\nlast\n`,
  );
  seat.send(`vim -n -N -u NONE -i NONE ${file}${ENTER}`);
  await seat.sees('first line');
  await seat.sees(opened, 'the token');
  const command = async (words: string) => {
    await seat.type(...`:${words}`, ENTER);
    await sleep(60);
  };
  /** In the last line, where a comment is taken for one. */
  const wait = () => settled(at, (mark) => [...`:" ${mark}`]).then(() => seat.type(ENTER));
  await wait();
  for (const id of ['github-token', 'stripe-key', 'house-token', 'house-number', 'url-password', 'env-assignment']) {
    const { line } = scene.plant(id);
    await seat.type('G', 'o', ...line, ESCAPE);
    await seat.sees(line, id);
    await wait();
  }
  const wrapped = scene.token();
  await seat.type('G', 'o', ...`${'word '.repeat(13)}${wrapped} and more`, ESCAPE);
  await seat.sees(wrapped, 'the wrapped token');
  for (const words of ['set list', 'set number', 'split', 'set nolist', 'vsplit', 'set nowrap', 'only']) {
    await command(words);
    await wait();
  }
  // What stands beyond the right edge comes in, some columns at a time, and goes out at the left.
  await command('3');
  for (let columns = 0; columns < 110; columns += 10) await seat.type('10', 'zl');
  await wait();
  for (let columns = 0; columns < 110; columns += 10) await seat.type('10', 'zh');
  await command('set wrap');
  await command(`2`);
  // Pieces of it: the beginning taken away, copied, searched for, replaced.
  await seat.type('0', ...'wwyyp', 'x', 'x', 'x', 'x', 'x', 'x', 'u', 'u');
  await seat.type('/', ...opened.slice(0, 9), ENTER);
  await wait();
  await command('%s/gh._/@/g');
  await lookout.sees('@');
  await wait();
  await scene.takeText(seat);
  await command('qa!');
  await scene.assertNowhere(seat.ready.session, lookout);
});

test('a pager shows nothing of secrets, wrapped or cut, moved sideways, searched and numbered', async (t) => {
  const at = await atShell(t);
  const { scene, seat, lookout } = at;
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i} ${'lorem ipsum '.repeat(i % 7)}${i % 3 === 0 ? scene.token() : 'dolor'} sit amet`,
  );
  const first = /gh._\w+/.exec(lines[0]!)![0];
  const file = scene.file('log.txt', `${lines.join('\n')}\n`);
  for (const flag of ['', '-S', '-N']) {
    // Cut lines come first with other tokens: what less without -S has shown is known by then.
    const other =
      flag === '-S'
        ? scene.file('cut.txt', `${lines.map((line) => line.replace(/gh._\w+/, () => scene.token())).join('\n')}\n`)
        : file;
    seat.send(`less ${flag} ${other}${ENTER}`);
    if (flag === '') await seat.sees(first, 'the first token');
    else await sleep(200);
    // Each page is looked at: what rushes by unseen is not known on the next one.
    for (const page of [' ', ' ', ' ', ' ', ' ', 'b', 'd', 'u', 'G', 'g']) {
      await seat.type(page);
      await sleep(60);
    }
    await seat.type('j', 'j', 'k', ...Array(2).fill(RIGHT_ARROW), LEFT_ARROW, ...Array(2).fill(RIGHT_ARROW));
    await seat.type(...Array(4).fill(LEFT_ARROW), '5', ...Array(6).fill(RIGHT_ARROW));
    await seat.type('/', ...'gh[pousr]_', ENTER, 'n', 'n');
    if (flag === '') await scene.takeText(seat);
    seat.send('q');
    // What is typed while it ends is lost.
    await seat.sees('$ ');
    await settled(at, (mark) => [...`: ${mark}`, ENTER]);
  }
  await scene.assertNowhere(seat.ready.session, lookout);
});

test('private keys in a pager, in an editor, printed, and their heads and tails show nothing', async (t) => {
  const at = await atShell(t);
  const { scene, seat, lookout } = at;
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem) as string;
  const ec = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'sec1', format: 'pem' }) as string;
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(scene.house.home, 'id')]);
  const openssh = readFileSync(join(scene.house.home, 'id'), 'utf8');
  const lineOf = (text: string, line: number): string => text.split('\n').at(line)!;
  const after = () => settled(at, (mark) => [...`: ${mark}`, ENTER]);
  /** A program with a screen of its own has ended: what is typed while it ends is lost. */
  const left = () => seat.sees('$ ').then(after);

  const paged = rsa();
  seat.send(`less -N ${scene.key('paged.pem', paged, 'above\n'.repeat(10), 'below\n')}${ENTER}`);
  await seat.sees(lineOf(paged, 3), 'the key in less');
  await seat.type('j', 'j', 'j', ' ', 'k', 'G', 'g', 'q');
  await left();

  const edited = rsa();
  seat.send(`vim -n -N -u NONE -i NONE ${scene.key('edited.pem', edited, '', 'end of file\n')}${ENTER}`);
  await seat.sees(lineOf(edited, 3), 'the key in vim');
  await seat.type(
    ...':set nu',
    ENTER,
    '\x05',
    '\x05',
    '\x05',
    'G',
    'g',
    'g',
    '4',
    'd',
    'd',
    'u',
    'z',
    't',
    ...':q!',
    ENTER,
  );
  await left();

  for (const [name, command, key, line] of [
    ['printed.pem', 'cat', rsa(), -5],
    ['small.pem', 'cat', ec(), 2],
    ['id.pem', 'cat', openssh, 2],
    ['head.pem', 'head -n 9', rsa(), 4],
    ['numbered.pem', 'cat -n', rsa(), -5],
    ['tail.pem', 'tail -n 9', rsa(), -5],
  ] as const) {
    seat.send(`clear; ${command} ${scene.key(name, key)}${ENTER}`);
    await seat.sees(lineOf(key, line), name);
    if (name === 'printed.pem') await scene.takeText(seat);
    await after();
  }
  // What was whole once is known line by line.
  for (const part of ['sed -n 5p', 'sed -n 3,9p', 'tail -c 200', 'cut -c 20-40']) {
    seat.send(`clear; ${part} printed.pem${ENTER}`);
    await after();
  }
  await scene.assertNowhere(seat.ready.session, lookout);
});

test('panes of a tmux show nothing of secrets that are typed, wrapped and printed in them', async (t) => {
  const scene = new Scene(t);
  const { house } = scene;
  const inner = ['-S', join(house.home, 'inner.sock'), '-f', '/dev/null'];
  const tmux = (...args: string[]) =>
    execFileSync('tmux', [...inner, ...args], { env: { ...house.env, ...scene.env }, encoding: 'utf8' });
  const bash = "env 'PS1=$ ' HISTFILE= bash --norc --noprofile";
  tmux('new-session', '-d', '-x', String(SIZE.cols), '-y', String(SIZE.rows), bash);
  house.after(() => void tmux('kill-server'));
  tmux('split-window', '-h', '-l', '26', bash);
  const share: Share = await house.share(
    [...scene.flags, '--size', `${SIZE.cols}x${SIZE.rows}`],
    ['tmux', ...inner, 'attach'],
    scene.env,
  );
  const lookout = new Lookout(house, share, scene.known);
  await lookout.sees('LIVE');
  const pane = (number: string): string => tmux('capture-pane', '-pJ', '-t', `:0.${number}`);
  for (const number of ['0', '1']) await until('a prompt', () => pane(number).includes('$'));
  for (const [number, id] of [
    ['0', 'github-token'],
    ['1', 'stripe-key'],
    ['1', 'house-token'],
    ['1', 'house-number'],
    ['0', 'url-password'],
    ['1', 'github-token'],
  ] as const) {
    const { line } = scene.plant(id);
    const mark = scene.mark();
    // A semicolon alone ends a command of tmux.
    for (const key of `: '${line}'`) tmux('send-keys', '-t', `:0.${number}`, '-l', key === ';' ? '\\;' : key);
    await until('the line in its pane', () => pane(number).includes(line));
    tmux('send-keys', '-t', `:0.${number}`, 'Enter', `: ${mark}`, 'Enter');
    await lookout.sees(mark);
  }
  const lines = Array.from({ length: 5 }, () => `${'x'.repeat(11)} ${scene.token()}`);
  const file = scene.file('many.txt', `${lines.join('\n')}\n`);
  tmux('send-keys', '-t', ':0.1', `clear; cat ${file}`, 'Enter');
  await until('the lines in the pane', () => pane('1').includes(lines[4]!));
  await scene.takeText(share);
  // Panes of other sizes, and one that shows what has scrolled away.
  for (const args of [
    ['resize-pane', '-t', ':0.1', '-x', '40'],
    ['resize-pane', '-t', ':0.1', '-x', '19'],
    ['split-window', '-v', '-t', ':0.1', bash],
    ['swap-pane', '-U'],
    ['resize-pane', '-Z'],
    ['copy-mode', '-u', '-t', ':0.1'],
  ]) {
    tmux(...args);
    await sleep(150);
  }
  const events = share.events.slice(1).map((event) => JSON.stringify(event));
  assert.ok(events.some((event) => event.includes('"redact"')));
  await scene.assertNowhere(share.ready.session, lookout, { 'the events': events.join('\n') + share.stderr });
});
