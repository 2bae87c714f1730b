import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, shellLine, until } from '../support/house.js';
import { untilSame } from '../support/patience.js';
import { difference, type Picture } from '../support/picture.js';
import { still } from '../support/popup.js';

const SIZE = { cols: 80, rows: 24 };

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
  await pane.shows('VISUAL LINE');
  const { picture: last } = await still(pane);
  // Each line is whole as soon as it stands there: a copy is what a crash at this moment would leave.
  const recorded = () => readFileSync(cast, 'utf8');
  let plays = 0;
  /** Plays what is recorded by now to its end: the recording comes behind the picture. */
  const played = async () => {
    const copy = join(house.home, `copy-${++plays}.cast`);
    writeFileSync(copy, recorded());
    const play = shellLine(['asciinema', 'play', '-i', '0.01', copy]);
    const player = tmux.open(`player-${plays}`, SIZE, `${play}; touch '${copy}.over'; exec sleep 1000`);
    await until('the end of the play', () => existsSync(`${copy}.over`));
    return (await still(player)).picture;
  };
  await untilSame('played', async () => difference(withoutCursor(last), withoutCursor(await played())));
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
