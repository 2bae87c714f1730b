/**
 * Which rules are worth trying on a text: those of which a keyword stands in it, and those without keywords when the
 * text has what each of their matches needs.
 * The native RegExp runs here, and only here beside the literal values: it is built from escaped literals alone, so
 * that there is nothing to backtrack into.
 */
import { type Needs, needsOf } from './needs.js';
import type { Detector } from './rule.js';

/** Escapes a text for use as a literal in a RegExp. */
export function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** An alternation of literals, longest first, or undefined when there are none. */
export function alternation(literals: Iterable<string>, flags: string): RegExp | undefined {
  const sorted = [...new Set(literals)].sort((a, b) => b.length - a.length);
  return sorted.length === 0 ? undefined : new RegExp(sorted.map(escapeLiteral).join('|'), flags);
}

const NONE: readonly Detector[] = [];

interface Keyword {
  readonly exact: string;
  readonly caseSensitive: boolean;
  readonly detectors: readonly Detector[];
}

export class Prefilter {
  /** Those without keywords. */
  readonly #unannounced: readonly { readonly detector: Detector; readonly needs: Needs }[];
  readonly #all: readonly Detector[];
  readonly #any: RegExp | undefined;
  /** By the lower-case keyword that matched: it, and all keywords that it begins with. */
  readonly #owners: ReadonlyMap<string, readonly Keyword[]>;

  constructor(detectors: readonly Detector[]) {
    this.#all = detectors;
    this.#unannounced = detectors
      .filter((detector) => keywordsOf(detector).length === 0)
      .map((detector) => ({ detector, needs: needsOf(detector) }));
    const keywords = detectors.flatMap((detector) =>
      keywordsOf(detector).map((exact): Keyword => {
        return { exact, caseSensitive: detector.rule.caseSensitive === true, detectors: [detector] };
      }),
    );
    const lower = new Set(keywords.map(({ exact }) => exact.toLowerCase()));
    this.#any = alternation(lower, 'gi');
    this.#owners = new Map(
      [...lower].map((word) => [word, keywords.filter((one) => word.startsWith(one.exact.toLowerCase()))]),
    );
  }

  /** The rules to try on `text`, in the order given to the constructor. */
  candidates(text: string): readonly Detector[] {
    const any = this.#any;
    if (any === undefined) return this.#withoutKeyword(text);
    any.lastIndex = 0;
    let match = any.exec(text);
    if (match === null) return this.#withoutKeyword(text);
    const hit = new Set<Detector>();
    for (; match !== null; match = any.exec(text)) {
      const owners = this.#owners.get(match[0].toLowerCase());
      // A text that only Unicode's case folding equates with a keyword: too rare to sort out, so try all.
      if (owners === undefined) return this.#all;
      for (const owner of owners) if (stands(owner, text, match.index)) for (const one of owner.detectors) hit.add(one);
      // The next keyword may begin inside this one.
      any.lastIndex = match.index + 1;
    }
    if (hit.size === 0) return this.#withoutKeyword(text);
    for (const one of this.#withoutKeyword(text)) hit.add(one);
    return this.#all.filter((detector) => hit.has(detector));
  }

  #withoutKeyword(text: string): readonly Detector[] {
    // Mostly none, and asked of every row.
    if (!this.#unannounced.some(({ needs }) => needs.areIn(text))) return NONE;
    return this.#unannounced.filter(({ needs }) => needs.areIn(text)).map(({ detector }) => detector);
  }

  /** The first place at or after `from` that makes a rule worth trying, or -1. Cheaper than to ask line by line. */
  next(text: string, from: number): number {
    if (this.#unannounced.length > 0) return from < text.length ? from : -1;
    const any = this.#any;
    if (any === undefined) return -1;
    any.lastIndex = from;
    for (let match = any.exec(text); match !== null; match = any.exec(text)) {
      const { index } = match;
      const owners = this.#owners.get(match[0].toLowerCase());
      if (owners === undefined || owners.some((owner) => stands(owner, text, index))) return index;
      any.lastIndex = index + 1;
    }
    return -1;
  }
}

function keywordsOf(detector: Detector): readonly string[] {
  return detector.rule.keywords ?? [];
}

function stands(keyword: Keyword, text: string, at: number): boolean {
  return !keyword.caseSensitive || text.startsWith(keyword.exact, at);
}
