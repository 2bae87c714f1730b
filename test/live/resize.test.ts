import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processIn } from '../support/acts.js';
import { House, type Pane, shellLine, sleep, sshWords, until } from '../support/house.js';
import { untilSame } from '../support/patience.js';
import { difference, type Picture, part } from '../support/picture.js';
import { sameAs } from '../support/watching.js';

const SIZE = { cols: 80, rows: 24 };

/** A small generator with a seed that is printed, so that a failure can be seen again. */
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
console.log(`# seed ${seed}`);
let state = seed;
function random(from: number, to: number): number {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return from + ((state >>> 8) % (to - from + 1));
}

/** The part that an observer of this size sees of the presenter's screen, found by its cursor. */
function findPart(whole: Picture, seen: Picture, cols: number, rows: number): string {
  if (seen.cursor === 'hidden' || whole.cursor === 'hidden') return 'a cursor is hidden';
  const [x, y] = whole.cursor.split(',').map(Number) as [number, number];
  const [seenX, seenY] = seen.cursor.split(',').map(Number) as [number, number];
  return difference(part(whole, x - seenX, y - seenY, cols, rows), part(seen, 0, 0, cols, rows));
}

async function agrees(presenter: Pane, observer: Pane, cols: number, rows: number, what: string): Promise<void> {
  const [width, height] = [Math.min(cols, SIZE.cols), Math.min(rows, SIZE.rows)];
  await untilSame(`${what}: the observer sees`, () => findPart(presenter.picture(), observer.picture(), width, height));
}

test('an observer resized 200 times sees the presenter’s screen, or the part of it that he has room for', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  writeFileSync(
    join(house.home, 'a.c'),
    Array.from({ length: 60 }, (_, i) => `int a${i} = ${i}; /* 漢字 */ char *b${i} = "text of line ${i}";`).join('\n'),
  );
  const vim = [
    'vim',
    '-N',
    '-u',
    'NONE',
    '-i',
    'NONE',
    '-n',
    '-c',
    'syntax on',
    '-c',
    'set number',
    join(house.home, 'a.c'),
  ];
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], vim);
  const watch = sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off']);
  const observer = tmux.open('observer', SIZE, shellLine(watch));
  await observer.shows('int');
  for (let i = 0; i < 200; i++) {
    const [cols, rows] = [random(5, 120), random(2, 40)];
    observer.resize(cols, rows);
    if (i % 4 === 0) pane.keys(...[['5j'], ['$'], ['0'], ['gg'], ['G'], ['20|']][random(0, 5)]!);
    // Storms, and now and then a look.
    if (i % 5 === 0) await agrees(pane, observer, cols, rows, `resize ${i} to ${cols}x${rows}`);
  }
  observer.resize(SIZE.cols, SIZE.rows);
  await sameAs(pane, [observer], 'after 200 resizes');
});

test('what something else put on an observer’s terminal is gone, and his cursor back, when his client tells its size again', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], ['cat']);
  const watch = sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off']);
  const observer = tmux.open('observer', SIZE, shellLine(watch));
  pane.type('one ');
  await observer.shows('one');
  writeFileSync(observer.tell('#{pane_tty}'), '\x1b[5;7Hsomething else');
  await observer.shows('something else');
  process.kill(processIn(observer, /^ssh /), 'SIGWINCH');
  await until('the picture alone', () => observer.text().trimEnd() === 'one');
  await until('the cursor', () => observer.tell('#{cursor_x},#{cursor_y}') === '4,0');
  pane.type('two');
  await observer.shows('one two');
});

test('a presenter resized 40 times is followed, with a full-screen program and with a shell', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], ['env', 'PS1=$ ', 'bash', '--norc']);
  const watch = sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off']);
  const observer = tmux.open('observer', { cols: 130, rows: 50 }, shellLine(watch));
  pane.type('less -N /etc/services\n');
  await observer.shows('tcpmux');
  for (let i = 0; i < 20; i++) {
    const [cols, rows] = [random(20, 130), random(5, 50)];
    pane.resize(cols, rows);
    await until(`the size ${cols}x${rows}`, () => pane.tell('#{pane_width}') === String(cols));
    await sameAs(pane, [observer], `less at ${cols}x${rows}`, { rows });
  }
  pane.resize(SIZE.cols, SIZE.rows);
  pane.type('q clear; seq -f "line %g of some output that is not long" 15\n');
  await pane.shows('line 15');
  await sameAs(pane, [observer], 'the shell');
  for (let i = 0; i < 20; i++) {
    // Wide enough for each line and high enough for all: no reflow, which each terminal does in its own way.
    const [cols, rows] = [random(40, 130), random(20, 50)];
    pane.resize(cols, rows);
    await sleep(60);
    await sameAs(pane, [observer], `the shell at ${cols}x${rows}`, { rows });
  }
  pane.type('clear; echo again\n');
  await observer.shows('again');
  await sameAs(pane, [observer], 'the end');
});
