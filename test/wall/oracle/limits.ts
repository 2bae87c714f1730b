/** The limits that docs/redaction.md names: secrets of which no fragments are remembered. */
import { looksRandom } from '../../../src/core/redact/randomness.js';
import type { Secret } from './secrets.js';

/** Values of the environment are always known; what a rule found only when it could be no word of ordinary text. */
export function isRemembered({ kind, chars, from, to }: Secret): boolean {
  if (kind.rule === undefined || kind.rule.learn === 'fragments') return true;
  if (kind.rule.learn === 'exact' || kind.rule.learn === 'off') return false;
  return chars
    .slice(from, to)
    .join('')
    .split(/\n|\\n/)
    .every((line) => looksRandom(line.trim()));
}
