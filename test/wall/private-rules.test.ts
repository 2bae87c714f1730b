/**
 * The wall's promises for rules as strangers write them, one rule at a time: nothing past the keyword while a secret is
 * written, nothing past `holdMin` characters where no keyword announces it in time, and no six characters of one that
 * was whole once. `LECTERN_SEED` plays a run again, `LECTERN_SESSIONS` makes it longer.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from '../../src/core/redact/redactor.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { Stream } from '../../src/core/redact/stream.js';
import {
  describe,
  type Outcome,
  playSession,
  rounds,
  type Session,
  seedOfRun,
  sessionsOf,
  tally,
} from './oracle/campaign.js';
import { isPromised } from './oracle/limits.js';
import type { Mode } from './oracle/modes.js';
import { DRAWN_MODES } from './oracle/modes-drawn.js';
import { MOVED_MODES } from './oracle/modes-moved.js';
import { TYPED_MODES } from './oracle/modes-typed.js';
import type { Wall } from './oracle/play.js';
import { type Kind, kindOfRule } from './oracle/secrets.js';
import { LATE_RULES, SILENT_RULES, STRANGE_RULES } from './oracle/strange-rules.js';

const seed = seedOfRun(50_001);
/** One session in so many is played: all of them would take two minutes. */
const EVERY = 4;
/** The shortest run that memory promises to hide. */
const FRAGMENT = 6;

/** The secrets of a rule whose keyword comes too late: as if it had none. */
function kindOfLate(rule: Rule): Kind {
  const { keywords: _, ...silent } = rule;
  return { ...kindOfRule(silent), rule };
}

const KINDS = [...STRANGE_RULES, ...SILENT_RULES].map(kindOfRule).concat(LATE_RULES.map(kindOfLate));

/** A wall with one rule and nothing else. */
function wallOf(rule: Rule): () => Wall {
  const rules = [rule];
  return () => {
    const redactor = Redactor.of(rules);
    const stream = new Stream();
    return { redactor, hear: (bytes) => stream.feed(bytes, redactor) };
  };
}

function outcomesOf(modes: readonly Mode[]): readonly Outcome[] {
  const sessions = sessionsOf(seed, modes, KINDS, rounds(1)).filter((_, i) => i % EVERY === seed % EVERY);
  return sessions.map((session: Session) => playSession(session, wallOf(session.kind.rule!)));
}

test('nothing of a secret of any rule is seen while it is written', (t) => {
  const { sessions, frames, leaky } = tally(outcomesOf([...TYPED_MODES, ...DRAWN_MODES]), 1);
  t.diagnostic(`seed ${seed}: ${sessions} sessions, ${frames} frames, ${leaky.length} sessions with leaks`);
  assert.equal(leaky.length, 0, `seed ${seed}:\n${describe(leaky)}`);
});

test('no six characters in a row of a secret of any rule are seen once it was whole', (t) => {
  const all = tally(outcomesOf(MOVED_MODES), FRAGMENT);
  const leaky = all.leaky.filter(isPromised);
  t.diagnostic(`seed ${seed}: ${all.sessions} sessions, ${all.frames} frames, ${leaky.length} sessions with leaks`);
  assert.equal(leaky.length, 0, `seed ${seed}:\n${describe(leaky)}`);
});
