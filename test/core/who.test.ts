import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchWho, pickWho } from '../../src/core/who.js';

const people = [
  { id: 'k3m', name: 'ana' },
  { id: 'k7q', name: 'anabel' },
  { id: 'ana', name: 'bo' },
  { id: 'p1x', name: 'chen' },
  { id: 'p2x', name: 'chen' },
];
const ids = (who: string) => matchWho(people, who).map((one) => one.id);

test('an exact id wins over an exact name, and an exact name over a beginning', () => {
  assert.deepEqual(ids('ana'), ['ana']);
  assert.deepEqual(ids('bo'), ['ana']);
  assert.deepEqual(ids('anab'), ['k7q']);
  assert.deepEqual(ids('p1'), ['p1x']);
});

test('an ambiguity is an error that names the candidates', () => {
  assert.deepEqual(ids('chen'), ['p1x', 'p2x']);
  assert.throws(() => pickWho(people, 'chen'), { code: 'USAGE', message: /chen \(p1x\), chen \(p2x\)/ });
  const crowd = Array.from({ length: 9 }, (_, i) => ({ id: `z${i}`, name: 'zoe' }));
  assert.throws(() => pickWho(crowd, 'zo'), { message: /and 4 more/ });
});

test('nobody fits an unknown or an empty word', () => {
  assert.deepEqual(ids('zed'), []);
  assert.deepEqual(ids(''), []);
  assert.throws(() => pickWho(people, 'zed'), { code: 'FAILED' });
  assert.equal(pickWho(people, 'k7').name, 'anabel');
});
