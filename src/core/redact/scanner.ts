/**
 * What in a text is secret: every match of every rule whose keywords stand in it, and every known value. Knows texts
 * and places in them, no screens.
 */
import { Prefilter } from './prefilter.js';
import { entropy } from './randomness.js';
import type { Allowance, Detector } from './rule.js';
import type { Values } from './values.js';
import type { Part, View } from './views.js';

/** A secret in a text: UTF-16 units `[from, to)`. `rule` is the id of the rule, or `value:NAME`. */
export interface Hit {
  readonly from: number;
  readonly to: number;
  readonly rule: string;
  /** 1 for a match that counts alone; see {@link Rule.minRows}. */
  readonly minRows: number;
}

/** A secret on the rows of a view. */
export interface Found {
  readonly rule: string;
  readonly minRows: number;
  readonly parts: readonly Part[];
  /** Its text, to be remembered. SECRET. */
  readonly secrets: readonly string[];
}

/** `row`: one row. `join`: rows as one line. `block`: rows as lines. */
export type Scope = 'row' | 'join' | 'block';

export class Scanner {
  readonly #values: Values;
  readonly #rules: Readonly<Record<Scope, Prefilter>>;
  /** False when no rule can match over a line's end: then blocks need not be built. */
  readonly crossesLines: boolean;

  constructor(detectors: readonly Detector[], values: Values) {
    this.#values = values;
    const crossing = detectors.filter((detector) => detector.crossesLines);
    this.crossesLines = crossing.length > 0;
    this.#rules = {
      row: new Prefilter(detectors),
      join: new Prefilter(detectors.filter(({ minRows }) => minRows === 1)),
      block: new Prefilter(crossing),
    };
  }

  /** False when no rule of this scope can match anywhere in `text`. */
  mayFind(text: string, scope: Scope): boolean {
    return this.#rules[scope].candidates(text).length > 0;
  }

  /** The first place at or after `from` where a keyword of this scope stands, or -1; `from` when a rule has none. */
  nextPlace(text: string, from: number, scope: Scope): number {
    return this.#rules[scope].next(text, from);
  }

  /** The secrets of `text`, in no order. */
  hits(text: string, scope: Scope): readonly Hit[] {
    if (text === '') return NO_HITS;
    const hits: Hit[] = [];
    if (scope !== 'block') {
      for (const { from, to, id } of this.#values.find(text)) hits.push({ from, to, rule: id, minRows: 1 });
    }
    for (const detector of this.#rules[scope].candidates(text)) match(detector, text, hits);
    return hits.length === 0 ? NO_HITS : hits;
  }

  /** The secrets of a view, on its rows. */
  found(view: View, scope: Scope): readonly Found[] {
    const hits = this.hits(view.text, scope);
    if (hits === NO_HITS) return NO_FOUND;
    return hits.map(({ from, to, rule, minRows }) => {
      return { rule, minRows, parts: view.locate(from, to), secrets: [view.text.slice(from, to)] };
    });
  }
}

const NO_HITS: readonly Hit[] = [];
export const NO_FOUND: readonly Found[] = [];

/** All matches of one rule. The search goes on at the secret's end, since what ended one may begin the next. */
function match(detector: Detector, text: string, hits: Hit[]): void {
  const { pattern, rule, id, minRows } = detector;
  // Much cheaper than a search that tracks groups, and mostly the end of it.
  if (!pattern.test(text)) return;
  const matcher = pattern.matcher(text);
  for (let at = 0; at <= text.length && matcher.find(at); ) {
    const group = secretGroup(detector, matcher);
    const [from, to] = [matcher.start(group), matcher.end(group)];
    const [first, end] = [matcher.start(0), matcher.end(0)];
    const secret = from < to && exceeds(rule.entropy, text, from, to);
    if (secret && !allowed(detector, text, [from, to], [first, end])) hits.push({ from, to, rule: id, minRows });
    at = Math.max(to, first + 1);
  }
}

/** As gitleaks: the first group that holds something, else the whole match. */
function secretGroup(
  detector: Detector,
  matcher: { start(group: number): number; end(group: number): number },
): number {
  if (detector.rule.secretGroup) return detector.rule.secretGroup;
  return detector.groups.find((group) => matcher.start(group) < matcher.end(group)) ?? 0;
}

function exceeds(least: number | undefined, text: string, from: number, to: number): boolean {
  return least === undefined || least === 0 || entropy(text.slice(from, to)) > least;
}

type Span = readonly [number, number];

function allowed(detector: Detector, text: string, secret: Span, whole: Span): boolean {
  return detector.allowances.some((one) => allows(one, text, secret, whole));
}

function allows(allowance: Allowance, text: string, secret: Span, whole: Span): boolean {
  const { patterns, stopwords, all } = allowance;
  const checks: boolean[] = [];
  if (patterns.length > 0) {
    const target = targetOf(allowance, text, secret, whole);
    checks.push(patterns.some((pattern) => pattern.test(target)));
  }
  if (stopwords.length > 0) {
    const lower = text.slice(...secret).toLowerCase();
    checks.push(stopwords.some((word) => lower.includes(word)));
  }
  if (checks.length === 0) return false;
  return all ? checks.every(Boolean) : checks.some(Boolean);
}

function targetOf(allowance: Allowance, text: string, secret: Span, whole: Span): string {
  if (allowance.target === 'secret') return text.slice(...secret);
  if (allowance.target === 'match') return text.slice(...whole);
  const end = text.indexOf('\n', whole[1]);
  return text.slice(text.lastIndexOf('\n', whole[0]) + 1, end < 0 ? text.length : end);
}
