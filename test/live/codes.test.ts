import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CODE_LETTERS, hashCode, isToken, newCode, newId } from '../../src/access/codes.js';

test('codes are 26 letters of the alphabet without i, l, o and u, and do not repeat', () => {
  const codes = new Set(Array.from({ length: 2000 }, newCode));
  assert.equal(codes.size, 2000);
  for (const code of codes) assert.match(code, /^[0-9a-hjkmnp-tv-z]{26}$/);
});

test('every letter turns up in every place', () => {
  const codes = Array.from({ length: 2000 }, newCode);
  for (let place = 0; place < CODE_LETTERS; place++) {
    assert.equal(new Set(codes.map((code) => code[place])).size, 32, `place ${place}`);
  }
});

test('nothing but the exact code has its shape: no capitals, blanks, look-alikes, more or less', () => {
  const code = '0123456789abcdefghjkmnpqrs';
  assert.ok(isToken(code));
  const near = [code.toUpperCase(), ` ${code}`, `${code}\n`, code.slice(1), `${code}0`, '', `${code}\u0000`];
  const lookAlikes = ['i', 'l', 'o', 'u', 'I', 'é', '\u{1d7ce}'].map((letter) => letter + code.slice(1));
  for (const text of [...near, ...lookAlikes]) assert.ok(!isToken(text), JSON.stringify(text));
});

test('signed links have the shape of a token up to a length', () => {
  assert.ok(isToken('eyJh.eyJi.c2ln'));
  assert.ok(!isToken('eyJh.eyJi'));
  assert.ok(!isToken(`a.${'b'.repeat(2000)}.c`));
});

test('any text can be asked about and hashed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      assert.match(hashCode(text), /^[0-9a-f]{64}$/);
      isToken(text);
    }),
  );
});

test('ids are short and public', () => assert.match(newId(), /^[0-9a-hjkmnp-tv-z]{10}$/));
