/**
 * The keyboard, lent: who asks for it, who has it and until when. Whatever ends a lease,
 * nothing that its holder typed reaches the program afterwards.
 */
import { newId } from '../../access/codes.js';
import type { TicketOffice } from '../../access/tickets.js';
import type { Clock } from '../../core/clock.js';
import { Control } from '../../core/control.js';
import { LecternError } from '../../core/errors.js';
import type { ControlMode, Participant, SessionEvent } from '../../core/events.js';
import type { Lease } from '../../core/lease.js';
import { Paste } from '../../core/paste.js';
import type { Roster } from '../../core/roster.js';
import type { ControlState } from '../../core/session.js';
import type { Hints } from './hints.js';

export interface LendingOptions {
  readonly sid: string;
  readonly readOnly: boolean;
  readonly roster: Roster;
  readonly tickets: TicketOffice;
  readonly clock: Clock;
  readonly hints: Pick<Hints, 'give'>;
  /** Writes to the program. */
  readonly type: (keys: Uint8Array) => void;
  /** Forgets what was typed and the program has not taken yet. */
  readonly dropTyped: () => void;
  /** Ends the paste that the program is in the middle of: whoever began it may no longer end it. */
  readonly closePaste: () => void;
  /** Keys of an observer reached the program. */
  readonly pressed: (participant: Participant, keys: Uint8Array) => void;
  /** A lease is over. */
  readonly ended: () => void;
  readonly emit: (event: SessionEvent) => void;
  /** Something the presenter should hear and see. */
  readonly notice: (text: string) => void;
  readonly changed: () => void;
}

/** How long after a key its author counts as typing, in ms. */
const TYPING_MS = 2000;

type Ending = 'revoke' | 'expire' | 'preempt';

export class Lending {
  readonly #options: LendingOptions;
  readonly #control: Control;
  readonly #paste = new Paste();
  /** The holder of the lease has typed something. */
  #hasTyped = false;
  #callOff: (() => void) | null = null;
  /** How often the presenter took control back. */
  #recalls = 0;
  #typedLast: string | null = null;
  #typing: { id: string; at: number } | null = null;

  constructor(options: LendingOptions) {
    this.#options = options;
    const { readOnly, type, clock } = options;
    this.#control = new Control({ readOnly, type, now: () => clock.now(), wall: () => clock.wall() });
  }

  get readOnly(): boolean {
    return this.#options.readOnly;
  }

  /** True while keys of somebody else go to the program. */
  get isLent(): boolean {
    return this.#control.lease?.claims.mode === 'full';
  }

  /** Id of who has control, in whatever mode; null when nobody. */
  get holder(): string | null {
    return this.#control.lease?.claims.sub ?? null;
  }

  /** Id of the observer whose keys last reached the program. */
  get typedLast(): string | null {
    return this.#typedLast;
  }

  /** Ids of those who ask, the one who waits longest first. */
  get asking(): readonly string[] {
    return this.#control.asking;
  }

  askedAt(id: string): number | null {
    return this.#control.askedAt(id);
  }

