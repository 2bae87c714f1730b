/**
 * The viable-prefix automaton of a pattern: where in a text a match may have begun that could still become whole, and
 * where its secret group may first have opened. It walks re2js's own program, character by character, with all starts
 * at once: threads that stand at the same instruction are merged, and the one that began, or opened, first is kept.
 * Anchors, word boundaries and case are judged as re2js judges them. Knows nothing of rules and screens.
 */
import {
  ALT,
  ALT_MATCH,
  accepts,
  CAPTURE,
  EMPTY_WIDTH,
  FAIL,
  type Instruction,
  MATCH,
  type Program,
  reads,
} from './program.js';

/** What stands before the first and after the last character, as re2js has it. */
const NOTHING = -1;
/** Conditions of an EMPTY_WIDTH instruction, as bits (re2js `Utils.EMPTY_*`). */
const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const NEWLINE = 10;
/** Code points below this have a table of their own. */
const ASCII = 128;
/** Further than any text. */
const FAR = 0x7fffffff;
/** Characters between two looks at the clock. */
const CHECK_EVERY = 64;

/** Where a thread is in a match: before its secret, in it, or past it. */
const BEFORE = 0;
const INSIDE = 1;
const PAST = 2;
const PHASES = 3;

/** The prefixes of matches that end at one place, seen as one: those in their secret, or those past it. All are UTF-16 units of the text. */
export interface Viable {
  readonly at: number;
  /** Where the first of their matches begins. */
  readonly begin: number;
  /** `[from, to)` is what is secret of them. */
  readonly from: number;
  readonly to: number;
  /** True when one of them can neither go on with the next character nor is a whole match here. */
  readonly dies: boolean;
}

export interface Sweep {
  /** The first place from `at` on at which a match may begin that is looked for. Default: anywhere. */
  readonly beginAfter?: (at: number) => number;
  /** For a match that begins at `begin`: everything before this place is public. Default: all of it may be secret. */
  readonly publicUntil?: (begin: number) => number;
  /** Told for each place at which prefixes end, ascending. */
  readonly tell: (viable: Viable) => void;
  /** Called now and then: throws to end it. */
  readonly check?: () => void;
}

/** Threads at one place: a set of instruction and phase, with what is kept of each. */
class Threads {
  size = 0;
  readonly nodes: Int32Array;
  readonly begin: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #index: Int32Array;

  constructor(count: number) {
    this.nodes = new Int32Array(count);
    this.begin = new Int32Array(count);
    this.from = new Int32Array(count);
    this.to = new Int32Array(count);
    this.#index = new Int32Array(count);
  }

  /** Adds a thread, or merges it into the one that is there. True when that changed something. */
  add(node: number, begin: number, from: number, to: number): boolean {
    const at = this.#index[node]!;
    if (at < this.size && this.nodes[at] === node) return this.#merge(at, begin, from, to);
    const last = this.size++;
    this.#index[node] = last;
    this.nodes[last] = node;
    this.begin[last] = begin;
    this.from[last] = from;
    this.to[last] = to;
    return true;
  }

  #merge(at: number, begin: number, from: number, to: number): boolean {
    const news = begin < this.begin[at]! || from < this.from[at]! || to > this.to[at]!;
    if (begin < this.begin[at]!) this.begin[at] = begin;
    if (from < this.from[at]!) this.from[at] = from;
    if (to > this.to[at]!) this.to[at] = to;
    return news;
  }
}

export class PrefixAutomaton {
  readonly #inst: readonly Instruction[];
  readonly #start: number;
  /** By instruction that reads: which of ASCII it reads. */
  readonly #ascii: readonly (Uint8Array | undefined)[];
  /** By code point of ASCII: whether a match may begin with it. */
  readonly #first: Uint8Array;
  /** By instruction: whether a group of the secret can open from here on. */
  readonly #opensLater: Uint8Array;
  readonly #slots: ReadonlySet<number>;
  readonly #wholeElse: boolean;
  #now: Threads;
  #next: Threads;
  readonly #closure: Threads;

