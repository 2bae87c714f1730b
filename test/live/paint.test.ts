import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Screen, Size } from '../../src/core/cells.js';
import { BLANK, Frame } from '../../src/core/frame.js';
import { OPEN, paint } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { View } from '../../src/core/view.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { framesOf } from '../support/frames.js';
import { looks } from '../support/looks.js';
import { hostileOutput, output } from '../support/programs.js';
import { screens } from '../support/screens.js';

/** Printed with every failure; set LECTERN_SEED to see the same cases again. */
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
console.log(`# seed ${seed}`);

/** What went wrong is a part of the report. */
const options = { seed, includeErrorInReport: true };
const frameOf = (screen: Screen): Frame => Frame.of(screen, Redactor.NONE);
const sizes = fc.record({ cols: fc.integer({ min: 2, max: 40 }), rows: fc.integer({ min: 1, max: 14 }) });

/** An observer's terminal, opened. */
class Glass {
  readonly #emulator: Emulator;
  readonly answers: string[] = [];

  constructor(size: Size) {
    this.#emulator = new Emulator(size, { onAnswer: (text) => this.answers.push(text) });
    this.#emulator.feed(Buffer.from(OPEN));
  }

  resize(size: Size): void {
    this.#emulator.resize(size);
  }

  feed(bytes: string): void {
    this.#emulator.feed(Buffer.from(bytes));
  }

  /** What it shows, in the spelling of frames. */
  get frame(): Frame {
    return frameOf(this.#emulator.capture(null));
  }

  dispose(): void {
    this.#emulator.dispose();
  }
}

/** Fails unless `glass` shows exactly `picture` in its upper left corner, and nothing beside it. */
function assertShows(glass: Glass, picture: Frame, context: string): void {
  const seen = glass.frame;
  const { cols, rows } = seen.size;
  const part = seen.crop(0, 0, picture.size.cols, picture.size.rows);
  picture.rows.forEach((row, y) => {
    if (!part.rows[y]!.equals(row)) assert.deepEqual(looks(part.rows[y]!), looks(row), `row ${y} ${context}`);
  });
  for (let y = 0; y < rows; y++) {
    for (let x = y < picture.size.rows ? picture.size.cols : 0; x < cols; x++) {
      assert.deepEqual(looks(seen.rows[y]!)[x], BLANK_LOOK, `cell ${x},${y} beside the picture ${context}`);
    }
  }
  const { x, y, visible, shape, blink } = picture.cursor;
  assert.deepEqual(seen.cursor, { x, y, visible, shape, blink: blink || shape === 'default' }, context);
  assert.equal(seen.title, picture.title, context);
}

const BLANK_LOOK = '  1 0 0 0';

/** @param known the terminal's cursor is known to be where the picture before has it */
function assertPaints(frames: readonly Frame[], margin: number, known: boolean): void {
  // The emulator has no terminal of one column.
  const cols = Math.max(2, ...frames.map(({ size }) => size.cols)) + margin;
  const rows = Math.max(...frames.map(({ size }) => size.rows)) + margin;
  const sameWidth = frames.every(({ size }) => size.cols === cols);
  const glass = new Glass({ cols, rows });
  let seen = BLANK;
  for (const frame of frames) {
    const bytes = paint(frame.diffFrom(seen), !sameWidth, known ? seen.cursor : null);
    glass.feed(bytes);
    assertShows(glass, frame, JSON.stringify(bytes));
    seen = frame;
  }
  assert.deepEqual(glass.answers, []);
  glass.dispose();
}

test('whatever screens follow each other, a painted difference shows exactly the next one', () => {
  fc.assert(
    fc.property(screens, fc.constantFrom(0, 3), fc.boolean(), (list, margin, known) =>
      assertPaints(list.map(frameOf), margin, known),
    ),
    { ...options, numRuns: 300 },
  );
});

test('whatever a program prints, an observer who sees each picture painted on the one before sees what it shows', () => {
  fc.assert(
    fc.property(output, sizes, fc.constantFrom(0, 3), fc.boolean(), (bursts, size, margin, known) =>
      assertPaints(framesOf(bursts, size), margin, known),
    ),
    { ...options, numRuns: 600 },
  );
});

test('a mark that stands in a cell by itself does not join the cell before it on an observer’s terminal', () => {
  for (const mark of ['\u0301', '\u0483', '\u3099', '\u0e34', '\u20dd', '\u1161']) {
    // Printed in the midst of a wide character, it is given a cell.
    const frames = framesOf([`\x1b[2;3Hか\x1b[2;4H${mark}xyz`], { cols: 20, rows: 3 });
    assertPaints(frames, 0, true);
  }
});

test('an observer of any size, resized and panning, always sees the part at his viewport', () => {
  const step = fc.record({
    glass: fc.option(sizes, { nil: null }),
    pan: fc.option(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -5, max: 5 })), { nil: null }),
    follow: fc.boolean(),
    cover: fc.constantFrom(0, 0, 1),
  });
  fc.assert(
    fc.property(output, sizes, sizes, fc.array(step, { minLength: 6, maxLength: 6 }), (bursts, size, first, steps) => {
      const glass = new Glass(first);
      const view = new View(first);
      framesOf(bursts, size).forEach((frame, i) => {
        const { glass: next, pan, follow, cover } = steps[i]!;
        if (next !== null) {
          glass.resize(next);
          view.resize(next);
        }
        if (pan !== null) view.pan(...pan);
        if (follow) view.follow();
        view.cover(Math.min(cover, view.glass.rows - 1));
        const bytes = view.advance(frame);
        glass.feed(bytes);
        const { x, y, cols, rows } = view.viewport!;
        const shown = Math.max(1, Math.min(rows, view.glass.rows - Math.min(cover, view.glass.rows - 1)));
        assertShows(glass, frame.crop(x, y, cols, shown), JSON.stringify(bytes));
        if (view.following && frame.cursor.visible) {
          const inside = frame.cursor.x >= x && frame.cursor.x < x + cols;
          assert.ok(inside && frame.cursor.y >= y, 'the part follows the cursor');
        }
      });
      assert.deepEqual(glass.answers, []);
      glass.dispose();
    }),
    { ...options, numRuns: 400 },
  );
});

