import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';
import { sameAs } from '../support/watching.js';

const SIZE = { cols: 80, rows: 24 };
/** A full screen that stands still. */
const FULL = ['vim', '-N', '-u', 'NONE', '-i', 'NONE', '-n', '-c', 'set ruler', '/etc/services'];

test('without a spare row the status line covers the bottom row for five seconds, then the picture has it back', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], FULL);
  await pane.shows('Top');
  const observer = tmux.open('observer', SIZE, shellLine(sshWords(ready)));
  await observer.shows('LIVE');
  const shown = Date.now();
  await sameAs(pane, [observer], 'above the line', { rows: SIZE.rows - 1, cursor: false });
  await until('the bottom row given back', () => !observer.text().includes('LIVE'));
  assert.ok(Date.now() - shown > 3000, 'it stood long enough to be read');
  await sameAs(pane, [observer], 'given back');
  observer.keys('t');
  await observer.shows('LIVE');
  observer.keys('t');
  await until('the line hidden', () => !observer.text().includes('LIVE'));
  await sameAs(pane, [observer], 'hidden by t');
});

test('LECTERN_STATUS=off leaves the picture alone from the first frame on', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], FULL);
  await pane.shows('Top');
  const log = join(house.home, 'typescript');
  const watch = shellLine(sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off']));
  const observer = tmux.open('observer', SIZE, shellLine(['script', '-qec', watch, log]));
  await observer.shows('tcpmux');
  await sameAs(pane, [observer], 'at once');
  observer.keys('t', 'z', '?');
  await observer.shows('follow');
  observer.keys('x');
  await sameAs(pane, [observer], 'after keys without meaning');
  await sleep(200);
  observer.keys('q');
  await observer.shows('ended 0');
  const { stdout } = await house.tool('cat', [log]);
  assert.ok(stdout.includes('tcpmux') && !stdout.includes('LIVE'), 'no status line was ever drawn');
});

test('arrows pan, f and G follow again, and the other keys do what the help says', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const text = Array.from({ length: SIZE.rows - 1 }, (_, y) => `row${y} ${'.'.repeat(100)} end${y}`).join('\n');
  writeFileSync(join(house.home, 'text'), text);
  const vim = ['vim', '-N', '-u', 'NONE', '-i', 'NONE', '-n', '-c', 'set noruler', join(house.home, 'text')];
  const { pane, ready } = await house.present(tmux, { cols: 120, rows: 24 }, ['--name', 'demo'], vim);
  await pane.shows('end22');
  const observer = tmux.open('observer', { cols: 70, rows: 12 }, shellLine(sshWords(ready)));
  await observer.shows(/row0 [\s\S]*view 70x12\+0\+0 of 120x24/);
  observer.keys('Right');
  await observer.shows(/view 70x12\+8\+0/);
  observer.keys('Down');
  await observer.shows(/view 70x12\+8\+4/);
  for (let i = 0; i < 8; i++) observer.keys('Right', 'Down');
  const corner = await observer.shows(/view 70x12\+50\+12 of 120x24/);
  assert.ok(corner.includes('end12') && !corner.includes('row12'), corner);
  pane.keys('j');
  await sleep(150);
  assert.ok(observer.text().includes('end12'), 'who pans stays where he is');
  observer.keys('f');
  await observer.shows(/^row1 /);
  observer.keys('Down', 'Left', 'Up');
  await observer.shows(/^row1 /);
  observer.keys('Right');
  await observer.shows(/\+8\+1 /);
  observer.keys('G');
  await observer.shows(/^row1 /);
  observer.keys('C-l');
  await observer.shows(/^row1 /);
  observer.keys('?');
  await observer.shows('leave');
  observer.keys('?');
  await observer.shows(/^row1 /);
});

for (const key of ['q', 'C-c']) {
  test(`${key} leaves, and the observer's terminal is as it was`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const program = [
      'sh',
      '-c',
      `printf '\\033[6 q\\033[?25l\\033]2;a program\\007\\033[44mshown\\033[K'; exec sleep 1000`,
    ];
    const { ready } = await house.present(tmux, SIZE, ['--name', 'demo'], program);
    const format =
      '#{alternate_on},#{cursor_flag},#{wrap_flag},#{scroll_region_upper},#{scroll_region_lower},#{mouse_any_flag}';
    const log = join(house.home, 'typescript');
    const watch = shellLine(sshWords(ready));
    const observer = tmux.open('observer', SIZE, `echo before; ${shellLine(['script', '-qec', watch, log])}`);
    await observer.shows('shown');
    assert.equal(observer.tell(format), '1,0,0,0,23,0');
    observer.keys(key);
    await observer.shows(/^before[\s\S]*ended 0/);
    assert.equal(observer.tell(format), '0,1,1,0,23,0');
    const { stdout } = await house.tool('cat', [log]);
    const shapes = stdout.match(/\x1b\[\d q/g);
    assert.deepEqual([shapes?.includes('\x1b[6 q'), shapes?.at(-1)], [true, '\x1b[0 q'], 'the shape of the cursor too');
  });
}

test('observers are told that characters which cannot be seen stand on the screen, for as long as they do', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, { cols: 50, rows: 24 }, ['--name', 'demo'], ['cat']);
  const observer = tmux.open('observer', { cols: 100, rows: 26 }, shellLine(sshWords(ready)));
  await observer.shows('LIVE');
  assert.ok(!observer.text().includes('hidden text removed'));
  pane.type('pay \u3164eerf now');
  await observer.shows(/hidden text removed · . help · q quit/);
  observer.resize(68, 26);
  await until('the hints give way first', () => !observer.text().includes('q quit'));
  await observer.shows('hidden text removed');
  pane.keys('C-u', 'Enter');
  pane.type('x');
  await observer.shows(/q quit/);
  assert.ok(!observer.text().includes('hidden text removed'));
});

for (const [what, name] of [
  ['wide characters', '障害対応の端末'],
  ['vowel signs that take a column', 'राधिका की मशीन'],
  ['marks that take none', 'cafe\u0301 ne\u0301'],
] as const) {
  test(`names of ${what} leave the status line as wide as the terminal`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const { ready } = await house.present(tmux, SIZE, ['--name', name], ['cat']);
    const observer = tmux.open('observer', { cols: 80, rows: 25 }, shellLine(sshWords(ready)));
    await observer.shows('quit');
    const line = observer.text().split('\n')[24]!;
    assert.ok(line.normalize('NFC').includes(`● LIVE  ${name.normalize('NFC')} · 1 watching`), line);
    assert.match(line, /\? help · q quit ?$/, 'the end of the line is there');
  });
}
