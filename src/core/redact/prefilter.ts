/**
 * Which rules are worth trying on a text: those without keywords, and those of which a keyword stands in it.
 * The native RegExp runs here, and only here beside the literal values: it is built from escaped literals alone, so
 * that there is nothing to backtrack into.
 */
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

interface Keyword {
  readonly exact: string;
  readonly caseSensitive: boolean;
  readonly detectors: readonly Detector[];
}

export class Prefilter {
  readonly #always: readonly Detector[];
  readonly #all: readonly Detector[];
  readonly #any: RegExp | undefined;
  /** By the lower-case keyword that matched: it, and all keywords that it begins with. */
  readonly #owners: ReadonlyMap<string, readonly Keyword[]>;

  constructor(detectors: readonly Detector[]) {
    this.#all = detectors;
    this.#always = detectors.filter((detector) => keywordsOf(detector).length === 0);
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
    if (any === undefined) return this.#always;
    any.lastIndex = 0;
    let match = any.exec(text);
    if (match === null) return this.#always;
    const hit = new Set(this.#always);
    for (; match !== null; match = any.exec(text)) {
      const owners = this.#owners.get(match[0].toLowerCase());
      // A text that only Unicode's case folding equates with a keyword: too rare to sort out, so try all.
      if (owners === undefined) return this.#all;
      for (const owner of owners) if (stands(owner, text, match.index)) for (const one of owner.detectors) hit.add(one);
      // The next keyword may begin inside this one.
      any.lastIndex = match.index + 1;
    }
    return hit.size === this.#always.length ? this.#always : this.#all.filter((detector) => hit.has(detector));
  }

  /** The first place at or after `from` that makes a rule worth trying, or -1. Cheaper than to ask line by line. */
  next(text: string, from: number): number {
    if (this.#always.length > 0) return from < text.length ? from : -1;
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
