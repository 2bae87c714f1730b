import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIN_INTERVAL_MS } from '../../src/core/pace.js';
import { Ticker } from '../../src/presenter/ticker.js';

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test('an echo is drawn in the next turn of the loop, and a stream in far fewer frames than changes', async () => {
  let frames = 0;
  const ticker = new Ticker({ feed: () => false, draw: () => ++frames });
  ticker.output(1);
  await new Promise((turn) => setImmediate(turn));
  assert.equal(frames, 1);
  const began = performance.now();
  for (let i = 0; i < 60; i++) {
    ticker.output(10);
    await pass(1);
  }
  await pass(60);
  // Each pass is as long as the machine makes it.
  const most = 2 + (performance.now() - began) / MIN_INTERVAL_MS;
  assert.ok(frames >= 2 && frames <= most, `${frames} of at most ${most}`);
  const settled = frames;
  await pass(60);
  assert.equal(frames, settled, 'nothing is drawn while nothing changes');
});

test('a picture in the making is held back, read on, and drawn when it is done', async () => {
  let making = true;
  const calls: string[] = [];
  const feed = (): boolean => {
    calls.push('feed');
    return making;
  };
  const ticker = new Ticker({ feed, draw: () => calls.push('draw') });
  ticker.output(10);
  await pass(30);
  assert.deepEqual(calls, ['feed']);
  making = false;
  ticker.output(10);
  await pass(30);
  assert.deepEqual(calls, ['feed', 'feed', 'draw']);
  making = true;
  ticker.output(10);
  await pass(400);
  assert.equal(calls.filter((call) => call === 'draw').length, 2, 'not for ever');
  ticker.close();
});
