/**
 * What of a text is held for one rule: prefixes of matches that may still become whole. Past the rule's keyword they
 * are masked wherever they end (`always`), or where more can be written (`open`). A rule that no keyword announces is
 * held from some length on, at the cursor, and for a while where text just changed.
 */
import { staysAllowed } from './allowance.js';
import type { Budget } from './budget.js';
import { type Announcement, announcementOf, Keywords, NEVER } from './keywords.js';
import type { Place } from './places.js';
import { PrefixAutomaton, type Viable } from './prefix.js';
import { programOf } from './program.js';
import type { Detector } from './rule.js';

/** Without keywords: from how many characters on a prefix is held. Fewer hold ordinary words, measured. */
export const HOLD_MIN = 6;
/** For how long a place that changed counts as one where more is to come, in ms: a slow typist's pause. */
export const SETTLE_MS = 1000;
/**
 * How far before an open place a match may begin that is held there, of a rule that goes over lines and is held at such
 * places only, in UTF-16 units: a typed key may not cost a walk over a screen for each of its views.
 */
const MOST_BEFORE = 256;

/** What is held of a text: UTF-16 units `[from, to)`. */
export interface Held {
  readonly from: number;
  readonly to: number;
  /** When it is let go if nothing changes, in ms; Infinity: only by a change. */
  readonly untilMs: number;
}

export class Hold {
  readonly #detector: Detector;
  readonly #keywords: readonly string[];
  readonly #settleMs: number;
  readonly #holdMin: number;
  /** True when final matches are judged by more than the pattern. */
  readonly #isJudged: boolean;
  readonly #announcement: Announcement;
  #automaton: PrefixAutomaton | undefined;
  /** True when prefixes are held that no keyword has announced. */
  readonly isBlind: boolean;
  /** True when prefixes are held that a keyword has announced. */
  readonly isAnnounced: boolean;

  constructor(detector: Detector) {
    const { rule, pattern, groups } = detector;
    this.#detector = detector;
    this.#keywords = rule.keywords ?? [];
    this.#settleMs = rule.settleMs ?? SETTLE_MS;
    this.#holdMin = rule.holdMin ?? HOLD_MIN;
    this.#isJudged = detector.allowances.length > 0 || (rule.entropy ?? 0) > 0;
    const holds = rule.hold !== 'off' && detector.minRows === 1;
    this.isAnnounced = holds && this.#keywords.length > 0;
    this.#announcement = this.isAnnounced ? announcementOf(programOf(pattern), groups, this.#keywords) : NONE;
    this.isBlind = holds && (!this.isAnnounced || rule.holdMin !== undefined || this.#announcement.isLate);
  }

  /** For how long this rule needs to know of a change, in ms. */
  get settleMs(): number {
    return this.#settleMs;
  }

  /** What is held past a keyword. */
  announced(text: string, places: readonly Place[], budget: Budget): readonly Held[] {
    const { rule } = this.#detector;
    const always = rule.hold !== 'open';
    if (!always && places.length === 0) return NOTHING;
    const keywords = new Keywords(text, this.#keywords, rule.caseSensitive === true);
    if (keywords.isEmpty) return NOTHING;
    const { within } = this.#announcement;
    const open = new Set(places.map(({ at }) => at));
    const spans = new Spans();
    const announced = (at: number): number => keywords.beginAfter(at, within);
    const reach = this.#detector.crossesLines && text.includes('\n') ? MOST_BEFORE : Number.POSITIVE_INFINITY;
    this.#walk(
      text,
      budget,
      always ? announced : before(places, reach, announced),
      (begin) => keywords.endAfter(begin),
      (viable) => {
        if (open.has(viable.at)) spans.add(viable, Number.POSITIVE_INFINITY);
        else if (always && (viable.dies || !this.#isJudged)) spans.add(viable, Number.POSITIVE_INFINITY, false);
        else spans.goOn(viable);
      },
    );
    return this.#heldOf(text, spans, budget);
  }

  /** What is held without a keyword. */
  blind(text: string, places: readonly Place[], nowMs: number, budget: Budget): readonly Held[] {
    const until = this.#openUntil(places, nowMs);
    if (until.size === 0) return NOTHING;
    const spans = new Spans();
    const last = Math.max(...until.keys());
    const beginAfter = (at: number): number => (at < last ? at : NEVER);
    this.#walk(text, budget, beginAfter, same, (viable) => {
      const untilMs = until.get(viable.at);
      if (untilMs !== undefined && viable.at - viable.begin >= this.#holdMin) spans.add(viable, untilMs);
      else spans.goOn(viable);
    });
    return this.#heldOf(text, spans, budget);
  }

  /** By place: until when a prefix that ends there is held though no keyword announced it. */
  #openUntil(places: readonly Place[], nowMs: number): Map<number, number> {
    const until = new Map<number, number>();
    for (const place of places) {
      const untilMs = place.kind === 'cursor' ? Number.POSITIVE_INFINITY : place.changedMs + this.#settleMs;
      if (untilMs > nowMs) until.set(place.at, Math.max(untilMs, until.get(place.at) ?? 0));
    }
    return until;
  }

  #walk(
    text: string,
    budget: Budget,
    beginAfter: (at: number) => number,
    publicUntil: (begin: number) => number,
    tell: (viable: Viable) => void,
  ): void {
    const { pattern, groups, rule } = this.#detector;
    const named = rule.secretGroup !== undefined && rule.secretGroup !== 0;
    this.#automaton ??= new PrefixAutomaton(programOf(pattern), groups, !named);
    this.#automaton.sweep(text, { beginAfter, publicUntil, tell, check: () => budget.check() });
  }

