/** The verbs of `ssh TOKEN@host VERB`: plain text about what is on. Made of frames, so they are behind the wall too. */
import type { Row } from '../../core/cells.js';
import type { Frame } from '../../core/frame.js';

export type Verb = 'text' | 'who';

/** The verb that a command names; null when it is none of ours. */
export function verbOf(command: string): Verb | null {
  const word = command.trim();
  return word === 'text' || word === 'who' ? word : null;
}

/** What one is told who asks for anything else. */
export const NO_SUCH_VERB = 'lectern: only these can be asked for: text, who. Without a command you watch live.\n';
export const NO_PTY = 'lectern: watching needs a terminal: ssh -t. Without one ask for: text, who.\n';

/** The screen as plain lines, without the empty ones at its end. */
export function screenText(frame: Frame): string {
  const lines = frame.rows.map(rowText);
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\n`).join('');
}

/** One line for each of those who are here. */
export function rosterText(rows: readonly { name: string; role: string; state: string; since: string }[]): string {
  return rows.map(({ name, role, state, since }) => `${name}\t${role}\t${state}\tsince ${since}\n`).join('');
}

function rowText(row: Row): string {
  let text = '';
  for (let x = 0; x < row.cols; x++) if (row.width(x) > 0) text += row.text(x) || ' ';
  return text.trimEnd();
}
