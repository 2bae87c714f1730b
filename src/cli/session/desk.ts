/** What the presenter sees and does in the panel, and by its keys without it. */
import type { Size } from '../../core/cells.js';
import type { SessionInfo } from '../../ops/session-api.js';
import type { Act, PanelView } from '../../presenter/panel/view.js';
import type { Answers } from './answers.js';
import { CLOCK } from './clocks.js';
import type { Hints } from './hints.js';
import { PanelViews } from './panel-view.js';
import type { Recorder } from './recorder.js';

export interface DeskOptions {
  readonly session: Answers;
  readonly recorder: Recorder;
  readonly hints: Pick<Hints, 'takeBack'>;
  readonly info: () => SessionInfo;
  readonly size: () => Size;
  /** Life of a new link, in ms. */
  readonly ttlMs: number;
  /** Puts a text where the presenter can paste it from. */
  readonly copy: (text: string) => void;
}

export class Desk {
  readonly #options: DeskOptions;
  readonly #views = new PanelViews();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  view(): PanelView {
    const { session, info, size, recorder } = this.#options;
    const around = { info: info(), size: size(), recording: recorder.isOn, nowMs: CLOCK.wall() };
    return this.#views.of(session.view(), around);
  }

  /**
   * Carries out `act`.
   * @returns one line for the presenter
   * @throws {LecternError} what the session says to it: REFUSED, FAILED…
   */
  async act(act: Act): Promise<string> {
    switch (act.kind) {
      case 'give':
        return give(act.who, act.ms, this.#options);
      case 'copy':
      case 'link':
      case 'record':
      case 'mark':
        return keep(act.kind, this.#options);
      case 'take':
      case 'pause':
      case 'unshare':
      case 'hide':
        return steer(act.kind, this.#options);
      default:
        return moderate(act.kind, act.who, this.#options);
    }
  }
}

async function give(who: string, ms: number | null, { session, hints }: DeskOptions): Promise<string> {
  const { until, participant } = await session.grant(who, ms ?? session.grantMs, 'full');
  if (until === null) return `not all agreed: ${participant.name} has no control`;
  return `${participant.name} has control: what is typed can also show secrets; ${hints.takeBack}`;
}

type OnPeople = 'admit' | 'deny' | 'mute' | 'unmute' | 'kick' | 'ban';

async function moderate(kind: OnPeople, who: string, { session }: DeskOptions): Promise<string> {
  switch (kind) {
    case 'admit':
      return `let in: ${(await session.approve(who)).name}`;
    case 'deny':
      return `not let in: ${(await session.deny(who)).name}`;
    case 'mute':
      return `muted: ${(await session.mute(who)).name}`;
    case 'unmute':
      return `no longer muted: ${(await session.unmute(who)).name}`;
    case 'kick':
      return `sent away: ${(await session.kick(who, false)).name}`;
    case 'ban':
      return `sent away and kept out: ${(await session.kick(who, true)).name}`;
  }
}

async function steer(kind: 'take' | 'pause' | 'unshare' | 'hide', { session }: DeskOptions): Promise<string> {
  if (kind === 'take') {
    // Whatever is voted on: a command that all agree to is typed for him.
    const closed = await session.cancelVote();
    const had = await session.revoke();
    if (had !== null) return `control taken back from ${had.name}`;
    return closed ? 'the vote was closed' : 'nobody has control';
  }
  if (kind === 'hide') {
    session.panic();
    return 'what is on the screen now is hidden from observers until it is gone';
  }
  if (kind === 'unshare') {
    session.unshare();
    return 'nobody watches any more, and every link has ended';
  }
  if (await session.pause()) return 'paused: observers see nothing until you press p again';
  await session.resume();
  return 'observers see your terminal again';
}

async function keep(kind: 'copy' | 'link' | 'record' | 'mark', options: DeskOptions): Promise<string> {
  const { session, recorder, ttlMs, copy } = options;
  if (kind === 'mark') {
    return (await session.mark('')) ? 'marked in the recording and the log' : 'marked in the log; nothing is recorded';
  }
  if (kind === 'record') {
    const path = await recorder.toggle(CLOCK.wall());
    return path === null ? 'the recording has ended' : `recording what observers see to ${path}`;
  }
  const isNew = kind === 'link';
  const { watch } = isNew
    ? await session.mintLink({ role: 'observer', ttlMs, once: false, jwt: false, status: true })
    : options.info();
  copy(watch);
  return `${isNew ? 'a new link, copied' : 'copied'}: ${watch}`;
}
