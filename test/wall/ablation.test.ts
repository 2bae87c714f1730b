/**
 * Proof that the campaigns bite: a wall without one of its parts leaks, and in so many sessions that a part which does
 * little would be seen.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playSession, seedOfRun, sessionsOf, tally } from './oracle/campaign.js';
import { allKinds } from './oracle/kinds.js';
import type { Mode } from './oracle/modes.js';
import { DRAWN_MODES } from './oracle/modes-drawn.js';
import { MOVED_MODES } from './oracle/modes-moved.js';
import { TYPED_MODES } from './oracle/modes-typed.js';
import { freshWall } from './oracle/walls.js';

const seed = seedOfRun(5);
/** Keys over many lines take the longest, and are not needed here. */
const kinds = allKinds().filter(({ lines }) => !lines);
const named = (modes: readonly Mode[], names: readonly string[]) => modes.filter(({ name }) => names.includes(name));

for (const { part, modes, without, atLeast, share } of [
  { part: 'holds', modes: named(TYPED_MODES, ['plain']), without: { holds: true }, atLeast: 1, share: 0.4 },
  { part: 'joins', modes: named(DRAWN_MODES, ['pane']), without: { joins: true }, atLeast: 1, share: 0.2 },
  {
    part: 'memory',
    modes: named(MOVED_MODES, ['deleted prefix', 'popup']),
    without: { memory: true },
    atLeast: 6,
    share: 0.25,
  },
  {
    part: 'hearing of what was on no screen',
    modes: named(MOVED_MODES, ['glimpsed']),
    without: { stream: true },
    atLeast: 6,
    share: 0.3,
  },
]) {
  test(`without its ${part} the wall leaks, and the campaign sees it`, (t) => {
    const sessions = sessionsOf(seed, modes, kinds, 1);
    const leaky = (wall: ReturnType<typeof freshWall>) =>
      tally(
        sessions.map((session) => playSession(session, wall)),
        atLeast,
      ).leaky.length;
    const [blind, whole] = [leaky(freshWall(without)), leaky(freshWall())];
    t.diagnostic(`seed ${seed}: ${blind} of ${sessions.length} sessions leak, ${whole} with it`);
    assert.ok(blind - whole > sessions.length * share, `${blind} of ${sessions.length} sessions leak, seed ${seed}`);
  });
}
