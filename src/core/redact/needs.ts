/**
 * What every secret of a rule needs of the text it stands in: so many characters, so many of one kind in a row, one of
 * the signs without which its pattern does not match, and a character that none of its allowlists knows. A text without
 * them is not worth a search, which costs a hundred times more. Only ever says no when a search would find nothing.
 */
import {
  ALT,
  ALT_MATCH,
  accepts,
  FAIL,
  type Instruction,
  MATCH,
  onlyKind,
  type Program,
  programOf,
  reads,
} from './program.js';
import type { Detector } from './rule.js';

/** Kinds are told apart in ASCII; every other character is taken for one of each kind. */
const ASCII = 128;
/** Shorter rows of one kind stand in every text. */
const MIN_RUN = 8;
/** The bit of a kind of which so many characters are needed in a row; those above it are of kinds of which one is. */
const RUN = 1;
/** More kinds than fit into a byte beside it are not asked for: each of them says less than the one before. */
const MAX_KINDS = 7;
/** So many kinds of instruction are tried to be left out of the needed signs: each try goes through the whole program. */
const MAX_TRIES = 8;
/** Larger programs are not asked for signs: twice as many instructions take 25 ms, while a screen waits. */
const MAX_INSTRUCTIONS = 3000;

/** True of the code points of one kind, those of ASCII. */
type Kind = (code: number) => boolean;

export class Needs {
  /** Characters of the shortest match. */
  readonly length: number;
  /** Characters of one kind that stand in a row in every match; 0: none that are worth a look. */
  readonly run: number;
  /** By character of ASCII: which of the kinds it is of, a bit each. */
  readonly #kinds: Uint8Array;
  /** The bits of the kinds of which one character is needed. */
  readonly #wanted: number;

  /**
   * @param strangers for each allowlist that knows all texts of some kinds of character: what is of no such kind
   * @param isOften false for what is seldom asked, as a keyword is looked for before: no run is looked for then, which
   * takes as long as the square of the program
   */
  constructor(program: Program, strangers: readonly Kind[] = [], isOften = true) {
    this.length = shortest(program, none);
    const { first, count } = isOften ? longestRun(program) : NO_RUN;
    this.run = count;
    const signs = signsOf(program);
    const wanted = [...(signs === undefined ? [] : [signs]), ...strangers].slice(0, MAX_KINDS);
    const kinds: readonly Kind[] = [(code) => first !== undefined && accepts(first, code), ...wanted];
    this.#kinds = Uint8Array.from({ length: ASCII }, (_, code) =>
      kinds.reduce((bits, kind, i) => (kind(code) ? bits | (1 << i) : bits), 0),
    );
    this.#wanted = wanted.reduce((bits, _, i) => bits | (1 << (i + 1)), 0);
  }

  /** False when no secret of the rule can stand anywhere in `text`. */
  areIn(text: string): boolean {
    if (text.length < this.length) return false;
    const wanted = this.#wanted;
    if (wanted === 0 && this.run === 0) return true;
    let seen = 0;
    let longest = 0;
    for (let at = 0, run = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const bits = code < ASCII ? this.#kinds[code]! : ALL;
      seen |= bits;
      run = (bits & RUN) === 0 ? 0 : run + 1;
      if (run > longest) longest = run;
      if (longest >= this.run && (seen & wanted) === wanted) return true;
    }
    return false;
  }
}

/** Of every kind. */
const ALL = 0xff;
const NO_RUN = { first: undefined, count: 0 };

const known = new WeakMap<Detector, Needs>();

/** What the secrets of a rule need. Remembered by the rule: to find out takes as long as some searches. */
export function needsOf(detector: Detector): Needs {
  let needs = known.get(detector);
  if (needs === undefined) {
    const isOften = (detector.rule.keywords ?? []).length === 0;
    needs = new Needs(programOf(detector.pattern), strangersTo(detector), isOften);
    known.set(detector, needs);
  }
  return needs;
}

/**
 * The characters that are of no kind of which an allowlist knows every text (`^[^0-9]*$`: digits). What an allowlist
 * looks at is a part of the text: without one of them every match in it is allowed. No secret and no match is empty,
 * but a line is when all that matched was the end of the one before.
 */
