import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blankRow, CELL_WORDS, Row, type Screen } from '../../src/core/cells.js';
import { BLANK, Frame, Patch } from '../../src/core/frame.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { changed, rowOf, screenOf, screens } from '../support/screens.js';

const frameOf = (screen: Screen): Frame => Frame.of(screen, Redactor.NONE);

test('a frame with the difference to another applied is the other', () => {
  fc.assert(
    fc.property(screens, (list) => {
      const frames = [BLANK, ...list.map(frameOf)];
      for (const a of frames) {
        for (const b of frames) {
          const patch = b.diffFrom(a);
          assert.ok(a.apply(patch).equals(b));
          assert.ok(a.apply(Patch.decode(patch.encode())).equals(b), 'also after a walk over the wire');
          assert.equal(patch.isEmpty, a.equals(b));
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('a difference between scrolled screens holds the scroll and only what came new', () => {
  const letters = (n: number) =>
    rowOf(
      Array.from({ length: 40 }, (_, x) => [
        2 + (((Math.imul(n + 1, 2654435761) + Math.imul(x, 40503 + n)) >>> 7) % 4),
        0,
      ]),
    );
  const rows = Array.from({ length: 20 }, (_, y) => letters(y));
  const screen = { size: { cols: 40, rows: 20 }, rows, wrapped: [], cursor: BLANK.cursor, title: '' };
  const next = {
    ...screen,
    rows: [...rows.slice(0, 2), ...rows.slice(5, 18), ...[31, 32, 33].map(letters), ...rows.slice(18)],
  };
  const { scroll, runs } = frameOf(next).diffFrom(frameOf(screen)).parts;
  assert.deepEqual(scroll, { top: 2, bottom: 18, by: 3 });
  assert.deepEqual([...new Set(runs.map((run) => run.y))], [15, 16, 17]);
});

test('rows that did not change stay the same objects through walls, patches and crops', () => {
  fc.assert(
    fc.property(
      screenOf(12, 6).chain((first) => changed(first).map((second) => [first, second] as const)),
      ([first, second]) => {
        const a = frameOf(first);
        const b = frameOf(second);
        second.rows.forEach((row, y) => {
          if (row === first.rows[y]) assert.equal(a.rows[y], b.rows[y]);
        });
        assert.equal(b.diffFrom(a), b.diffFrom(a));
        assert.equal(a.crop(1, 1, 3, 3), a.crop(1, 1, 3, 3));
      },
    ),
  );
});

test('bytes that are no patch are refused and never crash', () => {
  const good = frameOf(fc.sample(screenOf(10, 4), { numRuns: 1, seed: 3 })[0]!)
    .diffFrom(BLANK)
    .encode();
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
      const bad = good.slice(0, length);
      if (at < bad.length) bad[at] = value;
      try {
        assert.ok(Patch.isPatch(Patch.decode(bad)));
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('a look-alike is not published, applied or compared', () => {
  const { size, rows, cursor, title } = BLANK;
  assert.equal(Frame.isFrame({ size, rows, cursor, title }), false);
  assert.equal(Frame.isFrame(Object.create(Frame.prototype)), false);
  assert.throws(() => BLANK.apply({ parts: BLANK.diffFrom(BLANK).parts } as unknown as Patch), TypeError);
  assert.throws(() => Patch.between({ size, rows } as unknown as Frame, BLANK), TypeError);
});

test('hidden and bidirectional characters, and stacks of marks, do not reach a frame', () => {
  const row = rowOf(Array.from({ length: 6 }, () => [2, 0]));
  const words = row.words.slice();
  words[0] = 0x202e | (1 << 22);
  words[CELL_WORDS] = 0x200b | (1 << 22);
  words[2 * CELL_WORDS] = (1 << 21) | (1 << 22);
  const dirty = new Row(words, new Map([[2, `e${'\u0301'.repeat(500)}`]]));
  const frame = frameOf({
    size: { cols: 6, rows: 1 },
    rows: [dirty],
    wrapped: [false],
    cursor: BLANK.cursor,
    title: 'a\x1b]0;x\x07\u202eb',
  });
  assert.deepEqual(
    [0, 1, 2].map((x) => frame.rows[0]!.text(x)),
    [' ', ' ', `e${'\u0301'.repeat(4)}`],
  );
  assert.equal(frame.title, 'a]0;xb');
});

test('a crop blanks a wide character that its edge cuts, and hides a cursor outside', () => {
  const frame = frameOf({
    size: { cols: 4, rows: 2 },
    rows: [
      rowOf([
        [7, 0],
        [0, 0],
        [7, 0],
        [0, 0],
      ]),
      blankRow(4),
    ],
    wrapped: [false, false],
    cursor: { ...BLANK.cursor, x: 3, y: 1 },
    title: '',
  });
  const crop = frame.crop(1, 0, 2, 1);
  assert.deepEqual(
    [0, 1].map((x) => [crop.rows[0]!.text(x), crop.rows[0]!.width(x)]),
    [
      [' ', 1],
      [' ', 1],
    ],
  );
  assert.equal(crop.cursor.visible, false);
});
