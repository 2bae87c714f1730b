/**
 * Laws of every frame that passed the wall: redacting it again changes nothing up to its first mask (G0), another rule
 * never unmasks a cell (G4), and a mask shows neither colours nor, by the cursor, its length.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELL_WORDS, CODE_POINT_MASK, type Row, type Screen } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { MASK } from '../../src/core/redact/masks.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { playSession, seedOfRun, sessionsOf } from './oracle/campaign.js';
import { chanceFrom } from './oracle/chance.js';
import { ALL_RULES, allKinds } from './oracle/kinds.js';
import { DRAWN_MODES } from './oracle/modes-drawn.js';
import { MOVED_MODES } from './oracle/modes-moved.js';
import { TYPED_MODES } from './oracle/modes-typed.js';
import { USER_VALUES } from './oracle/user-rules.js';
import { freshWall } from './oracle/walls.js';

const seed = seedOfRun(422_358_750);
const kinds = allKinds();
const modes = [...TYPED_MODES, ...DRAWN_MODES, ...MOVED_MODES];
/** One session in so many is looked at: the laws are the same in all of them. */
const EVERY = 6;
const sessions = sessionsOf(seed, modes, kinds, 1).filter((_, i) => i % EVERY === seed % EVERY);

const MASK_CODE = MASK.codePointAt(0)!;
const known = new WeakMap<Row, readonly number[]>();

/** The columns of a row that are masked. */
function masked(row: Row): readonly number[] {
  let columns = known.get(row);
  if (columns === undefined) {
    const found: number[] = [];
    for (let x = 0; x < row.cols; x++) {
      if ((row.words[x * CELL_WORDS]! & CODE_POINT_MASK) === MASK_CODE) found.push(x);
    }
    columns = found;
    known.set(row, columns);
  }
  return columns;
}

/** Cells that `after` masks and `before` shows. */
function fresh(before: Frame, after: Frame): number {
  let count = 0;
  after.rows.forEach((row, y) => {
    const shown = before.rows[y]!;
    for (const x of masked(row)) if (shown !== row && shown.text(x) !== MASK) count++;
  });
  return count;
}

/** A character with marks on it. */
const MARKED = /.\p{M}/su;

/**
 * True when `after` masks a cell that `before` shows and that stands before all masks of `before`, as one reads. Not
 * counted is a sign with marks right before the first mask: its own character is public, and whether the marks on it are
 * the first of the secret or nothing at all depends on what is invisible elsewhere, which the frame leaves out.
 */
function isFreshInTheClear(before: Frame, after: Frame): boolean {
  for (const [y, row] of before.rows.entries()) {
    const [first = Number.POSITIVE_INFINITY] = masked(row);
    const isPublic = (x: number): boolean => x === first - 1 && MARKED.test(row.text(x));
    if (masked(after.rows[y]!).some((x) => x < first && !isPublic(x))) return true;
    if (first < row.cols) return false;
  }
  return false;
}

// Behind a mask the second wall reads another text than the first: quotes are gone, and rows reach the edge that did
// not. There it may mask more, which is told and not judged.
test('a frame that is redacted again is the same up to its first mask', (t) => {
  let [frames, changed, grown] = [0, 0, 0];
  for (const session of sessions) {
    const again = freshWall()().redactor;
    playSession(session, freshWall(), (screen, frame, nowMs) => {
      frames++;
      const shown: Screen = { ...screen, rows: frame.rows, cursor: frame.cursor, title: frame.title };
      const twice = Frame.of(shown, again, undefined, nowMs);
      if (isFreshInTheClear(frame, twice)) changed++;
      else if (fresh(frame, twice) > 0) grown++;
    });
  }
  t.diagnostic(`seed ${seed}: ${sessions.length} sessions, ${frames} frames, ${grown} with more behind a mask`);
  assert.equal(changed, 0, `seed ${seed}`);
});

test('a wall with more rules masks whatever one with fewer masks', (t) => {
  let [frames, open] = [0, 0];
  for (const session of sessions) {
    const chance = chanceFrom(session.seed);
    const few = Redactor.of(
      ALL_RULES.filter(() => chance.maybe(0.5)),
      chance.maybe(0.5) ? USER_VALUES : [],
    );
    playSession(session, freshWall(), (screen, frame, nowMs) => {
      frames++;
      if (fresh(frame, Frame.of(screen, few, undefined, nowMs)) > 0) open++;
    });
  }
  t.diagnostic(`seed ${seed}: ${sessions.length} sessions, ${frames} frames`);
  assert.equal(open, 0, `seed ${seed}`);
});

test('a masked cell has no colours and no looks', () => {
  let cells = 0;
  const checked = new WeakSet<Row>();
  const check = (row: Row): void => {
    if (checked.has(row)) return;
    checked.add(row);
    for (const x of masked(row)) {
      cells++;
      const look = row.words.subarray(x * CELL_WORDS + 1, (x + 1) * CELL_WORDS);
      assert.ok(
        look.every((word) => word === 0),
        `seed ${seed}`,
      );
    }
  };
  for (const session of sessions) playSession(session, freshWall(), (_, frame) => frame.rows.forEach(check));
  assert.ok(cells > 1000, `${cells} masked cells were seen`);
});
