/** When an observer's lag has to be looked at again, by a clock of the test's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lag } from '../../src/observers/ssh/lag.js';

test('what is under way is looked at when its own time is over, not when that of one before it would be', () => {
  const lag = new Lag();
  lag.sent(0);
  assert.equal(lag.dueMs(0), 1000);
  lag.acked(10, false);
  assert.equal(lag.dueMs(10), null);
  lag.sent(900);
  assert.equal(lag.change(1000), null);
  assert.equal(lag.dueMs(1000), 900);
  assert.equal(lag.change(1900), 1000);
  assert.equal(lag.dueMs(1900), null, 'nobody has to look until it is acknowledged');
});

test('who is well again too soon after he was slow is told so later, though nothing more comes', () => {
  const lag = new Lag();
  lag.sent(0);
  assert.equal(lag.change(1000), 1000);
  lag.acked(1200, true);
  lag.acked(1210, false);
  assert.equal(lag.change(1210), null);
  assert.equal(lag.dueMs(1210), 4790);
  assert.equal(lag.change(6000), 10);
  assert.equal(lag.dueMs(6000), null);
});
