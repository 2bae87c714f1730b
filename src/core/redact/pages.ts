/**
 * What goes on from one page to the next: a pager ends its page in the middle of a wrapped line, and the next one begins
 * with the rest of it, so that no screen ever has the whole. The rows at the end of the last page are kept for as long
 * as the row stays at the top that came after them. Knows rows and their edges, not what stands on them.
 */
import type { Row } from '../cells.js';
import { reachesEdge } from './views.js';

/** Rows below a page's last one: a prompt or status line, and one more. */
const MAX_BELOW = 2;
/** Rows that a line may have on either page: 4 of 80 columns hold the longest tokens. */
const MAX_ROWS = 4;

/** The end of the last page and the beginning of this one, which may be one line. */
export interface PageBreak {
  readonly before: readonly Row[];
  readonly after: readonly Row[];
}

export class Pages {
  #rows: readonly Row[] = [];
  #top: Row | undefined;
  #end: readonly Row[] = [];
  #break: PageBreak | undefined;

  /**
   * Looks at the next screen. Undefined when its first row goes on from no other page, and the same object as before
   * when nothing changed.
   */
  look(rows: readonly Row[], cols: number): PageBreak | undefined {
    const top = rows[0];
    if (top !== this.#top) this.#turn(rows);
    this.#rows = rows;
    if (this.#end.length === 0) return undefined;
    const after = rows.slice(0, 1 + reaching(rows, 0, 1, cols));
    const known = this.#break;
    if (known?.before !== this.#end || !isSame(known.after, after)) this.#break = { before: this.#end, after };
    return this.#break;
  }

  /** Forgets the last page: one of another width says nothing. */
  forget(): void {
    [this.#rows, this.#end] = [[], []];
  }

  #turn(rows: readonly Row[]): void {
    const last = this.#rows;
    const cols = last[0]?.cols ?? 0;
    this.#top = rows[0];
    this.#end = [];
    const y = endOf(last, cols);
    if (y < 0 || rows.includes(last[y]!)) return;
    this.#end = last.slice(y - reaching(last, y - 1, -1, cols), y + 1);
  }
}

function isSame(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, y) => row === b[y]);
}

/** The last row that reaches the edge, when it ends the page; or -1. */
function endOf(rows: readonly Row[], cols: number): number {
  for (let y = rows.length - 1; y >= 0 && y >= rows.length - 1 - MAX_BELOW; y--) {
    if (reachesEdge(rows[y]!, 0, cols)) return y;
  }
  return -1;
}

/** How many rows from `first` on, up or down, reach the edge. */
function reaching(rows: readonly Row[], first: number, step: 1 | -1, cols: number): number {
  let count = 0;
  while (count < MAX_ROWS - 1 && first + count * step >= 0 && first + count * step < rows.length - 1) {
    if (!reachesEdge(rows[first + count * step]!, 0, cols)) break;
    count++;
  }
  return count;
}
