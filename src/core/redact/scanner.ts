/**
 * What in a text is secret: every match of every rule whose keywords stand in it, and every known value; and what may
 * become so when more is written. Knows texts and places in them, no screens.
 */
import { isAllowed } from './allowance.js';
import { Budget } from './budget.js';
import { CompiledRules } from './compiled.js';
import { type Held, SETTLE_MS } from './hold.js';
import { MeteredText } from './metered.js';
import { needsOf } from './needs.js';
import type { Place } from './places.js';
import { entropy } from './randomness.js';
import type { Detector, Rule } from './rule.js';
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
  readonly secrets?: readonly string[];
}

/** What is held of a view, and until when if nothing changes (ms; Infinity: only a change lets it go). */
export interface HeldFound {
  readonly found: readonly Found[];
  readonly untilMs: number;
}

/** `row`: one row. `join`: rows as one line. `block`: rows as lines. */
export type Scope = 'row' | 'join' | 'block';

export class Scanner {
  readonly #values: Values;
  readonly #budget: Budget;
  readonly #rules: CompiledRules;
  /** False when no rule can match over a line's end: then blocks need not be built. */
  readonly crossesLines: boolean;
  /** For how long a place that changed must be known, in ms; 0 when nothing asks. */
  readonly settleMs: number;
  /** True when something is held that no keyword announces, so that every text that changes must be asked about. */
  readonly isBlind: boolean;

  /** @throws {LecternError} CONFIG when a rule does not compile. */
  constructor(rules: readonly Rule[], values: Values, budget: Budget = Budget.NONE) {
    this.#values = values;
    this.#budget = budget;
    this.#rules = CompiledRules.of(rules);
    this.crossesLines = this.#rules.crossesLines;
    this.settleMs = Math.max(this.#rules.settleMs, values.size > 0 ? SETTLE_MS : 0);
    this.isBlind = values.size > 0 || this.#rules.blind.length > 0;
  }

  /** The first place at or after `from` where a keyword of this scope stands, or -1; `from` when a rule has none. */
  nextPlace(text: string, from: number, scope: Scope): number {
    return this.#rules.nextPlace(text, from, scope);
  }

  /**
   * The secrets of `text`, in no order.
   * @throws {LecternError} BUDGET when the time for the screen is over.
   */
  hits(text: string, scope: Scope): readonly Hit[] {
    return text === '' ? NO_HITS : this.#hitsOf(text, scope, this.#rules.candidates(text, scope));
  }

  #hitsOf(text: string, scope: Scope, candidates: readonly Detector[]): readonly Hit[] {
    const hits: Hit[] = [];
    if (scope !== 'block') {
      for (const { from, to, id } of this.#values.find(text)) hits.push({ from, to, rule: id, minRows: 1 });
    }
    const worth = candidates.filter((detector) => needsOf(detector).areIn(text));
    if (worth.length > 0) this.#search(text, worth, hits);
    return hits.length === 0 ? NO_HITS : hits;
  }

  #search(text: string, detectors: readonly Detector[], hits: Hit[]): void {
    this.#budget.check();
    const metered = new MeteredText(text, this.#budget);
    for (const detector of detectors) match(detector, text, metered, this.#budget, hits);
  }

  /** The secrets of a view, on its rows. */
  found(view: View, scope: Scope): readonly Found[] {
    return foundOf(view, this.hits(view.text, scope));
  }

  /** The same, and whether a keyword stands in the view that may begin something to hold. */
  look(view: View, scope: Scope): { readonly found: readonly Found[]; readonly announces: boolean } {
    if (view.text === '') return SILENCE;
    const candidates = this.#rules.candidates(view.text, scope);
    const found = foundOf(view, this.#hitsOf(view.text, scope, candidates));
    return { found, announces: candidates.some((detector) => this.#rules.holdOf(detector).isAnnounced) };
  }

  /**
   * What may become a secret when more is written at one of `places`, on the rows of the view.
   * @throws {LecternError} BUDGET when the time for the screen is over.
   */
  held(view: View, scope: Scope, places: readonly Place[], nowMs: number): HeldFound {
    const { text } = view;
    const found: Found[] = [];
    let untilMs = Number.POSITIVE_INFINITY;
    const take = (rule: string, held: readonly Held[]): void => {
      for (const one of held) {
        untilMs = Math.min(untilMs, one.untilMs);
        found.push({ rule, minRows: 1, parts: view.locate(one.from, one.to), secrets: [text.slice(one.from, one.to)] });
      }
    };
    for (const detector of this.#rules.candidates(text, scope)) {
      const hold = this.#rules.holdOf(detector);
      if (hold.isAnnounced) take(detector.id, hold.announced(text, places, this.#budget));
    }
    for (const detector of scope === 'block' ? [] : this.#rules.blind) {
      take(detector.id, this.#rules.holdOf(detector).blind(text, places, nowMs, this.#budget));
    }
    if (scope !== 'block') for (const place of places) this.#heldValue(text, place, nowMs, take);
    return found.length === 0 ? NOTHING_HELD : { found, untilMs };
  }

  #heldValue(text: string, place: Place, nowMs: number, take: (rule: string, held: readonly Held[]) => void): void {
    const untilMs = place.kind === 'cursor' ? Number.POSITIVE_INFINITY : place.changedMs + SETTLE_MS;
    if (untilMs <= nowMs) return;
    const prefix = this.#values.prefixAt(text, place.at);
    if (prefix !== undefined) take(prefix.id, [{ from: prefix.from, to: place.at, untilMs }]);
  }
}

const NO_HITS: readonly Hit[] = [];
export const NO_FOUND: readonly Found[] = [];
const SILENCE = { found: NO_FOUND, announces: false };
export const NOTHING_HELD: HeldFound = { found: NO_FOUND, untilMs: Number.POSITIVE_INFINITY };

function foundOf(view: View, hits: readonly Hit[]): readonly Found[] {
  if (hits === NO_HITS) return NO_FOUND;
  return hits.map(({ from, to, rule, minRows }) => {
    return { rule, minRows, parts: view.locate(from, to), secrets: [view.text.slice(from, to)] };
  });
}

/** All matches of one rule. The search goes on at the secret's end, since what ended one may begin the next. */
function match(detector: Detector, text: string, metered: MeteredText, budget: Budget, hits: Hit[]): void {
  const { pattern, rule, id, minRows } = detector;
  // Much cheaper than a search that tracks groups, and mostly the end of it.
  if (!metered.has(pattern)) return;
  const matcher = metered.matcher(pattern);
  for (let at = 0; at <= text.length && matcher.find(at); ) {
    budget.check();
    const group = secretGroup(detector, matcher);
    const [from, to] = [matcher.start(group), matcher.end(group)];
    const [first, end] = [matcher.start(0), matcher.end(0)];
    const secret = from < to && exceeds(rule.entropy, text, from, to);
    if (secret && !isAllowed(detector, text, [from, to], [first, end], budget))
      hits.push({ from, to, rule: id, minRows });
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
