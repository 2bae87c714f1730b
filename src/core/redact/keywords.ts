/**
 * Where the keywords of a rule stand in a text. A keyword is in the rule's own source, so it and what stands before it
 * in a match are public; and whether a rule's secret may begin before its keyword. Knows nothing of screens.
 */
import { ALT, ALT_MATCH, accepts, CAPTURE, FAIL, type Instruction, MATCH, type Program, reads } from './program.js';

/** Further than any text: no keyword follows. */
export const NEVER = 0x7fffffff;

/** The places of a rule's keywords in one text. */
export class Keywords {
  /** Where keywords begin, ascending, and the least end of those that begin there or later. */
  readonly #begins: readonly number[];
  readonly #ends: readonly number[];

  constructor(text: string, keywords: readonly string[], caseSensitive: boolean) {
    const fold = caseSensitive ? undefined : text.toLowerCase();
    // Lower case is longer for a few letters; places would then be wrong, and such text is no keyword's.
    const within = fold === undefined || fold.length !== text.length ? text : fold;
    const places = keywords
      .flatMap((keyword) => placesOf(within, caseSensitive ? keyword : keyword.toLowerCase()))
      .sort((a, b) => a[0] - b[0]);
    const ends = new Array<number>(places.length);
    for (let i = places.length - 1, least = NEVER; i >= 0; i--) {
      least = Math.min(least, places[i]![1]);
      ends[i] = least;
    }
    this.#begins = places.map(([begin]) => begin);
    this.#ends = ends;
  }

  /** True when there are none. */
  get isEmpty(): boolean {
    return this.#begins.length === 0;
  }

  /** The end of the first keyword that is whole at or after `begin`; {@link NEVER} without any. */
  endAfter(begin: number): number {
    let low = 0;
    // Asked for each character of a screen.
    for (let high = this.#begins.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#begins[middle]! < begin) low = middle + 1;
      else high = middle;
    }
    return this.#ends[low] ?? NEVER;
  }

  /** The first place from `at` on, at which a match may begin that has a keyword `within` so many characters. */
  beginAfter(at: number, within: number): number {
    const end = this.endAfter(at);
    // A character may have two units.
    return end === NEVER ? NEVER : Math.max(at, end - within * 2);
  }
}

function placesOf(text: string, keyword: string): [number, number][] {
  const places: [number, number][] = [];
  for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1)) {
    places.push([at, at + keyword.length]);
  }
  return places;
}

/** How a pattern and its keywords stand to each other. */
export interface Announcement {
  /** Every match has had a whole keyword after so many characters; Infinity when it may have none, or much later. */
  readonly within: number;
  /**
   * One of the groups can open, and hold a character that no keyword begins with, before a keyword was whole: the
   * keyword comes too late to tell of all of the secret.
   */
  readonly isLate: boolean;
}

/** Steps that are looked at before a pattern counts as one without a bound: a millisecond of work. */
const MAX_STEPS = 500;
/** Characters that stand for those of no keyword. */
const NEUTRAL = [...'5qzQ~_ '].map((char) => char.charCodeAt(0));

/** Follows all matches, character by character, for as long as they have had no keyword. */
export function announcementOf(program: Program, groups: readonly number[], keywords: readonly string[]): Announcement {
  const matches = new Unannounced(program, groups, keywords);
  let states = matches.start();
  for (let read = 1, steps = 0, before = ''; steps < MAX_STEPS; read++) {
    // The same as one character before: so it goes on. Or one is over, and had none.
    const now = states.join();
    if (now === before || states.some((state) => matches.isWhole(state))) break;
    before = now;
    steps += states.length;
    states = matches.read(states);
    if (states.length === 0) return { within: read, isLate: matches.isLate };
  }
  return { within: Number.POSITIVE_INFINITY, isLate: matches.isLate };
}

/** Room for the beginnings of keywords in a state, twice: 32,768 are more than a rule has. */
const STATES = 0x10000;

/**
 * The matches of a pattern that have had no keyword yet. A state is an instruction, whether a group is open, and which
 * beginning of a keyword was just read, in one number.
 */
