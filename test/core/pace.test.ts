import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_HOLD_MS, MAX_INTERVAL_MS, MIN_INTERVAL_MS, Pace, QUIET_MS, SETTLE_MS } from '../../src/core/pace.js';

const drawnAt = (now: number, bytes = 100, costMs = 0.1): Pace => {
  const pace = new Pace();
  pace.output(1, now);
  pace.drawn(now, bytes, costMs);
  return pace;
};

test('nothing is due while nothing changes', () => {
  assert.equal(new Pace().due, Number.POSITIVE_INFINITY);
  assert.equal(drawnAt(100).due, Number.POSITIVE_INFINITY);
});

test('the first change is due at once, a larger one after it has settled', () => {
  const rows: [bytes: number, due: number][] = [
    [1, 1000],
    [256, 1000],
    [257, 1000 + SETTLE_MS],
    [50_000, 1000 + SETTLE_MS],
  ];
  for (const [bytes, due] of rows) {
    const pace = drawnAt(0);
    pace.output(bytes, 1000);
    assert.equal(pace.due, due, `${bytes} bytes`);
  }
});

test('output that goes on is drawn once an interval', () => {
  const pace = drawnAt(1000);
  for (let now = 1001; now < 1015; now++) pace.output(10, now);
  assert.equal(pace.due, 1000 + MIN_INTERVAL_MS);
});

test('a costly frame stretches the interval, up to the longest', () => {
  const rows: [bytes: number, costMs: number, interval: number][] = [
    [100, 1, MIN_INTERVAL_MS],
    [100, 15, 60],
    [100, 500, MAX_INTERVAL_MS],
    [90_000, 1, 90],
  ];
  for (const [bytes, costMs, interval] of rows) {
    const pace = drawnAt(1000, bytes, costMs);
    for (let now = 1001; now <= 1000 + interval; now++) pace.output(10, now);
    assert.equal(pace.due, 1000 + interval, `${bytes} bytes, ${costMs} ms`);
  }
});

test('a flood that does not end is drawn ever less often, and the first quiet moment shows its end', () => {
  const pace = new Pace();
  const gaps: number[] = [];
  let last = 0;
  for (let now = 1; now < 2000; now++) {
    pace.output(20_000, now);
    if (pace.due > now) continue;
    gaps.push(now - last);
    last = now;
    pace.drawn(now, 4000, 1);
  }
  assert.equal(gaps.at(-1), MAX_INTERVAL_MS);
  pace.output(10, 2000);
  assert.equal(pace.due, Math.max(last + MIN_INTERVAL_MS, 2000 + QUIET_MS));
  pace.drawn(2010, 4000, 1);
  for (let now = 2011; now < 2040; now++) pace.output(10, now);
  assert.equal(pace.due, 2039 + QUIET_MS, 'the next pause is not waited with either');
  pace.drawn(2049, 4000, 1);
  for (let now = 2050; now < 2100; now++) pace.output(10, now);
  assert.equal(pace.due, 2049 + MIN_INTERVAL_MS, 'and then the pace is the usual one');
});

test('synchronised output is waited out, but not for ever', () => {
  const pace = drawnAt(0);
  pace.output(500, 1000);
  assert.equal(pace.hold(1002), true);
  assert.equal(pace.due, 1002 + MAX_HOLD_MS);
  pace.output(10, 1050);
  assert.equal(pace.due, 1050 + SETTLE_MS, 'what comes must be read: it may be the end of the picture');
  assert.equal(pace.hold(1052), true);
  assert.equal(pace.due, 1002 + MAX_HOLD_MS);
  assert.equal(pace.hold(1002 + MAX_HOLD_MS), false);
  pace.drawn(1152, 100, 1);
  assert.equal(pace.due, Number.POSITIVE_INFINITY);
});
