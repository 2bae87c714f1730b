/**
 * What is worth remembering of a match, by its rule's `learn`. The danger is a word of ordinary text: once learned, it
 * would be masked wherever it stands. Knows matches, not how they are remembered.
 */
import { GRAM, type Grain } from './grams.js';
import type { Lesson } from './memory.js';
import { looksRandom } from './randomness.js';
import { compile, type Rule } from './rule.js';

/** Shortest text that is remembered as a whole when it does not look random. */
const MIN_WHOLE = 8;
/** From how many characters on a line of a key is remembered with all its fragments; shorter ones may be words. */
const MIN_KEY_LINE = 16;

/**
 * What to remember of a secret that `rule` found.
 * @param secret the group, or the whole match when the rule has none.
 */
export function lessonsOf(rule: Rule, secret: string): readonly Lesson[] {
  const { learn } = rule;
  if (learn === 'off') return NOTHING;
  const lesson = (text: string, grain: Grain | undefined): readonly Lesson[] =>
    grain === undefined || text.length < GRAM ? NOTHING : [{ rule: rule.id, text, grain }];
  const trimmed = secret.trim();
  if (learn === 'exact') return lesson(trimmed, 'whole');
  const grainOf = learn === undefined ? grainOfUnsaid : learn === 'random' ? grainOfValue : grainOfFormat;
  // Keys go over lines, and where rows are joined the lines' ends are blanks.
  if (/\s|\\n/.test(trimmed)) {
    const isKey = (word: string): boolean => grainOf(word, true) === 'every';
    return wordsOf(trimmed, isKey).flatMap((word) => lesson(word, grainOf(word, true)));
  }
  // Of what its surroundings give away the keyword is among those: the same word in the secret is a part of it.
  const isGroup = rule.secretGroup || (learn === 'random' && compile(rule).groups.length > 0);
  const texts = isGroup ? [trimmed] : withoutKeyword(rule, trimmed);
  return texts.flatMap((text) => lesson(text, grainOf(text, false)));
}

const NOTHING: readonly Lesson[] = [];

/** What to remember of the beginning of a secret that was cut off at an edge: it must be no word of ordinary text. */
export function lessonsOfCut(rule: Rule, beginning: string): readonly Lesson[] {
  const learns = rule.learn === 'fragments' || rule.learn === 'random' || rule.learn === undefined;
  // What stands on lines before the last, or before a blank, goes on nowhere.
  const text = beginning.slice(beginning.search(/\S*$/));
  return learns && looksRandom(text) ? [{ rule: rule.id, text, grain: 'every', open: true }] : NOTHING;
}

/** A lesson about the end of `secret`, which may go on: when nothing of it can be a word of ordinary text. */
export function openLesson(lesson: Lesson, secret: string): Lesson {
  const { text, grain } = lesson;
  return grain === 'every' && looksRandom(text) && secret.trimEnd().endsWith(text) ? { ...lesson, open: true } : lesson;
}

/** What carries its own name is a secret as a whole; of several words some may be ordinary ones. */
function grainOfFormat(text: string, amongOthers: boolean): Grain | undefined {
  if (!amongOthers) return 'every';
  if (text.length >= MIN_KEY_LINE && /[0-9A-Z]/.test(text)) return 'every';
  return /[A-Za-z]/.test(text) && (/[0-9]/.test(text) || /[a-z][A-Z]/.test(text)) ? 'odd' : undefined;
}

/** A rule that does not say what it finds: its finds are known as wholes at least, unless they are one word of many. */
function grainOfUnsaid(text: string, amongOthers: boolean): Grain | undefined {
  const grain = grainOfValue(text);
  if (grain === 'whole') return 'odd';
  return grain ?? (amongOthers ? undefined : 'whole');
}

/** What its surroundings give away may be any word: only what looks random is known by its fragments. */
function grainOfValue(text: string): Grain | undefined {
  if (looksRandom(text)) return 'every';
  const isDistinctive = text.length >= MIN_WHOLE && /[0-9]/.test(text) && /[A-Za-z]/.test(text);
  return isDistinctive ? 'whole' : undefined;
}

/** The words of a secret of several, without quotes, line numbers, header lines and what diffs put before a line. */
function wordsOf(secret: string, isKey: (word: string) => boolean): readonly string[] {
  const lines = secret.split('\n').flatMap((line) => (line.includes(': ') ? withoutHeaders(line) : [line]));
  const words = lines.flatMap((line) => line.match(/[^\s"',|│:>]{6,}/g) ?? []);
  // The sign of a diff may as well be a character of a key.
  return words
    .flatMap((word) => linesOf(word, isKey))
    .map((word) => (isKey(word) ? word : word.replace(/^[-+~]+/, '')));
}

function withoutHeaders(line: string): readonly string[] {
  return line.split(ESCAPED_END).filter((part) => !part.includes(': '));
}

/** The end of a line as JSON and shells write it. */
const ESCAPED_END = '\\n';

/**
 * A word in which the ends of lines are escaped, as its lines; but what follows the first line of a key is one text with
 * it and with the ends around it, so that what goes over an end is known as well.
 */
function linesOf(word: string, isKey: (word: string) => boolean): readonly string[] {
  const lines = word.split(ESCAPED_END);
  const first = lines.findIndex(isKey);
  if (first < 0) return lines;
  const key = lines.slice(first).join(ESCAPED_END);
  return [...lines.slice(0, first), first > 0 ? ESCAPED_END + key : key];
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
