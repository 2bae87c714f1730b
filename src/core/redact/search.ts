/**
 * The search of a screen: builds its views, has them scanned, and remembers what was found for as long as the rows are
 * the same. What is held depends on more than the rows, and is asked again when that changed. Knows no rules.
 */
import { type Cursor, MAX_COLS, type Row, type Screen } from '../cells.js';
import { blockRuns } from './blocks.js';
import type { Changes } from './changes.js';
import type { Placed } from './masks.js';
import { type PageBreak, Pages } from './pages.js';
import { panesOf } from './panes.js';
import { placesOf, type Surroundings } from './places.js';
import type { Recall } from './recall.js';
import { isBlank, rowText } from './rowtext.js';
import type { Found, HeldFound, Scanner, Scope } from './scanner.js';
import { Sideways } from './sideways.js';
import { softViews, unmarkedView } from './soft-views.js';
import {
  type Area,
  block,
  formsOf,
  joined,
  joinedBlock,
  lineView,
  movedView,
  type Part,
  reachesEdge,
  softRuns,
  type View,
  wrappedRuns,
} from './views.js';

/** One view of rows that are the same still: what was found in it, and what was held in it last. */
interface Looked {
  readonly view: View;
  readonly scope: Scope;
  readonly found: readonly Found[];
  /** True when a keyword stands in it. */
  readonly announces: boolean;
  held: HeldMemo | undefined;
}

/** What was held in a view, for as long as the places in it that are open are the same. */
interface HeldMemo {
  /** See {@link cursorIn}. */
  readonly cursor: number;
  /** The last row of the view and the two below it, as {@link Changes.stayOf} tells them. */
  readonly stays: readonly (object | undefined)[];
  readonly what: HeldFound;
}

/** What was found on a run of rows, for as long as they are the same objects. */
interface Memo {
  readonly rows: readonly Row[];
  readonly looked: readonly Looked[];
}

/** Which parts of a search are left out: for tests that prove that each of them is needed. */
export interface Without {
  readonly holds?: boolean;
  readonly joins?: boolean;
  readonly memory?: boolean;
}

export interface Findings {
  readonly placed: readonly Placed[];
  /** When something that is held is let go if nothing changes, in ms; Infinity: only by a change. */
  readonly untilMs: number;
}

export class Search {
  readonly #scanner: Scanner;
  readonly #recall: Recall;
  readonly #without: Without;
  readonly #rows = new WeakMap<Row, readonly Looked[]>();
  readonly #runs = new Map<string, WeakMap<Row, Memo>>();
  readonly #speaking = new WeakMap<Row, boolean>();
  readonly #pages = new Pages();
  readonly #sideways = new Sideways();
  #turned: { readonly turn: PageBreak; readonly placed: readonly Placed[] } | undefined;
  #cols = 0;
  #around!: Surroundings;
  #nowMs = 0;
  #placed: Placed[] = [];
  #untilMs = Number.POSITIVE_INFINITY;

  constructor(scanner: Scanner, recall: Recall, without: Without) {
    this.#scanner = scanner;
    this.#recall = recall;
    this.#without = without;
  }

  /**
   * Everything on a screen that is secret or held.
   * @param changes has looked at this screen already.
   */
  find(screen: Screen, changes: Changes, nowMs: number): Findings {
    const { rows, wrapped, size, cursor } = screen;
    if (size.cols !== this.#cols) {
      this.#runs.clear();
      this.#recall.forgetRuns();
      this.#pages.forget();
    }
    this.#cols = size.cols;
    this.#around = { rows, wrapped, cursor, changes };
    this.#sideways.look(rows, cursor);
    this.#nowMs = nowMs;
    this.#placed = [];
    this.#untilMs = Number.POSITIVE_INFINITY;
    const whole: Area = { first: 0, last: rows.length - 1, left: 0, right: size.cols, pane: false };
    const areas = this.#without.joins === true ? [] : [whole, ...panesOf(rows, size.cols)];
    const alone = this.#rowsAlone(rows, whole);
    if (areas.length > 0) this.#wrapped(screen, whole);
    if (areas.length > 0) this.#movedSideways(rows, whole);
    for (const area of areas) this.#area(rows, area, area !== whole);
    if (areas.length > 0) this.#overPages(rows, size.cols);
    this.#placed = this.#placed.concat(blockRuns(alone, rows, this.#placed));
    // What was whole is learned first, so that no frame shows what is left of it.
    this.#placed = this.#placed.concat(this.#recall.recall(screen, areas, this.#placed));
    return { placed: this.#placed, untilMs: this.#untilMs };
  }

  #rowsAlone(rows: readonly Row[], whole: Area): readonly (readonly Found[])[] {
    const found = rows.map((row, top) => {
      const looked = this.#row(row);
      for (const one of looked) this.#hold(one, [row], top, whole);
      return looked.length === 1 ? looked[0]!.found : looked.flatMap((one) => one.found);
    });
    found.forEach((list, top) => {
      for (const find of list) if (find.minRows === 1) this.#place(find, top, whole.right);
    });
    return found;
  }

