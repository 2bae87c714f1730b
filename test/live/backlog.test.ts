import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backlog } from '../../src/presenter/backlog.js';
import { Emulator } from '../../src/presenter/emulator.js';

const SIZE = { cols: 80, rows: 24 };
const LINES = ['plain text', '\x1b[1;31mred\x1b[0m and \x1b[38;5;99mmore', '日本 é …\x1b[K', '\tindented\x1b[m', ''];

/** A flood of about `bytes` bytes, with something in the middle that cannot be skipped. */
function floodOf(bytes: number, odd: string): Buffer {
  const parts: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const line = `${i} ${LINES[i % LINES.length]} ${'.'.repeat((i * 7) % 60)}\r\n`;
    parts.push(line);
    length += line.length;
  }
  parts.splice(parts.length >> 1, 0, odd);
  return Buffer.from(`${parts.join('')}$ `);
}

test('a flood that waited shows the same screen as one that was read, however it was cut and looked at', () => {
  const piece = fc.integer({ min: 1, max: 300_000 });
  const odd = fc.constantFrom('', '\x1b[3;9r', '\x1b[5;10Hmoved', '\x1b]2;title\x07', 'no end of line '.repeat(6000));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 3, maxLength: 12 }), odd, fc.boolean(), (pieces, odd, looks) => {
      const flood = floodOf(1_500_000, odd);
      const whole = new Emulator(SIZE);
      whole.feed(flood);
      const seen = new Emulator(SIZE);
      const backlog = new Backlog(seen);
      let told = 0;
      for (let at = 0, i = 0; at < flood.length; i++) {
        const end = at + pieces[i % pieces.length]!;
        told += backlog.add(flood.subarray(at, end));
        if (looks && i % 3 === 0) told += backlog.feed();
        at = end;
      }
      told += backlog.feed();
      assert.equal(told, flood.length);
      const [a, b] = [whole.capture(null), seen.capture(null)];
      assert.deepEqual(b.cursor, a.cursor);
      assert.equal(b.title, a.title);
      for (const [y, row] of a.rows.entries()) assert.ok(b.rows[y]!.equals(row), `row ${y} differs`);
      whole.dispose();
      seen.dispose();
    }),
    { numRuns: 12 },
  );
});
