import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ground } from '../../src/presenter/ground.js';
import { Notice } from '../../src/presenter/notice.js';

const WHOLE = [
  'abc',
  'é',
  '日',
  '😀',
  '\x1b[1;31m',
  '\x1b[?25l',
  '\x1b(B',
  '\x1b7',
  '\x1b]2;title\x07',
  '\x1b]2;tïtle\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b_apc\x1b\\',
  '\x1bkname\x1b\\',
  '\x1b#8',
  '\x1b[1\x18',
  '\x1b]0;a\x1b[m',
];

test('between two sequences is ground, within one or within a character is not', () => {
  for (const text of WHOLE) {
    const all = Buffer.from(text);
    for (let cut = 1; cut <= all.length; cut++) {
      const ground = new Ground();
      ground.feed(all.subarray(0, cut));
      const plain = text === 'abc' || cut === all.length;
      assert.equal(ground.reached, plain, `${JSON.stringify(text)} up to ${cut}`);
      ground.feed(all.subarray(cut));
      assert.equal(ground.reached, true);
    }
  }
});

test('the cuts do not matter', () => {
  const all = Buffer.from(WHOLE.join('x'));
  for (let size = 1; size < 8; size++) {
    const pieces = new Ground();
    for (let at = 0; at < all.length; at += size) {
      pieces.feed(all.subarray(at, at + size));
      const once = new Ground();
      once.feed(all.subarray(0, at + size));
      assert.equal(pieces.reached, once.reached, `${size} at ${at}`);
    }
  }
});

test('a notice waits for the end of a sequence, is written once, and the title is given back', () => {
  const ground = new Ground();
  const written: Uint8Array[] = [];
  const notice = new Notice(ground, (bytes) => written.push(bytes));
  const out = (): string => Buffer.concat(written).toString();
  assert.equal(notice.end(), '');
  ground.feed(Buffer.from('\x1b[3'));
  notice.title('3 watching\x1b]52;c;x\x07');
  notice.bell();
  notice.settle();
  assert.equal(out(), '');
  ground.feed(Buffer.from('1m'));
  notice.settle();
  notice.settle();
  assert.equal(out(), '\x1b[22;0t\x1b]2;3 watching]52;c;x\x1b\\\x07');
  notice.title('2 watching');
  assert.ok(out().endsWith('\x1b]2;2 watching\x1b\\') && out().split('\x1b[22;0t').length === 2);
  assert.equal(notice.end(), '\x1b[23;0t');
  assert.equal(notice.end(), '');
});
