/** Pages of text that an observer sees instead of the picture: help, and the lobby. */
import { printable } from '../../core/printable.js';
import type { SessionState } from '../../core/session.js';

export interface Page {
  readonly lines: readonly string[];
  drawn: boolean;
}

const MAX_NAME = 60;

export function helpPage(state: SessionState): Page {
  const control = state.readOnly
    ? ['  This session is read only: control is never given.']
    : [
        '  r          ask for control; again to withdraw',
        '  In control every key goes to the program, save',
        '  C-\\ .      give control back',
        '  C-\\ ?      this, in one line',
      ];
  return page([
    '',
    `  lectern · ${printable(state.name, MAX_NAME)}`,
    '',
    '  q  C-c     leave',
    '  arrows     see another part, when your window is smaller',
    '  f  G       follow the cursor again',
    '  t          show or hide the status line',
    '  C-l        repaint',
    '',
    ...control,
    '',
    '  What matches a rule of the presenter is masked. Your ssh client leaves with  Enter ~ .',
    '',
    '  Any key goes back.',
  ]);
}

export function lobbyPage(name: string): Page {
  return page([
    '',
    `  lectern · ${printable(name, MAX_NAME)}`,
    '',
    '  Waiting for the presenter to let you in. Nothing is shown to you yet.',
    '',
    '  q leaves',
  ]);
}

function page(lines: readonly string[]): Page {
  return { lines, drawn: false };
}
