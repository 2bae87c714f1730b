/**
 * What is worth remembering of a match, by its rule's `learn`. The danger is a word of ordinary text: once learned, it
 * would be masked wherever it stands. Knows matches, not how they are remembered.
 */
import { GRAM, type Grain } from './grams.js';
import type { Lesson } from './memory.js';
import { looksRandom } from './randomness.js';
import type { Rule } from './rule.js';

/** Shortest text that is remembered as a whole when it does not look random. */
const MIN_WHOLE = 8;
/** From how many characters on a line of a key is remembered with all its fragments; shorter ones may be words. */
const MIN_KEY_LINE = 16;

/**
 * What to remember of a secret that `rule` found.
 * @param secret the group, or the whole match when the rule has none.
 */
export function lessonsOf(rule: Rule, secret: string): readonly Lesson[] {
  const learn = rule.learn ?? 'random';
  if (learn === 'off') return NOTHING;
  const lines = secret.split(/\n|\\n/);
  if (lines.length > 1) return lines.flatMap((line) => keyLine(rule, line));
  const texts = rule.secretGroup ? [secret] : withoutKeyword(rule, secret);
  return texts.flatMap((text) => {
    const trimmed = text.trim();
    const grain = trimmed.length < GRAM ? undefined : grainOf(trimmed, learn);
    return grain === undefined ? NOTHING : [{ rule: rule.id, text: trimmed, grain }];
  });
}

const NOTHING: readonly Lesson[] = [];

function grainOf(text: string, learn: 'fragments' | 'exact' | 'random'): Grain | undefined {
  if (learn === 'fragments') return 'every';
  if (learn === 'exact') return 'whole';
  if (looksRandom(text)) return 'every';
  return isDistinctive(text) ? 'whole' : undefined;
}

/** More than a word and more than a number. */
function isDistinctive(text: string): boolean {
  return text.length >= MIN_WHOLE && /[0-9]/.test(text) && /[A-Za-z]/.test(text);
}

/**
 * A rule's keyword is public, it stands in the rule: `github` of `github_pat_` must not be learned. What follows it is
 * the secret; what comes before it, when it looks like one.
 */
function withoutKeyword(rule: Rule, match: string): readonly string[] {
  const text = rule.caseSensitive === true ? match : match.toLowerCase();
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const keyword of rule.keywords ?? []) {
    const at = text.indexOf(rule.caseSensitive === true ? keyword : keyword.toLowerCase());
    if (at < 0 || at > from || (at === from && at + keyword.length <= to)) continue;
    [from, to] = [at, at + keyword.length];
  }
  if (to === 0) return [match];
  const before = match.slice(0, from);
  return looksRandom(before) ? [before, match.slice(to)] : [match.slice(to)];
}

/** The words of one line of a secret that goes over several: without line numbers, quotes and header lines. */
function keyLine(rule: Rule, line: string): readonly Lesson[] {
  if (line.includes(': ')) return NOTHING;
  const exact = rule.learn === 'exact';
  return (line.match(/[^\s"',|│:>]{6,}/g) ?? []).flatMap((word): readonly Lesson[] => {
    const text = word.replace(/^[-+~]+/, '');
    const isKey = text.length >= MIN_KEY_LINE && /[0-9A-Z]/.test(text);
    const mixed = /[A-Za-z]/.test(text) && (/[0-9]/.test(text) || /[a-z][A-Z]/.test(text));
    if (text.length < GRAM || !(isKey || mixed)) return NOTHING;
    return [{ rule: rule.id, text, grain: exact ? 'whole' : isKey ? 'every' : 'odd' }];
  });
}
