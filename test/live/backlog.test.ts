import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backlog, type Fed } from '../../src/presenter/backlog.js';
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

function assertSame(seen: Emulator, whole: Emulator, when: string): void {
  const [a, b] = [whole.capture(null), seen.capture(null)];
  assert.deepEqual(b.cursor, a.cursor, when);
  assert.equal(b.title, a.title, when);
  for (const [y, row] of a.rows.entries()) assert.ok(b.rows[y]!.equals(row), `${when}, row ${y} differs`);
}

test('a flood that waited shows the same screen as one that was read, however it was cut and looked at', () => {
  const piece = fc.integer({ min: 1, max: 300_000 });
  const odd = fc.constantFrom('', '\x1b[3;9r', '\x1b[5;10Hmoved', '\x1b]2;title\x07', 'no end of line '.repeat(6000));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 3, maxLength: 12 }), odd, fc.boolean(), (pieces, odd, looks) => {
      const flood = floodOf(1_500_000, odd);
      const whole = new Emulator(SIZE);
      const seen = new Emulator(SIZE);
      const heard: Buffer[] = [];
      const backlog = new Backlog(seen, (bytes) => heard.push(Buffer.from(bytes)));
      let told = 0;
      for (let at = 0, i = 0; at < flood.length; i++) {
        const end = at + pieces[i % pieces.length]!;
        told += backlog.add(flood.subarray(at, end));
        whole.feed(flood.subarray(at, end));
        at = end;
        if (!looks || i % 3 !== 0) continue;
        told += backlog.feed();
        assertSame(seen, whole, `after ${Math.min(at, flood.length)} bytes`);
      }
      told += backlog.feed();
      assert.equal(told, flood.length);
      assertSame(seen, whole, 'at the end');
      // The pen, the saved cursor and the lines above show only later.
      backlog.settle();
      assert.equal(backlog.owes, false);
      for (const emulator of [seen, whole]) emulator.feed(Buffer.from('1mX\x1b[KY'));
      for (const emulator of [seen, whole]) emulator.resize({ cols: SIZE.cols, rows: SIZE.rows + 200 });
      assertSame(seen, whole, 'grown');
      const end = Buffer.concat(heard).subarray(-20_000);
      assert.equal(
        Buffer.compare(end, flood.subarray(-end.length)),
        0,
        'what was shown last was heard, in order and once',
      );
      whole.dispose();
      seen.dispose();
    }),
    { numRuns: 12 },
  );
});

test('of a flood that is looked at only the screen is parsed, and the lines above it when it is over', () => {
  const seen = new Emulator(SIZE);
  let fed = 0;
  const counted: Fed = {
    get size() {
      return seen.size;
    },
    get skimmable() {
      return seen.skimmable;
    },
    get pen() {
      return seen.pen;
    },
    rewind: (pen) => seen.rewind(pen),
    feed: (bytes) => {
      fed += bytes.length;
      seen.feed(bytes);
    },
  };
  const backlog = new Backlog(counted);
  // Its first lines are coloured by what was printed before; it ends in another colour and within a sequence.
  seen.feed(Buffer.from('\x1b[31m'));
  const lines = Buffer.from(`${'a line that takes its colour from before\r\n'.repeat(4000)}\x1b[34mend \x1b[3`);
  const whole = new Emulator(SIZE);
  whole.feed(Buffer.from('\x1b[31m'));
  for (let i = 0; i < 3; i++) {
    const more = i === 0 ? lines : Buffer.concat([Buffer.from('2m'), lines]);
    backlog.add(more);
    backlog.feed();
    whole.feed(more);
    assertSame(seen, whole, `look ${i}`);
  }
  assert.ok(fed < 30_000, `${fed} bytes`);
  assert.equal(backlog.owes, true);
  // Little that follows is fed after what is owed.
  for (const rest of ['2mgreen\r\n', 'and more\x1b[H']) {
    backlog.add(Buffer.from(rest));
    backlog.feed();
    whole.feed(Buffer.from(rest));
    assertSame(seen, whole, JSON.stringify(rest));
  }
  assert.equal(backlog.owes, false);
  for (const emulator of [seen, whole]) emulator.resize({ cols: SIZE.cols, rows: 200 });
  assertSame(seen, whole, 'grown');
});