class Unannounced {
  readonly #program: Program;
  readonly #groups: readonly number[];
  readonly #words: readonly string[];
  readonly #codes: readonly number[];
  /** Beginnings of keywords, by number. */
  readonly #beginnings: string[] = [''];
  readonly #after = new Map<Instruction, Map<number, readonly number[]>>();
  /** See {@link Announcement.isLate}, of what was read so far. */
  isLate = false;

  constructor(program: Program, groups: readonly number[], keywords: readonly string[]) {
    this.#program = program;
    this.#groups = groups;
    this.#words = keywords.map((word) => word.toLowerCase());
    this.#codes = probes(this.#words);
  }

  start(): readonly number[] {
    return this.#settle([stateOf(this.#program.start, false, 0)]);
  }

  isWhole(state: number): boolean {
    return this.#at(state).op === MATCH;
  }

  /** Where they are one character later. */
  read(states: readonly number[]): readonly number[] {
    const next: number[] = [];
    for (const state of states) {
      const inst = this.#at(state);
      const inside = isInside(state);
      for (const beginning of this.#progress(inst, beginningOf(state))) {
        this.isLate ||= inside && beginning === 0;
        next.push(stateOf(inst.out, inside, beginning));
      }
    }
    return this.#settle(next);
  }

  #at(state: number): Instruction {
    return this.#program.inst[Math.floor(state / STATES)]!;
  }

  /** The states at instructions that read, or that end a match, to which these lead without reading. */
  #settle(states: readonly number[]): readonly number[] {
    const settled: number[] = [];
    const seen = new Set<number>();
    const stack = [...states];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      if (seen.has(state)) continue;
      seen.add(state);
      const inst = this.#at(state);
      if (reads(inst) || inst.op === MATCH) settled.push(state);
      if (reads(inst) || inst.op === MATCH || inst.op === FAIL) continue;
      const isGroup = inst.op === CAPTURE && this.#groups.includes(inst.arg >> 1);
      const beginning = beginningOf(state);
      stack.push(stateOf(inst.out, isGroup ? inst.arg % 2 === 0 : isInside(state), beginning));
      if (inst.op === ALT || inst.op === ALT_MATCH) stack.push(stateOf(inst.arg, isInside(state), beginning));
    }
    return settled.sort((a, b) => a - b);
  }

  /** How far keywords can have come after `inst` has read a character; those that are whole then are left out. */
  #progress(inst: Instruction, beginning: number): readonly number[] {
    const known = this.#after.get(inst) ?? new Map<number, readonly number[]>();
    this.#after.set(inst, known);
    let after = known.get(beginning);
    if (after === undefined) {
      const readable = inst.runes.length === 1 ? [inst.runes[0]!] : this.#codes.filter((code) => accepts(inst, code));
      // What it reads is none of the probes: no keyword has it either.
      const reached = (readable.length > 0 ? readable : [0]).map((code) => this.#reach(beginning, code));
      after = [...new Set(reached)].filter((one) => one >= 0);
      known.set(beginning, after);
    }
    return after;
  }

  /** The longest beginning of a keyword that is read last; -1 when a keyword is whole. */
  #reach(beginning: number, code: number): number {
    let read = this.#beginnings[beginning]! + String.fromCodePoint(code).toLowerCase();
    if (this.#words.some((word) => read.endsWith(word))) return -1;
    while (read !== '' && !this.#words.some((word) => word.startsWith(read))) read = read.slice(1);
    const known = this.#beginnings.indexOf(read);
    return known >= 0 ? known : this.#beginnings.push(read) - 1;
  }
}

function stateOf(pc: number, inside: boolean, beginning: number): number {
  return pc * STATES + beginning * 2 + (inside ? 1 : 0);
}

function isInside(state: number): boolean {
  return state % 2 === 1;
}

function beginningOf(state: number): number {
  return Math.floor((state % STATES) / 2);
}

function probes(words: readonly string[]): readonly number[] {
  const chars = new Set([...words.join(''), ...words.join('').toUpperCase()].map((char) => char.codePointAt(0)!));
  const begins = new Set(words.map((word) => word.codePointAt(0)!));
  return [...NEUTRAL.filter((code) => !begins.has(code)), ...chars];
}
