/**
 * Matches that mean nothing alone: a row of base64 is a checksum, two of them at one column are a key without its
 * BEGIN line, and so is one beside a row that is masked; but not when the row before them says that they are a
 * certificate. Knows what was found on each row, not how.
 */
import type { Row } from '../cells.js';
import type { Placed } from './masks.js';
import { rowText } from './rowtext.js';
import type { Found } from './scanner.js';
import type { Part } from './views.js';

/** Rows in a row of which each has a find of one rule at one column. */
interface Run {
  readonly rule: string;
  readonly minRows: number;
  readonly top: number;
  readonly parts: readonly Part[];
  readonly secrets: readonly string[];
}

/**
 * The finds that ask for company (`minRows` above 1) and have it: the same rule at the same column, row by row, or one
 * beside a secret.
 * @param found what was found on each of `rows`
 * @param placed the secrets that count by themselves
 */
export function blockRuns(
  found: readonly (readonly Found[])[],
  rows: readonly Row[],
  placed: readonly Placed[],
): readonly Placed[] {
  const runs = runsOf(found);
  if (runs.length === 0) return runs;
  return runs.filter(
    (run) => (run.parts.length >= run.minRows || isBeside(run, placed)) && !isPublic(rows, run.top - 1),
  );
}

function runsOf(found: readonly (readonly Found[])[]): readonly Run[] {
  const runs: Run[] = [];
  let open = new Map<string, Run>();
  found.forEach((list, y) => {
    const next = new Map<string, Run>();
    for (const { rule, minRows, parts, secrets } of list) {
      const part = parts[0];
      if (minRows === 1 || part === undefined) continue;
      const key = `${rule} ${part.from}`;
      const run = open.get(key) ?? { rule, minRows, top: y, parts: [], secrets: [] };
      const more = {
        parts: [...run.parts, { ...part, row: y - run.top }],
        secrets: [...run.secrets, ...(secrets ?? [])],
      };
      if (!next.has(key)) next.set(key, { ...run, ...more });
    }
    for (const [key, run] of open) if (!next.has(key)) runs.push(run);
    open = next;
  });
  return [...runs, ...open.values()];
}

/** True when what stands right above or below the run, at its column, is masked. */
function isBeside(run: Run, placed: readonly Placed[]): boolean {
  const x = run.parts[0]!.from;
  const [above, below] = [run.top - 1, run.top + run.parts.length];
  return placed.some(({ top, parts }) =>
    parts.some(({ row, from, to }) => (top + row === above || top + row === below) && from <= x && x < to),
  );
}

const PUBLIC_HEAD = /-----BEGIN (?:(?:[A-Z0-9]+ )?PUBLIC KEY|(?:[A-Z0-9]+ )*CERTIFICATE(?: REQUEST)?|X509 CRL)-----/;
const BASE64_ROW = /^[\s0-9|│>+-]*[A-Za-z0-9+/=]{16,}$/;

/** True when the base64 that ends with row `y` began with the head of something that is no secret. */
function isPublic(rows: readonly Row[], last: number): boolean {
  let y = last;
  while (y >= 0 && BASE64_ROW.test(textOf(rows[y]!))) y--;
  return y >= 0 && PUBLIC_HEAD.test(textOf(rows[y]!));
}

function textOf(row: Row): string {
  return rowText(row).raw.text;
}
