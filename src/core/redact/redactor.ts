/**
 * The wall's eye: which cells of a screen are secret. Pure: the same screen gives the same answer.
 *
 * Promised now. No character of the secret part of a match is left in the open when the match is whole
 *  - in one row, in rows that the emulator says are wrapped, in rows that reach the screen's edge, or in rows that
 *    reach the edge of a pane (a column of vertical lines),
 *  - and, for rules that can match over a line's end, in the lines of the screen or of a pane,
 * read as it is or folded (blank runs as one, NFKD, no marks, nothing invisible). Adding a rule never unmasks a cell.
 *
 * Not promised yet: secrets that are not whole on the screen. Two things are to plug in here, and their settings are
 * in {@link Rule} already. Holds (`hold`, `holdMin`, `settleMs`): a scan of the same views that asks the programs of
 * program.ts how far a text is the live prefix of a match. Memory (`learn`): values learned from what was whole once,
 * found as fragments, beside {@link Values}. Until then a half-typed token is in the open up to its last character,
 * save for private keys, whose bodies are masked as soon as the BEGIN or END line is seen.
 *
 * Never promised: transformed secrets (reversed, spaced out, encoded), and values shorter than six characters.
 */
import type { Row, Screen } from '../cells.js';
import { blockRuns } from './blocks.js';
import { foldText } from './fold.js';
import { CLEAN, countsOf, MASK, masksOf, type Placed, type Span } from './masks.js';
import { Memory } from './memory.js';
import { panesOf } from './panes.js';
import { Recall } from './recall.js';
import { rowText } from './rowtext.js';
import { compile, type Rule } from './rule.js';
import { type Found, Scanner, type Scope } from './scanner.js';
import { type SecretValue, Values } from './values.js';
import {
  type Area,
  block,
  type Form,
  isFolded,
  joined,
  joinedBlock,
  lineView,
  reachesEdge,
  sameForms,
  softJoined,
  softRuns,
  type View,
  wrappedRuns,
} from './views.js';

/** What of a screen may not leave. */
export interface Redaction {
  /** Spans to mask, for each row: sorted, without overlaps. The same object as before where a row did not change. */
  readonly masks: readonly (readonly Span[])[];
  /** The title with its secrets masked. */
  readonly title: string;
  /** Secrets on this screen, by rule. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What was found on a run of rows, for as long as they are the same objects. */
interface Memo {
  readonly rows: readonly Row[];
  readonly found: readonly Found[];
}

const NO_COUNTS: ReadonlyMap<string, number> = new Map();

export class Redactor {
  /** Masks nothing. Off is spelled out, so that a search finds it. */
  static readonly NONE: Redactor = new Redactor([], [], MASK);

  readonly #scanner: Scanner;
  readonly #recall: Recall;
  readonly #off: boolean;
  readonly #rows = new WeakMap<Row, readonly Found[]>();
  readonly #runs = new Map<string, WeakMap<Row, Memo>>();
  readonly #spans = new WeakMap<Row, readonly Span[]>();
  readonly #speaking = new WeakMap<Row, boolean>();
  #title = { raw: '', masked: '', version: 0 };
  #cols = 0;

  /** What stands in place of a masked character. */
  readonly mask: string;

  private constructor(rules: readonly Rule[], values: readonly SecretValue[], mask: string, memory = new Memory()) {
    this.mask = mask;
    this.#recall = new Recall(rules, memory);
    const known = new Values(values);
    this.#scanner = new Scanner(rules.map(compile), known);
    this.#off = rules.length === 0 && known.size === 0 && memory.size === 0;
  }

  /**
   * @param mask one character, one column wide.
   * @param values texts to mask wherever they stand; lines shorter than six characters are left out.
   * @param memory what is known from before; it grows.
   * @throws {LecternError} CONFIG when a rule does not compile or matches the empty string.
   */
  static of(
    rules: readonly Rule[],
    values: readonly SecretValue[] = [],
    mask: string = MASK,
    memory: Memory = new Memory(),
  ): Redactor {
    return new Redactor(rules, values, mask, memory);
  }

  /** What was learned so far, for a successor with other rules. SECRET. */
  get memory(): Memory {
    return this.#recall.memory;
  }

