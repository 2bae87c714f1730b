/**
 * Votes of a session: asks those who are there, tells everybody how it stands, and says what was decided. One at a
 * time, so that y and n mean one thing.
 */
import { newId } from '../../access/codes.js';
import type { Clock } from '../../core/clock.js';
import { LecternError } from '../../core/errors.js';
import type { Participant, SessionEvent, VoteAbout } from '../../core/events.js';
import type { Present, Roster } from '../../core/roster.js';
import type { VoteState } from '../../core/session.js';
import { abstain, type Ballot, cancel, cast, count, type Outcome, open, tick, type Vote } from '../../core/vote.js';

/** What a session asks its observers about, and whom. */
export interface Consensus {
  readonly on: boolean;
  /** Names or key fingerprints (`SHA256:…`) of those who are asked; empty for everybody who watches. */
  readonly voters: readonly string[];
  /** Yes votes that it takes at least. */
  readonly quorum: number;
  readonly voteFor: readonly VoteAbout[];
  /** How long a vote may take, in ms. */
  readonly voteMs: number;
}

export interface BallotsOptions {
  readonly consensus: Consensus;
  readonly roster: Roster;
  readonly clock: Clock;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
  readonly changed: () => void;
}

interface Open {
  readonly id: string;
  readonly about: VoteAbout;
  readonly text: string;
  readonly untilMs: number;
  vote: Vote;
  readonly callOff: () => void;
  readonly decided: (outcome: Outcome) => void;
}

export class Ballots {
  readonly #options: BallotsOptions;
  #open: Open | null = null;

  constructor(options: BallotsOptions) {
    this.#options = options;
  }

  /** True when this has to be voted on. */
  isNeeded(about: VoteAbout): boolean {
    const { on, voteFor } = this.#options.consensus;
    return on && voteFor.includes(about);
  }

  /** As observers are told. */
  get state(): VoteState | null {
    if (this.#open === null) return null;
    const { id, about, text, untilMs, vote } = this.#open;
    const voters = vote.voters.map((voter) => ({ ...voter, ballot: vote.ballots.get(voter.id) ?? null }));
    return { id, about, text, voters, quorum: vote.quorum, untilMs };
  }

  /**
   * Puts something to the vote. Resolves when it is decided.
   * @param text printable and redacted: what all are shown.
   * @param candidate who is to be given control: he has no vote.
   * @throws {LecternError} FAILED when another vote is open; REFUSED when too few of the voters are here.
   */
  async ask(about: VoteAbout, text: string, candidate: Participant | null): Promise<Outcome> {
    if (this.#open !== null) throw new LecternError('FAILED', 'another vote is open; wait for its end, or close it');
    const voters = this.#voters(candidate);
    const { consensus, clock, emit, notice, changed } = this.#options;
    if (voters.length < consensus.quorum || (consensus.voters.length > 0 && voters.length === 0)) {
      throw new LecternError('REFUSED', `only ${voters.length} of those who must agree are here; see: lectern who`);
    }
    const id = newId();
    return new Promise((decided) => {
      const callOff = clock.after(consensus.voteMs, () => this.#step((vote) => tick(vote, vote.endsAt)));
      const vote = open(voters, consensus.quorum, clock.now() + consensus.voteMs);
      this.#open = { id, about, text, untilMs: clock.wall() + consensus.voteMs, vote, callOff, decided };
      const ids = voters.map((voter) => voter.id);
      emit({ type: 'vote', vote: id, about, step: 'open', voters: ids, ...(candidate && { participant: candidate }) });
      if (voters.length > 0) notice(`a vote is open: ${text} (${voters.length} to agree)`);
      this.#settle();
      changed();
    });
  }

  /** `id` votes. */
  cast(id: string, yes: boolean): void {
    const present = this.#options.roster.watcher(id);
    if (present === null || present.muted) return;
    this.#step((vote) => cast(vote, id, yes), present.participant);
  }

  /** He is gone, or was muted: he abstains. */
  abstain(participant: Participant): void {
    this.#step((vote) => abstain(vote, participant.id), participant);
  }

  /** Closes the vote that is open. False when there is none. */
  cancel(): boolean {
    if (this.#open === null) return false;
    this.#step(cancel);
    return true;
  }

  #voters(candidate: Participant | null): readonly { readonly id: string; readonly name: string }[] {
    const { voters } = this.#options.consensus;
    const called = ({ participant, key }: Present) =>
      voters.length === 0 || voters.includes(participant.name) || (key !== null && voters.includes(key));
    return this.#options.roster.all
      .filter((present) => present.admitted && !present.muted && present.participant.id !== candidate?.id)
      .filter(called)
      .map(({ participant: { id, name } }) => ({ id, name }));
  }

  #step(step: (vote: Vote) => Vote, voter?: Participant): void {
    const ballot = this.#open;
    if (ballot === null) return;
    const next = step(ballot.vote);
    if (next === ballot.vote) return;
    ballot.vote = next;
    const cast: Ballot = voter === undefined ? null : (next.ballots.get(voter.id) ?? null);
    if (voter !== undefined && cast !== null) {
      const { id: vote, about } = ballot;
      this.#options.emit({ type: 'vote', vote, about, step: 'cast', participant: voter, ballot: cast });
    }
    this.#settle();
    this.#options.changed();
  }

  #settle(): void {
    const ballot = this.#open;
    const outcome = ballot?.vote.outcome ?? null;
    if (ballot === null || outcome === null) return;
    this.#open = null;
    ballot.callOff();
    const { id: vote, about, text } = ballot;
    const votes = {
      yes: count(ballot.vote, 'yes'),
      no: count(ballot.vote, 'no'),
      abstain: ballot.vote.voters.length - count(ballot.vote, 'yes') - count(ballot.vote, 'no'),
    };
    this.#options.emit({ type: 'vote', vote, about, step: 'end', outcome, votes });
    this.#options.notice(`the vote ${WORDS[outcome]}: ${text}`);
    ballot.decided(outcome);
  }
}

const WORDS: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  denied: 'was denied',
  lapsed: 'ran out of time',
  cancelled: 'was closed',
};
