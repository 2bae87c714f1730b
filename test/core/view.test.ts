/**
 * Views that look on together: what one of them was brought to is shared with those who stand where it stood, and with
 * nobody else. Each glass is drawn on a terminal of its own, and that is compared with the picture, not the bytes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { OPEN } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { View } from '../../src/core/view.js';
import { place, type Viewport } from '../../src/core/viewport.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { differing } from '../support/looks.js';
import { output } from '../support/programs.js';

/** Set LECTERN_SEED to see the same run again. */
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
const FRAME: Size = { cols: 20, rows: 6 };
/** Few, so that views often stand at the same place: as large, larger, and smaller in either way. */
const GLASSES: readonly Size[] = [FRAME, { cols: 24, rows: 8 }, { cols: 9, rows: 6 }, { cols: 20, rows: 3 }];
const VIEWS = 3;

const frameOf = (screen: Screen): Frame => Frame.of(screen, Redactor.NONE);

type Step =
  | { readonly kind: 'frame' | 'advance' | 'follow' | 'repaint' }
  | { readonly kind: 'resize'; readonly glass: Size }
  | { readonly kind: 'cover'; readonly rows: number }
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number };

const only = (kind: 'frame' | 'advance' | 'follow' | 'repaint') => fc.constant({ kind });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: only('frame') },
  { weight: 12, arbitrary: only('advance') },
  only('follow'),
  { weight: 2, arbitrary: only('repaint') },
  fc.constantFrom(...GLASSES).map((glass) => ({ kind: 'resize' as const, glass })),
  fc.constantFrom(0, 1).map((rows) => ({ kind: 'cover' as const, rows })),
  fc.record({ kind: fc.constant('pan' as const), dx: fc.constantFrom(-5, 5), dy: fc.constantFrom(-2, 2) }),
);
const steps = fc.array(fc.record({ who: fc.nat(VIEWS - 1), step }), { minLength: 20, maxLength: 120 });

/** A view, the terminal behind it, and what it should show by another reading of what was done to it. */
class Watcher {
  readonly #view: View;
  readonly #terminal: Emulator;
  #glass: Size;
  #covered = 0;
  #following = true;
  #place: Viewport | null = null;

  constructor(glass: Size) {
    this.#glass = glass;
    this.#view = new View(glass);
    this.#terminal = new Emulator(glass);
    this.#terminal.feed(Buffer.from(OPEN));
  }

  do(step: Step, now: Frame): void {
    if (step.kind === 'advance') this.#advance(now);
    else if (step.kind === 'repaint') this.#view.repaint();
    else if (step.kind === 'resize') this.#resize(step.glass);
    else if (step.kind === 'follow') {
      this.#view.follow();
      this.#following = true;
    } else if (step.kind === 'cover') {
      this.#view.cover(step.rows);
      this.#covered = step.rows;
    } else if (step.kind === 'pan') this.#pan(step.dx, step.dy);
  }

  #resize(glass: Size): void {
    this.#view.resize(glass);
    this.#terminal.resize(glass);
    this.#glass = glass;
  }

  #pan(dx: number, dy: number): void {
    this.#view.pan(dx, dy);
    if (this.#place === null) return;
    this.#following = false;
    this.#place = { ...this.#place, x: this.#place.x + dx, y: this.#place.y + dy };
  }

  #advance(now: Frame): void {
    this.#place = place(now.size, this.#glass, now.cursor, this.#place, this.#following);
    const { x, y, cols, rows } = this.#place;
    const picture = now.crop(x, y, cols, Math.max(1, Math.min(rows, this.#glass.rows - this.#covered)));
    this.#terminal.feed(Buffer.from(this.#view.advance(now)));
    assert.deepEqual([this.#view.viewport, this.#view.shown], [this.#place, picture.size]);
    const seen = frameOf(this.#terminal.capture(null));
    const shown = seen.crop(0, 0, picture.size.cols, picture.size.rows);
    const wrong = picture.rows.reduce((sum, row, at) => sum + differing(row, shown.rows[at]!), 0);
    assert.equal(wrong, 0, 'cells that differ');
    const cursor = ({ x, y, visible }: Frame['cursor']) => (visible ? [x, y] : null);
    assert.deepEqual(cursor(seen.cursor), cursor(picture.cursor));
    assert.equal(seen.title, picture.title);
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

test('whatever is done to views that look on together, each terminal shows the part of the frame that is its own', () => {
  fc.assert(
    fc.property(output, fc.array(fc.nat(GLASSES.length - 1), { minLength: VIEWS, maxLength: VIEWS }), steps, play),
    { seed, numRuns: 300, includeErrorInReport: true },
  );
  console.log(`# seed ${seed}`);
});

function play(
  bursts: readonly string[],
  glasses: readonly number[],
  done: readonly { who: number; step: Step }[],
): void {
  const program = new Emulator(FRAME);
  const watchers = glasses.map((at) => new Watcher(GLASSES[at]!));
  let screen = program.capture(null);
  let now = frameOf(screen);
  let next = 0;
  for (const { who, step } of done) {
    if (step.kind === 'frame') {
      program.feed(Buffer.from(bursts[next++ % Math.max(1, bursts.length)] ?? ''));
      screen = program.capture(screen);
      now = frameOf(screen);
      // A frame is shown to all, one after the other; who skips it is brought to the next.
      for (const [i, watcher] of watchers.entries()) if (i !== who) watcher.do({ kind: 'advance' }, now);
    } else if (step.kind === 'repaint') {
      for (const watcher of watchers) watcher.do(step, now);
    } else watchers[who]!.do(step, now);
  }
  for (const watcher of [program, ...watchers]) watcher.dispose();
}