/** The closed vocabulary. Everything else would be a hole in it. */
const VOCABULARY = new RegExp(
  `^(?:${[
    String.raw`\x1b\[(?:\d+(?:;\d+)?)?H`,
    String.raw`\x1b\[\d*[CGLMPX@]`,
    String.raw`\x1b\[[\d;:]*m`,
    String.raw`\x1b\[2J|\x1b\[K`,
    String.raw`\x1b\[(?:\d+;\d+)?r`,
    String.raw`\x1b\[\?(?:25|2026)[hl]`,
    String.raw`\x1b\[[0-6] q`,
    String.raw`\x1b\]2;[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*\x07`,
    String.raw`\r|\n`,
    String.raw`[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u200d`,
  ].join('|')})*$`,
  'u',
);

test('painted bytes hold nothing beyond the closed vocabulary, whatever the program prints', () => {
  for (const bad of [
    '\x1b[c',
    '\x1b[6n',
    '\x1b]0;t\x07',
    '\x1bPq\x1b\\',
    '\x9b6n',
    '\x1b]2;\x1b[c\x07',
    '\u202e',
    '\x07',
  ]) {
    assert.ok(!VOCABULARY.test(`a${bad}b`), JSON.stringify(bad));
  }
  fc.assert(
    fc.property(fc.oneof(output, hostileOutput), sizes, sizes, (bursts, size, smaller) => {
      const view = new View(smaller);
      let seen = BLANK;
      for (const frame of framesOf(bursts, size)) {
        for (const bytes of [
          paint(frame.diffFrom(seen), false),
          paint(frame.diffFrom(seen), true, seen.cursor),
          view.advance(frame),
        ]) {
          assert.match(bytes, VOCABULARY);
        }
        seen = frame;
      }
    }),
    { ...options, numRuns: 600 },
  );
});

test('what a hostile program prints is painted as it is shown, and no terminal answers', () => {
  fc.assert(
    fc.property(hostileOutput, sizes, fc.boolean(), (bursts, size, known) =>
      assertPaints(framesOf(bursts, size), 1, known),
    ),
    { ...options, numRuns: 300 },
  );
});
