import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unwritten } from '../../src/presenter/unwritten.js';

/** Numerical Recipes' generator: below `max`. */
function random(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % max;
  };
}

test('what is added in pieces and dropped in other pieces comes out in order and whole', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    const unwritten = new Unwritten();
    const [said, heard]: [Buffer[], Buffer[]] = [[], []];
    for (let step = 0; step < 100; step++) {
      const piece = Buffer.alloc(next(seed % 5 === 0 ? 20_000 : 600), `${seed}.${step} `);
      said.push(Buffer.from(piece));
      unwritten.add(piece);
      // Whoever keeps the piece may write over it.
      piece.fill(0);
      const count = next(unwritten.length + 1);
      heard.push(Buffer.from(unwritten.bytes.subarray(0, count)));
      unwritten.drop(count);
    }
    heard.push(Buffer.from(unwritten.bytes));
    assert.ok(Buffer.concat(heard).equals(Buffer.concat(said)), `seed ${seed}`);
  }
});

test('what was given up does not come out with what is added after it', () => {
  const unwritten = new Unwritten();
  unwritten.add(new Uint8Array(100_000).fill(1));
  unwritten.clear();
  assert.equal(unwritten.length, 0);
  unwritten.add(Uint8Array.of(2, 3));
  assert.deepEqual([...unwritten.bytes], [2, 3]);
});
