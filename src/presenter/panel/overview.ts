/** The panel's first page: what is on, who is here, and which key does what. */
import type { Size } from '../../core/cells.js';
import { ASCII, type Glyphs } from './glyphs.js';
import { KEYS } from './help.js';
import { rosterLines } from './roster.js';
import { type Line, piece, wrapped } from './text.js';
import type { PanelView } from './view.js';
import { left, rate, since } from './words.js';

/** Two rules, the heading of the table, and what the last key did. */
const OTHER_ROWS = 4;
/** Rows of people that are shown at least, when there are so many. */
const LEAST_PEOPLE = 2;

export interface Overview {
  readonly view: PanelView;
  /** What the last key did; '' for nothing. */
  readonly said: string;
  /** People above the first one shown. */
  readonly scrolled: number;
  readonly nowMs: number;
}

/** At most `rows` lines of at most `cols` columns. */
export function overview(page: Overview, { cols, rows }: Size, glyphs: Glyphs): readonly Line[] {
  const { view, said, nowMs } = page;
  const rule: Line = [piece(glyphs.rule.repeat(cols), 'faint')];
  const message: Line = [piece(said, 'strong')];
  const { head, rows: people } = rosterLines(view.people, cols, nowMs, glyphs);
  const status = statusLines(view, nowMs, glyphs);
  const keys = wrapped(keyLines(), cols);
  const fixed = status.length + keys.length + OTHER_ROWS;
  // Where room is short, help is one key away, and the second line says least.
  const tight = rows - fixed < Math.min(LEAST_PEOPLE, people.length);
  const top = tight ? status.slice(0, 1) : status;
  const bottom = tight ? [keyLine(['?', 'esc'])] : [rule, ...keys];
  const room = Math.max(rows - top.length - bottom.length - (tight ? 2 : 3), 1);
  const from = Math.min(page.scrolled, Math.max(people.length - room, 0));
  const shown = people.slice(from, from + room);
  const nobody: Line = [piece('nobody is here yet', 'faint')];
  const table = people.length === 0 ? [nobody] : shown;
  const blank = Array.from({ length: Math.max(room - table.length, 0) }, (): Line => []);
  return [...top, head, ...table, ...blank, ...(tight ? [] : [rule]), message, ...bottom].slice(0, rows);
}

/** Lines that the page wants when there is room for all. */
export function overviewRows(view: PanelView, cols: number): number {
  return (
    statusLines(view, 0, ASCII).length +
    wrapped(keyLines(), cols).length +
    OTHER_ROWS +
    Math.max(view.people.length, LEAST_PEOPLE)
  );
}

function statusLines(view: PanelView, nowMs: number, glyphs: Glyphs): readonly Line[] {
  const { pausedMs, startedMs, watch, expires, control, vote, suggestion, typing, endsMs, lastChat } = view;
  const live: Line =
    pausedMs === null
      ? [piece(`${glyphs.dot} live ${since(startedMs, nowMs)}`, 'strong')]
      : [piece(`${glyphs.dot} PAUSED ${since(pausedMs, nowMs)}`, 'alert')];
  const lines: Line[] = [
    [...live, piece(`  ${watch}`), piece(`  link ends ${left(expires, nowMs)}`, 'faint')],
    [piece(amounts(view).join(glyphs.gap), 'faint')],
  ];
  if (control !== null) {
    const how = control.mode === 'suggest' ? 'suggests lines' : 'has control';
    const typed = typing?.id === control.id ? ', is typing' : '';
    lines.push([piece(`${control.name} ${how} for ${left(control.untilMs, nowMs)}${typed}`, 'alert')]);
  }
  if (suggestion !== null) {
    lines.push([
      piece(`${suggestion.name} ${suggestion.ready ? 'suggests' : 'writes'}: `, 'alert'),
      piece(suggestion.text),
    ]);
  }
  if (vote !== null) {
    const votes = vote.voters.map(({ name, ballot }) => `${name} ${ballot ?? '?'}`).join(glyphs.gap);
    lines.push([piece(`vote on ${vote.text} (${left(vote.untilMs, nowMs)}): `, 'alert'), piece(votes)]);
  }
  if (view.unsearched > 0) lines.push([piece(`the masking rules gave up on ${view.unsearched} characters`, 'alert')]);
  if (endsMs !== null) lines.push([piece(`the session ends in ${left(endsMs, nowMs)}`, 'alert')]);
  if (lastChat !== null) lines.push([piece(`${lastChat.name}: `, 'strong'), piece(lastChat.text)]);
  return lines;
}

function amounts({ masked, maskedRules, people, size, recording, readOnly }: PanelView): readonly string[] {
  const rules = Object.entries(maskedRules)
    .filter(([, count]) => count > 0)
    .map(([rule, count]) => `${rule} ${count}`);
  return [
    `${masked} masked${rules.length > 0 ? ` (${rules.join(', ')})` : ''}`,
    rate(people.reduce((sum, person) => sum + person.rate, 0)),
    size,
    ...(recording ? ['recording'] : []),
    ...(readOnly ? ['read only'] : []),
  ];
}

function keyLine(keys: readonly string[]): Line {
  return KEYS.filter(({ key }) => keys.includes(key)).flatMap(({ key, short }) => [
    piece(key, 'key'),
    piece(` ${short}  `),
  ]);
}

function keyLines(): readonly Line[] {
  return KEYS.map(({ key, short }) => [piece(key, 'key'), piece(` ${short}`)]);
}
