/**
 * What every match of a pattern needs, read off its program: so many characters, and so many of one kind in a row. A
 * text without them is not worth a search, which costs a hundred times more. Knows nothing of rules.
 */
import { ALT, ALT_MATCH, accepts, FAIL, type Instruction, MATCH, type Program, reads } from './program.js';

/** Kinds are told apart in ASCII; every other character is taken for one of the kind. */
const ASCII = 128;
/** Shorter rows of one kind stand in every text. */
const MIN_RUN = 8;

export class Needs {
  /** Characters of the shortest match. */
  readonly length: number;
  /** Characters of one kind that stand in a row in every match; 0: none that are worth a look. */
  readonly run: number;
  readonly #kind: Uint8Array;

  constructor(program: Program) {
    this.length = shortest(program);
    const { first, count } = longestRun(program);
    this.run = count;
    this.#kind = Uint8Array.from({ length: ASCII }, (_, code) => (first !== undefined && accepts(first, code) ? 1 : 0));
  }

  /** False when the pattern cannot match anywhere in `text`. */
  areIn(text: string): boolean {
    if (text.length < this.length) return false;
    if (this.run === 0) return true;
    for (let at = 0, run = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      run = code >= ASCII || this.#kind[code] === 1 ? run + 1 : 0;
      if (run >= this.run) return true;
    }
    return false;
  }
}

/** The fewest characters from the start to a match, breadth first; empty widths cost nothing. */
function shortest(program: Program, without = -1): number {
  const seen = new Set<number>();
  let now = [program.start];
  for (let length = 0; now.length > 0; length++) {
    const next: number[] = [];
    for (let pc = now.pop(); pc !== undefined; pc = now.pop()) {
      if (seen.has(pc) || pc === without) continue;
      seen.add(pc);
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
function longestRun({ inst, start }: Program): { readonly first: Instruction | undefined; readonly count: number } {
  const runs = inst.flatMap((one, pc) => (reads(one) ? [{ pc, count: runFrom(inst, pc) }] : []));
  // A row is seen from each of its instructions: the first of it is the longest.
  const longest = runs.filter(({ count }) => count >= MIN_RUN).sort((a, b) => b.count - a.count);
  const needed = longest.find(({ pc }) => !Number.isFinite(shortest({ inst, start }, pc)));
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
