/** `lectern grant`, `revoke`, `propose`, `kick`, `approve`, `deny`, `mute`, `unmute`: what a presenter does about observers, from a shell. */
import { LecternError } from '../core/errors.js';
import type { ControlMode, Participant } from '../core/events.js';
import { isLeaseTime } from '../core/lease.js';
import type { Outcome } from '../core/vote.js';
import { formatDuration, parseDuration } from '../ops/durations.js';
import type { SessionClient } from '../ops/session-client.js';
import { withSession } from './client.js';
import { localTime, say } from './output.js';

export interface SessionOption {
  readonly session?: string;
}

export interface GrantOptions extends SessionOption {
  readonly for: string;
  readonly mode: ControlMode;
}

export interface KickOptions extends SessionOption {
  readonly ban?: boolean;
}

/** What a presenter should know when he gives control. */
const CAUTIONS: Readonly<Record<ControlMode, string>> = {
  full: 'whoever types can also show secrets that the rules do not know',
  suggest: 'your Enter runs the line that is suggested, any other key declines it',
};
const REFUSED = {
  denied: ['REFUSED', 'not all agreed'],
  cancelled: ['REFUSED', 'the vote was closed'],
} as const;

export async function grant(who: string, options: GrantOptions): Promise<number> {
  const ttlMs = parseDuration(options.for);
  if (!isLeaseTime(ttlMs)) {
    throw new LecternError('USAGE', `--for ${options.for} is out of range: control is granted for 1s to 24h`);
  }
  const granted = await withSession(options.session, (api) => api.grant(who, ttlMs, options.mode));
  const { participant, until, outcome } = granted;
  if (until === null) return decided(outcome ?? 'denied', `${called(participant)} has no control`);
  say(`  ${called(participant)} has control for ${formatDuration(ttlMs)}, until ${localTime(until)}`);
  say(`  ${CAUTIONS[options.mode]}; lectern revoke takes it back`);
  return 0;
}

/** Puts a command to the vote and waits for its end. */
export async function propose(command: string, { session }: SessionOption): Promise<number> {
  return decided(await withSession(session, (api) => api.propose(command)), command);
}

/** Tells what became of a vote; the result is the exit code. */
function decided(outcome: Outcome, about: string): number {
  if (outcome === 'passed') {
    say(`  all agreed: ${about}`);
    return 0;
  }
  const [code, words] = outcome === 'lapsed' ? (['TIMEOUT', 'not all answered in time'] as const) : REFUSED[outcome];
  throw new LecternError(code, `${words}: ${about}`);
}

export async function revoke(who: string | undefined, { session }: SessionOption): Promise<number> {
  const lost = await withSession(session, (api) => (who === undefined ? api.revoke() : api.revoke(who)));
  say(lost === null ? '  nobody had control' : `  control taken back from ${called(lost)}`);
  return 0;
}

export async function kick(who: string, { session, ban = false }: KickOptions): Promise<number> {
  return tell(session, (api) => api.kick(who, ban), ban ? 'sent away for good' : 'sent away');
}

export async function approve(who: string, { session }: SessionOption): Promise<number> {
  return tell(session, (api) => api.approve(who), 'let in');
}

export async function deny(who: string, { session }: SessionOption): Promise<number> {
  return tell(session, (api) => api.deny(who), 'not let in');
}

export async function mute(who: string, { session }: SessionOption): Promise<number> {
  return tell(session, (api) => api.mute(who), 'muted: can only watch');
}

export async function unmute(who: string, { session }: SessionOption): Promise<number> {
  return tell(session, (api) => api.unmute(who), 'no longer muted');
}

async function tell(
  session: string | undefined,
  act: (api: SessionClient) => Promise<Participant>,
  outcome: string,
): Promise<number> {
  say(`  ${called(await withSession(session, act))} ${outcome}`);
  return 0;
}

function called({ name, id }: Participant): string {
  return `${name} (${id})`;
}
