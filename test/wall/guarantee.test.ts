/**
 * What the wall promises of secrets that are being written (G1): no frame shows even one character of their secret
 * part, however they come to the screen. `LECTERN_SEED` plays a run again, `LECTERN_SESSIONS=10` makes it ten times as
 * long. Secrets are made up and never printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, playSession, rounds, seedOfRun, sessionsOf, tally } from './oracle/campaign.js';
import { allKinds } from './oracle/kinds.js';
import { DRAWN_MODES } from './oracle/modes-drawn.js';
import { TYPED_MODES } from './oracle/modes-typed.js';
import { freshWall } from './oracle/walls.js';

/** Each mode meets each kind so often: one round is 1,400 sessions and 44,000 frames, and some 90 s of processor. */
const ROUNDS = 1;

const seed = seedOfRun(555);
const kinds = allKinds();

/** Sessions that leaked once, by what they showed. */
const LEAKED = [
  {
    what: 'what is left of a key under a half drawn END line',
    mode: 'numbered',
    kind: 'private-key',
    seed: 92_979_751,
  },
  { what: 'a value behind blanks at the edge of the screen', mode: 'numbered', kind: 'auth-header', seed: 94_193_565 },
  {
    what: 'a key whose BEGIN line is broken at its last blank',
    mode: 'numbered',
    kind: 'private-key',
    seed: 93_979_754,
  },
] as const;

for (const { what, seed, ...names } of LEAKED) {
  test(`${what} is not seen`, () => {
    const mode = [...TYPED_MODES, ...DRAWN_MODES].find(({ name }) => name === names.mode)!;
    const kind = kinds.find(({ id }) => id === names.kind)!;
    const { longest, frames } = playSession({ seed, mode, kind }, freshWall());
    assert.ok(frames > 1);
    assert.equal(longest, 0);
  });
}

for (const [what, modes] of [
  ['written at the cursor', TYPED_MODES],
  ['drawn at places of a program’s choice', DRAWN_MODES],
] as const) {
  test(`no character of a secret is ever seen while it is ${what}`, (t) => {
    const outcomes = sessionsOf(seed, modes, kinds, rounds(ROUNDS)).map((session) => playSession(session, freshWall()));
    const { sessions, frames, leaky } = tally(outcomes, 1);
    t.diagnostic(`seed ${seed}: ${sessions} sessions, ${frames} frames, ${leaky.length} sessions with leaks`);
    assert.equal(leaky.length, 0, `seed ${seed}:\n${describe(leaky)}`);
  });
}