  #heldOf(text: string, spans: Spans, budget: Budget): readonly Held[] {
    const held = spans.list.filter(({ begin, from, to }) => !this.#isOrdinary(text, begin, from, to, budget));
    return held.length === 0 ? NOTHING : held;
  }

  #isOrdinary(text: string, begin: number, from: number, to: number, budget: Budget): boolean {
    const { ordinary } = this.#detector;
    if (staysAllowed(this.#detector, text, [from, to], [begin, to], budget)) return true;
    return ordinary.length > 0 && ordinary.some((pattern) => pattern.test(text.slice(begin, to)));
  }
}

const NOTHING: readonly Held[] = [];
const NONE: Announcement = { within: Number.POSITIVE_INFINITY, isLate: false };

function same(begin: number): number {
  return begin;
}

/** Of the places where matches may begin those that are followed by one of `places` within so many units. */
function before(places: readonly Place[], reach: number, beginAfter: (at: number) => number): (at: number) => number {
  const ends = places.map(({ at }) => at).sort((a, b) => a - b);
  const last = ends.at(-1) ?? -1;
  return (at) => {
    for (let begin = beginAfter(at); begin <= last; ) {
      const least = ends.find((end) => end >= begin)! - reach;
      if (begin >= least) return begin;
      begin = beginAfter(least);
    }
    return NEVER;
  };
}

interface Span extends Held {
  readonly begin: number;
}

/** Spans as they grow from left to right: one that began at a place where it is held goes on for as long as it lives. */
class Spans {
  readonly #byFrom = new Map<number, Span>();
  readonly #growing = new Set<number>();

  get list(): readonly Span[] {
    return [...this.#byFrom.values()];
  }

  add(viable: Viable, untilMs: number, goesOn = true): void {
    const { begin, from, to } = viable;
    if (goesOn) this.#growing.add(from);
    const last = this.#byFrom.get(from);
    this.#byFrom.set(from, {
      begin: Math.min(begin, last?.begin ?? begin),
      from,
      to: Math.max(to, last?.to ?? to),
      untilMs: Math.max(untilMs, last?.untilMs ?? untilMs),
    });
  }

  /** A prefix that is not held at this place itself, but was before, when it was shorter. */
  goOn(viable: Viable): void {
    if (this.#growing.has(viable.from)) this.add(viable, this.#byFrom.get(viable.from)!.untilMs);
  }
}
