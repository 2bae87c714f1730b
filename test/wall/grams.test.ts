/** Fragments by 6-grams, against a search that takes its time. Secrets are made up and never printed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fragment, GRAM, type Grain, Grams } from '../../src/core/redact/grams.js';

/** For each unit of `text`: does it belong to a run of six or more units that some known text has too? */
function slowly(known: readonly string[], text: string): boolean[] {
  const marked = Array.from({ length: text.length }, () => false);
  for (let at = 0; at + GRAM <= text.length; at++) {
    const gram = text.slice(at, at + GRAM);
    if (known.some((one) => one.includes(gram))) marked.fill(true, at, at + GRAM);
  }
  return marked;
}

function marks(found: readonly Fragment[], length: number): boolean[] {
  const marked = Array.from({ length }, () => false);
  for (const { from, to } of found) marked.fill(true, from, to);
  return marked;
}

function gramsOf(texts: readonly string[], grain: Grain): Grams {
  const grams = new Grams();
  for (const text of texts) grams.add(text, 'id', grain);
  return grams;
}

/** Few letters, so that texts share parts; runs of one letter only are tested apart. */
const word = fc
  .string({ unit: fc.constantFrom(...'abcé漢'), minLength: 1, maxLength: 24 })
  .filter((text) => !/(.)\1{4}/su.test(text));

test('what is found is every fragment of six or more, and nothing shorter', (t) => {
  const seed = Date.now() % 1e9;
  t.diagnostic(`seed ${seed}`);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.array(word, { maxLength: 8 }), (known, pieces) => {
      const cuts = known.map((text, i) => text.slice(i % 7, (i % 7) + 9));
      const text = [...pieces, ...cuts].join('-').replace(/(.)\1{4,}/gsu, '$1');
      assert.deepEqual(marks(gramsOf(known, 'every').find(text), text.length), slowly(known, text));
    }),
    { seed, numRuns: 2000 },
  );
});

test('any fragment of any of 2,000 tokens is found as one piece at any place', (t) => {
  const seed = Date.now() % 1e9;
  t.diagnostic(`seed ${seed}`);
  const token = fc.string({ unit: fc.constantFrom(...'ABCDEFXYZabcdef0123456789-_'), minLength: 32, maxLength: 40 });
  const tokens = fc.sample(token, { seed, numRuns: 2000 });
  const grams = gramsOf(tokens, 'every');
  fc.assert(
    fc.property(
      fc.nat(1999),
      fc.nat(25),
      fc.integer({ min: 0, max: 40 }),
      fc.nat(90),
      (which, from, length, indent) => {
        const fragment = tokens[which]!.slice(from, from + length);
        if (/^(.)\1*$/.test(fragment)) return;
        const found = grams.find(`${' '.repeat(indent)}${fragment} .`);
        const whole = found.some((one) => one.from === indent && one.to === indent + fragment.length);
        assert.equal(whole, fragment.length >= GRAM);
        if (fragment.length < GRAM) assert.deepEqual(found, []);
      },
    ),
    { seed, numRuns: 3000 },
  );
});

test('a run of one character is found as part of a fragment, not by itself', () => {
  const grams = gramsOf([`x1y2${'A'.repeat(20)}z3`], 'every');
  assert.deepEqual(grams.find('A'.repeat(30)), []);
  const [find] = grams.find(`${'A'.repeat(15)}z3`);
  assert.deepEqual([find?.from, find?.to], [0, 17]);
});

test('a text that looks odd here and there is found whole and by its odd parts, not by its words', () => {
  const grams = gramsOf(['mirror-horse42battery'], 'odd');
  const found = (text: string) => grams.find(text).map(({ from, to }) => text.slice(from, to));
  assert.deepEqual(found('the mirror, a horse and a battery'), []);
  assert.ok(found('horse42').includes('horse42'));
  assert.ok(found('see mirror-horse42battery!').includes('mirror-horse42battery'));
});

test('a text that is known as a whole is found as a whole only', () => {
  const grams = gramsOf(['checkout_mirror'], 'whole');
  assert.equal(grams.find('git checkout_mirro').length, 0);
  assert.deepEqual(
    grams.find('git checkout_mirrors').map(({ from, to }) => [from, to]),
    [[4, 19]],
  );
});

test('a thousand secrets with one beginning cost no more than a few', () => {
  const head = 'hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.';
  const grams = gramsOf(
    Array.from({ length: 1000 }, (_, i) => `${head}${i}x${i * 7}y`),
    'every',
  );
  const found = grams.find(`${head}${head}${head}`);
  assert.deepEqual(new Set(marks(found, head.length * 3)), new Set([true]));
  assert.ok(found.length < 100, `${found.length} finds`);
});
