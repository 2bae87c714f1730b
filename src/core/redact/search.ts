/**
 * The search of a screen: builds its views, has them scanned, and remembers what was found for as long as the rows are
 * the same. What is held depends on more than the rows, and is asked again when that changed. Knows no rules.
 */
import { type Cursor, MAX_COLS, type Row, type Screen } from '../cells.js';
import { blockRuns } from './blocks.js';
import type { Changes } from './changes.js';
import type { Placed } from './masks.js';
import { panesOf } from './panes.js';
import { placesOf, type Surroundings } from './places.js';
import type { Recall } from './recall.js';
import { rowText } from './rowtext.js';
import type { Found, HeldFound, Scanner, Scope } from './scanner.js';
import {
  type Area,
  block,
  isFolded,
  joined,
  joinedBlock,
  lineView,
  type Part,
  reachesEdge,
  sameForms,
  softJoined,
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
    const { rows, size, cursor } = screen;
    if (size.cols !== this.#cols) {
      this.#runs.clear();
      this.#recall.forgetRuns();
    }
    this.#cols = size.cols;
    this.#around = { rows, cursor, changes };
    this.#nowMs = nowMs;
    this.#placed = [];
    this.#untilMs = Number.POSITIVE_INFINITY;
    const whole: Area = { first: 0, last: rows.length - 1, left: 0, right: size.cols };
    const areas = this.#without.joins === true ? [] : [whole, ...panesOf(rows, size.cols)];
    const alone = this.#rowsAlone(rows, whole);
    if (areas.length > 0) this.#wrapped(screen, whole);
    for (const area of areas) this.#area(rows, area, area !== whole);
    this.#placed.push(...blockRuns(alone, rows, this.#placed));
    // What was whole is learned first, so that no frame shows what is left of it.
    this.#placed.push(...this.#recall.recall(screen, areas, this.#placed));
    return { placed: this.#placed, untilMs: this.#untilMs };
  }

  #rowsAlone(rows: readonly Row[], whole: Area): readonly (readonly Found[])[] {
    const found = rows.map((row, top) => {
      const looked = this.#row(row);
      for (const one of looked) this.#hold(one, [row], top, whole);
      return looked.length === 1 ? looked[0]!.found : looked.flatMap((one) => one.found);
    });
    found.forEach((list, top) => {
      for (const { minRows, ...find } of list) if (minRows === 1) this.#placed.push({ ...find, top });
    });
    return found;
  }

  #row(row: Row): readonly Looked[] {
    let looked = this.#rows.get(row);
    if (looked === undefined) {
      const text = rowText(row);
      const views = sameForms(text) ? [lineView(text.raw)] : [lineView(text.raw), lineView(text.folded)];
      looked = views.map((view) => this.#look(view, 'row'));
      this.#rows.set(row, looked);
    }
    return looked;
  }

  #look(view: View, scope: Scope): Looked {
    const found = this.#scanner.found(view, scope);
    return { view, scope, found, announces: this.#scanner.announces(view.text, scope), held: undefined };
  }

  #wrapped(screen: Screen, whole: Area): void {
    for (const [first, last] of wrappedRuns(screen)) {
      this.#run('wrapped', screen.rows.slice(first, last + 1), first, whole, (rows) => {
        const raw = joined(rows, 'raw');
        return (isFolded(rows) ? [raw] : [raw, joined(rows, 'folded')]).map((view) => this.#look(view, 'join'));
      });
    }
  }

  /** Text that wraps inside an area, and lines that belong together in it. */
  #area(rows: readonly Row[], area: Area, pane: boolean): void {
    const { first, last, left, right } = area;
    const key = `${left}-${right}`;
    const chains = softRuns(rows, area);
    for (const [top, end] of pane ? withSingles(area, chains) : chains) {
      this.#run(top === end ? `one ${key}` : key, rows.slice(top, end + 1), top, area, (run) => [
        this.#look(softJoined(run, left, right, 'raw'), 'join'),
        this.#look(softJoined(run, left, right, 'folded'), 'join'),
      ]);
    }
    if (!this.#scanner.crossesLines || this.#isQuiet(rows, area)) return;
    this.#run(`block ${key}`, rows.slice(first, last + 1), first, area, (run) => [
      this.#look(block(run, left, right), 'block'),
      this.#look(joinedBlock(run, left, right), 'block'),
    ]);
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
      for (const find of one.found) this.#placed.push({ ...find, top });
      this.#hold(one, rows, top, area);
    }
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
  const last = parts.at(-1);
  return last !== undefined && last.row === rows - 1 && last.to >= right - MARGIN;
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, y) => row === b[y]);
}
