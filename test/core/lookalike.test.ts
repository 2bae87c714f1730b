import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../../src/cli/session/arrivals.js';
import { lookOf } from '../../src/core/lookalike.js';
import { type Present, Roster } from '../../src/core/roster.js';

/** Ways to write a word so that it still reads the same. */
const DISGUISES: Readonly<Record<string, (word: string) => string>> = {
  'in capitals': (word) => word.toUpperCase(),
  'with a Cyrillic letter': (word) => word.replace('e', 'е'),
  'with a Greek letter': (word) => word.replace('r', 'r').replace('n', 'ո').replace('p', 'ρ'),
  'in full width': (word) => word.replace(/^./, (char) => String.fromCodePoint(char.codePointAt(0)! + 0xfee0)),
  'in mathematical letters': (word) =>
    Array.from(word, (char) => String.fromCodePoint(0x1d41a + char.charCodeAt(0) - 97)).join(''),
  'with a mark that is not seen': (word) => `${word.slice(0, 3)}\u034f${word.slice(3)}`,
  'with a selector at its end': (word) => `${word}\ufe0f`,
  'with an accent': (word) => word.replace('e', 'e\u0301'),
  'with a character of no width': (word) => `${word.slice(0, 2)}\u200b${word.slice(2)}`,
};

for (const [how, disguise] of Object.entries(DISGUISES)) {
  test(`nobody is called the presenter or lectern, ${how}`, () => {
    for (const word of ['presenter', 'lectern']) {
      assert.equal(nameOf(disguise(word)), '', word);
      assert.equal(nameOf(`  ${disguise(word)}-2`), '', 'nor his second');
      assert.equal(nameOf(`${disguise(word)}: yes`), '', 'nor what he says');
    }
  });

  test(`a name that reads like that of somebody who is here is told apart, ${how}`, () => {
    const roster = new Roster();
    const participant = { id: '1', name: 'presten', addr: '', role: 'observer' as const, client: '' };
    roster.arrive({ participant } as Present);
    const free = roster.freeName(disguise('presten'));
    assert.equal(free, `${disguise('presten')}-2`);
    roster.arrive({ participant: { ...participant, id: '2', name: free } } as Present);
    assert.equal(roster.freeName('presten'), 'presten-3');
    assert.equal(roster.freeName('presten', '1'), 'presten', 'he keeps his own');
  });
}

test('names that nobody would take for the presenter are taken as they are', () => {
  for (const name of [
    'ana',
    'Преподаватель',
    '先生',
    'presenters-friend',
    'represent',
    'ίων',
    'naïve',
    'o\u0308zgür',
  ]) {
    assert.equal(nameOf(name), name);
  }
});

test('different names look different', () => {
  const names = ['ana', 'anna', 'ann', 'bob', 'Преподаватель', '先生', '学生', 'ana-2'];
  assert.equal(new Set(names.map(lookOf)).size, names.length);
});

test('names that differ in a vowel or in a kana are two names, whatever marks are put on them besides', () => {
  const pairs = [
    ['नीना', 'नाना'],
    ['สมชาย', 'สมชุย'],
    ['ジュン', 'シュン'],
    ['バン', 'パン'],
    ['கா', 'கி'],
    ['දිනේෂ්', 'දනුෂ්'],
  ] as const;
  for (const [one, other] of pairs) {
    assert.notEqual(lookOf(one), lookOf(other), `${one}, ${other}`);
    for (const unseen of ['\u034f', '\ufe0f', '\u200b', '\u0301']) {
      const disguised = Array.from(one, (char) => `${char}${unseen}`).join('');
      assert.equal(lookOf(disguised), lookOf(one), `${one} with ${unseen.codePointAt(0)!.toString(16)}`);
    }
  }
  assert.equal(nameOf('p\u0e3aresenter'), '', 'a mark of Thai on a Latin letter');
  assert.equal(lookOf('\uff7c\uff9e\uff6d\uff9d'), lookOf('ジュン'), 'of half the width');
});
