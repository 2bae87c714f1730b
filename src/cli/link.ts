/** `lectern link`: mints, lists and ends links of a running session. */
import { LecternError } from '../core/errors.js';
import type { Role } from '../core/events.js';
import { formatDuration, parseDuration } from '../ops/durations.js';
import type { LinkRow } from '../ops/session-api.js';
import { withSession } from './client.js';
import { localTime, type PrintOptions, print, printJson, printTable, say } from './output.js';

export interface LinkOptions extends PrintOptions {
  readonly role: Role;
  readonly ttl: string;
  readonly once?: boolean;
  readonly jwt?: boolean;
  readonly status: boolean;
}

export type ListOptions = PrintOptions;

export interface RevokeLinkOptions {
  readonly all?: boolean;
  readonly session?: string;
}

export async function mint(id: string | undefined, options: LinkOptions): Promise<number> {
  const { role, once = false, jwt = false, status, json = false } = options;
  const ttlMs = parseDuration(options.ttl);
  const link = await withSession(id, (session) => session.mintLink({ role, ttlMs, once, jwt, status }));
  if (json) {
    printJson(link);
    return 0;
  }
  print(link.watch);
  const whom = once ? `one ${role}` : `any ${role}`;
  say(`  link ${link.jti}: ${whom}, for ${formatDuration(ttlMs)}, until ${localTime(link.expires)}`);
  return 0;
}

export async function list(id: string | undefined, { json = false }: ListOptions): Promise<number> {
  const links = await withSession(id, (session) => session.listLinks());
  if (json) printJson({ links });
  else printTable(['LINK', 'ROLE', 'STATE', 'USES', 'ENDS', 'KEY'], links.map(cells));
  return 0;
}

function cells(link: LinkRow): string[] {
  const uses = link.once ? 'once' : 'many';
  return [link.jti, link.role, link.state, uses, localTime(link.expires), link.boundKey ?? ''];
}

export async function revoke(jti: string | undefined, { all = false, session }: RevokeLinkOptions): Promise<number> {
  if (all === (jti !== undefined)) {
    throw new LecternError('USAGE', 'name one link, or give --all for every link; see: lectern link list');
  }
  return withSession(session, async (api) => {
    if (jti === undefined) {
      const ended = await api.revokeAllLinks();
      say(`  ${ended.length} ${ended.length === 1 ? 'link' : 'links'} revoked`);
    } else if (await api.revokeLink(jti)) {
      say(`  link ${jti} revoked`);
    } else {
      throw new LecternError('FAILED', `there is no live link "${jti}"; see: lectern link list`);
    }
    return 0;
  });
}
