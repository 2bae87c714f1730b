/**
 * What a running session answers, to commands on its control socket and to the presenter's hotkeys alike: each act is
 * carried out by the people or the links, and told as an event.
 */
import { LecternError } from '../../core/errors.js';
import type { ControlMode, Participant, SessionEvent } from '../../core/events.js';
import type {
  Granted,
  LinkRow,
  LinkTerms,
  MintedLink,
  SessionApi,
  SessionInfo,
  WhoRow,
} from '../../ops/session-api.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';

export interface AnswersOptions {
  readonly people: People;
  readonly invitations: Invitations;
  /** What the hotkey gives, in ms. */
  readonly grantMs: number;
  readonly info: () => SessionInfo;
  readonly stop: () => void;
  /** Nothing that stands on the screen now is shown. */
  readonly panic: () => void;
  readonly emit: (event: SessionEvent) => void;
}

export class Answers implements SessionApi {
  readonly people: People;
  readonly grantMs: number;
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.people = options.people;
    this.grantMs = options.grantMs;
  }

  async info(): Promise<SessionInfo> {
    return this.#options.info();
  }

  async stop(): Promise<void> {
    this.#options.stop();
  }

  async who(): Promise<readonly WhoRow[]> {
    return this.people.rows();
  }

  grant(who: string, ttlMs: number, mode: ControlMode): Promise<Granted> {
    return this.people.grant(who, ttlMs, mode);
  }

  async revoke(who?: string): Promise<Participant | null> {
    return this.people.revoke(who);
  }

  async kick(who: string, ban: boolean): Promise<Participant> {
    return this.people.kick(who, ban);
  }

  async approve(who: string): Promise<Participant> {
    return waiting(this.people.admit(who));
  }

  async deny(who: string): Promise<Participant> {
    return waiting(this.people.deny(who));
  }

  async mintLink(terms: LinkTerms): Promise<MintedLink> {
    const link = await this.#options.invitations.mint(terms);
    this.#options.emit({ type: 'link', jti: link.jti });
    return link;
  }

  async listLinks(): Promise<readonly LinkRow[]> {
    return this.#options.invitations.list();
  }

  /** Who came by the link goes too, also when it had expired meanwhile: true when anything ended. */
  async revokeLink(jti: string): Promise<boolean> {
    const revoked = this.#options.invitations.revoke(jti);
    if (revoked) this.#options.emit({ type: 'link', jti, revoked });
    return this.people.dropLink(jti) > 0 || revoked;
  }

  /** Nobody may stay, by whatever link he came. */
  async revokeAllLinks(): Promise<readonly string[]> {
    return this.#endAll('revoked');
  }

  /** What waits to be shown is dropped, and what stands on the screen now is masked until it is gone. */
  panic(): void {
    this.#options.panic();
    this.#options.emit({ type: 'panic' });
  }

  /** Everybody is sent away and no link works any more; the program goes on. */
  unshare(): void {
    this.#endAll('unshared');
  }

  /** The same, when the session ends. */
  end(): void {
    this.#endAll('ended');
  }

  #endAll(farewell: 'revoked' | 'unshared' | 'ended'): readonly string[] {
    const jtis = this.#options.invitations.revokeAll();
    for (const jti of jtis) this.#options.emit({ type: 'link', jti, revoked: true });
    this.people.dropAll(farewell);
    return jtis;
  }
}

function waiting(participant: Participant | null): Participant {
  if (participant === null) throw new LecternError('FAILED', 'nobody waits; see: lectern who');
  return participant;
}
