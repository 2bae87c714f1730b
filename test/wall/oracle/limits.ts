/** The limits that docs/redaction.md names: secrets of which no fragments are remembered, or that were never whole. */
import { looksRandom } from '../../../src/core/redact/randomness.js';
import type { Outcome } from './campaign.js';
import type { Secret } from './secrets.js';

/** Most that stands before the secret in modes that show one row. */
const INDENT = 8;

/** True when no six characters in a row of the session's secret may be seen once it was there. */
export function isPromised({ session, secret, size }: Outcome): boolean {
  const cells = INDENT + secret.lead.length + secret.chars.length;
  return isRemembered(secret) && !(session.mode.oneRow === true && cells > size.cols);
}

/** True when nothing of it can be a word of ordinary text. */
function isRemembered({ kind, chars, from, to }: Secret): boolean {
  const text = chars.slice(from, to).join('');
  // The words of a phrase, and the header lines of an encrypted key.
  if (kind.rule === undefined) return !text.includes(' ');
  if (text.includes(': ')) return false;
  if (kind.rule.learn === 'fragments') return true;
  if (kind.rule.learn === 'exact' || kind.rule.learn === 'off') return false;
  return text.split(/\n|\\n/).every((line) => line === '' || looksRandom(line.trim()));
}
