/**
 * What a rule is: plain data in gitleaks' shape, which survives a structured clone, and what it becomes once compiled.
 * Knows nothing of files, screens or cells. Patterns run on RE2 (linear time, no backtracking), never on the native
 * engine, since a rule may come from anywhere.
 */
import { RE2JS } from 're2js';
import { LecternError } from '../errors.js';
import { crossesLines, matchesEmpty, programOf } from './program.js';

/** What an allowlist looks at: the secret part, the whole match, or the line it stands in. */
export type AllowTarget = 'secret' | 'match' | 'line';

/** Matches that are known not to be secrets, as in gitleaks. `paths` and `commits` mean nothing on a screen. */
export interface Allowlist {
  /** Default `secret`. */
  readonly regexTarget?: AllowTarget;
  /** With `AND` every pattern list given must agree; default `OR`. */
  readonly condition?: 'OR' | 'AND';
  readonly regexes?: readonly string[];
  /** Texts that a secret never contains, compared without case. */
  readonly stopwords?: readonly string[];
}

/** One kind of secret. Plain data: compile it with {@link compile} where it is used. */
export interface Rule {
  readonly id: string;
  readonly description?: string;
  /** RE2 syntax (https://github.com/google/re2/wiki/Syntax): no lookaround, no back-references. */
  readonly regex: string;
  /** The group that is the secret. Without it: the first unnamed group that took part, else the whole match. */
  readonly secretGroup?: number;
  /** One of these must stand in the text, else the pattern is not tried. Without any it is always tried. */
  readonly keywords?: readonly string[];
  /** Keywords are compared with case. Default false, as in gitleaks. */
  readonly caseSensitive?: boolean;
  /** Shannon entropy, bits a character, that the secret must exceed. 0 is off. */
  readonly entropy?: number;
  readonly allowlists?: readonly Allowlist[];
  /** Matches count only when as many rows in a row have one at the same column. Default 1. */
  readonly minRows?: number;
  /** Where the rule comes from: `built-in`, or the file. */
  readonly origin?: string;

  // For masking what is only half there.

  /**
   * `always`: the prefix of a match is masked past the keyword wherever it ends; `open`: only where more can be
   * written; `off`: whole matches only, for patterns that could go on over the whole screen. Default `always`.
   */
  readonly hold?: 'always' | 'open' | 'off';
  /**
   * From how many characters on a prefix is held that no keyword announces. Default 6. With keywords: prefixes that
   * end before the keyword are held too, as if there were none.
   */
  readonly holdMin?: number;
  /** Milliseconds for which the end of a run that just changed counts as a place where more can be written. Default 1000. */
  readonly settleMs?: number;
  /** Patterns of prefixes that are ordinary text so far, and are not held. For the rule's author to weigh: they show. */
  readonly ordinary?: readonly string[];
  /** What is remembered of a secret once it was seen whole. */
  readonly learn?: 'fragments' | 'exact' | 'random' | 'off';
}

/** A compiled {@link Allowlist}. */
export interface Allowance {
  readonly target: AllowTarget;
  readonly all: boolean;
  readonly patterns: readonly RE2JS[];
  readonly stopwords: readonly string[];
}

/** A compiled {@link Rule}. */
export interface Detector {
  readonly id: string;
  readonly rule: Rule;
  readonly pattern: RE2JS;
  /** The groups that may be the secret, in order; empty when it is the whole match. */
  readonly groups: readonly number[];
  /** True when a match can go on after a line's end. */
  readonly crossesLines: boolean;
  readonly minRows: number;
  readonly allowances: readonly Allowance[];
  /** {@link Rule.ordinary}. */
  readonly ordinary: readonly RE2JS[];
}

/** Something wrong with a rule. `field` is its key in a file, `index` the element when that is a list. */
export interface RuleFault {
  readonly field: 'id' | 'regex' | 'secretGroup' | 'keywords' | 'allowlists' | 'ordinary';
  readonly what: string;
}

/** Compiling costs up to a millisecond, and the same rules are used again when others beside them change. */
const compiled = new WeakMap<Rule, Detector>();

