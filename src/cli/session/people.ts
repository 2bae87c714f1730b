/**
 * The people of a session, as the host sees them: joins those who come and go, the keyboard, votes and talk, and is
 * what the presenter acts on. All decisions about people are made here, beside the terminal; the edge only carries them
 * out.
 */
import type { TicketOffice } from '../../access/tickets.js';
import type { Size } from '../../core/cells.js';
import type { Clock } from '../../core/clock.js';
import { type Farewell, LecternError } from '../../core/errors.js';
import type { ControlMode, Participant, SessionEvent } from '../../core/events.js';
import { type Present, Roster } from '../../core/roster.js';
import type { ChatLine, Pointer, SessionState } from '../../core/session.js';
import { pickWho } from '../../core/who.js';
import type { Granted, WhoRow } from '../../ops/session-api.js';
import { Arrivals } from './arrivals.js';
import { Ballots, type Consensus } from './ballots.js';
import type { Hints } from './hints.js';
import { Lending } from './lending.js';
import type { Measure, ToEdge } from './messages.js';
import { Suggestions } from './suggestions.js';
import { Talk } from './talk.js';

export interface PeopleOptions {
  readonly sid: string;
  readonly readOnly: boolean;
  readonly clock: Clock;
  readonly hints: Hints;
  /** Whom the presenter is asked about: nobody, all until the first is let in, each one. */
  readonly approve: 'none' | 'first' | 'each';
  readonly hideAddresses: boolean;
  readonly chat: boolean;
  readonly pointers: boolean;
  readonly consensus: Consensus;
  /** False: this link was ended since somebody was let in by it. */
  readonly isAlive: (jti: string) => boolean;
  readonly tickets: TicketOffice;
  /** Writes to the program. */
  readonly type: (keys: Uint8Array) => void;
  /** Types a line that was approved, and Enter. */
  readonly submit: (line: string) => void;
  /** Forgets what was typed and the program has not taken yet. */
  readonly dropTyped: () => void;
  /** Ends the paste that the program is in the middle of: whoever began it may no longer end it. */
  readonly closePaste: () => void;
  /** Keys of an observer reached the program. */
  readonly pressed: (participant: Participant, keys: Uint8Array) => void;
  /** A text with its secrets masked; null when that could not be done. */
  readonly masked: (text: string) => Promise<string | null>;
  readonly said: (line: ChatLine) => void;
  readonly pointed: (pointers: readonly Pointer[]) => void;
  readonly edge: (message: ToEdge) => void;
  readonly emit: (event: SessionEvent) => void;
  /**
   * Something the presenter should hear and see: a bell and a line in the title.
   * @param shown called when he has it before his eyes; what comes with it is not left out for another notice
   */
  readonly notice: (text: string, shown?: () => void) => void;
  /** The state that observers are told has changed. */
  readonly changed: () => void;
}

export class People {
  readonly #options: PeopleOptions;
  readonly #roster = new Roster();
  readonly #arrivals: Arrivals;
  readonly lending: Lending;
  readonly suggestions: Suggestions;
  readonly ballots: Ballots;
  readonly talk: Talk;