  /** Who may type now, as observers are told; null when nobody. */
  get state(): ControlState | null {
    const lease = this.#control.lease;
    if (lease === null) return null;
    const { sub, mode, untilMs } = lease.claims;
    return { id: sub, name: this.#nameOf(sub), mode, untilMs };
  }

  /** Who typed a moment ago. */
  get typing(): { readonly id: string; readonly name: string } | null {
    return this.#typing === null ? null : { id: this.#typing.id, name: this.#nameOf(this.#typing.id) };
  }

  ask(id: string): void {
    const present = this.#options.roster.watcher(id);
    if (present === null || present.muted || !this.#control.ask(id)) return;
    this.#options.emit({ type: 'request', participant: present.participant });
    this.#options.notice(`${present.participant.name} asks for control: ${this.#options.hints.give}`);
    this.#options.changed();
  }

  withdraw(id: string): void {
    const present = this.#options.roster.watcher(id);
    if (present === null || !this.#control.withdraw(id)) return;
    this.#options.emit({ type: 'request', participant: present.participant, withdrawn: true });
    this.#options.changed();
  }

  giveBack(id: string): void {
    if (this.holder !== id) return;
    // Nobody took it from him: what he typed before is still to be read; but no paste that nobody will end.
    this.#hasTyped = this.#paste.open;
    this.take('revoke');
  }

  /** Keys of an observer, at the gate. */
  press(id: string, keys: Uint8Array): void {
    const present = this.#options.roster.watcher(id);
    if (present === null || !this.#control.press(id, keys)) return;
    this.#typedLast = id;
    this.#hasTyped = true;
    for (const byte of keys) this.#paste.feed(byte);
    this.#options.pressed(present.participant, keys);
    this.#markTyping(id);
  }

  /**
   * Gives control for `ttlMs`: a ticket is signed, checked, and becomes the lease. Who has it in that mode already
   * keeps it until then. The result is the end, as an ISO time.
   * @throws {LecternError} REFUSED in a read-only session; FAILED when he has left meanwhile, or it was taken back.
   */
  async grant({ id, name }: Participant, ttlMs: number, mode: ControlMode): Promise<string> {
    this.assertLendable();
    const recalls = this.#recalls;
    const claims = await this.#claims(id, ttlMs, mode);
    // Signing took a moment: the presenter may have thought better of it, and he may have left.
    if (this.#recalls !== recalls) throw new LecternError('FAILED', 'control was taken back meanwhile');
    const present = this.#options.roster.watcher(id);
    if (present === null) throw new LecternError('FAILED', `${name} has just left`);
    const extended = this.#control.extends(claims);
    this.#ended(this.#control.grant(claims, ttlMs), 'revoke');
    this.#awaitExpiry(ttlMs);
    const lease = { id: claims.jti, until: new Date(claims.untilMs).toISOString() };
    const { participant } = present;
    this.#options.emit({ type: 'grant', participant, lease, mode, ...(extended && { extended }) });
    this.#options.changed();
    return lease.until;
  }

  /** @throws {LecternError} REFUSED in a read-only session. */
  assertLendable(): void {
    if (!this.readOnly) return;
    throw new LecternError(
      'REFUSED',
      'this session is read only: control cannot be given; start one without --read-only',
    );
  }

  /** The presenter takes control back, also what is just being given. The result is who had it. */
  recall(): Participant | null {
    this.#recalls++;
    return this.take('revoke');
  }

  /** Ends the lease. The result is who had it. */
  take(how: Ending): Participant | null {
    const lease = this.#control.end();
    if (lease === null) return null;
    const participant = this.#options.roster.get(lease.claims.sub)?.participant ?? null;
    this.#ended(lease, how);
    this.#options.changed();
    return participant;
  }

  /** He can no longer ask. */
  muted(id: string): void {
    this.withdraw(id);
  }

  /** He is gone. */
  left(participant: Participant): void {
    if (this.#typing?.id === participant.id) this.#typing = null;
    this.#ended(this.#control.left(participant.id), 'revoke', participant);
  }

  /** No timer runs any more. */
  close(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  #nameOf(id: string): string {
    return this.#options.roster.get(id)?.participant.name ?? id;
  }

  /** Told when he begins and when he rests, not with every key. */
  #markTyping(id: string): void {
    const { clock, changed } = this.#options;
    const before = this.#typing;
    this.#typing = { id, at: clock.now() };
    if (before?.id === id) return;
    changed();
    if (before === null) clock.after(TYPING_MS, () => this.#rest());
  }

  #rest(): void {
    const typing = this.#typing;
    if (typing === null) return;
    const { clock, changed } = this.#options;
    const left = typing.at + TYPING_MS - clock.now();
    if (left > 0) {
      clock.after(left, () => this.#rest());
      return;
    }
    this.#typing = null;
    changed();
  }

  async #claims(sub: string, ttlMs: number, mode: ControlMode) {
    const { tickets, sid, clock } = this.#options;
    const untilMs = clock.wall() + ttlMs;
    const ticket = await tickets.mintControl({ sub, sid, jti: newId(), mode, exp: Math.ceil(untilMs / 1000) });
    const verdict = await tickets.verifyControl(ticket, { sid, now: clock.wall() });
    if (verdict.kind !== 'good') throw new LecternError('FAILED', 'the ticket for control was not good');
    return { ...verdict.ticket, untilMs };
  }

  #awaitExpiry(ttlMs: number): void {
    this.#callOff?.();
    this.#callOff = this.#options.clock.after(ttlMs, () => this.take('expire'));
  }

  /** A lease is over: nothing that its holder typed may reach the program after this moment. */
  #ended(lease: Lease | null, how: Ending, holder?: Participant): void {
    if (lease === null) return;
    if (this.#hasTyped) this.#options.dropTyped();
    if (this.#paste.open) this.#options.closePaste();
    this.#hasTyped = false;
    this.#typing = null;
    this.#paste.reset();
    this.#callOff?.();
    this.#callOff = null;
    this.#options.ended();
    const { sub, jti, untilMs } = lease.claims;
    const participant = holder ?? this.#options.roster.get(sub)?.participant;
    if (participant === undefined) return;
    const until = new Date(untilMs).toISOString();
    this.#options.emit({ type: how, participant, lease: { id: jti, until } });
  }
}
