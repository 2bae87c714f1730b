/**
 * Advice on rules that are right but could do better. What is wrong with a rule is no lint: it is refused.
 */

import { beginsLikeAnyWord, programOf, sample } from '../core/redact/program.js';
import { compile, type Rule } from '../core/redact/rule.js';
import type { Fault } from './faults.js';

/** A piece of advice, with its place. */
export type Lint = Fault;

export interface Advice {
  readonly field: 'regex' | 'keywords';
  readonly what: string;
}

/** A match that begins like any word cannot be told from one before this many characters. */
const WEAK_PREFIX = 6;
/** Words tried against the keywords of a rule: enough to meet each of a handful of alternatives. */
const SAMPLES = 60;

/** Advice on one rule that compiles. */
export function lintOf(rule: Rule): readonly Advice[] {
  const { pattern } = compile(rule);
  const program = programOf(pattern);
  const keywords = (rule.keywords ?? []).map((word) => word.toLowerCase());
  const advice: Advice[] = [];
  if (keywords.length === 0 && beginsLikeAnyWord(program, WEAK_PREFIX)) {
    advice.push({
      field: 'regex',
      what: 'no keywords, and a match begins like any word: half-typed secrets cannot be told; add a keyword',
    });
  } else if (keywords.length === 0) {
    advice.push({
      field: 'regex',
      what: 'no keywords: the regex is tried on every row; add one that stands in every match',
    });
  }
  const random = generator();
  for (let i = 0; keywords.length > 0 && i < SAMPLES; i++) {
    const word = sample(program, random)?.toLowerCase();
    if (word === undefined || !pattern.test(word) || keywords.some((keyword) => word.includes(keyword))) continue;
    advice.push({
      field: 'keywords',
      what: 'the regex also matches texts without any of the keywords, and those are missed; add theirs',
    });
    break;
  }
  return advice;
}

/** Numbers in [0, 1), the same each time (Lehmer, modulus 2^31 - 1), so that a lint does not come and go. */
function generator(): () => number {
  let state = 48271;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
