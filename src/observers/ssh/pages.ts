/** Pages of text that an observer sees instead of the picture. Pure: the lines, for what is known now. */
import { printable } from '../../core/printable.js';
import type { ChatLine, SessionState } from '../../core/session.js';
import { countdown } from './status.js';

export type Page = readonly string[];

/** What is foreign is cut, in characters: names, lines of the roster, lines of chat (which come with 160). */
const MAX_NAME = 60;
const MAX_ROSTER_LINE = 200;
const MAX_SAID = 400;

export function helpPage(state: SessionState): Page {
  const control = state.readOnly
    ? ['  This session is read only: control is never given.']
    : [
        '  r          ask for control; again to withdraw',
        '  In control every key goes to the program, save',
        '  C-\\ .      give control back',
        '  C-\\ ?      this, in one line',
      ];
  return [
    ...head(state.name),
    '  q  C-c     leave',
    '  arrows     see another part, when your window is smaller',
    '  f  G       follow the cursor again',
    '  w          who is here',
    '  c  C       say something; read what was said',
    '  v          point at a cell',
    '  y  n       vote, when there is a vote',
    '  t          show or hide the status line',
    '  C-l        repaint',
    '',
    ...control,
    '',
    '  What matches a rule of the presenter is masked; characters that cannot be seen are removed.',
    '  Your ssh client leaves with  Enter ~ .',
    '',
    ANY_KEY,
  ];
}

/** What one sees who waits to be let in. */
export interface Waiting {
  readonly state: SessionState;
  readonly waitedMs: number;
  readonly name: string;
  /** He types his name. */
  readonly naming: boolean;
}

export function lobbyPage({ state, waitedMs, name, naming }: Waiting): Page {
  const others = state.waiting > 1 ? `          (${state.waiting - 1} more wait)` : '';
  const shown = printable(name, MAX_NAME);
  return [
    ...head(state.name),
    `  Waiting for the presenter to let you in… ${countdown(waitedMs)}${others}`,
    '  Nothing is shown to you yet, and what you type goes nowhere.',
    '',
    naming ? `  Your name for the others: ${shown}_` : `  Your name for the others: ${shown || 'guest'}`,
    '',
    naming ? '  Enter takes it · Esc leaves it' : '  Enter changes it · q leaves',
  ];
}

/** All that is seen while the presenter pauses. */
export function pausedPage(state: SessionState, nowMs: number): Page {
  return [
    ...head(state.name),
    `  AWAY  presenter paused (${countdown(nowMs - (state.pausedMs ?? nowMs))})`,
    '  Nothing is shown until it goes on.',
    '',
    '  c says something · q leaves',
  ];
}

/** @param rows of the glass: the last lines are shown, as many as fit. */
export function chatPage(state: SessionState, lines: readonly ChatLine[], rows: number): Page {
  const above = [...head(state.name), lines.length === 0 ? '  Nobody has said anything yet.' : '  What was said:', ''];
  const room = Math.max(1, rows - above.length - 3);
  return [...above, ...lines.slice(-room).map(said), '', '  c says something · any other key goes back.'];
}

/** @param roster one line each. */
export function whoPage(state: SessionState, roster: string): Page {
  const people = roster.split('\n').filter(Boolean);
  return [
    ...head(state.name),
    '  Who is here:',
    '',
    ...people.map((line) => `  ${printable(line.replace(/\t/g, '  '), MAX_ROSTER_LINE)}`),
    '',
    ANY_KEY,
  ];
}

function said({ name, text, atMs }: ChatLine): string {
  return `  ${new Date(atMs).toISOString().slice(11, 16)}  ${printable(name, MAX_NAME)}: ${printable(text, MAX_SAID)}`;
}

function head(name: string): readonly string[] {
  return ['', `  lectern · ${printable(name, MAX_NAME)}`, ''];
}

const ANY_KEY = '  Any key goes back.';
