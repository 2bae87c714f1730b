/**
 * Matches that mean nothing alone: a row of base64 is a checksum, two of them at one column are a key without its
 * BEGIN line. Knows what was found on each row, not how.
 */
import type { Placed } from './masks.js';
import type { Found } from './scanner.js';

/** The finds that ask for company (`minRows` above 1) and have it: the same rule at the same column, row by row. */
export function blockRuns(rows: readonly (readonly Found[])[]): readonly Placed[] {
  const placed: Placed[] = [];
  let open = new Map<string, Placed & { readonly minRows: number }>();
  const close = (run: Placed & { readonly minRows: number }): void => {
    if (run.parts.length >= run.minRows) placed.push(run);
  };
  rows.forEach((found, y) => {
    const next: typeof open = new Map();
    for (const { rule, minRows, parts } of found) {
      const part = parts[0];
      if (minRows === 1 || part === undefined) continue;
      const key = `${rule} ${part.from}`;
      const run = open.get(key) ?? { rule, minRows, top: y, parts: [] };
      if (!next.has(key)) next.set(key, { ...run, parts: [...run.parts, { ...part, row: y - run.top }] });
    }
    for (const [key, run] of open) if (!next.has(key)) close(run);
    open = next;
  });
  for (const run of open.values()) close(run);
  return placed;
}