  /** Lines of which the beginning was moved out of sight. */
  #movedSideways(rows: readonly Row[], whole: Area): void {
    rows.forEach((row, y) => {
      const beyond = this.#sideways.of(row);
      if (beyond === undefined) return;
      this.#run('moved', [row], y, whole, () => {
        return formsOf([row]).map((form) => this.#look(movedView(row, form, beyond.text, beyond.from), 'join'));
      });
    });
  }

  #row(row: Row): readonly Looked[] {
    let looked = this.#rows.get(row);
    if (looked === undefined) {
      const text = rowText(row);
      looked = formsOf([row]).map((form) => this.#look(lineView(text[form]), 'row'));
      this.#rows.set(row, looked);
    }
    return looked;
  }

  #look(view: View, scope: Scope): Looked {
    return { view, scope, ...this.#scanner.look(view, scope), held: undefined };
  }

  #wrapped(screen: Screen, whole: Area): void {
    for (const [first, last] of this.#withLater(screen.rows, wrappedRuns(screen))) {
      this.#run('wrapped', screen.rows.slice(first, last + 1), first, whole, (rows) => {
        return formsOf(rows).map((form) => this.#look(joined(rows, form), 'join'));
      });
    }
  }

  /** Text that wraps inside an area, and lines that belong together in it. */
  #area(rows: readonly Row[], area: Area, pane: boolean): void {
    const { first, last, left, right } = area;
    const key = `${left}-${right}`;
    const chains = this.#withLater(rows, softRuns(rows, area));
    for (const [top, end] of pane ? withSingles(area, chains) : chains) {
      this.#run(top === end ? `one ${key}` : key, rows.slice(top, end + 1), top, area, (run) => {
        return softViews(run, left, right).map((view) => this.#look(view, 'join'));
      });
    }
    if (!this.#scanner.crossesLines || this.#isQuiet(rows, area)) return;
    // Rows may stay the same while the emulator changes its mind about which of them belong together.
    const wrapped = this.#around.wrapped
      .slice(first, last + 1)
      .map(Number)
      .join('');
    this.#run(`block ${key} ${wrapped}`, rows.slice(first, last + 1), first, area, (run) => {
      return this.#blocks(run, area, right).map((view) => this.#look(view, 'block'));
    });
    this.#blockBeforeCursor(rows, area);
  }

  /** What begins at the end of the last page and goes on at the top of this one. */
  #overPages(rows: readonly Row[], cols: number): void {
    const turn = this.#pages.look(rows, cols);
    if (turn === undefined) return;
    if (turn !== this.#turned?.turn) this.#turned = { turn, placed: this.#acrossPages(turn, cols) };
    this.#placed.push(...this.#turned.placed);
  }

  /** Masked and not learned: where the two are no one line, it would be the text of neither. */
  #acrossPages({ before, after }: PageBreak, cols: number): readonly Placed[] {
    const placed: Placed[] = [];
    for (const view of softViews([...before, ...after], 0, cols)) {
      const held = this.#without.holds === true ? [] : this.#scanner.held(view, 'join', [], this.#nowMs).found;
      for (const { rule, parts } of [...this.#scanner.found(view, 'join'), ...held]) {
        const here = parts.filter(({ row }) => row >= before.length);
        if (here.length > 0 && here.length < parts.length) placed.push({ rule, top: -before.length, parts: here });
      }
    }
    return placed;
  }

  /** Rows as lines: each alone, and joined where they reach the edge or where the emulator says so. */
  #blocks(rows: readonly Row[], area: Area, end: number): readonly View[] {
    const { first, left, right } = area;
    const reaches = (y: number): boolean => reachesEdge(rows[y]!, left, right);
    const wraps = (y: number): boolean => this.#around.wrapped[first + y + 1] === true;
    const views = [block(rows, left, right, end), joinedBlock(rows, area, reaches, 'folded', end)];
    if (rows.some((_, y) => reaches(y))) {
      views.push(joinedBlock(rows, area, reaches, 'raw', end));
      // Who reaches the edge may also end there.
      if (formsOf(rows).includes('folded')) views.push(joinedBlock(rows, area, () => false, 'folded', end));
      const unmarked = unmarkedView(rows, area, reaches, end);
      if (unmarked !== undefined) views.push(unmarked);
    }
    if (rows.some((_, y) => wraps(y))) {
      views.push(joinedBlock(rows, area, wraps, 'raw', end));
      if (formsOf(rows).includes('folded')) views.push(joinedBlock(rows, area, wraps, 'folded', end, true));
    }
    return views;
  }

  /** Lines up to the cursor: what stands right of it may be other text, which is written over or pushed aside. */
  #blockBeforeCursor(rows: readonly Row[], area: Area): void {
    const { first, last, left, right } = area;
    const { x, y } = this.#around.cursor;
    if (y < first || y > last || x <= left || x >= right || isBlankFrom(rows[y]!, x, right)) return;
    const run = rows.slice(first, y + 1);
    for (const view of this.#blocks(run, area, x)) {
      const looked = this.#look(view, 'block');
      for (const find of looked.found) this.#placed.push({ ...find, top: first });
      this.#hold(looked, run, first, area);
    }
  }

  /** Runs, and what of them begins later, with a row that has a keyword: text before it may be no part of its line. */
  #withLater(rows: readonly Row[], runs: readonly [number, number][]): readonly [number, number][] {
    return runs.flatMap(([first, last]) => {
      const later: [number, number][] = [[first, last]];
      for (let y = first + 1; y < last; y++) {
        if (this.#row(rows[y]!).some(({ announces }) => announces)) later.push([y, last]);
      }
      return later;
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
      // Of a rule without keywords any row may be a part, be it shorter than all that its matches need.
      const texts = folded === raw ? [raw] : [raw, folded];
      speaks = texts.some(({ text }) => this.#scanner.nextPlace(text, 0, 'block') >= 0);
      this.#speaking.set(row, speaks);
    }
    return speaks;
  }

  /** What is found in a run of rows: searched for when one of them is new. */
  #run(
    kind: string,
    rows: readonly Row[],
    top: number,
    area: Area,
    look: (rows: readonly Row[]) => readonly Looked[],
  ): void {
    const memos = this.#runs.get(kind) ?? new WeakMap<Row, Memo>();
    this.#runs.set(kind, memos);
    let memo = memos.get(rows[0]!);
    if (memo === undefined || !sameRows(memo.rows, rows)) {
      memo = { rows, looked: look(rows) };
      memos.set(rows[0]!, memo);
    }
    for (const one of memo.looked) {
      for (const find of one.found) this.#place(find, top, area.right);
      this.#hold(one, rows, top, area);
    }
  }

  /** What is whole may have more behind the edge where it is cut off. */
  #place({ rule, parts, secrets }: Found, top: number, right: number): void {
    const isCut = secrets !== undefined && isAtEdge(parts, right);
    this.#placed.push({ rule, top, parts, ...(secrets !== undefined && { secrets }), ...(isCut && { cut: true }) });
  }

  /** What is held in a view. Asked again only when other places may be open than last time, or when time let go. */
  #hold(looked: Looked, rows: readonly Row[], top: number, area: Area): void {
    if (this.#without.holds === true || !(looked.announces || this.#isLively(rows, top))) return;
    const { changes, cursor } = this.#around;
    const bottom = top + rows.length - 1;
    const where = cursorIn(cursor, top, bottom, area.left);
    const stays = [0, 1, 2].map((below) => changes.stayOf(this.#around.rows[bottom + below]));
    const { held } = looked;
    const same = held?.cursor === where && stays.every((stay, i) => stay === held.stays[i]);
    const what = same && held.what.untilMs > this.#nowMs ? held.what : this.#askHeld(looked, top, area);
    looked.held = { cursor: where, stays, what };
    for (const { rule, parts, secrets } of what.found) {
      const isCut = isCutOff(parts, rows.length, area.right);
      this.#placed.push({ rule, top, parts, held: true, ...(isCut && secrets !== undefined && { secrets }) });
    }
    this.#untilMs = Math.min(this.#untilMs, what.untilMs);
  }

  #askHeld({ view, scope }: Looked, top: number, { left, right }: Area): HeldFound {
    return this.#scanner.held(view, scope, placesOf(view, top, left, right, this.#around), this.#nowMs);
  }

  /** True when something may have to be held on these rows though no keyword stands there. */
  #isLively(rows: readonly Row[], top: number): boolean {
    const { cursor, changes } = this.#around;
    if (!this.#scanner.isBlind) return false;
    if (cursor.y >= top && cursor.y < top + rows.length) return true;
    const since = this.#nowMs - this.#scanner.settleMs;
    return rows.some((row) => changes.changedMs(row, 0, row.cols) > since);
  }
}

