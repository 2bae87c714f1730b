/** What tests of the panel share: sessions in panes of tmux, and everything that tmux knows of what a pane is in. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, type House, type Pane, type PaneSize, shellLine, sleep, type Tmux, until } from './house.js';
import { untilSame } from './patience.js';
import { difference, type Picture } from './picture.js';

/** Key that opens the panel, as tmux sends it. */
export const PREFIX = 'C-\\';

/** Modes, cursor and margins, as tmux formats. */
const MODES = [
  ...['alternate_on', 'cursor_flag', 'cursor_x', 'cursor_y', 'insert_flag', 'keypad_cursor_flag', 'keypad_flag'],
  ...[
    'mouse_all_flag',
    'mouse_any_flag',
    'mouse_button_flag',
    'mouse_sgr_flag',
    'mouse_standard_flag',
    'mouse_utf8_flag',
  ],
  ...['origin_flag', 'scroll_region_lower', 'scroll_region_upper', 'wrap_flag', 'pane_tabs', 'history_size'],
];

export interface Look {
  readonly picture: Picture;
  readonly modes: string;
}

export function lookAt(pane: Pane): Look {
  return { picture: pane.picture(), modes: pane.tell(MODES.map((mode) => `${mode}=#{${mode}}`).join(' ')) };
}

/** A session in a pane of its own; `env` are words of env(1). */
export function sharedPane(
  tmux: Tmux,
  name: string,
  size: PaneSize,
  command: readonly string[],
  env: readonly string[] = [],
): Pane {
  const words = ['env', ...env, process.execPath, BIN, '--listen', '127.0.0.1:0', '--name', 'demo', '--', ...command];
  return tmux.open(name, size, shellLine(words));
}

/** Between two looks that are to be the same, in ms: a program that still draws does so in between. */
const STILL_MS = 250;

/** Waits until a pane has stood still for a moment. */
export function still(pane: Pane): Promise<Look> {
  let before = lookAt(pane);
  return until(`${pane.name} to come to rest`, async () => {
    await sleep(STILL_MS);
    const now = lookAt(pane);
    const rests = same(before, now) === '';
    before = now;
    return rests && now;
  });
}

/** Where two looks differ, in words; '' when they do not. */
export function same(expected: Look, seen: Look): string {
  const modes = expected.modes === seen.modes ? '' : `modes ${seen.modes}\n  instead of ${expected.modes}\n`;
  return modes + difference(expected.picture, seen.picture);
}

/** Opens the panel, and sees it. */
export async function openPanel(pane: Pane, shows: string | RegExp = /lectern(?: ·|,) demo/): Promise<void> {
  pane.keys(PREFIX);
  await pane.shows(shows);
}

/** Words of pages from which Escape leads back to the first one, when it does not close the panel. */
const SECOND_PAGE = /take control back at once|enter choose|\bn no\b/;

/**
 * Closes whatever of the panel is open, which it is: a look may fall between a picture that is drawn again and the panel
 * over it. Each Escape is waited for: one more would be typed into the program.
 */
export async function closePanel(pane: Pane): Promise<void> {
  do {
    const second = SECOND_PAGE.test(pane.text());
    pane.keys('Escape');
    await until('the page to be left', () => !isOpen(pane) || (second && !SECOND_PAGE.test(pane.text()))).catch(() =>
      assert.fail(`the panel does not close:\n${pane.text()}`),
    );
  } while (isOpen(pane));
}

/** By the frame's upper edge: in a narrow window the session's name is cut off it. */
export function isOpen(pane: Pane): boolean {
  return /(?:┌─|\+-) lect/.test(pane.text());
}

/** Waits until a pane looks as another one does. */
export function looksAs(expected: () => Look, pane: Pane, what: string): Promise<void> {
  return untilSame(`${what}: ${pane.name} differs`, () => same(expected(), lookAt(pane)));
}

/** Everything that went wrong behind the scenes in the sessions of a house, as their logs tell it. */
export function faultsIn(house: House): readonly string[] {
  return readdirSync(house.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .flatMap(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8').split('\n'))
    .filter((line) => line.includes('"type":"fault"'));
}

/** Two sessions with the same program: what is done to one is done to the other, but only one has the panel. */
export async function twins(
  tmux: Tmux,
  size: PaneSize,
  command: readonly string[],
  ready: string | RegExp,
): Promise<{ readonly panelled: Pane; readonly plain: Pane }> {
  const panelled = sharedPane(tmux, 'panelled', size, command);
  const plain = sharedPane(tmux, 'plain', size, command);
  for (const pane of [panelled, plain]) await pane.shows(ready);
  return { panelled, plain };
}
