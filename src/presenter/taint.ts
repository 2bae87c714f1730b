/**
 * What the presenter wanted gone: all that stood on the screen when he said so, for as long as it stands there, also
 * when it scrolls. What is written later is no part of it.
 */
import { blankRow, type Screen } from '../core/cells.js';
import { type Cover, coverOf, placesOf } from '../core/redact/cover.js';
import { CLEAN, type Span } from '../core/redact/masks.js';

/** The same characters at the same place, fewer than these, are other words that happen to agree. */
const LEAST = 3;
/** What counts and reports call it. */
const RULE = 'panic';

export class Taint {
  #screen: Screen | null = null;
  #cover: Cover | null = null;

  /** From now on nothing that stands on `screen` may be seen. */
  begin(screen: Screen): void {
    const blank = blankRow(screen.size.cols);
    const whole: readonly Span[] = [{ from: 0, to: screen.size.cols, rule: RULE }];
    this.#screen = screen;
    this.#cover = { rows: screen.rows.map((row) => (row === blank ? CLEAN : whole)), title: screen.title !== '' };
  }

  /** What of `screen`, the one that follows, may not be seen. */
  follow(screen: Screen): Cover | null {
    const before = this.#screen;
    if (before === null || this.#cover === null) return null;
    if (before.size.cols !== screen.size.cols) {
      // Rows were cut or folded anew: nothing can be compared, so all of it goes.
      this.begin(screen);
      return this.#cover;
    }
    const rows = coverOf(screen, before, this.#cover.rows, placesOf(screen), LEAST);
    const title = this.#cover.title && screen.title === before.title;
    const gone = !title && rows.every((spans) => spans.length === 0);
    this.#screen = gone ? null : screen;
    this.#cover = gone ? null : { rows, title };
    return this.#cover;
  }
}