/** What of the cursor decides about the places of a view: where it is in it, or that it waits below at the left. */
function cursorIn({ x, y }: Cursor, top: number, bottom: number, left: number): number {
  if (y >= top && y <= bottom) return (y - top) * MAX_COLS + x;
  return y > bottom && x === left ? -2 : -1;
}

/**
 * In a pane each row is also searched alone: what stands beside it, or a wrong join, would keep `^` and `$` from
 * matching.
 */
function withSingles({ first, last }: Area, chains: readonly [number, number][]): readonly [number, number][] {
  const singles = Array.from({ length: last - first + 1 }, (_, i): [number, number] => [first + i, first + i]);
  return [...chains, ...singles];
}

/** Columns at the edge that a pager may use to say that a line goes on. */
const MARGIN = 1;

/** True when the parts end where the last row is cut off. */
function isCutOff(parts: readonly Part[], rows: number, right: number): boolean {
  return parts.at(-1)?.row === rows - 1 && isAtEdge(parts, right);
}

function isAtEdge(parts: readonly Part[], right: number): boolean {
  const last = parts.at(-1);
  return last !== undefined && last.to >= right - MARGIN;
}

function isBlankFrom(row: Row, from: number, to: number): boolean {
  for (let x = from; x < to; x++) if (!isBlank(row, x)) return false;
  return true;
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, y) => row === b[y]);
}
