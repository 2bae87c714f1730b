/**
 * Advice on rules that are right but could do better. What is wrong with a rule is no lint: it is refused.
 */

import { beginsLikeAnyWord, type Program, programOf, sample } from '../core/redact/program.js';
import { compile, type Detector, type Rule } from '../core/redact/rule.js';
import type { Fault } from './faults.js';

/** A piece of advice, with its place. */
export type Lint = Fault;

export interface Advice {
  readonly field: 'id' | 'regex' | 'keywords' | 'secretGroup';
  readonly what: string;
}

/** A match that begins like any word cannot be told from one before this many characters. */
const WEAK_PREFIX = 6;
/** Words tried against the keywords and the group of a rule: enough to meet each of a handful of alternatives. */
const SAMPLES = 60;

/** Characters that may stand behind a secret without a blank between. */
const GLUED = ['q', '7', '_'];

/**
 * Advice on one rule that compiles.
 * @param builtIn ids of the built-in rules that are on
 */
export function lintOf(rule: Rule, builtIn: ReadonlySet<string>): readonly Advice[] {
  const detector = compile(rule);
  const program = programOf(detector.pattern);
  const matches = wordsOf(program).filter((word) => detector.pattern.test(word));
  return [
    ...(builtIn.has(rule.id) ? [TWIN] : []),
    ...beginAdvice(rule, program),
    ...endAdvice(detector, matches),
    ...keywordAdvice(detector, matches),
    ...groupAdvice(detector, matches),
  ];
}

const TWIN: Advice = {
  field: 'id',
  what: 'a built-in rule has this id too, and both are in force: rename yours, or switch that one off by disabledRules',
};

function beginAdvice({ keywords = [] }: Rule, program: Program): readonly Advice[] {
  if (keywords.length > 0) return [];
  const what = beginsLikeAnyWord(program, WEAK_PREFIX)
    ? 'no keywords, and a match begins like any word: half-typed secrets cannot be told; add a keyword'
    : 'no keywords: the regex is tried on every row; add one that stands in every match';
  return [{ field: 'regex', what }];
}

/** What is no match any more when something stands right behind it. */
function endAdvice({ pattern }: Detector, matches: readonly string[]): readonly Advice[] {
  if (matches.length === 0) return [];
  const falls = GLUED.some((char) => matches.every((word) => !pattern.test(word + char)));
  if (!falls) return [];
  const what = 'a match must end at \\b or $: it is none while other text stands right behind it; let it end openly';
  return [{ field: 'regex', what }];
}

function keywordAdvice({ rule }: Detector, matches: readonly string[]): readonly Advice[] {
  const fold = (text: string) => (rule.caseSensitive === true ? text : text.toLowerCase());
  const keywords = (rule.keywords ?? []).map(fold);
  const isMissed = (word: string) => !keywords.some((keyword) => fold(word).includes(keyword));
  if (keywords.length === 0 || !matches.some(isMissed)) return [];
  const what = 'the regex also matches texts without any of the keywords, and those are missed; add theirs';
  return [{ field: 'keywords', what }];
}

function groupAdvice({ rule, pattern }: Detector, matches: readonly string[]): readonly Advice[] {
  const group = rule.secretGroup ?? 0;
  if (group === 0 || matches.every((word) => takesPart(pattern, word, group))) return [];
  const what = `group ${group} takes no part in some matches, and nothing of those is masked; make it required`;
  return [{ field: 'secretGroup', what }];
}

function takesPart(pattern: Detector['pattern'], word: string, group: number): boolean {
  const matcher = pattern.matcher(word);
  return matcher.find() && matcher.start(group) < matcher.end(group);
}

function wordsOf(program: Program): readonly string[] {
  const random = generator();
  return Array.from({ length: SAMPLES }, () => sample(program, random)).filter((word) => word !== undefined);
}

/** Numbers in [0, 1), the same each time (Lehmer, modulus 2^31 - 1), so that a lint does not come and go. */
function generator(): () => number {
  let state = 48271;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
