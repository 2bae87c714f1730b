import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankRow } from '../../src/core/cells.js';

test('a blank row is one object for each width and holds cells of width 1 without text', () => {
  const row = blankRow(5);
  assert.equal(blankRow(5), row);
  assert.equal(row.cols, 5);
  assert.deepEqual([row.width(4), row.text(4)], [1, '']);
});
