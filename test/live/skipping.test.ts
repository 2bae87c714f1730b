/** The law of observers over a long run: whoever skips whatever frames, each picture that he is brought to is exactly the one that is on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { OPEN } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { View } from '../../src/core/view.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { differing } from '../support/looks.js';
import { output } from '../support/programs.js';

/** Set LECTERN_SEED to see the same run again, and LECTERN_FRAMES for a longer one: 100000 take some minutes. */
const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 2 ** 31);
const FRAMES = Number(process.env['LECTERN_FRAMES'] ?? 3000);
/** Outputs that are drawn at once. */
const BATCH = 100;

const frameOf = (screen: Screen): Frame => Frame.of(screen, Redactor.NONE);

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function dice(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An observer who takes some frames and leaves out others. */
class Skipper {
  readonly #view: View;
  readonly #glass: Emulator;
  readonly #share: number;

  /** @param share of the frames that he takes, 0 to 1 */
  constructor(size: Size, share: number) {
    this.#view = new View(size);
    this.#glass = new Emulator(size);
    this.#glass.feed(Buffer.from(OPEN));
    this.#share = share;
  }

  takes(die: number): boolean {
    return die < this.#share;
  }

  /** @returns how many cells of his differ from the picture that is on; the cursor counts as one */
  advance(frame: Frame): number {
    this.#glass.feed(Buffer.from(this.#view.advance(frame)));
    const seen = frameOf(this.#glass.capture(null));
    const { cursor } = seen;
    const same = cursor.x === frame.cursor.x && cursor.y === frame.cursor.y && cursor.visible === frame.cursor.visible;
    return frame.rows.reduce((sum, row, y) => sum + differing(row, seen.rows[y]!), same ? 0 : 1);
  }

  dispose(): void {
    this.#glass.dispose();
  }
}

/** Plays one program to three observers, of whom one is nearly always late. @returns frames that were taken, and cells that differed. */
function play(bursts: readonly string[], roll: () => number): { readonly taken: number; readonly cells: number } {
  const size = { cols: 2 + Math.floor(roll() * 60), rows: 1 + Math.floor(roll() * 20) };
  const program = new Emulator(size);
  const skippers = [0.9, 0.5, 0.1].map((share) => new Skipper(size, share));
  let screen: Screen | null = null;
  let [taken, cells] = [0, 0];
  for (const [i, burst] of bursts.entries()) {
    program.feed(Buffer.from(burst));
    screen = program.capture(screen);
    const frame = frameOf(screen);
    for (const skipper of skippers) {
      // In the end everybody is brought to what is on.
      if (!skipper.takes(roll()) && i < bursts.length - 1) continue;
      taken++;
      cells += skipper.advance(frame);
    }
  }
  program.dispose();
  for (const skipper of skippers) skipper.dispose();
  return { taken, cells };
}

test('observers who skip frames at random never have a cell that is not the one that is on', () => {
  let frames = 0;
  for (let batch = 0; frames < FRAMES; batch++) {
    const from = (seed + batch) >>> 0;
    const roll = dice(from);
    for (const [i, bursts] of fc.sample(output, { seed: from | 0, numRuns: BATCH }).entries()) {
      const { taken, cells } = play(bursts, roll);
      assert.equal(cells, 0, `${cells} cells differ: output ${i} of LECTERN_SEED=${from}`);
      frames += taken;
    }
  }
  console.log(`# ${frames} frames, 0 cells that differ, seed ${seed}`);
});
