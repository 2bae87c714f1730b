/** Results as figures, as a table and as JSON. Knows nothing of how they were measured. */

/**
 * Who is measured; `bare` is a terminal without anything between it and the program, `floor` a program in C that does the
 * same without deciding anything.
 */
export const NAMES = ['lectern', 'floor', 'bare', 'script', 'tmux', 'tty-share', 'mosh', 'ttyd'] as const;
export type Name = (typeof NAMES)[number];

/** One line of the table. */
export interface Result {
  readonly part: string;
  readonly what: string;
  readonly unit: string;
  /** What was measured; null: it never came to it. */
  readonly figures: Readonly<Partial<Record<Name, number | null>>>;
  /** What `goal` is about; lectern's own figure when it is missing. */
  readonly ratio?: number | null;
  /** At most this. */
  readonly goal?: number;
}

/** What a part of the bench found out. */
export interface Outcome {
  readonly results: readonly Result[];
  /** What may never happen, whatever the machine is doing. */
  readonly wrong: readonly string[];
}

/** The value below which `share` (0 to 1) of `values` lie; null for none. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** One that never came to it is worth telling, not averaging. */
export function medianOfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : median(values as number[]);
}

export function ratio(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || !b ? null : a / b;
}

/** Null when there is no goal. */
export function isMet({ goal, ratio, figures }: Result): boolean | null {
  if (goal === undefined) return null;
  const figure = ratio === undefined ? figures.lectern : ratio;
  return figure !== null && figure !== undefined && figure <= goal;
}

/** How a line is called: in the table, and where its ratio is kept. */
export function nameOf({ part, what, unit }: Result): string {
  return `${part}: ${what}, ${unit}`;
}

/** Markdown, so that it can be put into a document as it is. Who was measured nowhere has no column. */
export function table(results: readonly Result[]): string {
  const names = NAMES.filter((name) => results.some(({ figures }) => figures[name] !== undefined));
  const heads = ['', ...names, 'ratio', 'goal', ''];
  const rows = [heads, ...results.map((result) => cells(result, names))];
  const widths = heads.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}

function cells(result: Result, names: readonly Name[]): string[] {
  const { figures, goal } = result;
  const met = isMet(result);
  return [
    nameOf(result),
    ...names.map((name) => written(figures[name])),
    written(result.ratio),
    goal === undefined ? '' : `<= ${Number(goal.toFixed(2))}`,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ];
}

function written(value: number | null | undefined): string {
  if (value === null || value === undefined) return value === null ? 'never' : '';
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 || value === 0 ? value.toFixed(2) : value.toFixed(3);
}
