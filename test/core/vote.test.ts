/** Votes: 10,000 random histories against an oracle that is told the whole story at once, and the cases of the rules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abstain, cancel, cast, count, type Outcome, open, tick, type Vote } from '../../src/core/vote.js';
import { randomFrom } from '../support/typed.js';

const HISTORIES = 10_000;
const ENDS_AT = 1000;
const VOTERS = ['ana', 'bo', 'chen', 'dora', 'emil'].map((name) => ({ id: name, name }));

type Step =
  | { readonly kind: 'yes' | 'no' | 'leave' | 'mute'; readonly id: string }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'cancel' };

function take(vote: Vote, step: Step): Vote {
  if (step.kind === 'tick') return tick(vote, step.now);
  if (step.kind === 'cancel') return cancel(vote);
  if (step.kind === 'yes' || step.kind === 'no') return cast(vote, step.id, step.kind === 'yes');
  return abstain(vote, step.id);
}

/** Reads the story from its beginning again after each step, in words of its own. */
function oracle(voters: readonly string[], quorum: number, story: readonly Step[]): Outcome | null {
  for (let length = 0; length <= story.length; length++) {
    const told = story.slice(0, length);
    const last = told.at(-1);
    if (last?.kind === 'cancel') return 'cancelled';
    if (last?.kind === 'tick' && last.now >= ENDS_AT) return 'lapsed';
    const stands = (id: string) => {
      const own = told.filter((step) => 'id' in step && step.id === id);
      if (own.some((step) => step.kind === 'leave' || step.kind === 'mute')) return 'out';
      return own.at(-1)?.kind ?? 'silent';
    };
    const all = voters.map(stands);
    if (all.includes('no')) return 'denied';
    if (all.includes('silent')) continue;
    const needed = voters.length === 0 ? quorum : Math.max(1, quorum);
    return all.filter((one) => one === 'yes').length >= needed ? 'passed' : 'denied';
  }
  return null;
}

function story(random: () => number): readonly Step[] {
  // Some who are named are no voters: those who came later.
  const people = [...VOTERS.map(({ id }) => id), 'late', 'later'];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: Math.floor(random() * 14) }, (): Step => {
    const roll = random();
    if (roll < 0.06) return { kind: 'tick', now: Math.floor(random() * 1100) };
    if (roll < 0.08) return { kind: 'cancel' };
    if (roll < 0.6) return { kind: 'yes', id: pick(people) };
    if (roll < 0.67) return { kind: 'no', id: pick(people) };
    return { kind: roll < 0.85 ? 'leave' : 'mute', id: pick(people) };
  });
}

test(`${HISTORIES} random histories end as an oracle says, at the same step, and never reopen`, (t) => {
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`seed ${seed}`);
  const random = randomFrom(seed);
  const outcomes = new Map<string, number>();
  for (let history = 0; history < HISTORIES; history++) {
    const voters = VOTERS.slice(0, Math.floor(random() * (VOTERS.length + 1)));
    const quorum = random() < 0.7 ? 0 : Math.floor(random() * (voters.length + 1));
    const ids = voters.map(({ id }) => id);
    const steps = story(random);
    let vote = open(voters, quorum, ENDS_AT);
    const said = () => `seed ${seed}, history ${history}: ${quorum} of ${ids} ${JSON.stringify(steps)}`;
    assert.equal(vote.outcome, oracle(ids, quorum, []), said());
    steps.forEach((step, i) => {
      const before = vote;
      vote = take(vote, step);
      if (before.outcome !== null) assert.equal(vote, before, `nothing happens to a vote that is over: ${said()}`);
      assert.equal(vote.outcome, oracle(ids, quorum, steps.slice(0, i + 1)), said());
    });
    const ended = ids.reduce((rest, id) => abstain(rest, id), vote);
    assert.notEqual(ended.outcome, null, `when all have left nothing hangs: ${said()}`);
    assert.notEqual(tick(vote, ENDS_AT).outcome, null, said());
    outcomes.set(String(vote.outcome), (outcomes.get(String(vote.outcome)) ?? 0) + 1);
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  for (const outcome of ['passed', 'denied', 'lapsed', 'cancelled', 'null']) {
    assert.ok((outcomes.get(outcome) ?? 0) > HISTORIES / 100, `${outcome} was met`);
  }
});

test('of five voters one leaves, one is muted and one joins late: the three who remain decide', () => {
  let vote = open(VOTERS, 0, ENDS_AT);
  vote = abstain(cast(vote, 'ana', true), 'bo');
  vote = abstain(vote, 'chen');
  vote = cast(vote, 'late', false);
  assert.equal(vote.outcome, null, 'who came late looks on');
  vote = cast(vote, 'dora', true);
  assert.equal(vote.outcome, null);
  vote = cast(vote, 'emil', true);
  assert.equal(vote.outcome, 'passed');
  assert.deepEqual([count(vote, 'yes'), count(vote, 'abstain')], [3, 2]);
});

test('a yes does not outlive its voter, and one who abstained cannot come back', () => {
  const two = VOTERS.slice(0, 2);
  const gone = abstain(cast(open(two, 2, ENDS_AT), 'ana', true), 'ana');
  assert.equal(cast(gone, 'ana', true), gone);
  assert.equal(cast(gone, 'bo', true).outcome, 'denied', 'the quorum of two is missed');
  assert.equal(abstain(abstain(open(two, 0, ENDS_AT), 'ana'), 'bo').outcome, 'denied', 'nobody said yes');
  assert.equal(open([], 0, ENDS_AT).outcome, 'passed', 'nobody is there to object');
});
