/**
 * What the wall remembers, on a screen: learns the secrets that stand there whole, and finds the fragments of all that
 * was ever learned, in rows and in rows that go on in one another. What was found is kept by row until memory grows.
 */
import type { Row, Screen } from '../cells.js';
import { Budget } from './budget.js';
import type { Fragment } from './grams.js';
import { lessonsOf, lessonsOfCut, openLesson } from './lessons.js';
import type { Placed } from './masks.js';
import type { Memory } from './memory.js';
import { rowText } from './rowtext.js';
import type { Rule } from './rule.js';
import { softViews } from './soft-views.js';
import { type Area, formsOf, joined, lineView, softRuns, type View, wrappedRuns } from './views.js';

type Place = Omit<Placed, 'top'>;

/** What was found on rows that are the same objects, by a memory of this version. */
interface Memo {
  readonly version: number;
  readonly rows: readonly Row[];
  readonly places: readonly Place[];
}

const NOWHERE: readonly Place[] = [];
const NONE: readonly Placed[] = [];

/** Secrets that grow are looked for again on the same screen, but not for ever. */
const MAX_ROUNDS = 3;
/** What a token may go on with. */
const TOKEN_RUN = /[\w.~+/=-]*/y;

export class Recall {
  readonly #memory: Memory;
  readonly #learns: boolean;
  readonly #budget: Budget;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #memos = new Map<string, WeakMap<Row, Memo>>();

  /** @param learns false for a test that proves that learning is needed */
  constructor(rules: readonly Rule[], memory: Memory, learns: boolean = true, budget: Budget = Budget.NONE) {
    this.#memory = memory;
    this.#budget = budget;
    this.#learns = learns;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  get memory(): Memory {
    return this.#memory;
  }

  /**
   * Remembers a secret that the rule of this id found. Those of known values need not be remembered.
   * @param held true when only its beginning was seen
   * @param cut true when it is whole as it is, and may go on where it was cut off
   */
  learn(id: string, secret: string, held: boolean = false, cut: boolean = false): void {
    const rule = this.#rules.get(id);
    if (rule === undefined || !this.#learns) return;
    this.#budget.check();
    const lessons = held ? lessonsOfCut(rule, secret) : lessonsOf(rule, secret);
    for (const lesson of lessons) this.#memory.learn(cut ? openLesson(lesson, secret) : lesson);
  }

  /** Forgets where secrets stood (not what they are): areas of another size are others. */
  forgetRuns(): void {
    this.#memos.clear();
  }

  /** Where remembered secrets stand in a view. */
  found(view: View): readonly Place[] {
    const found = this.#memory.find(view.text, this.#budget);
    if (found.length === 0) return NOWHERE;
    return found.map((one) => ({ rule: one.id, parts: view.locate(one.from, this.#endOf(one, view.text)) }));
  }

  /**
   * Where a fragment ends. When only the beginning of the secret is known and the fragment reaches the end of that, what
   * follows at once is more of it, and learned: so a line that is moved sideways step by step stays masked.
   */
  #endOf({ to, id, open }: Fragment, text: string): number {
    if (open === undefined) return to;
    TOKEN_RUN.lastIndex = to;
    const more = TOKEN_RUN.exec(text)?.[0] ?? '';
    const end = to + more.length;
    const isCut = end === text.length || text[end] !== ' ';
    if (more !== '') this.#memory.learn({ rule: id, text: open + more, grain: 'every', open: isCut });
    return end;
  }

  /**
   * Where remembered secrets stand on a screen, after what stands there whole was learned.
   * @param areas the screen and its panes
   * @param placed what was found on the screen
   */
  recall(screen: Screen, areas: readonly Area[], placed: readonly Placed[]): readonly Placed[] {
    for (const { rule, secrets, held, cut } of placed) {
      for (const secret of secrets ?? []) this.learn(rule, secret, held, cut);
    }
    if (this.#memory.size === 0) return NONE;
    for (let rounds = 1; ; rounds++) {
      const { version } = this.#memory;
      const found = this.#everywhere(screen, areas);
      if (version === this.#memory.version || rounds === MAX_ROUNDS) return found;
    }
  }

  #everywhere(screen: Screen, areas: readonly Area[]): readonly Placed[] {
    const { rows } = screen;
    const found = [
      rows.flatMap((_, y) => this.#run('row', rows, y, y, rowViews)),
      wrappedRuns(screen).flatMap(([first, last]) => this.#run('wrapped', rows, first, last, wrappedViews)),
    ];
    for (const area of areas) {
      const views = (run: readonly Row[]) => softViews(run, area.left, area.right);
      const key = `${area.left}-${area.right}`;
      found.push(softRuns(rows, area).flatMap(([first, last]) => this.#run(key, rows, first, last, views)));
    }
    return found.flat();
  }

  #run(
    kind: string,
    all: readonly Row[],
    first: number,
    last: number,
    views: (rows: readonly Row[]) => readonly View[],
  ): readonly Placed[] {
    const memos = this.#memos.get(kind) ?? new WeakMap<Row, Memo>();
    this.#memos.set(kind, memos);
    let memo = memos.get(all[first]!);
    const { version } = this.#memory;
    if (memo?.version !== version || !isRun(memo.rows, all, first, last)) {
      const rows = all.slice(first, last + 1);
      memo = { version, rows, places: views(rows).flatMap((view) => this.found(view)) };
      memos.set(rows[0]!, memo);
    }
    return memo.places.length === 0 ? NONE : memo.places.map((place) => ({ ...place, top: first }));
  }
}

function isRun(rows: readonly Row[], all: readonly Row[], first: number, last: number): boolean {
  return rows.length === last - first + 1 && rows.every((row, i) => row === all[first + i]);
}

function rowViews(rows: readonly Row[]): readonly View[] {
  const text = rowText(rows[0]!);
  return formsOf(rows).map((form) => lineView(text[form]));
}

function wrappedViews(rows: readonly Row[]): readonly View[] {
  return [joined(rows, 'raw'), joined(rows, 'folded')];
}
