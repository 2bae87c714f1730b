import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, type Pane, shellLine, until } from '../support/house.js';
import { difference, type Picture } from '../support/picture.js';

const SIZE = { cols: 80, rows: 24 };

/** Waits until two pictures in a row are equal: the program has drawn all. */
async function standing(pane: Pane): Promise<Picture> {
  let last: Picture | null = null;
  return until('a picture that stands', () => {
    const now = pane.picture();
    const same = last !== null && difference(last, now) === '';
    last = now;
    return same && now;
  });
}

test('a recording played by asciinema ends on the screen that the session had, and the file is ours alone', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const cast = join(house.home, 'session.cast');
  writeFileSync(join(house.home, 'a.c'), 'int main(void) { return 0; } // 漢字 é 👍\n'.repeat(30));
  const bash = ['env', 'PS1=$ ', 'bash', '--norc'];
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo', '--record', cast], bash);
  pane.type(`cd ${house.home}; ls --color=always -la /etc; seq 500\n`);
  await pane.shows('500');
  pane.type("vim -N -u NONE -i NONE -n -c 'syntax on' -c 'set tgc nu' -c 'colorscheme desert' a.c\n");
  await pane.shows('return');
  pane.keys('15j');
  pane.keys('V3j');
  const last = await standing(pane);
  const recorded = () => readFileSync(cast, 'utf8');
  await until('the frame in the file', () => recorded().includes('colorscheme') || recorded().length > 1000);
  // Each line is whole as soon as it stands there: a copy is what a crash at this moment would leave.
  await until('no more to come', () => {
    const before = recorded().length;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    return before === recorded().length;
  });
  const copy = join(house.home, 'copy.cast');
  writeFileSync(copy, recorded());
  const player = tmux.open(
    'player',
    SIZE,
    shellLine(['asciinema', 'play', '-i', '0.01', copy]).concat('; exec sleep 1000'),
  );
  await until(
    'the end of the play',
    () => difference(withoutCursor(last), withoutCursor(player.picture())) === '',
  ).catch(() => assert.equal(difference(last, player.picture()), ''));
  assert.equal(statSync(cast).mode & 0o777, 0o600);
  const [head, ...events] = recorded()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([head.version, head.width, head.height, head.title], [2, 80, 24, 'demo']);
  events.reduce((before: number, [at]: [number]) => {
    assert.ok(at >= before, 'time goes on');
    return at;
  }, 0);
  assert.ok(ready.token.length > 20 && !recorded().includes(ready.token));
});

/** The player leaves its own line when it ends: only what the program drew is compared. */
function withoutCursor(picture: Picture): Picture {
  return { ...picture, cursor: '' };
}

test('an existing file is never overwritten: nothing is shared, and the file stays as it was', async (t) => {
  const house = new House(t);
  const cast = join(house.home, 'there.cast');
  writeFileSync(cast, 'precious');
  const { code, stderr } = await house.run(['--headless', '--listen', '127.0.0.1:0', '--record', cast, '--', 'true']);
  assert.equal(code, 125);
  assert.match(stderr, /there\.cast exists already/);
  assert.equal(readFileSync(cast, 'utf8'), 'precious');
});
