/**
 * Facts about a pattern, read off the program that re2js compiles it to (the Thompson program of Go's regexp/syntax).
 * Nothing here knows of rules.
 */
import type { RE2JS } from 're2js';

/** Operation codes of re2js 2.10's `Inst` that matter here. All others pass on to `out` without reading. */
export const ALT = 1;
export const ALT_MATCH = 2;
export const CAPTURE = 3;
export const EMPTY_WIDTH = 4;
export const FAIL = 5;
export const MATCH = 6;
const RUNE = 8;
const RUNE_ANY = 10;
const RUNE_ANY_NOT_NL = 11;

const NEWLINE = 10;
const BLANK = 32;

export interface Instruction {
  readonly op: number;
  readonly out: number;
  /** The other way of an alternative, the slot of a capture, the conditions of an empty width. */
  readonly arg: number;
  /** One code point, or pairs of first and last. */
  readonly runes: Int32Array;
  /** For instructions that read one of {@link runes}: whether it reads this code point, in any case if it folds case. */
  matchRune(code: number): boolean;
}

/** A compiled pattern's instructions. */
export interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

export function programOf(pattern: RE2JS): Program {
  // re2js types the program as `any`; its shape is the one above (prefix-check.ts looks at start).
  return pattern.re2().prog as Program;
}

/** True for an instruction that reads a character. */
export function reads(inst: Instruction): boolean {
  return inst.op >= RUNE && inst.op <= RUNE_ANY_NOT_NL;
}

/** All instructions that can be reached from `from` without reading a character; anchors count as passable. */
function reach(program: Program, from: number, seen: Set<number> = new Set()): Set<number> {
  const stack = [from];
  while (stack.length > 0) {
    const pc = stack.pop()!;
    if (seen.has(pc)) continue;
    seen.add(pc);
    const inst = program.inst[pc]!;
    if (reads(inst) || inst.op === MATCH || inst.op === FAIL) continue;
    stack.push(inst.out);
    if (inst.op === ALT || inst.op === ALT_MATCH) stack.push(inst.arg);
  }
  return seen;
}

/** True when the pattern can match without reading anything, be it only at a word's or line's edge. */
export function matchesEmpty(program: Program): boolean {
  return [...reach(program, program.start)].some((pc) => program.inst[pc]!.op === MATCH);
}

/**
 * True when a match can have a line's end strictly inside: something is read before it and after it. A newline as
 * the first or last character of a match (`[\s;]` as a terminator) is no reason to look at more than one line.
 */
export function crossesLines(program: Program): boolean {
  // What can be read second or later, found breadth first; each instruction is entered once.
  const inside = new Set<number>();
  const open = [...reach(program, program.start)].filter((pc) => reads(program.inst[pc]!));
  const entered = new Set(open);
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    for (const next of reach(program, program.inst[pc]!.out)) {
      const inst = program.inst[next]!;
      if (!reads(inst)) continue;
      if (!inside.has(next) && accepts(inst, NEWLINE) && goesOn(program, inst)) return true;
      inside.add(next);
      if (entered.has(next)) continue;
      entered.add(next);
      open.push(next);
    }
  }
  return false;
}

function goesOn(program: Program, after: Instruction): boolean {
  return [...reach(program, after.out)].some((pc) => reads(program.inst[pc]!));
}

/** True when the instruction, one that reads, reads this code point. */
export function accepts(inst: Instruction, code: number): boolean {
  if (inst.op === RUNE_ANY) return true;
  if (inst.op === RUNE_ANY_NOT_NL) return code !== NEWLINE;
  return inst.matchRune(code);
}

/** True when the first `count` characters of a match may be any letters and digits: it begins like any word. */
export function beginsLikeAnyWord(program: Program, count: number): boolean {
  let states = reach(program, program.start);
  for (let i = 0; i < count; i++) {
    const readers = [...states].map((pc) => program.inst[pc]!).filter(reads);
    const anyWord = WORD_PROBES.every((code) => readers.some((inst) => accepts(inst, code)));
    if (!anyWord) return false;
    states = new Set();
    for (const inst of readers) reach(program, inst.out, states);
  }
  return true;
}

/** `f`, `q`, `5`: a letter that hex has, one that it has not, and a digit. */
const WORD_PROBES: readonly number[] = [0x66, 0x71, 0x35];

/** Conditions of an empty width that hold at the beginning and at the end of a text (re2js `Utils.EMPTY_*`). */
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WHOLE_TEXT = BEGIN_TEXT | END_TEXT;

/**
 * The one instruction that reads, of a pattern that matches every text which it reads from the first character to the
 * last, such as `^[^0-9]*$`; undefined for any other pattern.
 * @param orNothing whether the pattern must match the empty text too: `^[^0-9]+$` does not
 */
export function onlyKind(program: Program, orNothing: boolean): Instruction | undefined {
  const readers = program.inst.flatMap((inst, pc) => (reads(inst) ? [pc] : []));
  const [reader] = readers;
  if (readers.length !== 1 || reader === undefined) return undefined;
  const { out } = program.inst[reader]!;
  const begins = passable(program, program.start, BEGIN_TEXT).has(reader);
  const goesOn = passable(program, out, 0).has(reader);
  const isWhole = matchesAt(program, out, END_TEXT) && (!orNothing || matchesAt(program, program.start, WHOLE_TEXT));
  return begins && goesOn && isWhole ? program.inst[reader] : undefined;
}

function matchesAt(program: Program, pc: number, conditions: number): boolean {
  return [...passable(program, pc, conditions)].some((end) => program.inst[end]!.op === MATCH);
}

/** As {@link reach}, where no condition holds but those of `conditions`. */
function passable(program: Program, from: number, conditions: number): Set<number> {
  const stuck = program.inst.flatMap(({ op, arg }, pc) =>
    op === EMPTY_WIDTH && (arg & ~conditions) !== 0 ? [pc] : [],
  );
  const seen = new Set(stuck);
  reach(program, from, seen);
  for (const pc of stuck) seen.delete(pc);
  return seen;
}

/** Longest word that {@link sample} makes before it gives up. */
const SAMPLE_MAX = 5000;

/**
 * A word along a random path through the program. Anchors are not obeyed: check the word against the pattern.
 * @param random numbers in [0, 1)
 * @returns undefined when the path leads nowhere, or is longer than 5,000 characters.
 */
export function sample(program: Program, random: () => number): string | undefined {
  let word = '';
  let pc = program.start;
  for (let steps = 0; steps < SAMPLE_MAX * 4 && word.length < SAMPLE_MAX; steps++) {
    const inst = program.inst[pc]!;
    if (inst.op === MATCH) return word;
    if (inst.op === FAIL) return undefined;
    if (reads(inst)) word += String.fromCodePoint(pick(inst, random));
    pc = (inst.op === ALT || inst.op === ALT_MATCH) && random() < 0.5 ? inst.arg : inst.out;
  }
  return undefined;
}

/** A character that the instruction accepts, printable ASCII when there is one. */
function pick(inst: Instruction, random: () => number): number {
  if (inst.runes.length === 1) return inst.runes[0]!;
  const wanted: number[] = [];
  for (let code = 0x21; code < 0x7f; code++) if (accepts(inst, code)) wanted.push(code);
  if (wanted.length > 0) return wanted[Math.floor(random() * wanted.length)]!;
  if (accepts(inst, BLANK)) return BLANK;
  const pair = Math.floor((random() * inst.runes.length) / 2) * 2;
  const [first = NEWLINE, last = first] = inst.runes.subarray(pair, pair + 2);
  return first + Math.floor(random() * (last - first + 1));
}