  /**
   * The masks of a screen. Rows are known by identity: what did not change since they were last seen is not searched
   * again.
   */
  redact(screen: Screen): Redaction {
    const { rows, size } = screen;
    if (this.#off) return { masks: rows.map(() => CLEAN), title: screen.title, counts: NO_COUNTS };
    if (size.cols !== this.#cols) {
      this.#runs.clear();
      this.#recall.forgetRuns();
    }
    this.#cols = size.cols;
    const placed: Placed[] = [];
    const alone = this.#rowsAlone(rows, placed);
    this.#wrapped(screen, placed);
    const whole: Area = { first: 0, last: rows.length - 1, left: 0, right: size.cols };
    const areas = [whole, ...panesOf(rows, size.cols)];
    for (const area of areas) this.#area(rows, area, area !== whole, placed);
    placed.push(...blockRuns(alone, rows, placed));
    this.#remember(screen, areas, placed);
    const title = this.#maskedTitle(screen.title);
    if (placed.length === 0) return { masks: rows.map(() => CLEAN), title, counts: NO_COUNTS };
    return { masks: this.#stable(masksOf(placed, rows), rows), title, counts: countsOf(placed, size.cols) };
  }

  /** Learns what stands on the screen, then masks what is left of all that was learned: nothing is shown in between. */
  #remember(screen: Screen, areas: readonly Area[], placed: Placed[]): void {
    for (const { rule, secrets } of placed) for (const secret of secrets ?? []) this.#recall.learn(rule, secret);
    placed.push(...this.#recall.places(screen, areas));
  }

  /** The first place at or after `from` about which {@link learn} may learn something, or -1. */
  nextLesson(text: string, from: number, scope: Scope): number {
    return this.#off ? -1 : this.#scanner.nextPlace(text, from, scope);
  }

  /** Learns the secrets that stand whole in text that was printed, be it never seen on a screen. */
  learn(text: string, scope: Scope): void {
    for (const { rule, from, to } of this.#scanner.hits(text, scope)) this.#recall.learn(rule, text.slice(from, to));
  }

  /** Titles change seldom, and are asked for with every screen. */
  #maskedTitle(title: string): string {
    const { version } = this.memory;
    if (title !== this.#title.raw || version !== this.#title.version) {
      this.#title = { raw: title, masked: this.text(title), version };
    }
    return this.#title.masked;
  }

  /** A line of foreign text (a title, a name, a message) with its secrets masked, character by character. */
  text(line: string): string {
    const marked = new Set<number>();
    for (const { from, to } of this.spansOf(line)) for (let i = from; i < to; i++) marked.add(i);
    if (marked.size === 0) return line;
    let out = '';
    let at = 0;
    for (const char of line) {
      out += marked.has(at) || marked.has(at + char.length - 1) ? this.mask : char;
      at += char.length;
    }
    return out;
  }

  /** The secrets of one line of plain text, as UTF-16 units, unmerged. */
  spansOf(line: string): readonly Span[] {
    const raw = { text: line, map: undefined };
    const folded = foldText(line);
    const views = folded.map === undefined ? [raw] : [raw, folded];
    return views.flatMap((one) => this.#spansIn(lineView(one), 'join'));
  }

  /** The secrets of plain text that go over the ends of its lines, as UTF-16 units. */
  spansOver(text: string): readonly Span[] {
    return this.#scanner.hits(text, 'block');
  }

  #spansIn(view: View, scope: Scope): readonly Span[] {
    const found = this.#scanner.found(view, scope).map(({ rule, parts }) => ({ rule, parts }));
    const known = this.#recall.find(view.text).map(({ from, to, id }) => ({ rule: id, parts: view.locate(from, to) }));
    return [...found, ...known].flatMap(({ rule, parts }) => parts.map(({ from, to }) => ({ from, to, rule })));
  }

  #rowsAlone(rows: readonly Row[], placed: Placed[]): readonly (readonly Found[])[] {
    const found = rows.map((row) => this.#row(row));
    found.forEach((list, top) => {
      for (const { minRows, ...find } of list) if (minRows === 1) placed.push({ ...find, top });
    });
    return found;
  }

  #row(row: Row): readonly Found[] {
    let found = this.#rows.get(row);
    if (found === undefined) {
      const text = rowText(row);
      found = this.#scanner.found(lineView(text.raw), 'row');
      if (!sameForms(text)) found = both(found, this.#scanner.found(lineView(text.folded), 'row'));
      this.#rows.set(row, found);
    }
    return found;
  }

  #wrapped(screen: Screen, placed: Placed[]): void {
    for (const [first, last] of wrappedRuns(screen)) {
      this.#run('wrapped', screen.rows.slice(first, last + 1), first, placed, (rows) => {
        return this.#forms(rows, (form) => joined(rows, form));
      });
    }
  }

