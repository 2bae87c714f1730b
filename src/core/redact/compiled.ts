/**
 * A list of rules, compiled: which are worth trying on a text, and what each of them holds. Remembered by the list, so
 * that a second redactor of the same rules costs nothing.
 */
import { Hold } from './hold.js';
import { Prefilter } from './prefilter.js';
import { checkPrefixes } from './prefix-check.js';
import { compile, type Detector, type Rule } from './rule.js';

const known = new WeakMap<readonly Rule[], CompiledRules>();

export class CompiledRules {
  readonly #prefilters: { readonly row: Prefilter; readonly join: Prefilter; readonly block: Prefilter };
  readonly #holds: ReadonlyMap<Detector, Hold>;
  /** True when one of them can match over a line's end. */
  readonly crossesLines: boolean;
  /** Those that hold what no keyword announces. */
  readonly blind: readonly Detector[];
  /** For how long a place that changed must be known, in ms. */
  readonly settleMs: number;

  private constructor(rules: readonly Rule[]) {
    const detectors = rules.map(compile);
    if (rules.length > 0) checkPrefixes();
    const crossing = detectors.filter((detector) => detector.crossesLines);
    this.crossesLines = crossing.length > 0;
    this.#prefilters = {
      row: new Prefilter(detectors),
      join: new Prefilter(detectors.filter(({ minRows }) => minRows === 1)),
      block: new Prefilter(crossing),
    };
    this.#holds = new Map(detectors.map((detector) => [detector, holdOf(detector)]));
    this.blind = detectors.filter((detector) => this.holdOf(detector).isBlind);
    this.settleMs = Math.max(0, ...[...this.#holds.values()].map(({ settleMs }) => settleMs));
  }

  /** @throws {LecternError} CONFIG when a rule does not compile, FAILED when re2js is not as expected. */
  static of(rules: readonly Rule[]): CompiledRules {
    let compiled = known.get(rules);
    if (compiled === undefined) {
      compiled = new CompiledRules(rules);
      known.set(rules, compiled);
    }
    return compiled;
  }

  /** The rules to try on a text. */
  candidates(text: string, scope: 'row' | 'join' | 'block'): readonly Detector[] {
    return this.#prefilters[scope].candidates(text);
  }

  /** The first place at or after `from` that makes a rule worth trying, or -1. */
  nextPlace(text: string, from: number, scope: 'row' | 'join' | 'block'): number {
    return this.#prefilters[scope].next(text, from);
  }

  holdOf(detector: Detector): Hold {
    return this.#holds.get(detector)!;
  }
}

const holds = new WeakMap<Detector, Hold>();

function holdOf(detector: Detector): Hold {
  const hold = holds.get(detector) ?? new Hold(detector);
  holds.set(detector, hold);
  return hold;
}
