/** What the presenter's hotkeys do, and what he is told about it. */
import type { Answers } from './answers.js';
import type { Action } from './stage.js';

/** @param notice tells the presenter one line without touching his screen. */
export function act(action: Action, session: Answers, notice: (text: string) => void): void {
  const { people } = session;
  switch (action) {
    case 'give':
      void give(session).then(notice, (error: Error) => notice(error.message));
      return;
    case 'take': {
      const had = people.takeBack();
      return notice(had === null ? 'nobody has control' : `control taken back from ${had.name}`);
    }
    case 'admit':
      return notice(`let in: ${people.admit()?.name ?? 'nobody waits'}`);
    case 'deny':
      return notice(`not let in: ${people.deny()?.name ?? 'nobody waits'}`);
    case 'kick': {
      const last = people.rows().at(-1);
      if (last !== undefined) people.kick(last.id, false);
      return notice(last === undefined ? 'nobody watches' : `sent away: ${last.name}`);
    }
    case 'panic':
      session.panic();
      return notice('what is on the screen now is hidden from observers until it is gone');
    case 'unshare':
      session.unshare();
      return notice('nobody watches any more, and every link has ended');
  }
}

async function give({ people, grantMs }: Answers): Promise<string> {
  const granted = await people.grantNext(grantMs);
  if (granted === null) return 'nobody asks for control';
  return `${granted.participant.name} has control: what is typed can also show secrets. Any key of yours takes it back`;
}
