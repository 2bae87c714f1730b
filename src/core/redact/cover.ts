/**
 * What is masked on one screen because of another: cells that both show at the same place. So a secret that is whole
 * only later is masked on earlier screens that were not shown yet, and what the presenter wants gone stays masked for
 * as long as it stands there. It only ever adds masks. Pure; knows no rules.
 */
import { blankRow, type Row, type Screen } from '../cells.js';
import { CLEAN, mergeSpans, type Span } from './masks.js';

/** Further masks for a screen: the spans of each of its rows, and whether its title is hidden. */
export interface Cover {
  readonly rows: readonly (readonly Span[])[];
  readonly title: boolean;
}

/**
 * The same cells of both rows within `spans`, as spans of `row`.
 * @param least written cells of a run that is no coincidence
 */
function alike(row: Row, other: Row, spans: readonly Span[], least: number): readonly Span[] {
  if (row.cols !== other.cols) return CLEAN;
  const found: Span[] = [];
  for (const { from, to, rule } of spans) {
    for (let x = from; x < to; x++) {
      const start = x;
      let written = 0;
      for (; x < to && row.text(x).trim() === other.text(x).trim(); x++) if (isWritten(row, x)) written++;
      if (written >= least) found.push({ from: start, to: x, rule });
    }
  }
  return found.length === 0 ? CLEAN : found;
}

function isWritten(row: Row, x: number): boolean {
  return row.text(x).trim() !== '';
}

/** Where rows stand on a screen, by identity. Rows on which nothing was written are one object, and tell nothing. */
export function placesOf(screen: Screen): ReadonlyMap<Row, number> {
  const blank = blankRow(screen.size.cols);
  return new Map(screen.rows.flatMap((row, y) => (row === blank ? [] : [[row, y] as const])));
}

/**
 * What row `y` of `other` may have been on a screen: the row at the same height, and, when the picture has scrolled,
 * the one beside a neighbour that is still the same row.
 */
function counterparts(screen: Screen, places: ReadonlyMap<Row, number>, other: Screen, y: number): readonly number[] {
  const above = places.get(other.rows[y - 1]!);
  const below = places.get(other.rows[y + 1]!);
  const found = new Set([y, ...(above === undefined ? [] : [above + 1]), ...(below === undefined ? [] : [below - 1])]);
  return [...found].filter((at) => at >= 0 && at < screen.rows.length);
}

/**
 * The masks of `other` as far as its masked cells stand on `screen` too.
 * @param masks the spans of each row of `other`
 * @param places what {@link placesOf} says of `screen`
 * @param least shorter runs of the same characters are taken for a coincidence
 */
export function coverOf(
  screen: Screen,
  other: Screen,
  masks: readonly (readonly Span[])[],
  places: ReadonlyMap<Row, number>,
  least = 1,
): readonly (readonly Span[])[] {
  const cover: (readonly Span[])[] = screen.rows.map(() => CLEAN);
  masks.forEach((spans, y) => {
    if (spans.length === 0) return;
    const row = other.rows[y]!;
    const same = places.get(row);
    const candidates = same === undefined ? counterparts(screen, places, other, y) : [same];
    for (const at of candidates) {
      const found = alike(screen.rows[at]!, row, spans, least);
      if (found !== CLEAN) cover[at] = mergeSpans([...cover[at]!, ...found]);
    }
  });
  return cover;
}

/** Both covers of one screen as one. */
export function joinCovers(a: Cover | null, b: Cover | null): Cover | null {
  if (a === null || b === null) return a ?? b;
  const rows = a.rows.map((spans, y) => (b.rows[y]!.length === 0 ? spans : mergeSpans([...spans, ...b.rows[y]!])));
  return { rows, title: a.title || b.title };
}
