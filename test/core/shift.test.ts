/** Parts of rows that move sideways: found where that saves bytes, and moved on terminals without a trace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Size } from '../../src/core/cells.js';
import { BLANK, Frame, Patch } from '../../src/core/frame.js';
import { OPEN, paint } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { framesOf } from '../support/frames.js';
import { looks } from '../support/looks.js';

const SIZE: Size = { cols: 60, rows: 6 };
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
console.log(`# seed ${seed}`);

const frames = (...outputs: readonly string[]): Frame[] => framesOf(outputs, SIZE);

const SENTENCE = 'the quick brown fox jumps over the lazy dog';

/** What brings one to the second picture who sees the first. */
function between(first: string, second: string): Patch {
  const [a, b] = frames(`\x1b[2H${first}\x1b[H`, `\x1b[2H${second}\x1b[K\x1b[H`) as [Frame, Frame];
  const patch = b.diffFrom(a);
  assert.ok(a.apply(Patch.decode(patch.encode())).equals(b));
  return patch;
}

test('what is typed in the midst of a line moves what stands behind it, and is sent alone', () => {
  const patch = between(SENTENCE, SENTENCE.replace('brown', 'browny'));
  assert.deepEqual(patch.parts.shifts, [{ y: 1, x: 15, by: 1 }]);
  assert.equal(paint(patch, false), '\x1b[2;16H\x1b[@y\x1b[H');
});

test('what is taken out of a line moves what stood behind it', () => {
  const patch = between(SENTENCE, SENTENCE.replace('quick ', ''));
  assert.deepEqual(patch.parts.shifts, [{ y: 1, x: 4, by: -6 }]);
  assert.equal(paint(patch, false), '\x1b[2;5H\x1b[6P\x1b[H');
});

test('a number that gets a digit more moves the text behind it', () => {
  const patch = between(`9 ${SENTENCE}`, `10 ${SENTENCE}`);
  assert.equal(paint(patch, false), '\x1b[2H\x1b[@10\x1b[H');
});

test('what moves over the edge of the picture does not stand beside it', () => {
  const full = 'x'.repeat(20) + SENTENCE.slice(0, SIZE.cols - 20);
  const patch = between(full, `${full.slice(0, 20)}12${full.slice(20, SIZE.cols - 2)}`);
  assert.equal(paint(patch, false), '\x1b[2;21H\x1b[2@12\x1b[H');
  assert.equal(paint(patch, true), '\x1b[2;21H\x1b[2@\x1b[40C\x1b[2X\x1b[21G12\x1b[H');
});

test('rows with characters of two columns, or of a width that terminals disagree about, are not moved', () => {
  for (const odd of ['漢', 'é\u0301', '👍', '\u0e33']) {
    assert.deepEqual(between(SENTENCE + odd, `a${SENTENCE}${odd}`).parts.shifts, [], odd);
    assert.deepEqual(between(odd + SENTENCE, `${odd}a${SENTENCE}`).parts.shifts, [], odd);
  }
});

test('a shift that is none is refused', () => {
  const [a, b] = frames(`\x1b[2H${SENTENCE}\x1b[H`, '\x1b[2H\x1b[@') as [Frame, Frame];
  const good = b.diffFrom(a).encode();
  const words = new Uint32Array(good.slice().buffer);
  const [, , , flags] = words;
  assert.equal(flags! & 16, 16, 'there is one');
  // Behind magic, size, flags and cursor: how many, and of the first one row, column and distance.
  const at = 7;
  assert.deepEqual([...words.subarray(at, at + 4)], [1, 1, 0, 1]);
  for (const [place, value] of [
    [0, 0],
    [0, 7],
    [1, 6],
    [2, 60],
    [3, 0],
    [3, 60],
    [3, 0x80000000],
  ] as const) {
    const bad = words.slice();
    bad[at + place] = value;
    assert.throws(() => Patch.decode(new Uint8Array(bad.buffer)), RangeError, `${place}: ${value}`);
  }
  const wide = frames('\x1b[2H漢字')[0]!;
  assert.throws(() => wide.apply(Patch.decode(good)), RangeError);
});

test('shifts that are not from top to bottom, or two of one row, are refused', () => {
  const text = (y: number, insert: string) => `\x1b[${y}H${insert}${SENTENCE}`;
  const [a, b] = frames(text(2, '') + text(4, ''), text(2, 'a') + text(4, 'a')) as [Frame, Frame];
  const words = new Uint32Array(b.diffFrom(a).encode().slice().buffer);
  const at = 7;
  assert.deepEqual([...words.subarray(at, at + 7)], [2, 1, 0, 1, 3, 0, 1]);
  for (const [first, second] of [
    [3, 1],
    [1, 1],
    [3, 3],
  ] as const) {
    const bad = words.slice();
    bad[at + 1] = first;
    bad[at + 4] = second;
    assert.throws(() => Patch.decode(new Uint8Array(bad.buffer)), RangeError, `${first}, ${second}`);
  }
});

/** Something put in, taken out or written over somewhere, in one of some looks. */
const edit = fc
  .record({
    y: fc.integer({ min: 1, max: SIZE.rows }),
    x: fc.integer({ min: 1, max: SIZE.cols }),
    n: fc.integer({ min: 1, max: 12 }),
    what: fc.constantFrom('@', 'P', 'X', ''),
    look: fc.constantFrom('', '', '\x1b[7m', '\x1b[48;5;19m', '\x1b[1;31m'),
    text: fc.constantFrom('', 'a', 'some words', SENTENCE, '漢字', '1'),
  })
  .map(({ y, x, n, what, look, text }) => `\x1b[${y};${x}H${look}${what && `\x1b[${n}${what}`}${text}\x1b[m`);
const page = `\x1b[H${Array.from({ length: SIZE.rows }, (_, y) => `${y} ${SENTENCE}`.slice(y)).join('\r\n')}`;

test('whatever is put into lines and taken out of them, each difference shows the next picture and nothing beside it', () => {
  let moved = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 2, maxLength: 12 }), fc.constantFrom(0, 3), (edits, margin) => {
      const glass = new Emulator({ cols: SIZE.cols + margin, rows: SIZE.rows });
      glass.feed(Buffer.from(OPEN));
      let seen = BLANK;
      for (const frame of frames(page, ...edits)) {
        const patch = frame.diffFrom(seen);
        moved += patch.parts.shifts.length;
        const bytes = paint(patch, margin > 0);
        glass.feed(Buffer.from(bytes));
        const shown = Frame.of(glass.capture(null), Redactor.NONE);
        const { cols, rows } = SIZE;
        const part = shown.crop(0, 0, cols, rows);
        assert.deepEqual(part.rows.map(looks), frame.rows.map(looks), JSON.stringify(bytes));
        const beside = shown.crop(cols, 0, margin, rows);
        assert.ok(margin === 0 || beside.rows.every((row) => row.equals(Frame.blank(beside.size).rows[0]!)));
        assert.ok(seen === BLANK || seen.apply(Patch.decode(patch.encode())).equals(frame));
        seen = frame;
      }
      glass.dispose();
    }),
    { seed, numRuns: 400, includeErrorInReport: true },
  );
  assert.ok(moved > 200, `${moved} rows were moved`);
});
