import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined } from '../../src/presenter/pieces.js';

test('pieces of one buffer that follow each other become one without a copy, others are copied', () => {
  const block = Uint8Array.from([1, 2, 3, 4, 5, 6]);
  const neighbours = joined([block.subarray(1, 3), block.subarray(3, 4), block.subarray(4)]);
  assert.deepEqual([...neighbours], [2, 3, 4, 5, 6]);
  assert.equal(neighbours.buffer, block.buffer);
  const apart = joined([block.subarray(0, 1), block.subarray(2, 3)]);
  assert.deepEqual([...apart], [1, 3]);
  assert.notEqual(apart.buffer, block.buffer);
  assert.deepEqual([...joined([block.subarray(0, 1), Uint8Array.of(9)])], [1, 9]);
  assert.equal(joined([]).length, 0);
});
