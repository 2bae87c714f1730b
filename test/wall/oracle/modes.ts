/** A way in which a secret comes to a screen: what a program prints for it, and on what size of screen. */
import { MAX_COLS, MAX_ROWS, type Size } from '../../../src/core/cells.js';
import type { Chance } from './chance.js';
import type { Script } from './script.js';
import type { Secret } from './secrets.js';

export interface Mode {
  readonly name: string;
  readonly size: (chance: Chance, secret: Secret) => Size;
  readonly write: (script: Script) => void;
  /** The cursor stands where the secret goes on: only there is a secret without keyword held. */
  readonly atCursor: boolean;
  /** Secrets over several lines are played too. Default true. */
  readonly lines?: boolean;
  /** Shows no more than one row of it at a time. Default false. */
  readonly oneRow?: boolean;
  /** What it prints in one go is not seen in between. Default false. */
  readonly whole?: boolean;
  /** Other text stands on the secret's lines, so that only rules which allow for that can match. Default false. */
  readonly gutters?: boolean;
}

/** Characters of two columns that the kinds and modes use. */
export const WIDE_CHAR = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/;

const NARROWEST = 15;
const WIDEST = 420;
const FEWEST_ROWS = 12;
/** Rows for what stands around the secret: prompts, the wrapped rest. */
const SPARE_ROWS = 8;

/** Any width, narrow ones more often; rows enough that nothing scrolls away. */
export function anySize(chance: Chance, secret: Secret): Size {
  const [low, high] = chance.pick([
    [NARROWEST, 60],
    [NARROWEST, 140],
    [60, WIDEST],
  ] as const);
  const cols = chance.between(low, high);
  return { cols, rows: rowsFor(secret, cols) };
}

/** Rows that a secret and its surroundings need at most when they wrap at `cols` columns. */
export function rowsFor(secret: Secret, cols: number): number {
  const lines = secret.chars.filter((char) => char === '\n').length;
  const cells = cellsOf(secret) + secret.lead.length + secret.trail.length;
  return Math.min(MAX_ROWS, Math.max(FEWEST_ROWS, Math.ceil(cells / Math.max(1, cols - 1)) + 2 * lines + SPARE_ROWS));
}

function cellsOf({ chars }: Secret): number {
  return chars.reduce((sum, char) => sum + (WIDE_CHAR.test(char) ? 2 : 1), 0);
}

/** A width in which each line of the secret fits, with room to spare. */
export function wideSize(spare: number): Mode['size'] {
  return (chance, secret) => {
    const longest = Math.max(
      ...secret.chars
        .join('')
        .split('\n')
        .map((line) => line.length),
    );
    const least = Math.min(MAX_COLS, secret.lead.length + longest * 2 + secret.trail.length + spare);
    const cols = Math.min(MAX_COLS, least + chance.below(60));
    return { cols, rows: rowsFor(secret, cols) };
  };
}
