/** `lectern session` and `lectern who`: what is running and who is there. */

import type { SessionInfo, WhoRow } from '../ops/session-api.js';
import { connectAll } from '../ops/session-client.js';
import { withSession } from './client.js';
import { localTime, type PrintOptions, print, printJson, printTable, say } from './output.js';

export async function list({ json = false }: PrintOptions): Promise<number> {
  const clients = await connectAll(process.env);
  try {
    const sessions = (await Promise.all(clients.map((client) => client.info().catch(() => null)))).filter(isInfo);
    if (json) printJson({ sessions });
    else if (sessions.length === 0) say('  no session is running');
    else printTable(['SESSION', 'TITLE', 'PORT', 'LINK ENDS'], sessions.map(cells));
  } finally {
    for (const client of clients) client.close();
  }
  return 0;
}

/** A session that ends while the list is made is not in it. */
function isInfo(info: SessionInfo | null): info is SessionInfo {
  return info !== null;
}

function cells(info: SessionInfo): string[] {
  return [info.session, info.title, String(info.port), localTime(info.expires)];
}

export async function info(id: string | undefined, { json = false }: PrintOptions): Promise<number> {
  const found = await withSession(id, (session) => session.info());
  if (json) printJson(found);
  else {
    print(
      `session   ${found.session}`,
      `title     ${found.title}`,
      `watch     ${found.watch}`,
      `host key  ${found.fingerprint}`,
      `link ends ${localTime(found.expires)}`,
      `masked    ${maskedLine(found.masked)}`,
      ...(found.withheld ? ['withheld  observers see nothing: the masking rules fail or take too long'] : []),
      ...(found.unsearched > 0
        ? [`given up  ${found.unsearched} characters that the masking rules took too long for`]
        : []),
      ...found.ruleFaults.map((fault) => `rules     not taken: ${fault}`),
    );
  }
  return 0;
}

/** `github-token 2, key-value 12`. */
function maskedLine(masked: SessionInfo['masked']): string {
  return (
    Object.entries(masked)
      .map(([rule, count]) => `${rule} ${count}`)
      .join(', ') || 'nothing'
  );
}

export async function stop(id: string | undefined, { json = false }: PrintOptions): Promise<number> {
  const { session } = await withSession(id, async (api) => {
    const found = await api.info();
    await api.stop();
    return found;
  });
  if (json) printJson({ session, stopped: true });
  else say(`  session ${session} stopped`);
  return 0;
}

export async function who(id: string | undefined, { json = false }: PrintOptions): Promise<number> {
  const participants = await withSession(id, (session) => session.who());
  if (json) printJson({ participants });
  else if (participants.length === 0) say('  nobody is watching');
  else
    printTable(
      ['ID', 'NAME', 'ROLE', 'STATE', 'SINCE', 'SIZE', 'LAG', 'SENT', 'FROM', 'CLIENT'],
      participants.map(row),
    );
  return 0;
}

function row(one: WhoRow): string[] {
  const { id, name, role, state, since, until, addr, client, size, lagMs, bytes } = one;
  const control = until === null ? '' : ` until ${localTime(until)}`;
  const typed = one.typedLast ? ', typed last' : '';
  const muted = one.muted ? ', muted' : '';
  const lag = lagMs === null ? '' : `${lagMs} ms`;
  const glass = `${size.cols}x${size.rows}`;
  return [id, name, role, state + control + typed + muted, localTime(since), glass, lag, sent(bytes), addr, client];
}

function sent(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`;
}
