/** Known values: their forms, their fragments, their beginnings; and what ordinary text is spared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SecretValue, Values } from '../../src/core/redact/values.js';

const SECRET = 'kT9!x"2/Vq\'8 zR%7+u$4é';

function valuesOf(value: string): Values {
  return new Values([{ name: 'X', value } satisfies SecretValue]);
}

/** The parts of `text` that are known, as one string with dots between. */
function known(values: Values, text: string): string {
  const marked = new Set<number>();
  for (const { from, to } of values.find(text)) for (let i = from; i < to; i++) marked.add(i);
  return [...text].map((char, i) => (marked.has(i) ? char : '·')).join('');
}

test('a value is known in the forms in which programs write it', () => {
  const values = valuesOf(SECRET);
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    JSON.stringify(SECRET).slice(1, -1),
    SECRET.replaceAll("'", `'\\''`),
    SECRET.replaceAll("'", `'"'"'`),
    SECRET.replace(/["$\\`]/g, '\\$&'),
  ];
  for (const form of forms) {
    assert.equal(known(values, `set ${form} end`).replaceAll('·', ''), form);
  }
});

test('base64 of anything that contains a value is known, save for the digits that its neighbours are in', () => {
  const values = valuesOf(SECRET);
  for (const encoding of ['base64', 'base64url'] as const) {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
        const text = Buffer.from(before + SECRET + after).toString(encoding);
        const least = Math.floor((Buffer.byteLength(SECRET) * 8) / 6) - 2;
        const found = known(values, text).replaceAll('·', '').length;
        assert.ok(found >= least, `${found} of at least ${least}`);
      }),
    );
  }
});

test('each line of a value is a value, those under six characters are none', () => {
  const values = valuesOf('first-1-line\nab\n second2line \r\nabcde');
  assert.equal(known(values, 'first-1-line ab second2line abcde'), 'first-1-line····second2line······');
});

test('fragments of six or more of a value that looks random are known, shorter ones are not', () => {
  const value = 'x7Kq2mZ9vT4bR8nW';
  const values = valuesOf(value);
  for (let from = 0; from < value.length; from++) {
    for (let to = from + 1; to <= value.length; to++) {
      const fragment = value.slice(from, to);
      assert.equal(known(values, `<${fragment}>`).replaceAll('·', ''), to - from < 6 ? '' : fragment);
    }
  }
});

test('the words of a URL or path do not mask ordinary text, but the whole, its password and its keys do', () => {
  const url = valuesOf('postgres://app:s3cRet9Kx2Lq@db.example.org/orders');
  assert.equal(known(url, 'postgres starts, orders come, db.example.org').replaceAll('·', ''), '');
  assert.equal(known(url, 'the s3cRet9Kx2Lq of it').replaceAll('·', ''), 's3cRet9Kx2Lq');
  const path = valuesOf('/home/someone/.ssh/id_ed25519');
  assert.equal(known(path, 'ls /home/someone/.ssh; ssh id_ed25519').replaceAll('·', ''), '');
  const hook = valuesOf('https://hooks.example.org/services/T00/x7Kq2mZ9vT4bR8nW');
  assert.equal(known(hook, 'https://hooks.example.org/services x7Kq2mZ9').replaceAll('·', ''), 'x7Kq2mZ9');
  const word = valuesOf('production');
  assert.equal(known(word, 'the product of production').replaceAll('·', ''), 'production');
  const phrase = valuesOf('correct horse battery');
  assert.equal(known(phrase, 'the batteryless horses').replaceAll('·', ''), 'e battery horse');
});

test('the longest beginning of a value that ends at a place is told, from three characters on', () => {
  const values = valuesOf('abcabX99secret');
  const at = (text: string, end = text.length) => values.prefixAt(text, end)?.from;
  assert.equal(at('$ ab'), undefined);
  assert.equal(at('$ abc'), 2);
  assert.equal(at('$ abcab'), 2);
  assert.equal(at('$ abcabcab'), 5, 'the longest that ends there');
  assert.equal(at('$ abcabX99 ', 9), 2);
  assert.equal(at('$ abcabX99 '), undefined);
  assert.equal(at('$ abcabX99secret'), undefined, 'the whole is no beginning');
  assert.equal(values.prefixAt('$ abc', 5)?.id, 'value:X');
});