  constructor(options: PeopleOptions) {
    this.#options = options;
    const shared = { ...options, roster: this.#roster };
    this.lending = new Lending({ ...shared, ended: () => this.suggestions.clear() });
    this.suggestions = new Suggestions({ ...shared, control: () => this.lending.state });
    this.ballots = new Ballots(shared);
    this.talk = new Talk(shared);
    this.#arrivals = new Arrivals({ ...shared, leaving: (present) => this.#leaving(present) });
  }

  /** What observers are told of each other. */
  get state(): Pick<
    SessionState,
    'watching' | 'waiting' | 'mayChat' | 'mayPoint' | 'muted' | 'control' | 'typing' | 'suggestion' | 'vote'
  > {
    return {
      watching: this.#roster.watching,
      waiting: this.#roster.waiting.length,
      mayChat: this.#options.chat,
      mayPoint: this.talk.mayPoint,
      muted: this.#roster.all.filter(({ muted }) => muted).map(({ participant }) => participant.id),
      control: this.lending.state,
      typing: this.lending.typing,
      suggestion: this.suggestions.state,
      vote: this.ballots.state,
    };
  }

  // What the edge tells --------------------------------------------------------------------------------------------

  arrived(...args: Parameters<Arrivals['arrived']>): void {
    void this.#arrivals.arrived(...args);
  }

  named(id: string, name: string): void {
    void this.#arrivals.named(id, name);
  }

  left(id: string, reason: string): void {
    this.#arrivals.left(id, reason);
  }

  /** The edge is gone and everybody with it. */
  allLeft(reason: string): void {
    this.#arrivals.allLeft(reason);
  }

  resized(id: string, size: Size): void {
    const present = this.#roster.get(id);
    if (present === undefined) return;
    const { cols, rows } = present.size;
    // Clients tell it again when something else stood on their terminal.
    if (cols === size.cols && rows === size.rows) return;
    present.size = size;
    this.#options.emit({ type: 'resize', participant: present.participant, ...size });
  }

  measured(measures: readonly Measure[]): void {
    for (const { id, lagMs, bytes } of measures) {
      const present = this.#roster.get(id);
      if (present !== undefined) Object.assign(present, { lagMs, bytes });
    }
  }

  lagged(id: string, ms: number): void {
    const present = this.#roster.get(id);
    if (present === undefined) return;
    present.lagMs = ms;
    this.#options.emit({ type: 'lag', participant: present.participant, ms });
  }

  // What the presenter does ----------------------------------------------------------------------------------------

  /** Takes control back, and closes a vote about giving it. The result is who had it. */
  takeBack(): Participant | null {
    if (this.ballots.state?.about === 'grant') this.ballots.cancel();
    return this.lending.recall();
  }

  /**
   * Gives control for `ttlMs`, after a vote when consensus is asked for; resolves when that is decided.
   * @throws {LecternError} REFUSED when it may not be given; FAILED when he waits in the lobby or has left.
   */
  async grant(who: string, ttlMs: number, mode: ControlMode): Promise<Granted> {
    this.lending.assertLendable();
    const { participant, admitted } = this.#pick(who);
    if (!admitted) throw new LecternError('FAILED', `${participant.name} waits to be let in; see: lectern approve`);
    if (this.ballots.isNeeded('grant')) {
      const outcome = await this.ballots.ask('grant', participant.name, participant);
      if (outcome !== 'passed') return { participant, until: null, outcome };
    }
    return { participant, until: await this.lending.grant(participant, ttlMs, mode), outcome: null };
  }

  /** @throws {LecternError} FAILED when that one has no control. */
  revoke(who?: string): Participant | null {
    if (who === undefined) return this.takeBack();
    const { participant } = this.#pick(who);
    if (this.lending.holder !== participant.id) {
      throw new LecternError('FAILED', `${participant.name} has no control; see: lectern who`);
    }
    return this.lending.recall();
  }

  kick(who: string, ban: boolean): Participant {
    const { participant } = this.#pick(who);
    const windows = ban ? this.#arrivals.ban(participant.id) : [];
    this.#options.emit({ type: 'kick', participant, ...(ban && { banned: true }) });
    const ids = [participant, ...windows.map((window) => window.participant)].map(({ id }) => id);
    this.#arrivals.drop(ids, 'kicked');
    return participant;
  }

  /** He may do nothing but watch from now on: no chat, no pointer, no request, no vote. */
  mute(who: string, muted: boolean): Participant {
    const present = this.#pick(who);
    const { participant } = present;
    if (present.muted === muted) return participant;
    present.muted = muted;
    this.#options.emit({ type: 'mute', participant, muted });
    if (muted) {
      this.lending.muted(participant.id);
      this.talk.silence(participant.id);
      this.ballots.abstain(participant);
    }
    this.#options.changed();
    return participant;
  }

  /** Lets somebody in who waits: `who`, or the one who waits longest. Null when nobody waits. */
  admit(who?: string): Participant | null {
    const present = this.#waiting(who);
    if (present !== null) this.#arrivals.admit(present);
    return present?.participant ?? null;
  }

  deny(who?: string): Participant | null {
    const present = this.#waiting(who);
    if (present !== null) this.#arrivals.deny(present);
    return present?.participant ?? null;
  }

  /** Sends everybody away who came by this link; the result is how many. */
  dropLink(link: string): number {
    const ids = this.#roster.all.filter(({ jti }) => jti === link).map(({ participant }) => participant.id);
    this.#arrivals.drop(ids, 'revoked');
    return ids.length;
  }

  /** Sends everybody away. */
  dropAll(farewell: Farewell): void {
    const ids = this.#roster.all.map(({ participant }) => participant.id);
    this.#arrivals.drop(ids, farewell);
  }

  /** The address as it may be told. */
  told(addr: string): string {
    return this.#arrivals.told(addr);
  }

  /** @param masked secrets that stand masked on the screen now. */
  rows(masked: number): readonly WhoRow[] {
    return this.#roster.all.map((present) => this.#row(present, masked));
  }

  /** No timer runs any more. */
  close(): void {
    this.lending.close();
    this.ballots.cancel();
  }

  #row(present: Present, masked: number): WhoRow {
    const { participant, joinedAt, size, lagMs, bytes, muted, admitted } = present;
    const control = this.lending.state;
    const askedAt = this.lending.askedAt(participant.id);
    return {
      ...participant,
      state: this.#stateOf(present),
      muted,
      since: iso(joinedAt),
      until: control?.id === participant.id ? iso(control.untilMs) : null,
      askedAt: askedAt === null ? null : iso(askedAt),
      typedLast: this.lending.typedLast === participant.id,
      size,
      lagMs,
      bytes,
      masked: admitted ? masked : 0,
    };
  }

  #stateOf({ participant, admitted }: Present): WhoRow['state'] {
    if (!admitted) return 'waiting';
    if (this.lending.holder === participant.id) return 'control';
    return this.lending.asking.includes(participant.id) ? 'asking' : 'watching';
  }

  #leaving({ participant }: Present): void {
    this.lending.left(participant);
    this.talk.left(participant.id);
    this.ballots.abstain(participant);
  }

  #pick(who: string): Present {
    const { id } = pickWho(
      this.#roster.all.map(({ participant }) => participant),
      who,
    );
    return this.#roster.get(id)!;
  }

  #waiting(who: string | undefined): Present | null {
    if (who === undefined) return this.#roster.waiting[0] ?? null;
    const present = this.#pick(who);
    if (present.admitted)
      throw new LecternError('FAILED', `${present.participant.name} does not wait; see: lectern who`);
    return present;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
