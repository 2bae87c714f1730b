/** `lectern grant`, `revoke`, `kick`, `approve`, `deny`: what a presenter does about observers, from a shell. */
import { LecternError } from '../core/errors.js';
import type { ControlMode, Participant } from '../core/events.js';
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

/** Shorter grants end before a hand reaches the keyboard; longer ones are no loan any more. In ms. */
const GRANT_MIN_MS = 1000;
const GRANT_MAX_MS = 86_400_000;

export async function grant(who: string, options: GrantOptions): Promise<number> {
  const ttlMs = parseDuration(options.for);
  if (ttlMs < GRANT_MIN_MS || ttlMs > GRANT_MAX_MS) {
    throw new LecternError('USAGE', `--for ${options.for} is out of range: control is granted for 1s to 24h`);
  }
  const { participant, until } = await withSession(options.session, (api) => api.grant(who, ttlMs, options.mode));
  say(`  ${called(participant)} has control for ${formatDuration(ttlMs)}, until ${localTime(until)}`);
  return 0;
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