/**
 * Compiles a rule. Remembered by the object, which is never changed.
 * @throws {LecternError} CONFIG when {@link faultOf} finds a fault.
 */
export function compile(rule: Rule): Detector {
  const before = compiled.get(rule);
  if (before !== undefined) return before;
  const made = tryCompile(rule);
  if ('what' in made) throw new LecternError('CONFIG', `rule "${rule.id}": ${made.what}`);
  compiled.set(rule, made);
  return made;
}

/** The first fault of a rule; undefined when it compiles. */
export function faultOf(rule: Rule): RuleFault | undefined {
  const made = tryCompile(rule);
  return 'what' in made ? made : undefined;
}

function tryCompile(rule: Rule): Detector | RuleFault {
  if (rule.id === '') return { field: 'id', what: 'the id is empty: give the rule a name' };
  const pattern = tryPattern(rule.regex);
  if (typeof pattern === 'string') return { field: 'regex', what: pattern };
  const program = programOf(pattern);
  if (matchesEmpty(program)) {
    return {
      field: 'regex',
      what: 'the regex matches the empty string, so it says nothing: make some part of it required',
    };
  }
  const groups = secretGroups(rule, pattern);
  if (groups === undefined) {
    const has = pattern.groupCount();
    return {
      field: 'secretGroup',
      what: `secretGroup is ${rule.secretGroup}, but the regex has ${has} groups: use 0 to ${has}`,
    };
  }
  if (rule.keywords?.includes('')) return { field: 'keywords', what: 'a keyword is empty: remove it' };
  const allowances = tryAllowances(rule.allowlists ?? []);
  if (typeof allowances === 'string') return { field: 'allowlists', what: allowances };
  const ordinary = tryPatterns(rule.ordinary ?? []);
  if (typeof ordinary === 'string') return { field: 'ordinary', what: ordinary };
  const minRows = rule.minRows ?? 1;
  return { id: rule.id, rule, pattern, groups, crossesLines: crossesLines(program), minRows, allowances, ordinary };
}

/** A compiled pattern, or what is wrong with it. */
function tryPattern(source: string): RE2JS | string {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not a pattern';
    return `the regex does not compile: ${why} (RE2 syntax, without lookaround and back-references)`;
  }
}

function tryPatterns(sources: readonly string[]): readonly RE2JS[] | string {
  const patterns: RE2JS[] = [];
  for (const source of sources) {
    const pattern = tryPattern(source);
    if (typeof pattern === 'string') return pattern;
    patterns.push(pattern);
  }
  return patterns;
}

/**
 * Named groups are labels of alternatives (gitleaks' `jwt-base64` has 34), not secrets: taking one of them for the
 * secret, as gitleaks does, would leave most of the match in the open.
 */
function secretGroups(rule: Rule, pattern: RE2JS): readonly number[] | undefined {
  const count = pattern.groupCount();
  const wanted = rule.secretGroup;
  if (wanted !== undefined && wanted !== 0) return wanted > 0 && wanted <= count ? [wanted] : undefined;
  const named = new Set(Object.values(pattern.namedGroups()));
  return Array.from({ length: count }, (_, i) => i + 1).filter((group) => !named.has(group));
}

function tryAllowances(lists: readonly Allowlist[]): readonly Allowance[] | string {
  const out: Allowance[] = [];
  for (const list of lists) {
    const allowance = allowanceOf(list);
    if (typeof allowance === 'string') return `allowlist: ${allowance}`;
    out.push(allowance);
  }
  return out;
}

/** A file's own allowlist is shared by all its rules (gitleaks: 221), so it is compiled once. */
const allowanceOfList = new WeakMap<Allowlist, Allowance>();

function allowanceOf(list: Allowlist): Allowance | string {
  const before = allowanceOfList.get(list);
  if (before !== undefined) return before;
  const patterns = tryPatterns(list.regexes ?? []);
  if (typeof patterns === 'string') return patterns;
  const stopwords = (list.stopwords ?? []).map((word) => word.toLowerCase());
  const allowance: Allowance = {
    target: list.regexTarget ?? 'secret',
    all: list.condition === 'AND',
    patterns,
    stopwords,
  };
  allowanceOfList.set(list, allowance);
  return allowance;
}
