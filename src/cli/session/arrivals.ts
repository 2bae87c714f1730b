/**
 * Who comes in and who goes: bans, names, the lobby, the same one coming back. Every join is followed by exactly one
 * leave. It is told here; the edge carries it out.
 */
import type { Clock } from '../../core/clock.js';
import type { Farewell } from '../../core/errors.js';
import type { Participant, SessionEvent } from '../../core/events.js';
import { lookOf } from '../../core/lookalike.js';
import { printable } from '../../core/printable.js';
import type { Present, Roster } from '../../core/roster.js';
import { sourceOf } from '../../observers/ssh/source.js';
import type { Hints } from './hints.js';
import type { Arrival, ToEdge } from './messages.js';

export interface ArrivalsOptions {
  readonly roster: Roster;
  readonly clock: Clock;
  readonly hints: Pick<Hints, 'admit'>;
  /** Whom the presenter is asked about: nobody, all until the first is let in, each one. */
  readonly approve: 'none' | 'first' | 'each';
  /** Addresses are for bans alone: nobody is told them. */
  readonly hideAddresses: boolean;
  /** False: this link was ended since somebody was let in by it. */
  readonly isAlive: (jti: string) => boolean;
  readonly masked: (text: string) => Promise<string | null>;
  readonly edge: (message: ToEdge) => void;
  /** He has left: what he had is to be taken from him before it is told. */
  readonly leaving: (present: Present) => void;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
  readonly changed: () => void;
}

/** Names that observers get who bring none. */
const NAMELESS = 'guest';
/** Longest name, in characters: a column of a table. */
const NAME_MAX = 24;
/** The presenter's own name in the conversation, as it looks: nobody else gets it, alone or with something behind it. */
const TAKEN = ['presenter', 'lectern'].map((name) => new RegExp(`^[^\\p{L}]*${lookOf(name)}(?!\\p{L})`, 'u'));
const HIDDEN = 'hidden';