  /** Text that wraps inside an area, and lines that belong together in it. */
  #area(rows: readonly Row[], area: Area, pane: boolean, placed: Placed[]): void {
    const { first, last, left, right } = area;
    const key = `${left}-${right}`;
    const chains = softRuns(rows, area);
    for (const [top, end] of pane ? withSingles(area, chains) : chains) {
      this.#run(top === end ? `one ${key}` : key, rows.slice(top, end + 1), top, placed, (run) => {
        const raw = this.#scanner.found(softJoined(run, left, right, 'raw'), 'join');
        return both(raw, this.#scanner.found(softJoined(run, left, right, 'folded'), 'join'));
      });
    }
    if (!this.#scanner.crossesLines || this.#isQuiet(rows, area)) return;
    this.#run(`block ${key}`, rows.slice(first, last + 1), first, placed, (run) => {
      const found = this.#scanner.found(block(run, left, right), 'block');
      return both(found, this.#scanner.found(joinedBlock(run, left, right), 'block'));
    });
  }

  /**
   * True when nothing can be found over the ends of an area's lines: no keyword of such a rule stands in a row, and no
   * row goes on in the next, where a keyword could be cut in two.
   */
  #isQuiet(rows: readonly Row[], { first, last, left, right }: Area): boolean {
    for (let y = first; y <= last; y++) {
      const row = rows[y]!;
      if (reachesEdge(row, left, right) || this.#speaks(row)) return false;
    }
    return true;
  }

  #speaks(row: Row): boolean {
    let speaks = this.#speaking.get(row);
    if (speaks === undefined) {
      const { raw, folded } = rowText(row);
      speaks = this.#scanner.mayFind(raw.text, 'block') || this.#scanner.mayFind(folded.text, 'block');
      this.#speaking.set(row, speaks);
    }
    return speaks;
  }

  /** What is found in a run of rows: searched for when one of them is new. */
  #run(
    kind: string,
    rows: readonly Row[],
    top: number,
    placed: Placed[],
    search: (rows: readonly Row[]) => readonly Found[],
  ): void {
    const memos = this.#runs.get(kind) ?? new WeakMap<Row, Memo>();
    this.#runs.set(kind, memos);
    let memo = memos.get(rows[0]!);
    if (memo === undefined || !sameRows(memo.rows, rows)) {
      memo = { rows, found: search(rows) };
      memos.set(rows[0]!, memo);
    }
    for (const find of memo.found) placed.push({ ...find, top });
  }

  #forms(rows: readonly Row[], view: (form: Form) => View): readonly Found[] {
    const found = this.#scanner.found(view('raw'), 'join');
    return isFolded(rows) ? found : both(found, this.#scanner.found(view('folded'), 'join'));
  }

  /** The spans of a row as the object that they were last time, when they are the same. */
  #stable(masks: readonly (readonly Span[])[], rows: readonly Row[]): readonly (readonly Span[])[] {
    return masks.map((spans, y) => {
      if (spans === CLEAN) return CLEAN;
      const before = this.#spans.get(rows[y]!);
      if (before !== undefined && sameSpans(before, spans)) return before;
      this.#spans.set(rows[y]!, spans);
      return spans;
    });
  }
}

/**
 * In a pane each row is also searched alone: what stands beside it, or a wrong join, would keep `^` and `$` from
 * matching.
 */
function withSingles({ first, last }: Area, chains: readonly [number, number][]): readonly [number, number][] {
  const singles = Array.from({ length: last - first + 1 }, (_, i): [number, number] => [first + i, first + i]);
  return [...chains, ...singles];
}

function both(a: readonly Found[], b: readonly Found[]): readonly Found[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, y) => row === b[y]);
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => one.from === b[i]!.from && one.to === b[i]!.to && one.rule === b[i]!.rule)
  );
}
