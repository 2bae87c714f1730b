/** How a painting goes from place to place: no further than it must, and right on terminals that differ from ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { moveTo, OPEN, paint } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { View } from '../../src/core/view.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { framesOf } from '../support/frames.js';
import { looks } from '../support/looks.js';
import { output } from '../support/programs.js';

const SIZE: Size = { cols: 60, rows: 12 };
/** With a row to spare. */
const GLASS: Size = { cols: SIZE.cols, rows: SIZE.rows + 1 };
/** Set LECTERN_SEED to see the same run again. */
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
console.log(`# seed ${seed}`);

/** What the second picture costs one who sees the first. */
function between(first: string, second: string, isKnown = true): string {
  const [a, b] = framesOf([first, second], SIZE) as [Frame, Frame];
  return paint(b.diffFrom(a), false, isKnown ? a.cursor : null);
}

test('a key that is typed where the cursor stands is sent alone', () => {
  assert.equal(between('\x1b[5;10H$ l', 's'), 's');
  assert.equal(between('\x1b[5;10H$ l', '\b \b'), '\x1b[12G\x1b[K');
});

test('where nobody knows the cursor it is put into its place first', () => {
  assert.equal(between('\x1b[5;10H$ l', 's', false), '\x1b[5;13Hs');
});

test('one patch is painted for terminals whose cursor is known and for others', () => {
  const [a, b] = framesOf(['\x1b[5;10H$ l', 's'], SIZE) as [Frame, Frame];
  const patch = b.diffFrom(a);
  for (let round = 0; round < 2; round++) {
    assert.equal(paint(patch, false, a.cursor), 's');
    assert.equal(paint(patch, false), '\x1b[5;13Hs');
  }
});

test('behind characters that are wider on some terminals the cursor is put into its column', () => {
  for (const wide of ['é', 'Ω', '│', '…', '漢', '👍']) {
    const bytes = between('\x1b[5;10H', wide);
    assert.match(bytes, new RegExp(`^${wide}\\x1b\\[\\d+G$`, 'u'), wide);
  }
  assert.equal(between('\x1b[5;10H', 'Ω\x1b[5;20Hx'), 'Ω\x1b[9Cx\x1b[21G', 'CUF goes on from where it is');
});

test('rows below are reached by line feeds and a column', () => {
  assert.equal(between('\x1b[11;30H', '\x1b[11;30Ha\x1b[12;11Hb'), 'a\n\x1b[11Gb');
  assert.equal(between('\x1b[4;30H', '\x1b[11;30Ha'), '\x1b[11;30Ha', 'but not at any price');
});

test('of the cursor’s look only what has changed is told', () => {
  assert.equal(between('x', '\x1b[?25l'), '\x1b[?25l');
  assert.equal(between('x', '\x1b[4 q'), '\x1b[4 q');
  assert.equal(between('x', '\x1b[4 q\x1b[?25l', false), '\x1b[4 q\x1b[?25l\x1b[1;2H');
});

test('equal cells between changed ones are sent again only when that is shorter than a jump', () => {
  assert.equal(between('\x1b[5Habcdef\x1b[5H', 'A\x1b[3CE\x1b[5H'), 'AbcdE\r');
  assert.equal(between('\x1b[5Ha\x1b[31mbcd\x1b[mef\x1b[5H', 'A\x1b[3CE\x1b[5H'), 'A\x1b[3CE\r');
  assert.equal(between('\x1b[5Hab\x1b[31mcd\x1b[m\x1b[5H', 'A\x1b[C\x1b[31mC\x1b[m\x1b[5H'), 'Ab\x1b[31mC\x1b[m\r');
});

test('to erase in a background of its own the colour of the text before is not put off', () => {
  const long = 'x'.repeat(40);
  assert.equal(between(`\x1b[5H${long}\x1b[5H`, '\x1b[31mred\x1b[m\x1b[K\x1b[5H'), '\x1b[31mred\x1b[K\x1b[m\r');
  assert.equal(between(`\x1b[5H${long}\x1b[5H`, '\x1b[7mred\x1b[m\x1b[K\x1b[5H'), '\x1b[7mred\x1b[m\x1b[K\r');
});

/** Brings a terminal from picture to picture, and compares. */
function assertShown(bursts: readonly string[], mode: string, advance: (frame: Frame) => string): void {
  const glass = new Emulator(GLASS);
  glass.feed(Buffer.from(OPEN + mode));
  for (const frame of framesOf(bursts, SIZE)) {
    const bytes = advance(frame);
    glass.feed(Buffer.from(bytes));
    const shown = Frame.of(glass.capture(null), Redactor.NONE);
    assert.deepEqual(shown.rows.slice(0, SIZE.rows).map(looks), frame.rows.map(looks), JSON.stringify(bytes));
    assert.deepEqual([shown.cursor.x, shown.cursor.y], [frame.cursor.x, frame.cursor.y], JSON.stringify(bytes));
  }
  glass.dispose();
}

test('a terminal that returns the carriage with each line feed shows the same', () => {
  const newLineMode = '\x1b[20h';
  fc.assert(
    fc.property(output, (bursts) => {
      const view = new View(GLASS);
      assertShown(bursts, newLineMode, (frame) => view.advance(frame));
    }),
    { seed, numRuns: 300, includeErrorInReport: true },
  );
});

test('what is drawn beside the picture, or over it and taken away again, gives the cursor back', () => {
  const place = fc.record({ x: fc.nat(SIZE.cols - 5), y: fc.nat(SIZE.rows) });
  fc.assert(
    fc.property(output, fc.infiniteStream(place), (bursts, places) => {
      const view = new View(GLASS);
      assertShown(bursts, '', (frame) => {
        const picture = view.advance(frame);
        const { x, y } = places.next().value;
        const drawn = `${moveTo(x, y)}\x1b[7mover\x1b[m${view.cursorHome}`;
        return picture + drawn + view.restore([y]);
      });
    }),
    { seed, numRuns: 300, includeErrorInReport: true },
  );
});