  /**
   * @param groups the groups that may be the secret; none: the whole match is.
   * @param wholeElse where none of the groups can take part any more, the whole match is the secret.
   */
  constructor(program: Program, groups: readonly number[], wholeElse: boolean) {
    const { inst, start } = program;
    this.#inst = inst;
    this.#start = start;
    this.#wholeElse = wholeElse || groups.length === 0;
    this.#slots = new Set(groups.flatMap((group) => [group * 2, group * 2 + 1]));
    const tables = new Map<string, Uint8Array>();
    this.#ascii = inst.map((one) => (reads(one) ? tableOf(one, tables) : undefined));
    this.#opensLater = leadsTo(inst, (one) => one.op === CAPTURE && this.#slots.has(one.arg) && one.arg % 2 === 0);
    const count = inst.length * PHASES;
    this.#now = new Threads(count);
    this.#next = new Threads(count);
    this.#closure = new Threads(count);
    this.#first = this.#firstOf();
  }

  /** Walks over `text` and tells of every place at which the prefix of a match ends. */
  sweep(text: string, { beginAfter = same, publicUntil = same, tell, check }: Sweep): void {
    this.#now.size = 0;
    let begin = beginAfter(0);
    let before = NOTHING;
    for (let at = 0, steps = 1; at <= text.length; steps++) {
      if (steps % CHECK_EVERY === 0) check?.();
      if (this.#now.size === 0 && begin > at) {
        if (begin >= text.length) return;
        at = begin;
        before = codeBefore(text, at);
      }
      const code = at < text.length ? text.codePointAt(at)! : NOTHING;
      const begins = at === begin && (code >= ASCII || (code >= 0 && this.#first[code] === 1));
      const next = at + (code > 0xffff ? 2 : 1);
      if (begin < next) begin = beginAfter(next);
      if (begins || this.#now.size > 0) {
        const kept = this.#step(at, before, code, begins, publicUntil);
        this.#tell(at, kept, tell);
        [this.#now, this.#next] = [this.#next, this.#now];
      }
      before = code;
      at = next;
    }
  }

  /**
   * Reads one character.
   * @returns the least `from` of the threads that go on, or that are whole here.
   */
  #step(at: number, before: number, code: number, begins: boolean, publicUntil: (begin: number) => number): number {
    const { nodes, begin, from, to } = this.#now;
    const held = conditions(before, code);
    this.#closure.size = 0;
    this.#next.size = 0;
    for (let i = 0; i < this.#now.size; i++) this.#enter(nodes[i]!, begin[i]!, from[i]!, to[i]!, at, held, publicUntil);
    if (begins) this.#enter(this.#start * PHASES, at, FAR, 0, at, held, publicUntil);
    return this.#read(code);
  }

  #read(code: number): number {
    const { nodes, begin, from, to } = this.#closure;
    let kept = FAR;
    for (let i = 0; i < this.#closure.size; i++) {
      const pc = Math.floor(nodes[i]! / PHASES);
      const inst = this.#inst[pc]!;
      if (inst.op === MATCH) kept = Math.min(kept, from[i]!);
      const table = this.#ascii[pc];
      if (table === undefined || code < 0) continue;
      if (code < ASCII ? table[code] === 0 : !accepts(inst, code)) continue;
      kept = Math.min(kept, from[i]!);
      this.#next.add(inst.out * PHASES + (nodes[i]! % PHASES), begin[i]!, from[i]!, to[i]!);
    }
    return kept;
  }

  /** Puts a thread, and all that it comes to without reading, into the closure. */
  #enter(
    node: number,
    begin: number,
    from: number,
    to: number,
    at: number,
    held: number,
    publicUntil: (begin: number) => number,
  ): void {
    let pc = Math.floor(node / PHASES);
    let phase = node % PHASES;
    for (;;) {
      const inst = this.#inst[pc]!;
      if (phase === BEFORE && this.#opensLater[pc] === 0) {
        // No group will say what is secret: then all of it is, or nothing.
        if (!this.#wholeElse) return;
        phase = INSIDE;
        from = publicUntil(begin);
      }
      if (inst.op === FAIL || !this.#closure.add(pc * PHASES + phase, begin, from, to)) return;
      if (inst.op === MATCH || this.#ascii[pc] !== undefined) return;
      if (inst.op === EMPTY_WIDTH && (inst.arg & ~held) !== 0) return;
      if (inst.op === CAPTURE && this.#slots.has(inst.arg)) {
        if (inst.arg % 2 === 0) {
          phase = INSIDE;
          from = Math.min(from, Math.max(at, publicUntil(begin)));
        } else if (phase === INSIDE) {
          phase = PAST;
          to = at;
        }
      }
      if (inst.op === ALT || inst.op === ALT_MATCH) {
        this.#enter(inst.arg * PHASES + phase, begin, from, to, at, held, publicUntil);
      }
      pc = inst.out;
    }
  }

  /** Tells of the threads that ended at `at`, before they read what comes next. */
  #tell(at: number, kept: number, tell: (viable: Viable) => void): void {
    // Apart, since a secret that begins here would make one that ended before look longer.
    for (const phase of [PAST, INSIDE]) {
      const now = this.#now;
      let begin = FAR;
      let from = FAR;
      let to = 0;
      for (let i = 0; i < now.size; i++) {
        if (now.nodes[i]! % PHASES !== phase) continue;
        begin = Math.min(begin, now.begin[i]!);
        from = Math.min(from, now.from[i]!);
        to = Math.max(to, phase === INSIDE ? at : now.to[i]!);
      }
      if (from < to) tell({ at, begin, from, to, dies: from < kept });
    }
  }

  #firstOf(): Uint8Array {
    const first = new Uint8Array(ASCII);
    const seen = new Set<number>();
    const stack = [this.#start];
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (seen.has(pc)) continue;
      seen.add(pc);
      const inst = this.#inst[pc]!;
      const table = this.#ascii[pc];
      if (table !== undefined) for (let code = 0; code < ASCII; code++) first[code]! |= table[code]!;
      else if (inst.op !== MATCH && inst.op !== FAIL) stack.push(...waysOf(inst));
    }
    return first;
  }
}

/** The character that ends before unit `at`. */
function codeBefore(text: string, at: number): number {
  if (at === 0) return NOTHING;
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? text.codePointAt(at - 2)! : unit;
}

function same(begin: number): number {
  return begin;
}

function waysOf(inst: Instruction): readonly number[] {
  return inst.op === ALT || inst.op === ALT_MATCH ? [inst.out, inst.arg] : [inst.out];
}

/** Which of ASCII an instruction reads; instructions that read the same share a table. */
function tableOf(inst: Instruction, tables: Map<string, Uint8Array>): Uint8Array {
  const key = `${inst.op} ${inst.arg} ${inst.runes.join()}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = Uint8Array.from({ length: ASCII }, (_, code) => (accepts(inst, code) ? 1 : 0));
    tables.set(key, table);
  }
  return table;
}

/** By instruction: 1 when one of `wanted` can be reached from it, itself included. */
function leadsTo(inst: readonly Instruction[], wanted: (inst: Instruction) => boolean): Uint8Array {
  const comesFrom: number[][] = inst.map(() => []);
  inst.forEach((one, pc) => {
    if (one.op !== MATCH && one.op !== FAIL) for (const way of waysOf(one)) comesFrom[way]!.push(pc);
  });
  const leads = new Uint8Array(inst.length);
  const stack = inst.flatMap((one, pc) => (wanted(one) ? [pc] : []));
  for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
    if (leads[pc] === 1) continue;
    leads[pc] = 1;
    stack.push(...comesFrom[pc]!);
  }
  return leads;
}

/** The conditions that hold between two characters. */
function conditions(before: number, after: number): number {
  let held = isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  if (before === NOTHING) held |= BEGIN_TEXT | BEGIN_LINE;
  else if (before === NEWLINE) held |= BEGIN_LINE;
  if (after === NOTHING) held |= END_TEXT | END_LINE;
  else if (after === NEWLINE) held |= END_LINE;
  return held;
}

/** `[0-9A-Za-z_]`, as in RE2. */
function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a)
  );
}
