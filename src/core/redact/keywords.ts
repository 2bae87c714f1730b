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

  /** Where the last keyword begins; -1 without any. */
  get last(): number {
    return this.#begins.at(-1) ?? -1;
  }

  /** The end of the first keyword that is whole at or after `begin`; {@link NEVER} without any. */
  endAfter(begin: number): number {
    const at = this.#begins.findIndex((place) => place >= begin);
    return at < 0 ? NEVER : this.#ends[at]!;
  }
}

function placesOf(text: string, keyword: string): [number, number][] {
  const places: [number, number][] = [];
  for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1)) {
    places.push([at, at + keyword.length]);
  }
  return places;
}

/** What is looked at in a program before it is taken for granted that the secret begins late enough. */
const MAX_LOOKS = 5000;
/** Characters that stand for those of no keyword. */
const NEUTRAL = [...'5qzQ~_ '].map((char) => char.charCodeAt(0));

/**
 * True when one of the groups can open, and hold a character that no keyword begins with, before a keyword was whole:
 * then the secret, or a part of it, stands before the keyword, and the keyword comes too late to tell of it.
 */
export function secretPrecedesKeyword(
  program: Program,
  groups: readonly number[],
  keywords: readonly string[],
): boolean {
  const words = keywords.map((word) => word.toLowerCase());
  const codes = probes(words);
  const seen = new Set<string>();
  const stack: (readonly [pc: number, progress: string, inside: boolean])[] = [[program.start, '', false]];
  for (let looks = 0; stack.length > 0 && looks < MAX_LOOKS; looks++) {
    const [pc, progress, inside] = stack.pop()!;
    const key = `${pc} ${inside} ${progress}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const inst = program.inst[pc]!;
    if (inst.op === MATCH || inst.op === FAIL) continue;
    if (!reads(inst)) {
      const opens = inst.op === CAPTURE && inst.arg % 2 === 0 && groups.includes(inst.arg / 2);
      const closes = inst.op === CAPTURE && inst.arg % 2 === 1 && groups.includes((inst.arg - 1) / 2);
      stack.push([inst.out, progress, (inside || opens) && !closes]);
      if (inst.op === ALT || inst.op === ALT_MATCH) stack.push([inst.arg, progress, inside]);
      continue;
    }
    for (const next of progresses(inst, codes, progress, words)) {
      if (inside && next === '') return true;
      stack.push([inst.out, next, inside]);
    }
  }
  return false;
}

/** How far keywords can have come after `inst` has read a character; those that are whole then are left out. */
function progresses(
  inst: Instruction,
  codes: readonly number[],
  progress: string,
  words: readonly string[],
): Set<string> {
  const out = new Set<string>();
  const readable = inst.runes.length === 1 ? [inst.runes[0]!] : codes.filter((code) => accepts(inst, code));
  // What it reads is none of the probes: no keyword has it either.
  for (const code of readable.length > 0 ? readable : [0]) {
    const read = progress + String.fromCodePoint(code).toLowerCase();
    if (words.some((word) => read.endsWith(word))) continue;
    let from = 0;
    while (from < read.length && !words.some((word) => word.startsWith(read.slice(from)))) from++;
    out.add(read.slice(from));
  }
  return out;
}

function probes(words: readonly string[]): readonly number[] {
  const chars = new Set([...words.join(''), ...words.join('').toUpperCase()].map((char) => char.codePointAt(0)!));
  const begins = new Set(words.map((word) => word.codePointAt(0)!));
  return [...NEUTRAL.filter((code) => !begins.has(code)), ...chars];
}
