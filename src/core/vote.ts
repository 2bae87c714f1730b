/**
 * A vote: who may vote is fixed when it opens, and each of them has to say yes. Plain data and the five things that can
 * happen to it, each of which returns the vote after it. It knows no people beyond their ids, and no clock: times are
 * handed in.
 *
 * It passes when nobody is left who has not spoken, nobody said no, and enough said yes. One no ends it at once. Who
 * leaves or is muted abstains, also when he had voted: what counts is who stands behind it at the end. Time running out
 * is a no. So whatever happens, a vote ends at its deadline at the latest, and a departure can only bring its end nearer.
 */

export interface Voter {
  readonly id: string;
  readonly name: string;
}

/** null: has not spoken yet. */
export type Ballot = 'yes' | 'no' | 'abstain' | null;

/** `denied`: somebody said no, or too few said yes. `lapsed`: its time ran out. `cancelled`: whoever opened it closed it. */
export type Outcome = 'passed' | 'denied' | 'lapsed' | 'cancelled';

export interface Vote {
  readonly voters: readonly Voter[];
  /** By voter's id; everyone who may vote is in it. */
  readonly ballots: ReadonlyMap<string, Ballot>;
  /** Yes votes that it takes at least; 0 only when there is nobody to ask. */
  readonly quorum: number;
  /** By the clock of whoever calls {@link tick}, in ms. */
  readonly endsAt: number;
  /** null while it is open. */
  readonly outcome: Outcome | null;
}

/**
 * Opens a vote. Without voters it has passed already, unless a quorum is asked for: nobody is there to object.
 * @param quorum yes votes that it takes at least; one is always needed where there are voters.
 */
export function open(voters: readonly Voter[], quorum: number, endsAt: number): Vote {
  const ballots = new Map<string, Ballot>(voters.map(({ id }) => [id, null]));
  const least = Math.max(quorum, voters.length === 0 ? 0 : 1);
  return settled({ voters: [...voters], ballots, quorum: least, endsAt, outcome: null });
}

/** `id` votes, or changes his mind while the vote is open. Nothing happens when he is no voter or has abstained. */
export function cast(vote: Vote, id: string, yes: boolean): Vote {
  const before = vote.ballots.get(id);
  if (before === undefined || before === 'abstain') return vote;
  return withBallot(vote, id, yes ? 'yes' : 'no');
}

/** `id` is gone, or was muted: he abstains for good. */
export function abstain(vote: Vote, id: string): Vote {
  return vote.ballots.has(id) ? withBallot(vote, id, 'abstain') : vote;
}

/** Time has passed. */
export function tick(vote: Vote, now: number): Vote {
  return vote.outcome === null && now >= vote.endsAt ? { ...vote, outcome: 'lapsed' } : vote;
}

/** Whoever opened it does not want it any more. */
export function cancel(vote: Vote): Vote {
  return vote.outcome === null ? { ...vote, outcome: 'cancelled' } : vote;
}

/** How many have voted so. */
export function count(vote: Vote, ballot: Ballot): number {
  let found = 0;
  for (const one of vote.ballots.values()) if (one === ballot) found++;
  return found;
}

function withBallot(vote: Vote, id: string, ballot: Ballot): Vote {
  if (vote.outcome !== null || vote.ballots.get(id) === ballot) return vote;
  return settled({ ...vote, ballots: new Map(vote.ballots).set(id, ballot) });
}

function settled(vote: Vote): Vote {
  if (count(vote, 'no') > 0) return { ...vote, outcome: 'denied' };
  if (count(vote, null) > 0) return vote;
  return { ...vote, outcome: count(vote, 'yes') >= vote.quorum ? 'passed' : 'denied' };
}
