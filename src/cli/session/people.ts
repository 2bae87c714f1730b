/**
 * The people of a session, as the host sees them: who came, who waits, who asks, who may type. All decisions about
 * them are made here, beside the terminal; the edge only carries them out.
 */
import { newId } from '../../access/codes.js';
import type { TicketOffice } from '../../access/tickets.js';
import type { Size } from '../../core/cells.js';
import { Control } from '../../core/control.js';
import { type Farewell, LecternError } from '../../core/errors.js';
import type { ControlMode, Participant, SessionEvent } from '../../core/events.js';
import type { Lease } from '../../core/lease.js';
import { Paste } from '../../core/paste.js';
import { type Present, Roster } from '../../core/roster.js';
import type { ControlState } from '../../core/session.js';
import { pickWho } from '../../core/who.js';
import { sourceOf } from '../../observers/ssh/source.js';
import type { Granted, WhoRow } from '../../ops/session-api.js';
import type { Arrival, ToEdge } from './messages.js';

export interface PeopleOptions {
  readonly sid: string;
  readonly readOnly: boolean;
  /** Whom the presenter is asked about: nobody, all until the first is let in, each one. */
  readonly approve: 'none' | 'first' | 'each';
  /** False: this link was ended since somebody was let in by it. */
  readonly isAlive: (jti: string) => boolean;
  readonly tickets: TicketOffice;
  /** Writes to the program. */
  readonly type: (keys: Uint8Array) => void;
  /** Forgets what was typed and the program has not taken yet. */
  readonly dropTyped: () => void;
  /** Ends the paste that the program is in the middle of: whoever began it may no longer end it. */
  readonly closePaste: () => void;
  readonly edge: (message: ToEdge) => void;
  readonly emit: (event: SessionEvent) => void;
  /** Something the presenter should hear and see: a bell and a line in the title. */
  readonly notice: (text: string) => void;
  /** The state that observers are told has changed. */
  readonly changed: () => void;
}

/** Names that observers get who bring none. */
const NAMELESS = 'guest';

export class People {
  readonly #options: PeopleOptions;
  readonly #roster = new Roster();
  readonly #control: Control;
  readonly #banned = new Set<string>();
  /** What one is banned by: his address (of IPv6 its /64), and his key when he proved one. */
  readonly #marks = new Map<string, readonly string[]>();
  readonly #paste = new Paste();
  /** The holder of the lease has typed something. */
  #hasTyped = false;
  #expiry: NodeJS.Timeout | null = null;
  #typedLast: string | null = null;
  #someoneApproved = false;

  constructor(options: PeopleOptions) {
    this.#options = options;
    const { readOnly, type } = options;
    this.#control = new Control({ readOnly, type, now: () => performance.now(), wall: () => Date.now() });
  }

  get watching(): number {
    return this.#roster.watching;
  }

  /** True while somebody else may type. */
  get isLent(): boolean {
    return this.#control.lease !== null;
  }