function strangersTo({ allowances }: Detector): readonly Kind[] {
  return allowances
    .filter(({ all }) => !all)
    .flatMap(({ target, patterns }) => patterns.map((pattern) => onlyKind(programOf(pattern), target === 'line')))
    .filter((only) => only !== undefined)
    .map((only) => (code) => !accepts(only, code));
}

const none = (): boolean => false;

/** The fewest characters from the start to a match, breadth first; empty widths cost nothing. */
function shortest(program: Program, isClosed: (pc: number) => boolean): number {
  const seen = new Uint8Array(program.inst.length);
  let now = [program.start];
  for (let length = 0; now.length > 0; length++) {
    const next: number[] = [];
    for (let pc = now.pop(); pc !== undefined; pc = now.pop()) {
      if (seen[pc] === 1 || isClosed(pc)) continue;
      seen[pc] = 1;
      const inst = program.inst[pc]!;
      if (inst.op === MATCH) return length;
      if (inst.op === FAIL) continue;
      (reads(inst) ? next : now).push(inst.out);
      if (inst.op === ALT || inst.op === ALT_MATCH) now.push(inst.arg);
    }
    now = next;
  }
  return Number.POSITIVE_INFINITY;
}

/** The longest row of instructions that read the same, one after the other, round which no match comes. */
function longestRun(program: Program): { readonly first: Instruction | undefined; readonly count: number } {
  const { inst } = program;
  const runs = inst.flatMap((one, pc) => (reads(one) ? [{ pc, count: runFrom(inst, pc) }] : []));
  // A row is seen from each of its instructions: the first of it is the longest.
  const longest = runs.filter(({ count }) => count >= MIN_RUN).sort((a, b) => b.count - a.count);
  const needed = longest.find(({ pc }) => !Number.isFinite(shortest(program, (at) => at === pc)));
  return needed === undefined ? { first: undefined, count: 0 } : { first: inst[needed.pc], count: needed.count };
}

function runFrom(inst: readonly Instruction[], from: number): number {
  const key = keyOf(inst[from]!);
  let count = 0;
  for (let pc = from; reads(inst[pc]!) && keyOf(inst[pc]!) === key; pc = inst[pc]!.out) {
    count++;
    if (count > inst.length) break;
  }
  return count;
}

function keyOf({ op, arg, runes }: Instruction): string {
  return `${op} ${arg} ${runes.join()}`;
}

/**
 * The signs of which every match reads one: without the instructions that read nothing but them there is no way to a
 * match. As few as can be found by leaving out one kind of instruction after the other.
 */
function signsOf(program: Program): Kind | undefined {
  if (program.inst.length > MAX_INSTRUCTIONS) return undefined;
  const closed = new Map<number, string>();
  program.inst.forEach((inst, pc) => {
    if (readsSigns(inst)) closed.set(pc, keyOf(inst));
  });
  const isCut = (): boolean => !Number.isFinite(shortest(program, (pc) => closed.has(pc)));
  if (closed.size === 0 || !isCut()) return undefined;
  for (const key of [...new Set(closed.values())].slice(0, MAX_TRIES)) {
    const some = [...closed].filter(([, one]) => one === key);
    for (const [pc] of some) closed.delete(pc);
    if (!isCut()) for (const [pc] of some) closed.set(pc, key);
  }
  const readers = [...closed.keys()].map((pc) => program.inst[pc]!);
  return (code) => readers.some((inst) => accepts(inst, code));
}

/** True for an instruction that reads signs of ASCII only: letters, digits and blanks stand in every text. */
function readsSigns(inst: Instruction): boolean {
  const { runes } = inst;
  if (!reads(inst) || runes.length === 0 || runes.some((code) => code >= ASCII)) return false;
  return runes.length === 1 ? !isOrdinary(runes[0]!) : !ORDINARY.some((code) => accepts(inst, code));
}

function isOrdinary(code: number): boolean {
  return code <= 0x20 || /[0-9A-Za-z]/.test(String.fromCharCode(code));
}

const ORDINARY = Array.from({ length: ASCII }, (_, code) => code).filter(isOrdinary);
