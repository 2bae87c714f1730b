/**
 * Ratios that were reached once, and how far from them a run may be before it is told: ratios of one run can be compared
 * with those of another, figures cannot. Kept in tolerance.json beside the sources.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nameOf, type Result } from './table.js';

const PATH = fileURLToPath(new URL('../../../test/bench/tolerance.json', import.meta.url));
/** A new line may be so many times its ratio: what medians of a few rounds on a busy machine vary by. */
const WITHIN = 1.4;
const DIGITS = 3;

interface Kept {
  readonly ratio: number;
  /** Times the ratio, at most. */
  readonly within: number;
}

function kept(): Record<string, Kept> {
  return JSON.parse(readFileSync(PATH, 'utf8')) as Record<string, Kept>;
}

/** @returns a sentence for each line that is slower beside the others than it was */
export function slower(results: readonly Result[]): string[] {
  const known = kept();
  return results.flatMap((result) => {
    const before = known[nameOf(result)];
    const { ratio } = result;
    if (before === undefined || ratio === undefined) return [];
    if (ratio !== null && ratio <= before.ratio * before.within) return [];
    const now = ratio === null ? 'never' : ratio.toFixed(2);
    return [`${nameOf(result)}: ${now} times, kept ${before.ratio} within ${before.within}`];
  });
}

/** The ratios of these results are those to be compared with from now on. */
export function keep(results: readonly Result[]): void {
  const known = kept();
  for (const result of results) {
    if (result.ratio === undefined || result.ratio === null) continue;
    const name = nameOf(result);
    known[name] = { ratio: Number(result.ratio.toPrecision(DIGITS)), within: known[name]?.within ?? WITHIN };
  }
  const sorted = Object.fromEntries(Object.entries(known).toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(PATH, `${JSON.stringify(sorted, null, 2)}\n`);
}