  /** Who may type now, as observers are told; null when nobody. */
  get control(): ControlState | null {
    const lease = this.#control.lease;
    if (lease === null) return null;
    const { sub, untilMs } = lease.claims;
    return { id: sub, name: this.#roster.get(sub)?.participant.name ?? NAMELESS, untilMs };
  }

  // What the edge tells --------------------------------------------------------------------------------------------

  arrived(arrival: Arrival): void {
    const { id, addr, client, jti, role, size, key } = arrival;
    const marks = key === null ? [sourceOf(addr)] : [sourceOf(addr), key];
    if (marks.some((mark) => this.#banned.has(mark))) return this.#turnAway(arrival, 'kicked', 'banned');
    // Between authentication and shell there is time in which a link can be ended.
    if (!this.#options.isAlive(jti)) return this.#turnAway(arrival, 'revoked', 'revoked');
    this.#marks.set(id, marks);
    const participant: Participant = { id, name: this.#roster.freeName(NAMELESS), addr, role, client };
    const admitted = !this.#mustAsk();
    this.#roster.arrive({ participant, jti, joinedAt: Date.now(), size, admitted });
    this.#options.emit({ type: 'join', participant });
    if (admitted) this.#options.edge({ type: 'admit', id });
    else this.#options.notice(`${participant.name} wants to watch: C-\\ a admits, C-\\ d denies`);
    this.#options.changed();
  }

  #turnAway({ id, addr }: Arrival, farewell: Farewell, reason: string): void {
    this.#options.edge({ type: 'drop', id, farewell });
    this.#options.emit({ type: 'refuse', addr, reason });
  }

  left(id: string, reason: string): void {
    const present = this.#roster.leave(id);
    this.#marks.delete(id);
    if (present === undefined) return;
    this.#ended(this.#control.left(id), 'revoke', present.participant);
    this.#options.emit({ type: 'leave', participant: present.participant, reason });
    this.#options.changed();
  }

  /** The edge is gone and everybody with it. */
  allLeft(reason: string): void {
    for (const { participant } of this.#roster.all) this.left(participant.id, reason);
  }

  resized(id: string, size: Size): void {
    const present = this.#roster.get(id);
    if (present !== undefined) present.size = size;
  }

  ask(id: string): void {
    const present = this.#watcher(id);
    if (present === null || !this.#control.ask(id)) return;
    this.#options.emit({ type: 'request', participant: present.participant });
    this.#options.notice(`${present.participant.name} asks for control: C-\\ g gives it for 60 s`);
  }

  withdraw(id: string): void {
    const present = this.#watcher(id);
    if (present === null || !this.#control.withdraw(id)) return;
    this.#options.emit({ type: 'request', participant: present.participant, withdrawn: true });
  }

  giveBack(id: string): void {
    if (this.#control.lease?.claims.sub !== id) return;
    // Nobody took it from him: what he typed before is still to be read.
    this.#hasTyped = false;
    this.#take('revoke');
  }

  /** Keys of an observer, at the gate. */
  press(id: string, keys: Uint8Array): void {
    if (!this.#control.press(id, keys)) return;
    this.#typedLast = id;
    this.#hasTyped = true;
    for (const byte of keys) this.#paste.feed(byte);
  }

  // What the presenter does ----------------------------------------------------------------------------------------

  /** The presenter typed: control is his again. True when somebody had it. */
  preempt(): boolean {
    return this.#take('preempt') !== null;
  }

  /** Takes control back. The result is who had it. */
  takeBack(): Participant | null {
    return this.#take('revoke');
  }

  /** Gives control to who waits for it longest; null when nobody asks. */
  async grantNext(ttlMs: number): Promise<Granted | null> {
    const next = this.#control.asking[0];
    return next === undefined ? null : this.grant(next, ttlMs, 'full');
  }

  /**
   * Gives control for `ttlMs`: a ticket is signed, checked, and becomes the lease.
   * @throws {LecternError} REFUSED when it may not be given.
   */
  async grant(who: string, ttlMs: number, mode: ControlMode): Promise<Granted> {
    if (this.#options.readOnly) {
      throw new LecternError(
        'REFUSED',
        'this session is read only: control cannot be given; start one without --read-only',
      );
    }
    if (mode !== 'full') throw new LecternError('REFUSED', 'mode "suggest" does not exist yet; use --mode full');
    const { participant } = this.#pick(who);
    const claims = await this.#claims(participant.id, ttlMs, mode);
    // Signing took a moment: he may have left in it.
    if (this.#watcher(participant.id) === null) throw new LecternError('FAILED', `${participant.name} has just left`);
    this.#ended(this.#control.grant(claims, ttlMs), 'revoke');
    this.#awaitExpiry(ttlMs);
    const lease = { id: claims.jti, until: new Date(claims.untilMs).toISOString() };
    this.#options.emit({ type: 'grant', participant, lease, mode });
    this.#options.changed();
    return { participant, until: lease.until };
  }

  /** @throws {LecternError} FAILED when that one has no control. */
  revoke(who?: string): Participant | null {
    if (who !== undefined) {
      const { participant } = this.#pick(who);
      if (this.#control.lease?.claims.sub !== participant.id) {
        throw new LecternError('FAILED', `${participant.name} has no control; see: lectern who`);
      }
    }
    return this.#take('revoke');
  }

  kick(who: string, ban: boolean): Participant {
    const { participant } = this.#pick(who);
    if (ban) for (const mark of this.#marks.get(participant.id) ?? []) this.#banned.add(mark);
    this.#options.emit({ type: 'kick', participant });
    this.#drop(participant.id, 'kicked');
    return participant;
  }

  /** Lets somebody in who waits: `who`, or the one who waits longest. Null when nobody waits. */
  admit(who?: string): Participant | null {
    const present = this.#waiting(who);
    if (present === null) return null;
    present.admitted = true;
    this.#someoneApproved = true;
    this.#options.emit({ type: 'approve', participant: present.participant });
    this.#options.edge({ type: 'admit', id: present.participant.id });
    this.#options.changed();
    return present.participant;
  }

  deny(who?: string): Participant | null {
    const present = this.#waiting(who);
    if (present === null) return null;
    this.#options.emit({ type: 'deny', participant: present.participant });
    this.#options.edge({ type: 'drop', id: present.participant.id, farewell: 'denied' });
    this.left(present.participant.id, 'denied');
    return present.participant;
  }

  /** Sends everybody away who came by this link; the result is how many. */
  dropLink(link: string): number {
    const guests = this.#roster.all.filter(({ jti }) => jti === link);
    for (const { participant } of guests) this.#drop(participant.id, 'revoked');
    return guests.length;
  }

  /** Sends everybody away. */
  dropAll(farewell: Farewell): void {
    for (const { participant } of this.#roster.all) this.#drop(participant.id, farewell);
  }

  rows(): readonly WhoRow[] {
    const lease = this.#control.lease;
    return this.#roster.all.map((present) => {
      const { participant, joinedAt } = present;
      const since = new Date(joinedAt).toISOString();
      const holds = lease?.claims.sub === participant.id;
      const until = holds ? new Date(lease.claims.untilMs).toISOString() : null;
      return {
        ...participant,
        state: this.#stateOf(present),
        since,
        until,
        typedLast: this.#typedLast === participant.id,
      };
    });
  }

  /** No timer runs any more. */
  close(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
  }

  #stateOf({ participant, admitted }: Present): WhoRow['state'] {
    if (!admitted) return 'waiting';
    if (this.#control.lease?.claims.sub === participant.id) return 'control';
    return this.#control.asking.includes(participant.id) ? 'asking' : 'watching';
  }

  #mustAsk(): boolean {
    const { approve } = this.#options;
    return approve === 'each' || (approve === 'first' && !this.#someoneApproved);
  }

  #watcher(id: string): Present | null {
    const present = this.#roster.get(id);
    return present?.admitted === true ? present : null;
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

  #drop(id: string, farewell: Farewell): void {
    this.#options.edge({ type: 'drop', id, farewell });
    this.left(id, farewell);
  }

  async #claims(sub: string, ttlMs: number, mode: ControlMode) {
    const { tickets, sid } = this.#options;
    const untilMs = Date.now() + ttlMs;
    const ticket = await tickets.mintControl({ sub, sid, jti: newId(), mode, exp: Math.ceil(untilMs / 1000) });
    const verdict = await tickets.verifyControl(ticket, { sid, now: Date.now() });
    if (verdict.kind !== 'good') throw new LecternError('FAILED', 'the ticket for control was not good');
    return { ...verdict.ticket, untilMs };
  }

  #awaitExpiry(ttlMs: number): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#take('expire'), ttlMs);
  }

  #take(how: 'revoke' | 'expire' | 'preempt'): Participant | null {
    const lease = this.#control.end();
    if (lease === null) return null;
    const participant = this.#roster.get(lease.claims.sub)?.participant ?? null;
    this.#ended(lease, how);
    this.#options.changed();
    return participant;
  }

  /** A lease is over: nothing that its holder typed may reach the program after this moment. */
  #ended(lease: Lease | null, how: 'revoke' | 'expire' | 'preempt', holder?: Participant): void {
    if (lease === null) return;
    if (this.#hasTyped) this.#options.dropTyped();
    if (this.#paste.open) this.#options.closePaste();
    this.#hasTyped = false;
    this.#paste.reset();
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = null;
    const participant = holder ?? this.#roster.get(lease.claims.sub)?.participant;
    if (participant === undefined) return;
    const until = new Date(lease.claims.untilMs).toISOString();
    this.#options.emit({ type: how, participant, lease: { id: lease.claims.jti, until } });
  }
}
