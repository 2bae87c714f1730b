/** Scrolls between pictures: found where they save bytes, also when the rows that moved changed on their way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { paint } from '../../src/core/paint.js';
import { framesOf } from '../support/frames.js';

const SIZE: Size = { cols: 60, rows: 16 };

const frames = (...outputs: readonly string[]): Frame[] => framesOf(outputs, SIZE);

/** Lines as an editor shows them, from a number on. */
const numbered = (lines: readonly string[]) =>
  `\x1b[H${lines.map((line, i) => `\x1b[33m${String(i + 1).padStart(5)} \x1b[m${line}\x1b[K`).join('\r\n')}`;

const LINES = Array.from(
  { length: SIZE.rows - 1 },
  (_, i) => `the ${'abcdefghijklmno'[i]!.repeat(i + 3)} words of a line`,
);

test('a line that is put in moves those below it, although their numbers change', () => {
  const after = [...LINES.slice(0, 4), 'new', ...LINES.slice(4, -1)];
  const [first, second] = frames(numbered(LINES), numbered(after)) as [Frame, Frame];
  const { scroll, runs } = second.diffFrom(first).parts;
  assert.deepEqual(scroll, { top: 4, bottom: SIZE.rows - 1, by: -1 });
  const text = runs.reduce((sum, run) => sum + run.words.length / 4, 0);
  assert.ok(text < 60, `${text} cells are sent again`);
  const back = first.diffFrom(second).parts.scroll;
  assert.deepEqual(back, { top: 4, bottom: SIZE.rows - 1, by: 1 });
});

test('rows that have little in common with those that moved are no scroll', () => {
  const shuffled = [...LINES].reverse();
  const [first, second] = frames(numbered(LINES), numbered(shuffled)) as [Frame, Frame];
  assert.equal(second.diffFrom(first).parts.scroll, null);
});

test('a picture painted with scrolls is never longer than one painted anew', () => {
  const line = fc.constantFrom(...LINES.slice(0, 6), '', 'x');
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: SIZE.rows - 1 }), { minLength: 2, maxLength: 6 }), (pages) => {
      const list = frames(...pages.map((page) => `\x1b[2J${numbered(page)}`));
      for (const [i, frame] of list.slice(1).entries()) {
        const onwards = paint(frame.diffFrom(list[i]!), false).length;
        const anew = paint(frame.diffFrom(Frame.blank({ cols: 1, rows: 1 })), false).length;
        // Places of the single changes may cost what the text between them would.
        assert.ok(onwards <= anew * 1.25 + 40, `${onwards} instead of ${anew}`);
      }
    }),
    { numRuns: 200 },
  );
});

test('what is no longer there is erased, not written over with blanks', () => {
  const [full, short, hole] = frames(
    `\x1b[5;1H${'x'.repeat(SIZE.cols)}`,
    '\x1b[5;11H\x1b[K',
    `\x1b[5;11H${'y'.repeat(40)}`,
    `\x1b[5;21H\x1b[20X`,
  ) as [Frame, Frame, Frame, Frame];
  assert.equal(paint(short.diffFrom(full), false), '\x1b[5;11H\x1b[K');
  assert.equal(paint(short.diffFrom(hole), false), '\x1b[5;11H\x1b[K');
  assert.equal(paint(short.diffFrom(full), true), '\x1b[5;11H\x1b[50X', 'not beside the picture');
  const [, , before, gap] = frames('', '', `\x1b[5;1H${'x'.repeat(50)}`, '\x1b[5;11H\x1b[20X') as [
    Frame,
    Frame,
    Frame,
    Frame,
  ];
  assert.equal(paint(gap.diffFrom(before), false), '\x1b[5;11H\x1b[20X');
});
