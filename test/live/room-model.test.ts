/**
 * Roster, lease and votes under random histories: people come, go, ask, type, vote and are sent away while a clock is
 * moved by hand. Another reading of the same story, from the events alone, must come to the same state.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type TicketJwk, TicketOffice } from '../../src/access/tickets.js';
import { hintsFor } from '../../src/cli/session/hints.js';
import { People } from '../../src/cli/session/people.js';
import { LecternError } from '../../src/core/errors.js';
import type { SessionEvent } from '../../src/core/events.js';
import { HandClock } from '../support/hand-clock.js';
import { randomFrom } from '../support/typed.js';

const HISTORIES = 250;
const STEPS = 60;
const VOTE_MS = 30_000;

interface Entry {
  readonly name: string;
  admitted: boolean;
  muted: boolean;
  asking: boolean;
}

/** What the events alone tell. */
class Replay {
  readonly people = new Map<string, Entry>();
  lease: { id: string; mode: string; until: number } | null = null;
  vote: { id: string; ballots: Map<string, string | null> } | null = null;
  joins = 0;
  leaves = 0;
  readonly #lobby: boolean;

  constructor(lobby: boolean) {
    this.#lobby = lobby;
  }

  take(event: SessionEvent): void {
    const id = 'participant' in event ? (event.participant?.id ?? '') : '';
    const entry = this.people.get(id);
    switch (event.type) {
      case 'join':
        assert.equal(entry, undefined, 'he was not here');
        this.joins++;
        this.people.set(id, { name: event.participant.name, admitted: !this.#lobby, muted: false, asking: false });
        break;
      case 'leave':
        assert.ok(entry !== undefined, 'he was here');
        this.leaves++;
        this.people.delete(id);
        break;
      case 'approve':
        entry!.admitted = true;
        break;
      case 'mute':
        entry!.muted = event.muted;
        break;
      case 'request':
        entry!.asking = event.withdrawn !== true;
        break;
      case 'grant':
        assert.ok(this.lease === null || event.extended === true, 'one lease at most');
        entry!.asking = false;
        this.lease = { id, mode: event.mode, until: Date.parse(event.lease.until) };
        break;
      case 'revoke':
      case 'expire':
      case 'preempt':
        assert.equal(this.lease?.id, id, 'what ended was his');
        this.lease = null;
        break;
      case 'vote':
        if (event.step === 'open') {
          assert.equal(this.vote, null, 'one vote at most');
          this.vote = { id: event.vote, ballots: new Map(event.voters!.map((voter) => [voter, null])) };
        } else if (event.step === 'cast') this.vote!.ballots.set(id, event.ballot!);
        else this.vote = null;
    }
  }
}

class World {
  readonly clock = new HandClock();
  readonly people: People;
  readonly replay: Replay;
  readonly random: () => number;
  typed = 0;
  dropped = 0;
  #ids = 0;
  readonly pending = new Set<Promise<unknown>>();

  constructor(random: () => number, tickets: TicketOffice) {
    this.random = random;
    const lobby = random() < 0.4;
    this.replay = new Replay(lobby);
    const nothing = (): void => {};
    this.people = new People({
      sid: 'model',
      readOnly: false,
      clock: this.clock,
      hints: hintsFor({ prefix: 0x1c, grantMs: 60_000, preempt: true }),
      approve: lobby ? 'each' : 'none',
      ...{ hideAddresses: false, chat: true, pointers: true },
      consensus: { on: random() < 0.6, voters: [], quorum: 0, voteFor: ['grant', 'propose'], voteMs: VOTE_MS },
      isAlive: () => true,
      tickets,
      type: (keys) => {
        this.typed += keys.length;
      },
      dropTyped: () => {
        this.dropped++;
      },
      masked: async (text) => text,
      emit: (event) => this.replay.take(event),
      ...{ submit: nothing, closePaste: nothing, pressed: nothing, said: nothing, pointed: nothing },
      ...{ edge: nothing, notice: nothing, changed: nothing },
    });
  }

  get ids(): readonly string[] {
    return [...this.replay.people.keys()];
  }

  pick(): string {
    const { ids } = this;
    return ids[Math.floor(this.random() * ids.length)] ?? 'nobody';
  }

  /** One thing that somebody does; its name, for a message. */
  async step(): Promise<string> {
    const { people } = this;
    const id = this.pick();
    const deeds: readonly (readonly [weight: number, name: string, act: () => unknown])[] = [
      [8, 'arrive', () => this.#arrive()],
      [4, 'leave', () => people.left(id, 'left')],
      [1, 'leave twice', () => [people.left(id, 'left'), people.left(id, 'lost')]],
      [6, 'ask', () => people.lending.ask(id)],
      [2, 'withdraw', () => people.lending.withdraw(id)],
      [6, 'grant', () => this.#grant(id)],
      [10, 'press', () => this.#press(this.random() < 0.5 ? (this.replay.lease?.id ?? id) : id)],
      [2, 'give back', () => people.lending.giveBack(id)],
      [2, 'take back', () => people.takeBack()],
      [2, 'preempt', () => people.lending.take('preempt')],
      [3, 'mute', () => this.#quietly(() => people.mute(id, this.random() < 0.6))],
      [1, 'kick', () => this.#quietly(() => people.kick(id, false))],
      [4, 'admit', () => people.admit()],
      [1, 'deny', () => people.deny()],
      [8, 'vote', () => people.ballots.cast(id, this.random() < 0.85)],
      [2, 'propose', () => this.#propose()],
      [1, 'all left', () => this.random() < 0.1 && people.allLeft('lost')],
      [8, 'time', () => this.clock.move(Math.floor(this.random() * 20_000))],
    ];
    let roll = this.random() * deeds.reduce((sum, [weight]) => sum + weight, 0);
    const [, name, act] = deeds.find(([weight]) => {
      roll -= weight;
      return roll < 0;
    })!;
    act();
    await this.#settle();
    return `${name} ${id}`;
  }

  check(): void {
    const { people, replay } = this;
    const rows = people.rows(0);
    assert.deepEqual(
      rows.map(({ id, name, state, muted }) => ({ id, name, muted, waiting: state === 'waiting' })),
      [...replay.people].map(([id, { name, muted, admitted }]) => ({ id, name, muted, waiting: !admitted })),
    );
    const holders = rows.filter(({ state }) => state === 'control').map(({ id }) => id);
    assert.deepEqual(holders, replay.lease === null ? [] : [replay.lease.id], 'the lease');
    const asking = rows.filter(({ state }) => state === 'asking').map(({ id }) => id);
    assert.deepEqual(
      asking,
      [...replay.people].filter(([id, one]) => one.asking && one.admitted && id !== replay.lease?.id).map(([id]) => id),
    );
    const { vote } = people.state;
    const votes = vote === null ? null : new Map(vote.voters.map(({ id, ballot }) => [id, ballot]));
    assert.deepEqual(votes, replay.vote?.ballots ?? null, 'the vote');
    if (vote !== null) {
      assert.ok(vote.untilMs > this.clock.wall(), 'a vote ends at its time');
      const silent = vote.voters.filter(({ ballot }) => ballot === null);
      assert.ok(silent.length > 0, 'somebody is still to be heard');
      assert.ok(!vote.voters.some(({ ballot }) => ballot === 'no'), 'one no ends it');
      assert.ok(
        silent.every(({ id }) => replay.people.has(id)),
        'and he is here',
      );
    }
    if (replay.lease !== null) assert.ok(replay.lease.until > this.clock.wall(), 'a lease ends at its time');
  }

  /** Everybody goes and time passes: nothing is left. */
  async end(): Promise<void> {
    this.people.allLeft('left');
    this.clock.move(VOTE_MS + 60_000);
    await this.#settle();
    this.check();
    assert.deepEqual(this.people.rows(0), []);
    assert.equal(this.people.state.vote, null, 'no vote hangs');
    assert.equal(this.replay.joins, this.replay.leaves);
    await Promise.all(this.pending);
    assert.equal(this.clock.waiting, 0, 'no timer is left');
  }

  #arrive(): void {
    const id = `p${++this.#ids}`;
    const name = this.random() < 0.5 ? `n${Math.floor(this.random() * 4)}` : null;
    const size = { cols: 80, rows: 24 };
    this.people.arrived({
      id,
      addr: '::1',
      client: 'x',
      jti: 'j',
      role: 'observer',
      key: null,
      size,
      name,
      once: false,
    });
  }

  #grant(id: string): void {
    const mode = this.random() < 0.75 ? 'full' : 'suggest';
    this.#await(this.people.grant(id, 1000 + Math.floor(this.random() * 40_000), mode));
  }

  #propose(): void {
    if (this.people.ballots.isNeeded('propose')) this.#await(this.people.ballots.ask('propose', 'date', null));
  }

  #press(id: string): void {
    const { lease } = this.replay;
    const before = this.typed;
    const may = lease?.id === id && lease.mode === 'full' && lease.until > this.clock.wall();
    this.people.lending.press(id, Buffer.from('key'));
    assert.equal(this.typed - before, may ? 3 : 0, 'keys pass with the lease and not without');
  }

  /** Refusals are expected; anything else is a fault. */
  #await(promise: Promise<unknown>): void {
    const settled = promise.catch((error: unknown) => assert.ok(error instanceof LecternError, String(error)));
    this.pending.add(settled);
    void settled.finally(() => this.pending.delete(settled));
  }

  #quietly(act: () => unknown): void {
    try {
      act();
    } catch (error) {
      assert.ok(error instanceof LecternError, String(error));
    }
  }

  /** Signing a ticket takes a turn or two of the event loop. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const open = this.people.ballots.state !== null;
    if (!open) await Promise.all(this.pending);
  }
}

function ticketKey(): TicketJwk {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as unknown as TicketJwk;
}

test(`in ${HISTORIES} random histories there is one lease at most, no key without it, and no vote that hangs`, async (t) => {
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  t.diagnostic(`seed ${seed}`);
  const tickets = await TicketOffice.open(ticketKey());
  let [typed, dropped] = [0, 0];
  for (let history = 0; history < HISTORIES; history++) {
    const world = new World(randomFrom(seed + history * 7919), tickets);
    const story: string[] = [];
    try {
      for (let step = 0; step < STEPS; step++) {
        story.push(await world.step());
        world.check();
      }
      await world.end();
    } catch (error) {
      throw new Error(`seed ${seed}, history ${history}: ${story.join(', ')}`, { cause: error });
    }
    typed += world.typed;
    dropped += world.dropped;
  }
  t.diagnostic(`${typed / 3} chunks of keys were let through, ${dropped} leases ended under somebody who had typed`);
  assert.ok(typed > HISTORIES && dropped > HISTORIES / 10, 'leases were used');
});
