/**
 * An observer who looks for parts of secrets: in every state of his screen, as an emulator has it after each piece of
 * what came over the wire, and in the bytes themselves.
 */
import type { Screen, Size } from '../../src/core/cells.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { bare, Eye } from './eye.js';
import { type House, until } from './house.js';
import type { Fragments } from './plants.js';

/** What a client without a size of its own is taken for. */
const OBSERVER: Size = { cols: 80, rows: 24 };
const BARS = /[│┃║|]/;

/** The texts of a screen: its rows, and rows that may be one line, on the whole screen and between vertical lines. */
export function textsOf({ rows }: Pick<Screen, 'rows'>): readonly string[] {
  const texts = rows.map((row) => Array.from({ length: row.cols }, (_, x) => row.text(x) || ' ').join(''));
  const columns = Math.max(...texts.map((text) => text.split(BARS).length));
  const panes = Array.from({ length: columns }, (_, i) => texts.map((text) => text.split(BARS)[i] ?? ''));
  return [texts, ...(columns > 1 ? panes : [])].flatMap((lines) => [
    lines.join('\n'),
    lines.map((line) => line.trimEnd()).join(''),
    lines.map((line) => line.trim()).join(''),
  ]);
}

/** What is drawn, state by state. */
export class Drawn {
  readonly #emulator: Emulator;
  readonly #known: Fragments;
  readonly leaks = new Set<string>();
  #screen: Screen | null = null;
  states = 0;

  constructor(known: Fragments, size: Size = OBSERVER) {
    this.#emulator = new Emulator(size);
    this.#known = known;
  }

  get screen(): Screen {
    this.#screen = this.#emulator.capture(this.#screen);
    return this.#screen;
  }

  feed(bytes: Uint8Array): void {
    this.#emulator.feed(bytes);
    this.states++;
    for (const text of [...textsOf(this.screen), this.screen.title]) {
      for (const name of this.#known.in(text)) this.leaks.add(name);
    }
  }

  shows(text: string): boolean {
    return textsOf(this.screen).some((one) => one.includes(text));
  }
}

export class Lookout {
  readonly #eye: Eye;
  readonly #known: Fragments;
  readonly drawn: Drawn;

  /** @param ssh the words of a command that watches */
  constructor(house: House, ssh: { ssh(options: readonly string[]): readonly string[] }, known: Fragments) {
    this.#known = known;
    this.drawn = new Drawn(known);
    this.#eye = new Eye(house, ssh, (chunk) => this.drawn.feed(chunk));
  }

  /** Waits until the observer sees a text: wrapped, too. */
  async sees(text: string): Promise<void> {
    const seen = () => textsOf(this.drawn.screen)[0]!.replaceAll(/ +$/gm, '');
    await until(`"${text}" at the observer`, () => this.drawn.shows(text), seen);
  }

  /** The secrets of which a part was drawn, or stood in the bytes: as they came, and without their sequences. */
  leaks(): readonly string[] {
    const { bytes } = this.#eye;
    return [...new Set([...this.drawn.leaks, ...this.#known.in(bytes), ...this.#known.in(bare(bytes))])];
  }
}
