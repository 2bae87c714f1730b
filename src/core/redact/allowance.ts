/**
 * Whether a match is known not to be a secret. Of a match that is only half there less can be said: what its rest may
 * still change is not asked.
 */
import type { RE2JS } from 're2js';
import type { Budget } from './budget.js';
import { MeteredText } from './metered.js';
import { EMPTY_WIDTH, programOf } from './program.js';
import type { Allowance, Detector } from './rule.js';

/** UTF-16 units `[from, to)` of a text. */
export type Units = readonly [from: number, to: number];

/** True when one of the rule's allowlists says that this match is no secret. */
export function isAllowed(detector: Detector, text: string, secret: Units, whole: Units, budget: Budget): boolean {
  return detector.allowances.some((one) => allows(one, text, secret, whole, budget, () => true));
}

/**
 * True when one of the rule's allowlists says so of every match that begins like this.
 * @param secret what is there of the secret
 * @param whole what is there of the match
 */
export function staysAllowed(detector: Detector, text: string, secret: Units, whole: Units, budget: Budget): boolean {
  return detector.allowances.some((one) => allows(one, text, secret, whole, budget, isLasting));
}

function allows(
  allowance: Allowance,
  text: string,
  secret: Units,
  whole: Units,
  budget: Budget,
  counts: (pattern: RE2JS) => boolean,
): boolean {
  const { patterns, stopwords, all } = allowance;
  const checks: boolean[] = [];
  if (patterns.length > 0) {
    const target = new MeteredText(targetOf(allowance, text, secret, whole), budget);
    checks.push(patterns.some((pattern) => counts(pattern) && target.has(pattern)));
  }
  if (stopwords.length > 0) {
    const lower = text.slice(...secret).toLowerCase();
    checks.push(stopwords.some((word) => lower.includes(word)));
  }
  if (checks.length === 0) return false;
  return all ? checks.every(Boolean) : checks.some(Boolean);
}

function targetOf(allowance: Allowance, text: string, secret: Units, whole: Units): string {
  if (allowance.target === 'secret') return text.slice(...secret);
  if (allowance.target === 'match') return text.slice(...whole);
  const end = text.indexOf('\n', whole[1]);
  return text.slice(text.lastIndexOf('\n', whole[0]) + 1, end < 0 ? text.length : end);
}

/** Conditions that look at what comes next: ends of lines and texts, word boundaries (re2js `Utils.EMPTY_*`). */
const LOOKS_AHEAD = 2 | 8 | 16 | 32;

const lasting = new WeakMap<RE2JS, boolean>();

/** True when a pattern that is found in a text is found in every text that begins with it. */
function isLasting(pattern: RE2JS): boolean {
  let lasts = lasting.get(pattern);
  if (lasts === undefined) {
    lasts = programOf(pattern).inst.every(({ op, arg }) => op !== EMPTY_WIDTH || (arg & LOOKS_AHEAD) === 0);
    lasting.set(pattern, lasts);
  }
  return lasts;
}
