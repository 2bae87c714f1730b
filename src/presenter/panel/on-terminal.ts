/**
 * The panel on the presenter's terminal: opened over the picture, drawn when something changes and once a second, and
 * taken away. The keys are the panel's from the moment at which it is asked for, drawn or not.
 */
import type { Size } from '../../core/cells.js';
import type { Overlay } from '../overlay.js';
import type { Step } from './choices.js';
import type { Glyphs } from './glyphs.js';
import { PanelKeys } from './keys.js';
import { Panel } from './panel.js';
import type { Popup } from './popup.js';
import type { Act, PanelView } from './view.js';

/** Clocks on the panel go by seconds. */
const TICK_MS = 1000;
/** A program that is told of another size draws itself anew in about so long, in ms: the picture behind is fetched. */
const REDRAW_MS = 150;

export interface PanelOnTerminalOptions {
  /** The key before all others, as users write it. */
  readonly prefix: string;
  readonly overlay: Overlay;
  readonly glyphs: Glyphs;
  readonly size: () => Size;
  readonly view: () => PanelView;
  readonly act: (act: Act) => Promise<string>;
  /** Fetches what is not told by itself; called once a second while the panel is open. */
  readonly refresh: () => void;
  /** Puts bytes on the terminal. */
  readonly write: (bytes: Uint8Array) => void;
  /** The terminal was covered, or given back. */
  readonly covered: () => void;
  /** Says that the panel cannot be shown. */
  readonly fail: () => void;
}

export class PanelOnTerminal {
  readonly #options: PanelOnTerminalOptions;
  readonly #keys = new PanelKeys();
  #panel: Panel | null = null;
  #popup: Popup | null = null;
  /** Opening and closing, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #due: NodeJS.Immediate | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #resizing: NodeJS.Timeout | null = null;

  constructor(options: PanelOnTerminalOptions) {
    this.#options = options;
  }

  /** True while keys belong to the panel. */
  get isOpen(): boolean {
    return this.#panel !== null;
  }

  /** @param first what it is opened for; null for its first page */
  open(first: Step | null): void {
    if (this.#panel !== null) return;
    const { prefix, view, act } = this.#options;
    const panel = new Panel(
      { prefix, view, act, redraw: () => this.redraw(), close: () => void this.close(), now: Date.now },
      first,
    );
    this.#panel = panel;
    this.#work = this.#work.then(() => this.#show(panel)).catch(() => this.#failed());
  }

  /** What is typed, as it was read. */
  read(bytes: Uint8Array): void {
    for (const key of this.#keys.read(bytes)) this.press(key);
  }

  /** One key by its name. */
  press(key: string): void {
    this.#panel?.press(key);
  }

  /** Something of the session has changed. */
  redraw(): void {
    if (this.#popup === null) return;
    this.#due ??= setImmediate(() => {
      this.#due = null;
      this.#popup?.draw(this.#options.size());
    });
  }

  /** The terminal has another size: the picture is fetched, and once more when the program has drawn it. */
  resized(): void {
    if (this.#popup === null) return;
    this.#repaint();
    if (this.#resizing !== null) clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => this.#repaint(), REDRAW_MS);
  }

  /** Resolves when the terminal is what it was, with all that was printed meanwhile. */
  close(): Promise<void> {
    if (this.#panel !== null) {
      this.#panel = null;
      this.#work = this.#work.then(() => this.#hide());
    }
    return this.#work;
  }

  async #show(panel: Panel): Promise<void> {
    const { overlay, glyphs, write, covered, fail } = this.#options;
    // Half of the way: the library is only loaded by those who look at the panel.
    const loading = import('./popup.js');
    const shown = await overlay.open();
    covered();
    if (!shown) {
      this.#panel = null;
      return fail();
    }
    const { Popup } = await loading;
    if (this.#panel !== panel) return;
    this.#popup = new Popup(panel, glyphs, (text) => write(Buffer.from(text)));
    this.redraw();
    this.#options.refresh();
    this.#ticker = setInterval(() => {
      this.#options.refresh();
      this.redraw();
    }, TICK_MS);
  }

  async #hide(): Promise<void> {
    for (const timer of [this.#ticker, this.#resizing]) if (timer !== null) clearTimeout(timer);
    if (this.#due !== null) clearImmediate(this.#due);
    this.#due = null;
    this.#popup?.forget();
    this.#popup = null;
    await this.#options.overlay.close();
    this.#options.covered();
  }

  async #failed(): Promise<void> {
    this.#panel = null;
    await this.#hide();
    this.#options.fail();
  }

  #repaint(): void {
    this.#popup?.forget();
    void this.#options.overlay.resized().then(() => {
      // What a clock drew while the picture was fetched lies under it now. Drawn at once: nobody sees it missing.
      this.#popup?.forget();
      this.#popup?.draw(this.#options.size());
    });
  }
}
