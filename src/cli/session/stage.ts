/**
 * The presenter's own terminal as the session uses it: what the program prints goes there untouched, keys come from
 * there, and notices are put between the program's sequences without touching a cell.
 */
import type { Size } from '../../core/cells.js';
import type { SessionState } from '../../core/session.js';
import { Console } from '../../presenter/console.js';
import { Ground } from '../../presenter/ground.js';
import { Notice } from '../../presenter/notice.js';
import { Terminal } from '../../presenter/terminal.js';

/** What the presenter's hotkeys do. */
export type Action = 'give' | 'take' | 'admit' | 'deny' | 'kick' | 'unshare' | 'panic';

export interface StageEvents {
  keys(bytes: Uint8Array): void;
  action(action: Action): void;
  resize(size: Size): void;
  /** The terminal has taken what was written. */
  drained(): void;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  g: 'give',
  x: 'take',
  a: 'admit',
  d: 'deny',
  k: 'kick',
  s: 'unshare',
  z: 'panic',
};
const HELP =
  'C-\\ g gives control for 60 s · x takes it back · a admits · d denies · k kicks the last · s stops sharing · z hides what is on';
const HELP_KEYS = ['?', 'esc'];
/** A line in the title stays so long before the program's own title counts again, in ms: long enough to be read. */
const NOTICE_MS = 8000;
/** Bell and title are for at most one notice in this time, in ms. */
const NOTICE_EVERY_MS = 1000;

export class Stage {
  readonly #terminal: Terminal;
  readonly #ground = new Ground();
  readonly #notice: Notice;
  readonly #prefix: number | null;
  #console: Console | null = null;
  #told = '';
  #urgentUntil = 0;
  /** The last notice that had to wait. */
  #latest: string | null = null;
  #pause: NodeJS.Timeout | null = null;

  /**
   * @param prefix the control character that begins a hotkey, or null for none.
   * @throws {LecternError} NOT_A_TTY when there is no terminal.
   */
  constructor(prefix: number | null) {
    this.#prefix = prefix;
    this.#terminal = Terminal.open();
    this.#notice = new Notice(this.#ground, (bytes) => void this.#terminal.write(bytes));
  }

  get size(): Size {
    return this.#terminal.size;
  }

  open(events: StageEvents): void {
    const keys = new Console({
      prefix: this.#prefix,
      commands: new Set([...Object.keys(ACTIONS), ...HELP_KEYS]),
      onKeys: (bytes) => events.keys(bytes),
      onCommand: (key) => this.#command(key, events),
      onPanel: () => this.notice(HELP),
    });
    this.#console = keys;
    this.#terminal.onKeys((bytes) => keys.feed(bytes));
    this.#terminal.onResize((size) => events.resize(size));
    this.#terminal.onDrain(() => events.drained());
  }

  /** The program's output, untouched. False when the terminal is behind: {@link StageEvents.drained} follows. */
  write(bytes: Uint8Array): boolean {
    const flowing = this.#terminal.write(bytes);
    this.#ground.feed(bytes);
    this.#notice.settle();
    return flowing;
  }

  /** Something that the presenter should hear and read: the bell and the title. */
  notice(text: string): void {
    this.#latest = text;
    if (this.#pause !== null) return;
    this.#show(text);
    // Many observers at once, or one who comes again and again, must not keep the bell ringing.
    this.#pause = setTimeout(() => {
      this.#pause = null;
      if (this.#latest !== null) this.notice(this.#latest);
    }, NOTICE_EVERY_MS);
    this.#pause.unref();
  }

  #show(text: string): void {
    this.#latest = null;
    this.#urgentUntil = performance.now() + NOTICE_MS;
    this.#notice.title(`lectern: ${text}`);
    this.#notice.bell();
  }

  /** Who watches and who types, in the title, when it changed. */
  tell({ watching, control, echoOff }: SessionState): void {
    const who = control === null ? `● ${watching} watching` : `control: ${control.name}`;
    const line = echoOff ? `${who} · password prompt` : who;
    if (line === this.#told) return;
    this.#told = line;
    if (performance.now() > this.#urgentUntil) this.#notice.title(line);
  }

  /** @param alternate the program left its terminal on the alternate screen. */
  setAlternate(alternate: boolean): void {
    this.#terminal.setAlternate(alternate);
  }

  /** The terminal is again what it was. */
  close(): Promise<void> {
    this.#console?.close();
    if (this.#pause !== null) clearTimeout(this.#pause);
    return this.#terminal.restore(this.#notice.end());
  }

  #command(key: string, events: StageEvents): void {
    const action = ACTIONS[key];
    if (action !== undefined) events.action(action);
    else if (key === '?') this.notice(HELP);
  }
}