/** What a name may be: printable, no blanks around it, not the presenter's. Empty: none. */
export function nameOf(text: string): string {
  const name = printable(text, NAME_MAX).trim().replace(/\s+/g, '-');
  const look = lookOf(name);
  return TAKEN.some((taken) => taken.test(look)) ? '' : name;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #banned = new Set<string>();
  /** What one is banned by: his address, and his key when he proved one. */
  readonly #marks = new Map<string, readonly string[]>();
  /** Those whose words are being looked at. */
  readonly #coming = new Set<string>();
  #someoneApproved = false;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** The address as it may be told. */
  told(addr: string): string {
    return this.#options.hideAddresses ? HIDDEN : addr;
  }

  /** What he says of himself passes the wall before anybody is told. */
  async arrived(arrival: Arrival): Promise<void> {
    this.#coming.add(arrival.id);
    const words = [this.#cleanName(arrival.name ?? ''), this.#options.masked(arrival.client)] as const;
    const [name, client] = await Promise.all(words);
    // He may have gone again meanwhile.
    if (this.#coming.delete(arrival.id)) this.#enter({ ...arrival, client: client ?? '' }, name);
  }

  /** One who waits says who he is. */
  async named(id: string, text: string): Promise<void> {
    const name = await this.#cleanName(text);
    const present = this.#options.roster.get(id);
    if (present === undefined || present.admitted || name === '') return;
    const before = present.participant.name;
    present.participant = { ...present.participant, name: this.#options.roster.freeName(name, id) };
    this.#options.emit({ type: 'rename', participant: present.participant, before });
    this.#knock(present);
    this.#options.changed();
  }

  left(id: string, reason: string): void {
    this.#coming.delete(id);
    const present = this.#options.roster.leave(id);
    this.#marks.delete(id);
    if (present === undefined) return;
    this.#options.leaving(present);
    this.#options.emit({ type: 'leave', participant: present.participant, reason });
    this.#options.changed();
  }

  /** Everybody has gone. */
  allLeft(reason: string): void {
    this.#coming.clear();
    for (const { participant } of this.#options.roster.all) this.left(participant.id, reason);
  }

  /** Sends people away, all of them before anything is written down about it. */
  drop(ids: readonly string[], farewell: Farewell): void {
    if (ids.length > 0) this.#options.edge({ type: 'drop', ids, farewell });
    for (const id of ids) this.left(id, farewell);
  }

  /**
   * By his address and by his key, as long as the session lasts.
   * @returns his other windows: who is here by the same key. Behind the same address there may be others.
   */
  ban(id: string): readonly Present[] {
    for (const mark of this.#marks.get(id) ?? []) this.#banned.add(mark);
    const { roster } = this.#options;
    const key = roster.get(id)?.key ?? null;
    return key === null ? [] : roster.all.filter((one) => one.key === key && one.participant.id !== id);
  }

  /** Lets him in. */
  admit(present: Present): void {
    const { participant } = present;
    present.admitted = true;
    this.#someoneApproved = true;
    this.#options.emit({ type: 'approve', participant });
    this.#options.changed();
    this.#open(present);
  }

  deny({ participant }: Present): void {
    this.#options.emit({ type: 'deny', participant });
    this.drop([participant.id], 'denied');
  }

  #enter(arrival: Arrival, said: string): void {
    const { id, addr, client, jti, role, size, key } = arrival;
    const { roster, isAlive, emit, clock, changed } = this.#options;
    const marks = key === null ? [sourceOf(addr)] : [sourceOf(addr), key];
    if (marks.some((mark) => this.#banned.has(mark))) return this.#turnAway(arrival, 'kicked', 'banned');
    // Between authentication and shell there is time in which a link can be ended.
    if (!isAlive(jti)) return this.#turnAway(arrival, 'revoked', 'revoked');
    const before = this.#comesBack(arrival);
    const name = roster.freeName(said || before || NAMELESS);
    this.#marks.set(id, marks);
    const participant: Participant = { id, name, addr: this.told(addr), role, client };
    const admitted = !this.#mustAsk();
    const rest = { muted: false, lagMs: null, bytes: 0 };
    const present: Present = { participant, jti, key, joinedAt: clock.wall(), size, admitted, ...rest };
    roster.arrive(present);
    emit({ type: 'join', participant });
    changed();
    if (admitted) this.#open(present);
    else this.#knock(present);
  }

  /** Behind the state of the session, which is told at the end of a turn: what he sees first has him in it. */
  #open(present: Present): void {
    const { id } = present.participant;
    setImmediate(() => {
      if (this.#options.roster.get(id) === present) this.#options.edge({ type: 'admit', id });
    });
  }

  #knock({ participant }: Present): void {
    this.#options.notice(`${participant.name} wants to watch: ${this.#options.hints.admit}`);
  }

  /**
   * The same key again: a one-time link is for one, so what is left of him goes. Behind another link there may be two
   * windows of one person: the earlier one goes unless it proves to be alive. The result is the name of who went.
   */
  #comesBack({ key, jti, once }: Arrival): string | null {
    if (key === null) return null;
    let name: string | null = null;
    for (const present of this.#options.roster.all.filter((one) => one.key === key)) {
      const { id } = present.participant;
      if (once && present.jti === jti) {
        name = present.participant.name;
        this.drop([id], 'replaced');
      } else {
        this.#options.edge({ type: 'prove', id });
      }
    }
    return name;
  }

  #turnAway({ id, addr }: Arrival, farewell: Farewell, reason: string): void {
    this.#options.edge({ type: 'drop', ids: [id], farewell });
    this.#options.emit({ type: 'refuse', addr: this.told(addr), reason });
  }

  #mustAsk(): boolean {
    const { approve } = this.#options;
    return approve === 'each' || (approve === 'first' && !this.#someoneApproved);
  }

  /** A name in which something is masked, or that could not be looked at, is none. */
  async #cleanName(text: string): Promise<string> {
    const name = nameOf(text);
    return name !== '' && (await this.#options.masked(name)) === name ? name : '';
  }
}
