/** Results as figures, as a table and as JSON. Knows nothing of how they were measured. */

/** One line of the table. */
export interface Result {
  readonly part: 'flood' | 'echo' | 'idle' | 'join' | 'wall';
  readonly what: string;
  readonly unit: string;
  readonly lectern: number | null;
  readonly script?: number | null;
  readonly tmux?: number | null;
  /** What `goal` is about; lectern's own figure when it is missing. */
  readonly ratio?: number | null;
  /** At most this. */
  readonly goal?: number;
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

export function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b;
}

/** Null when there is no goal. */
export function isMet({ goal, ratio, lectern }: Result): boolean | null {
  if (goal === undefined) return null;
  const figure = ratio === undefined ? lectern : ratio;
  return figure !== null && figure <= goal;
}

const HEADS = ['', 'lectern', 'script', 'tmux', 'ratio', 'goal', ''] as const;

/** Markdown, so that it can be put into a document as it is. */
export function table(results: readonly Result[]): string {
  const rows = [HEADS, ...results.map(cells)];
  const widths = HEADS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}

function cells(result: Result): string[] {
  const { part, what, unit, lectern, script, tmux, goal } = result;
  const met = isMet(result);
  return [
    `${part}: ${what}, ${unit}`,
    ...[lectern, script, tmux, result.ratio].map(figure),
    goal === undefined ? '' : `<= ${goal}`,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ];
}

function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return value === null ? 'never' : '';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
