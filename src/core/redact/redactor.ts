/**
 * The wall's eye: which cells of a screen are secret. The same screens, cursors and times give the same answers.
 *
 * Promised. No character of the secret part of a match is left in the open when the match is whole
 *  - in one row, in rows that the emulator says are wrapped, in rows that reach the screen's edge, or in rows that
 *    reach the edge of a pane (a column of vertical lines),
 *  - and, for rules that can match over a line's end, in the lines of the screen or of a pane,
 * read as it is or folded (blank runs as one, NFKD, no marks, nothing invisible). Nor when it is half there and its
 * rule holds it (hold.ts): past the keyword wherever it ends, or where more can be written. Adding a rule never unmasks
 * a cell.
 *
 * Never promised: transformed secrets (reversed, spaced out, encoded), and values shorter than six characters.
 */
import type { Row, Screen } from '../cells.js';
import { Budget } from './budget.js';
import { Changes } from './changes.js';
import { composeText, foldText } from './fold.js';
import { CLEAN, countsOf, MASK, masksOf, type Placed, type Span } from './masks.js';
import { Memory } from './memory.js';
import type { Place } from './places.js';
import { Recall } from './recall.js';
import type { Rule } from './rule.js';
import { type Found, Scanner, type Scope } from './scanner.js';
import { Search, type Without } from './search.js';
import { type SecretValue, Values } from './values.js';
import { lineView, type View } from './views.js';

/** What of a screen may not leave. */
export interface Redaction {
  /** Spans to mask, for each row: sorted, without overlaps. The same object as before where a row did not change. */
  readonly masks: readonly (readonly Span[])[];
  /** The title with its secrets masked. */
  readonly title: string;
  /** Secrets on this screen, by rule. */
  readonly counts: ReadonlyMap<string, number>;
  /** In how many ms the answer changes though the screen does not; undefined when it never does. */
  readonly settlesInMs: number | undefined;
}

const NO_COUNTS: ReadonlyMap<string, number> = new Map();
const ALL: Without = {};

export class Redactor {
  /** Masks nothing. Off is spelled out, so that a search finds it. */
  static readonly NONE: Redactor = new Redactor([], [], MASK, Budget.NONE, new Memory(), ALL);

  readonly #scanner: Scanner;
  readonly #search: Search;
  readonly #recall: Recall;
  readonly #off: boolean;
  readonly #holdsLines: boolean;
  readonly #changes = new Changes();
  readonly #spans = new WeakMap<Row, readonly Span[]>();
  #title = { raw: '', masked: '', version: 0 };

  /** What stands in place of a masked character. */
  readonly mask: string;

  private constructor(
    rules: readonly Rule[],
    values: readonly SecretValue[],
    mask: string,
    budget: Budget,
    memory: Memory,
    without: Without,
  ) {
    this.mask = mask;
    this.#holdsLines = without.holds !== true;
    const known = new Values(values);
    this.#scanner = new Scanner(rules, known, budget);
    this.#recall = new Recall(rules, memory, without.memory !== true, budget);
    this.#search = new Search(this.#scanner, this.#recall, without);
    this.#off = rules.length === 0 && known.size === 0 && memory.size === 0;
  }

  /**
   * @param mask one character, one column wide.
   * @param values texts to mask wherever they stand; lines shorter than six characters are left out.
   * @param budget ends a look at a screen that takes too long; none by default.
   * @param memory what is known from before; it grows.
   * @throws {LecternError} CONFIG when a rule does not compile or matches the empty string.
   */
  static of(
    rules: readonly Rule[],
    values: readonly SecretValue[] = [],
    mask: string = MASK,
    budget: Budget = Budget.NONE,
    memory: Memory = new Memory(),
  ): Redactor {
    return new Redactor(rules, values, mask, budget, memory, ALL);
  }

  /** What was learned so far, for a successor with other rules. SECRET. */
  get memory(): Memory {
    return this.#recall.memory;
  }

  /** A redactor that is blind in one eye: for tests that prove that the other tests see it. Never for a session. */
  static ablated(rules: readonly Rule[], values: readonly SecretValue[], without: Without): Redactor {
    return new Redactor(rules, values, MASK, Budget.NONE, new Memory(), without);
  }

