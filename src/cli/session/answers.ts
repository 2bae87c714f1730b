/**
 * What a session answers on its control socket: each question is handed to who can decide it. Decides nothing itself;
 * the shapes of questions and answers are in ops/session-api.ts.
 */
import type { SessionEvent } from '../../core/events.js';
import type { SessionApi, SessionInfo } from '../../ops/session-api.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';

/** What is asked of the session as a whole. */
export interface Answering {
  readonly info: () => SessionInfo;
  readonly stop: () => Promise<void>;
  readonly emit: (event: SessionEvent) => void;
}

/** The answers of the session that has these people and links. */
export function answersOf(session: Answering, people: People, invitations: Invitations): SessionApi {
  const revoked = (jtis: readonly string[]) => {
    for (const jti of jtis) session.emit({ type: 'link', jti, revoked: true });
    people.dropLinks(new Set(jtis));
  };
  return {
    info: async () => session.info(),
    stop: () => session.stop(),
    who: async () => people.rows(),
    grant: (who, ttlMs, mode) => people.grant(who, ttlMs, mode),
    revoke: async (who) => people.revoke(who),
    kick: async (who, ban) => people.kick(who, ban),
    approve: async (who) => people.admit(who)!,
    deny: async (who) => people.deny(who)!,
    mintLink: async (terms) => {
      const link = await invitations.mint(terms);
      session.emit({ type: 'link', jti: link.jti });
      return link;
    },
    listLinks: async () => invitations.list(),
    revokeLink: async (jti) => {
      const found = invitations.revoke(jti);
      if (found) revoked([jti]);
      return found;
    },
    revokeAllLinks: async () => {
      const jtis = invitations.revokeAll();
      revoked(jtis);
      return jtis;
    },
  };
}
