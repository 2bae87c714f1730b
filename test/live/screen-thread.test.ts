import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { followFrames } from '../../src/cli/session/frames-socket.js';
import { ScreenThread } from '../../src/cli/session/screen-thread.js';
import { BLANK, type Frame } from '../../src/core/frame.js';
import { loadRules } from '../../src/ops/rules.js';
import { House, sleep, until } from '../support/house.js';

/** Longer than a thread may do nothing with something to do, in ms. */
const HANG_MS = 3500;

function startOf(house: House, size = { cols: 80, rows: 24 }) {
  return {
    size,
    rules: loadRules([], {}),
    name: 'demo',
    delayMs: 0,
    framesSocket: join(house.home, 'frames'),
    answers: false,
    minIntervalMs: 20,
  };
}

// They wait for nothing to happen: all at once.
suite('a thread that does something while the program prints nothing', { concurrency: true }, () => {
  for (const [what, act] of [
    ['a resize', (thread: ScreenThread) => thread.resize({ cols: 100, rows: 30 })],
    ['a snapshot', (thread: ScreenThread) => void thread.snapshot()],
    ['a curtain', (thread: ScreenThread) => thread.curtain(true)],
  ] as const) {
    test(`${what} is not taken for a hang`, async (t) => {
      const house = new House(t);
      let rebuilt = 0;
      const thread = new ScreenThread(startOf(house), {
        pressure: () => {},
        message: () => {},
        rebuilt: () => void rebuilt++,
      });
      house.after(() => thread.end());
      await thread.ready;
      thread.feed(Buffer.from('$ '));
      await sleep(300);
      act(thread);
      await sleep(HANG_MS);
      assert.equal(rebuilt, 0);
    });
  }
});

test('a file of the costliest sequences is no hang: pictures go on, and what comes after it is shown', async (t) => {
  const house = new House(t);
  let rebuilt = 0;
  const start = startOf(house, { cols: 200, rows: 60 });
  const thread = new ScreenThread(start, {
    pressure: () => {},
    message: () => {},
    rebuilt: () => void rebuilt++,
  });
  house.after(() => thread.end());
  await thread.ready;
  let frames = 0;
  let last: Frame = BLANK;
  const following = followFrames(start.framesSocket, (frame) => {
    frames++;
    last = frame;
  });
  house.after(() => following.close());
  // A reset costs a tenth of a millisecond here and takes two bytes: this is parsed for seconds.
  thread.feed(Buffer.from(Array.from({ length: 40_000 }, (_, i) => `\x1bc${i}`).join('')));
  thread.feed(Buffer.from('\x1bcafter'));
  await until('pictures of it', () => frames > 3);
  await thread.finish();
  const text = (): string => Array.from({ length: 5 }, (_, x) => last.rows[0]!.text(x)).join('');
  await until('what comes after it', () => text() === 'after');
  assert.equal(rebuilt, 0);
});

/** No thread of ours can begin with so little, in MB. */
const TOO_SMALL_MB = 4;

test('a thread that has no memory left ends alone: the process goes on, and it is begun again, with pauses', async (t) => {
  const house = new House(t);
  let rebuilt = 0;
  const events = { pressure: () => {}, message: () => {}, rebuilt: () => void rebuilt++ };
  const thread = new ScreenThread(startOf(house), events, TOO_SMALL_MB);
  house.after(() => thread.end());
  await assert.rejects(thread.ready, { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  await until('it is begun again', () => rebuilt >= 3);
});
