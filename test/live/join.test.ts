import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { House, shellLine, sleep, sshWords } from '../support/house.js';
import { difference } from '../support/picture.js';
import { still } from '../support/popup.js';
import { sameAs } from '../support/watching.js';

const SIZE = { cols: 80, rows: 24 };
const JOINS = 20;

test('who joins late sees the right screen with his first frame, each of twenty times', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  writeFileSync(join(house.home, 'a.c'), 'int main(void) { return 0; } // 漢字\n'.repeat(40));
  const vim = ['vim', '-N', '-u', 'NONE', '-i', 'NONE', '-n', '-c', 'syntax on', join(house.home, 'a.c')];
  const { pane, ready } = await house.present(tmux, SIZE, ['--name', 'demo'], vim);
  await pane.shows('return');
  const { picture: right } = await still(pane);
  const watch = shellLine(sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off']));
  const times: number[] = [];
  for (let i = 0; i < JOINS; i++) {
    const started = performance.now();
    const observer = tmux.open(`late${i}`, SIZE, watch);
    while (difference(right, observer.picture()) !== '' && performance.now() - started < 5000) await sleep(5);
    times.push(performance.now() - started);
    await sameAs(pane, [observer], `join ${i}`);
    observer.keys('q');
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => `${times[Math.floor(part * (JOINS - 1))]!.toFixed(0)} ms`;
  t.diagnostic(`start of ssh to the right screen: median ${at(0.5)}, least ${at(0)}, most ${at(1)}`);
});
