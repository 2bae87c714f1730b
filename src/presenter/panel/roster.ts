/** Who is here, as a table: the less room, the fewer columns. */
import type { Glyphs } from './glyphs.js';
import { fit, type Line, type Look, piece } from './text.js';
import type { PanelPerson } from './view.js';
import { rate, since } from './words.js';

interface Column {
  readonly title: string;
  readonly cols: number;
  readonly text: (person: PanelPerson, nowMs: number) => string;
}

/** The most important first: of the others those that fit. */
const COLUMNS: readonly Column[] = [
  { title: 'NAME', cols: 14, text: ({ name }) => name },
  { title: 'STATE', cols: 18, text: stateOf },
  { title: 'LAG', cols: 7, text: ({ lagMs }) => (lagMs === null ? '' : `${Math.round(lagMs)} ms`) },
  { title: 'SEES', cols: 7, text: ({ sees }) => sees },
  { title: 'ROLE', cols: 8, text: ({ role }) => role },
  { title: 'SENT', cols: 9, text: (person) => rate(person.rate) },
  { title: 'ADDRESS', cols: 15, text: ({ addr }) => addr },
  { title: 'CLIENT', cols: 20, text: ({ client }) => client },
];
const GAP = 1;
/** With fewer columns than this the first two share what there is. */
const BOTH = COLUMNS[0]!.cols + COLUMNS[1]!.cols + GAP;

/** The heading and one line for each of `people`. */
export function rosterLines(
  people: readonly PanelPerson[],
  cols: number,
  nowMs: number,
  glyphs: Glyphs,
): { readonly head: Line; readonly rows: readonly Line[] } {
  const columns = columnsFor(cols);
  const line = (texts: readonly string[], look: Look) => [
    piece(columns.map(({ cols: width }, i) => fit(texts[i]!, width, glyphs)).join(' '), look),
  ];
  return {
    head: line(
      columns.map(({ title }) => title),
      'faint',
    ),
    rows: people.map((person) =>
      line(
        columns.map(({ text }) => text(person, nowMs)),
        lookOf(person),
      ),
    ),
  };
}

function columnsFor(cols: number): readonly Column[] {
  const [name, state, ...others] = COLUMNS as [Column, Column, ...Column[]];
  if (cols < BOTH) return [{ ...name, cols: Math.max(cols - state.cols - GAP, 6) }, state];
  let free = cols - BOTH;
  const more = others.filter(({ cols: width }) => {
    const fits = free >= width + GAP;
    if (fits) free -= width + GAP;
    return fits;
  });
  return [{ ...name, cols: name.cols + Math.min(free, name.cols) }, state, ...more];
}

function stateOf({ state, askedAt, since: joined, muted }: PanelPerson, nowMs: number): string {
  if (state === 'asking') return `asks ${since(askedAt ?? joined, nowMs)}`;
  if (state === 'waiting') return `waits ${since(joined, nowMs)}`;
  return `${state}${muted ? ', muted' : ''}`;
}

function lookOf({ state }: PanelPerson): Look {
  if (state === 'asking' || state === 'waiting') return 'alert';
  return state === 'control' ? 'strong' : 'plain';
}