  /**
   * The masks of a screen. Rows are known by identity: what did not change since they were last seen is not searched
   * again. What was searched before the budget ended is kept, so that the next try goes on from there. Whoever calls
   * starts the budget.
   * @param nowMs any clock that does not go back. Without one, what is held for a time is held for ever.
   * @throws {LecternError} BUDGET when it took too long: nothing of the screen may be shown.
   */
  redact(screen: Screen, nowMs: number = 0): Redaction {
    const { rows, size } = screen;
    if (this.#off) {
      return { masks: rows.map(() => CLEAN), title: screen.title, counts: NO_COUNTS, settlesInMs: undefined };
    }
    this.#changes.look(rows, nowMs);
    const { placed, untilMs } = this.#search.find(screen, this.#changes, nowMs);
    const title = this.#maskedTitle(screen.title);
    const settlesInMs = untilMs === Number.POSITIVE_INFINITY ? undefined : untilMs - nowMs;
    if (placed.length === 0) return { masks: rows.map(() => CLEAN), title, counts: NO_COUNTS, settlesInMs };
    const masks = this.#stable(masksOf(placed, rows), rows);
    return { masks, title, counts: countsOf(placed, size.cols), settlesInMs };
  }

  /** The secrets of a screen before they become masks: what {@link redact} masks. */
  placed(screen: Screen, nowMs: number = 0): readonly Placed[] {
    this.#changes.look(screen.rows, nowMs);
    return this.#search.find(screen, this.#changes, nowMs).placed;
  }

  /** The first place at or after `from` about which {@link learn} may learn something, or -1. */
  nextLesson(text: string, from: number, scope: Scope): number {
    return this.#off ? -1 : this.#scanner.nextPlace(text, from, scope);
  }

  /**
   * Learns the secrets that stand whole in text that was printed, be it never seen on a screen. There are many such
   * texts between two screens: whoever calls starts the budget.
   * @returns where the last of them ends, in UTF-16 units; -1 when there is none.
   * @throws {LecternError} BUDGET when it took too long.
   */
  learn(text: string, scope: Scope): number {
    let end = -1;
    for (const { rule, from, to } of this.#scanner.hits(text, scope)) {
      // What ends with the text may have been cut off at an edge.
      this.#recall.learn(rule, text.slice(from, to), false, to === text.length && scope !== 'block');
      end = Math.max(end, to);
    }
    if (scope !== 'block') this.#learnBeginning(text);
    return end;
  }

  /** What ends with the text may be the beginning of a secret whose end is drawn elsewhere. */
  #learnBeginning(text: string): void {
    for (const { rule, from, to } of this.#heldOf(text)) {
      if (to === text.length) this.#recall.learn(rule, text.slice(from, to), true);
    }
  }

  /** Titles change seldom, and are asked for with every screen. */
  #maskedTitle(title: string): string {
    const { version } = this.memory;
    if (title !== this.#title.raw || version !== this.#title.version) {
      this.#title = { raw: title, masked: this.text(title), version };
    }
    return this.#title.masked;
  }

  /**
   * A line of foreign text (a title, a name, a message) with its secrets masked, character by character. More may be
   * written at its end, as at a cursor. Whoever calls starts the budget.
   * @throws {LecternError} BUDGET when it took too long.
   */
  text(line: string): string {
    const marked = new Set<number>();
    const spans = [...this.spansOf(line), ...this.#heldOf(line)];
    for (const { from, to } of spans) for (let i = from; i < to; i++) marked.add(i);
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
    return viewsOf(line).flatMap((view) => [
      ...spansOf(this.#scanner.found(view, 'join')),
      ...spansOf(this.#recall.found(view)),
    ]);
  }

  /** What may become a secret when the line goes on. */
  #heldOf(line: string): readonly Span[] {
    if (!this.#holdsLines) return [];
    return viewsOf(line).flatMap((view) => {
      const end: Place = { at: view.text.length, kind: 'cursor', changedMs: 0 };
      return spansOf(this.#scanner.held(view, 'join', [end], 0).found);
    });
  }

  /** The secrets of plain text that go over the ends of its lines, as UTF-16 units. */
  spansOver(text: string): readonly Span[] {
    return this.#scanner.hits(text, 'block');
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

function viewsOf(line: string): readonly View[] {
  const others = [foldText(line), composeText(line)].filter(({ map }) => map !== undefined);
  return [{ text: line, map: undefined }, ...others].map(lineView);
}

function spansOf(found: readonly Pick<Found, 'rule' | 'parts'>[]): readonly Span[] {
  return found.flatMap(({ rule, parts }) => parts.map(({ from, to }) => ({ from, to, rule })));
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => one.from === b[i]!.from && one.to === b[i]!.to && one.rule === b[i]!.rule)
  );
}
