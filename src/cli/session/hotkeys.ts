/** What the presenter's hotkeys do, and what he is told about it. Which keys they are is known to the stage. */
import type { People } from './people.js';
import type { Action, Stage } from './stage.js';

export interface HotkeyPort {
  readonly people: People;
  /** What the key gives, in ms. */
  readonly grantMs: number;
  /** Sends everybody away and ends every link. */
  readonly unshare: () => void;
}

/** Carries out one hotkey. */
export function hotkey(action: Action, { people, grantMs, unshare }: HotkeyPort, stage: Stage): void {
  switch (action) {
    case 'give':
      return give(people, grantMs, stage);
    case 'take': {
      const had = people.takeBack();
      return stage.notice(had === null ? 'nobody has control' : `control taken back from ${had.name}`);
    }
    case 'admit':
      return stage.notice(`let in: ${people.admit()?.name ?? 'nobody waits'}`);
    case 'deny':
      return stage.notice(`not let in: ${people.deny()?.name ?? 'nobody waits'}`);
    case 'kick': {
      const last = people.rows().at(-1);
      if (last === undefined) return stage.notice('nobody watches');
      people.kick(last.id, false);
      return stage.notice(`sent away: ${last.name}`);
    }
    case 'unshare':
      unshare();
      return stage.notice('nobody watches any more, and every link has ended');
  }
}

function give(people: People, grantMs: number, stage: Stage): void {
  const told = (granted: Awaited<ReturnType<People['grantNext']>>) =>
    granted === null
      ? 'nobody asks for control'
      : `${granted.participant.name} has control: what is typed can also show secrets. Any key of yours takes it back`;
  void people.grantNext(grantMs).then(
    (granted) => stage.notice(told(granted)),
    (error: Error) => stage.notice(error.message),
  );
}
