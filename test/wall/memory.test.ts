/** What is learned of which match, and for how long it is remembered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { lessonsOf } from '../../src/core/redact/lessons.js';
import { Memory } from '../../src/core/redact/memory.js';
import type { Rule } from '../../src/core/redact/rule.js';

const RANDOM = 'x7Kq2mZ9vT4bR8nW';
const token = (rule: Partial<Rule>): Rule => ({ id: 'r', regex: 'acme_[a-z]+', keywords: ['acme_'], ...rule });
const group = (rule: Partial<Rule>): Rule => token({ secretGroup: 1, ...rule });

const POLICY: readonly (readonly [what: string, rule: Rule, secret: string, learned: string])[] = [
  ['a format is learned without its keyword', token({ learn: 'fragments' }), `acme_${RANDOM}`, `every ${RANDOM}`],
  ['the keyword counts without case', token({ learn: 'fragments' }), `ACME_${RANDOM}`, `every ${RANDOM}`],
  ['a format need not look random', token({ learn: 'fragments' }), 'acme_aaaabbbb', 'every aaaabbbb'],
  ['a group is the secret, whatever it holds', group({ learn: 'fragments' }), 'acme_aaaabbbb', 'every acme_aaaabbbb'],
  ['exact is exact', group({ learn: 'exact' }), RANDOM, `whole ${RANDOM}`],
  ['off is off', group({ learn: 'off' }), RANDOM, ''],
  ['random: what looks so', group({ learn: 'random' }), RANDOM, `every ${RANDOM}`],
  ['random: an identifier is not', group({ learn: 'random' }), 'checkout_mirror_name', ''],
  ['random: a word is not', group({ learn: 'random' }), 'production', ''],
  ['random: a number is not', group({ learn: 'random' }), '1234567890', ''],
  ['random: a small password is known as a whole', group({ learn: 'random' }), 'hunter2horse', 'whole hunter2horse'],
  ['without a word, what looks random is known by fragments', token({}), `acme_${RANDOM}`, `every ${RANDOM}`],
  ['without a word, a small password by its odd parts', group({}), 'hunter2horse', 'odd hunter2horse'],
  ['without a word, anything else as a whole', group({}), 'checkout_mirror_name', 'whole checkout_mirror_name'],
  ['fewer than six characters are nothing', token({ learn: 'fragments' }), 'acme_aB3x9', ''],
  [
    'a key is learned line by line, without numbers and headers',
    group({ learn: 'fragments' }),
    '\n 1 Proc-Type: 4,ENCRYPTED\n 2 \n12 aB3dEfGhIjKlMnOpQrSt\n13 +zZ9yXwVuTs',
    'every aB3dEfGhIjKlMnOpQrSt, odd zZ9yXwVuTs',
  ],
  [
    'a sign before a line of a key may be a character of it',
    group({ learn: 'fragments' }),
    '\n+aB3dEfGhIjKlMnOpQrSt\n+zZ9yXwVuTs',
    'every +aB3dEfGhIjKlMnOpQrSt, odd zZ9yXwVuTs',
  ],
  [
    'the escaped ends of the lines of a key are parts of it',
    group({ learn: 'fragments' }),
    `\\n${RANDOM}\\n${RANDOM}\\nzZ9y\\n`,
    `every \\n${RANDOM}\\n${RANDOM}\\nzZ9y\\n`,
  ],
];

for (const [what, rule, secret, learned] of POLICY) {
  test(`learning: ${what}`, () => {
    const lessons = lessonsOf(rule, secret).map(({ grain, text }) => `${grain} ${text}`);
    assert.equal(lessons.join(', '), learned);
  });
}

test('no built-in token teaches its own name', () => {
  for (const rule of BUILT_IN_RULES.filter(({ learn, secretGroup }) => learn === 'fragments' && !secretGroup)) {
    for (const keyword of (rule.keywords ?? []).filter((one) => one.length >= 6)) {
      const texts = lessonsOf(rule, `${keyword}${RANDOM}${RANDOM}`).map(({ text }) => text);
      assert.ok(texts.length > 0 && texts.every((text) => !text.includes(keyword)), `${rule.id}: ${keyword}`);
    }
  }
});

const lesson = (i: number) =>
  ({ rule: 'r', text: `a${i}b${i * 31}c${i * 7}`.padEnd(32, 'xY7'), grain: 'every' }) as const;

test('the oldest are forgotten first, and what is seen again counts as new', () => {
  const memory = new Memory();
  for (let i = 0; i < 2000; i++) memory.learn(lesson(i));
  assert.ok(memory.find(lesson(0).text).length > 0);
  memory.learn(lesson(0));
  for (let i = 2000; i < 2400; i++) memory.learn(lesson(i));
  assert.ok(memory.size <= 2000);
  assert.ok(memory.find(lesson(0).text).some(({ to }) => to === 32));
  assert.ok(memory.find(lesson(2399).text).some(({ to }) => to === 32));
  assert.ok(!memory.find(lesson(1).text).some(({ from, to }) => from === 0 && to === 32));
});

test('however long secrets are, memory stays within its limit', () => {
  const memory = new Memory();
  for (let i = 0; i < 40; i++) {
    const text = Array.from({ length: 20_000 }, (_, j) => String.fromCharCode(33 + ((i * 7 + j * j * 13 + j) % 90)));
    memory.learn({ rule: 'r', text: text.join(''), grain: 'every' });
  }
  const kept = memory.lessons().reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(memory.size > 1 && kept <= 1 << 17, `${memory.size} secrets, ${kept} characters`);
});

test('a token that grows while it is typed is one secret', () => {
  const memory = new Memory();
  for (let length = 6; length <= 16; length++)
    memory.learn({ rule: 'r', text: RANDOM.slice(0, length), grain: 'every' });
  assert.equal(memory.size, 1);
  assert.deepEqual([memory.find(RANDOM)[0]?.from, memory.find(RANDOM).some(({ to }) => to === 16)], [0, true]);
});

test('memory is handed over whole', () => {
  const before = new Memory();
  for (let i = 0; i < 50; i++) before.learn(lesson(i));
  const after = new Memory(structuredClone(before.lessons()));
  assert.deepEqual(after.lessons(), before.lessons());
  assert.deepEqual(after.find(`x ${lesson(7).text} y`).length, before.find(`x ${lesson(7).text} y`).length);
});
