/** Recordings of programs (asciicast v2) in test/data/recordings. Knows nothing of what they are played to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Size } from '../../src/core/cells.js';

const FOLDER = fileURLToPath(new URL('../../../test/data/recordings/', import.meta.url));
const MS_PER_S = 1000;

export interface Recorded {
  readonly size: Size;
  /** What was printed, and when, in ms since the program was started. */
  readonly events: readonly (readonly [ms: number, text: string])[];
}

/** Paths of all of them. */
export function recordings(): readonly string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.cast'));
  return names.map((name) => join(FOLDER, name));
}

export function recorded(path: string): Recorded {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const { width, height } = JSON.parse(head!) as { width: number; height: number };
  const events = lines.map((line) => {
    const [seconds, , text] = JSON.parse(line) as [number, 'o', string];
    return [seconds * MS_PER_S, text] as const;
  });
  return { size: { cols: width, rows: height }, events };
}
