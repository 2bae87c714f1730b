import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScreenThread } from '../../src/cli/session/screen-thread.js';
import { loadRules } from '../../src/ops/rules.js';
import { House, sleep } from '../support/house.js';

/** Longer than a thread may do nothing with something to do, in ms. */
const HANG_MS = 3500;

for (const [what, act] of [
  ['a resize', (thread: ScreenThread) => thread.resize({ cols: 100, rows: 30 })],
  ['a snapshot', (thread: ScreenThread) => void thread.snapshot()],
  ['a curtain', (thread: ScreenThread) => thread.curtain(true)],
] as const) {
  test(`${what} while the program prints nothing is not taken for a hang`, { timeout: 20_000 }, async (t) => {
    const house = new House(t);
    let rebuilt = 0;
    const thread = new ScreenThread(
      {
        size: { cols: 80, rows: 24 },
        rules: loadRules([], {}),
        name: 'demo',
        delayMs: 0,
        framesSocket: join(house.home, 'frames'),
        answers: false,
        minIntervalMs: 20,
      },
      { pressure: () => {}, message: () => {}, rebuilt: () => void rebuilt++ },
    );
    house.after(() => thread.end());
    await thread.ready;
    thread.feed(Buffer.from('$ '));
    await sleep(300);
    act(thread);
    await sleep(HANG_MS);
    assert.equal(rebuilt, 0);
  });
}
