/**
 * What the wall promises of secrets that were whole once (G2): no frame shows six or more of their characters in a
 * row, whatever became of the rest. Secrets that could be words of ordinary text are not remembered in fragments, and
 * what was never whole is not known; how many sessions that leaves open is told and not judged.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, playSession, rounds, seedOfRun, sessionsOf, tally } from './oracle/campaign.js';
import { allKinds } from './oracle/kinds.js';
import { isPromised } from './oracle/limits.js';
import { MOVED_MODES } from './oracle/modes-moved.js';
import { freshWall } from './oracle/walls.js';

const ROUNDS = 2;
/** The shortest run that memory promises to hide. */
const FRAGMENT = 6;

const seed = seedOfRun(67_883_427);

test('a part of a key that goes over the escaped end of its line is known too', () => {
  // Six characters were seen of this one: two for the end of a line, and four of the next.
  const session = { seed: 696_556_066, mode: modeOf('glimpsed'), kind: kindOf('private-key') };
  assert.ok(playSession(session, freshWall()).longest < FRAGMENT);
});

const modeOf = (name: string) => MOVED_MODES.find((mode) => mode.name === name)!;
const kindOf = (id: string) => allKinds().find((kind) => kind.id === id)!;

test('no six characters in a row of a secret that was whole once are ever seen', (t) => {
  const sessions = sessionsOf(seed, MOVED_MODES, allKinds(), rounds(ROUNDS));
  const outcomes = sessions.map((session) => playSession(session, freshWall()));
  const all = tally(outcomes, FRAGMENT);
  const promised = all.leaky.filter(isPromised);
  const words = all.leaky.length - promised.length;
  t.diagnostic(`seed ${seed}: ${all.sessions} sessions, ${all.frames} frames, ${promised.length} sessions with leaks`);
  t.diagnostic(`${words} sessions showed parts of secrets within the limits`);
  assert.equal(promised.length, 0, `seed ${seed}:\n${describe(promised)}`);
});
