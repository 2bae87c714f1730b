/**
 * What a running session answers, to commands on its control socket and to the presenter's hotkeys alike: each act is
 * carried out by the people or the links, and told as an event.
 */
import { LecternError } from '../../core/errors.js';
import type { ControlMode, Participant, SessionEvent } from '../../core/events.js';
import { printable } from '../../core/printable.js';
import type { ChatLine, SessionState } from '../../core/session.js';
import type { Outcome } from '../../core/vote.js';
import type {
  Granted,
  LinkRow,
  LinkTerms,
  MintedLink,
  SessionApi,
  SessionChange,
  SessionInfo,
  WhoRow,
} from '../../ops/session-api.js';
import type { ControlRoom } from './control-room.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';
import type { Recorder } from './recorder.js';
import { toldLine } from './told-line.js';

export interface AnswersOptions {
  readonly room: ControlRoom;
  readonly invitations: Invitations;
  readonly state: () => SessionState;
  /** Masked matches on the screen, by rule. */
  readonly maskedRules: () => Readonly<Record<string, number>>;
  readonly masked: (text: string) => Promise<string | null>;
  readonly recorder: Pick<Recorder, 'mark' | 'isOn'>;
  /** Types a line that was approved, and Enter. */
  readonly submit: (line: string) => void;
  /** What the hotkey gives, in ms. */
  readonly grantMs: number;
  readonly info: () => SessionInfo;
  readonly stop: () => void;
  /** Nothing that stands on the screen now is shown. */
  readonly panic: () => void;
  readonly emit: (event: SessionEvent) => void;
}

/** All that a presenter's panel shows. */
export interface RoomView extends SessionState {
  readonly maskedRules: Readonly<Record<string, number>>;
  /** The last lines of chat, the oldest first. */
  readonly chat: readonly ChatLine[];
  /** In the order in which they came. */
  readonly people: readonly WhoRow[];
}

/** Longest command that can be proposed, in characters: all of it has to be read. */
const COMMAND_MAX = 400;
/** Longest text of a mark, in characters: players show it on one line. */
const MARK_MAX = 160;

export class Answers implements SessionApi {
  readonly people: People;
  readonly grantMs: number;
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.people = options.room.people;
    this.grantMs = options.grantMs;
  }

  async info(): Promise<SessionInfo> {
    return this.#options.info();
  }

  async stop(): Promise<void> {
    this.#options.stop();
  }

  async who(): Promise<readonly WhoRow[]> {
    await this.#options.room.measure();
    return this.rows();
  }

  /** The roster as it was last told. */
  rows(): readonly WhoRow[] {
    return this.people.rows(this.#options.state().masked);
  }

  /** What is on now; cheap enough to be asked for with every drawing. */
  view(): RoomView {
    const { state, maskedRules } = this.#options;
    return { ...state(), maskedRules: maskedRules(), chat: this.people.talk.lines, people: this.rows() };
  }

  async grant(who: string, ttlMs: number, mode: ControlMode): Promise<Granted> {
    this.#options.room.curtain.assertUp();
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

  async mute(who: string): Promise<Participant> {
    return this.people.mute(who, true);
  }

  async unmute(who: string): Promise<Participant> {
    return this.people.mute(who, false);
  }

  /** Nobody types what he cannot see: control is taken back. */
  async pause(): Promise<boolean> {
    return this.#options.room.curtain.pause();
  }

  async resume(): Promise<boolean> {
    return this.#options.room.curtain.resume();
  }

  async say(text: string): Promise<void> {
    if (await this.people.talk.say(text)) return;
    throw new LecternError('FAILED', 'nothing was said: the text is empty, or could not be checked for secrets');
  }

  /** Its text is cut to one line, and passes the wall: whoever is given the recording reads it. */
  async mark(text: string): Promise<boolean> {
    const { recorder, masked } = this.#options;
    const shown = await toldLine(text, MARK_MAX, masked);
    if (shown === null) {
      throw new LecternError('FAILED', 'nothing was marked: the text could not be checked for secrets');
    }
    recorder.mark(shown);
    return recorder.isOn;
  }

  async propose(command: string): Promise<Outcome> {
    if (printable(command, COMMAND_MAX) !== command || command.trim() === '') {
      throw new LecternError(
        'USAGE',
        `a proposed command is one line of ${COMMAND_MAX} printable characters at most, so that all can read it`,
      );
    }
    if (!this.people.ballots.isNeeded('propose')) {
      throw new LecternError('REFUSED', 'commands are not voted on in this session; start it with --consensus all');
    }
    const shown = await this.#options.masked(command);
    if (shown === null) throw new LecternError('FAILED', 'the command could not be checked for secrets');
    const outcome = await this.people.ballots.ask('propose', shown, null);
    if (outcome === 'passed') this.#options.submit(command);
    return outcome;
  }

  async cancelVote(): Promise<boolean> {
    return this.people.ballots.cancel();
  }

  async change({ pointers }: SessionChange): Promise<void> {
    if (pointers !== undefined) this.people.talk.setPointers(pointers);
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
