/**
 * The panel as a state: which page is shown, what keys do on it, and the lines it is drawn with. It knows no terminal
 * and no session: it is handed a view, and hands out acts.
 */
import type { Size } from '../../core/cells.js';
import { type Item, type Step, stepFor } from './choices.js';
import type { Glyphs } from './glyphs.js';
import { helpLines } from './help.js';
import { overview, overviewRows } from './overview.js';
import { type Line, piece } from './text.js';
import type { Act, PanelView } from './view.js';

export interface PanelOptions {
  /** The key before all others, as users write it. */
  readonly prefix: string;
  readonly view: () => PanelView;
  /** Has something done; resolves to what is told about it. */
  readonly act: (act: Act) => Promise<string>;
  readonly redraw: () => void;
  readonly close: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is drawn: a title, lines of text, and perhaps a list of which one item is chosen. */
export interface Sheet {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly list: { readonly items: readonly string[]; readonly chosen: number } | null;
}

type Page =
  | { readonly kind: 'overview' | 'help' }
  | Extract<Step, { kind: 'ask' }>
  | (Extract<Step, { kind: 'pick' }> & { chosen: number });

/** Lines that a page-up or page-down key moves. */
const PAGE_LINES = 5;
const MOVES: Readonly<Record<string, number>> = { up: -1, down: 1, pageup: -PAGE_LINES, pagedown: PAGE_LINES };
/** As vi has them. */
const ALSO: Readonly<Record<string, string>> = { j: 'down', q: 'esc' };

export class Panel {
  readonly #options: PanelOptions;
  #page: Page = { kind: 'overview' };
  /** Opened for one question: answered, it closes. */
  #brief: boolean;
  #said = '';
  #scrolled = 0;

  /** @param first what the panel is opened for; null for its first page */
  constructor(options: PanelOptions, first: Step | null) {
    this.#options = options;
    this.#brief = first !== null && first.kind !== 'help';
    if (first !== null) this.#enter(first);
  }

  /** A key by its name, see {@link PanelKeys}. */
  press(key: string): void {
    const page = this.#page;
    if (page.kind === 'ask') this.#answer(page, key);
    else if (page.kind === 'pick') this.#choose(page, ALSO[key] ?? (key === 'k' ? 'up' : key));
    else this.#command(page.kind, key);
    this.#options.redraw();
  }

  /** Rows that the page wants. */
  rows(cols: number): number {
    if (this.#page.kind === 'help') return helpLines(this.#options.prefix).length;
    return overviewRows(this.#options.view(), cols);
  }

  sheet(size: Size, glyphs: Glyphs): Sheet {
    const view = this.#options.view();
    const page = this.#page;
    const title = `lectern${glyphs.gap}${view.name}${glyphs.gap}${view.watching} watching`;
    if (page.kind === 'help') return { title, lines: this.#help(size), list: null };
    if (page.kind === 'ask') return { title, lines: question(page), list: null };
    if (page.kind === 'pick') {
      const hint: Line = [piece('enter', 'key'), piece(' choose  '), piece('esc', 'key'), piece(' back')];
      const items = page.items.map(({ label }, i) => `${i < 9 ? `${i + 1} ` : '  '}${label}`);
      return { title, lines: [[piece(page.title, 'strong')], hint], list: { items, chosen: page.chosen } };
    }
    const lines = overview(
      { view, said: this.#said, scrolled: this.#scrolled, nowMs: this.#options.now() },
      size,
      glyphs,
    );
    return { title, lines, list: null };
  }

  #help({ rows }: Size): readonly Line[] {
    const all = helpLines(this.#options.prefix);
    this.#scrolled = Math.min(this.#scrolled, Math.max(all.length - rows, 0));
    return all.slice(this.#scrolled, this.#scrolled + rows);
  }

  #command(kind: 'overview' | 'help', key: string): void {
    const move = MOVES[key] ?? MOVES[ALSO[key] ?? ''];
    if (move !== undefined) {
      this.#scrolled = Math.max(this.#scrolled + move, 0);
      return;
    }
    const leaves = key === 'q' || key === 'esc' || (kind === 'help' && key === '?');
    const step = leaves ? { kind: 'close' as const } : stepFor(key, this.#options.view());
    if (step?.kind === 'close' && kind === 'help') this.#home();
    else if (step !== null) this.#enter(step);
  }

  #enter(step: Step): void {
    switch (step.kind) {
      case 'do':
        this.#home();
        return this.#do(step.act);
      case 'tell':
        this.#home();
        return this.#tell(step.text);
      case 'pick':
        this.#page = { ...step, chosen: 0 };
        return;
      case 'ask':
        this.#page = step;
        return;
      case 'help':
        this.#page = { kind: 'help' };
        this.#scrolled = 0;
        return;
      case 'close':
        this.#options.close();
    }
  }

  #answer({ answers }: Extract<Page, { kind: 'ask' }>, key: string): void {
    const answer = answers.find((one) => one.key === key);
    if (answer !== undefined) this.#enter({ kind: 'do', act: answer.act });
    else if (['n', 'esc', 'q'].includes(key)) this.#back();
  }

  #choose(page: Extract<Page, { kind: 'pick' }>, key: string): void {
    const last = page.items.length - 1;
    const move = MOVES[key];
    if (move !== undefined) page.chosen = Math.min(Math.max(page.chosen + move, 0), last);
    else if (key === 'esc') this.#back();
    else this.#take(key === 'enter' ? page.items[page.chosen] : page.items[Number(key) - 1]);
  }

  #take(item: Item | undefined): void {
    if (item !== undefined) this.#enter(item.step);
  }

  /** Nothing was chosen. */
  #back(): void {
    this.#home();
    this.#said = '';
  }

  #home(): void {
    this.#page = { kind: 'overview' };
    this.#scrolled = 0;
    if (this.#brief) this.#options.close();
  }

  #do(act: Act): void {
    void this.#options.act(act).then(
      (said) => this.#tell(said),
      (error: Error) => this.#tell(error.message),
    );
  }

  #tell(text: string): void {
    this.#said = text;
    this.#options.redraw();
  }
}

function question({ question, answers }: Extract<Step, { kind: 'ask' }>): readonly Line[] {
  const lines = answers.map(({ key, label }): Line => [piece(key, 'key'), piece(` ${label}`)]);
  return [[piece(question, 'alert')], [], ...lines, [piece('n', 'key'), piece(' no')]];
}
