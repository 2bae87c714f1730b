/** The presenter's keys, and the page that explains them. */
import { type Line, piece } from './text.js';

export const KEYS: readonly { readonly key: string; readonly short: string; readonly long: string }[] = [
  { key: 'g', short: 'give control', long: 'give control for the time in the settings (60 s unless set)' },
  { key: 'G', short: 'give, how long', long: 'give control, and choose for how long' },
  { key: 'x', short: 'take back', long: 'take control back at once; close a vote' },
  { key: 'a', short: 'admit', long: 'let somebody in who waits' },
  { key: 'd', short: 'deny', long: 'send somebody away who waits' },
  { key: 'm', short: 'mute', long: 'mute or unmute: no chat, no pointer, no asking' },
  { key: 'k', short: 'kick', long: 'send somebody away; asks first' },
  { key: 'c', short: 'copy link', long: 'copy the ssh line to the clipboard' },
  { key: 'n', short: 'new link', long: 'make another link' },
  { key: 'r', short: 'record', long: 'start or stop a recording of what observers see' },
  { key: 'p', short: 'pause', long: 'observers see nothing until it is pressed again' },
  { key: 'z', short: 'hide', long: 'hide what is on the screen now, until it is gone' },
  { key: '!', short: 'mark', long: 'set a mark in the recording and the log' },
  { key: 's', short: 'stop sharing', long: 'end every link and send all away; asks first' },
  { key: '?', short: 'help', long: 'this page' },
  { key: 'esc', short: 'close', long: 'close; what the program printed meanwhile follows' },
];

const prose = (prefix: string): readonly string[] => [
  `Each key works here, and after ${prefix} without the panel.`,
  `${prefix} twice sends one ${prefix} to the program.`,
  'Any key that you type into the program takes control back (control.preempt).',
  'What you type here reaches no program, and observers see none of it.',
  'Who has control types on while this is open: x takes it back.',
];

/**
 * All lines of the page.
 * @param prefix the key before all others, as users write it
 */
export function helpLines(prefix: string): readonly Line[] {
  const keys = KEYS.map(({ key, long }): Line => [piece(key.padEnd(5), 'key'), piece(long)]);
  return [...keys, [], ...prose(prefix).map((text): Line => [piece(text, 'faint')])];
}
