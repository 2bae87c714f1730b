/**
 * The presenter's own terminal as the session uses it: what the program prints goes there untouched, keys come from
 * there, notices are put between the program's sequences without touching a cell, and the panel is shown over it.
 */
import type { Size } from '../../core/cells.js';
import { prefixName } from '../../core/keys.js';
import { isTyped } from '../../core/reports.js';
import type { SessionState } from '../../core/session.js';
import type { Settings } from '../../ops/settings.js';
import { hasAlternateScreen } from '../../presenter/alternate-screen.js';
import { Console } from '../../presenter/console.js';
import { Ground } from '../../presenter/ground.js';
import { copyToTmux, tellDesktop, tellScreen, tellTmux } from '../../presenter/heralds.js';
import { Notice } from '../../presenter/notice.js';
import { Overlay } from '../../presenter/overlay.js';
import { COMMAND_KEYS, stepFor } from '../../presenter/panel/choices.js';
import { glyphsFor } from '../../presenter/panel/glyphs.js';
import { PanelOnTerminal } from '../../presenter/panel/on-terminal.js';
import type { Act, PanelView } from '../../presenter/panel/view.js';
import type { Snapshot } from '../../presenter/snapshot.js';
import { Terminal } from '../../presenter/terminal.js';

export interface StageEvents {
  keys(bytes: Uint8Array): void;
  /** Has something done; resolves to what the presenter is told about it. */
  act(act: Act): Promise<string>;
  view(): PanelView;
  /** Fetches what {@link view} shows and is not told by itself. */
  refresh(): void;
  /** SECRET: the screen after everything that was written so far; null when it cannot be had. */
  snapshot(): Promise<Snapshot | null>;
  resize(size: Size): void;
  /** The terminal has taken what was written. */
  drained(): void;
}

export interface StageOptions {
  /** The control character that begins a hotkey, or null for none. */
  readonly prefix: number | null;
  readonly notices: Settings['notices'];
}

/** A line in the title stays so long before the program's own title counts again, in ms: long enough to be read. */
const NOTICE_MS = 8000;
/** Bell and title are for at most one notice in this time, in ms. */
const NOTICE_EVERY_MS = 1000;

/** A notice that has to wait, and who wants to know when it is shown. */
interface Waiting {
  readonly text: string;
  readonly shown: (() => void) | undefined;
}

export class Stage {
  readonly #terminal: Terminal;
  readonly #ground = new Ground();
  readonly #notice: Notice;
  readonly #options: StageOptions;
  #overlay: Overlay | null = null;
  #panel: PanelOnTerminal | null = null;
  #console: Console | null = null;
  /** The program is on the alternate screen. */
  #alternate = false;
  #told = '';
  #urgentUntil = 0;
  /** The last notice that had to wait. */
  #latest: Waiting | null = null;
  #pause: NodeJS.Timeout | null = null;

  /** @throws {LecternError} NOT_A_TTY when there is no terminal. */
  constructor(options: StageOptions) {
    this.#options = options;
    this.#terminal = Terminal.open();
    this.#notice = new Notice(this.#ground, (bytes) => void this.#terminal.write(bytes));
  }

  get size(): Size {
    return this.#terminal.size;
  }

  open(events: StageEvents): void {
    const panel = this.#openPanel(events);
    this.#console = new Console({
      prefix: this.#options.prefix,
      commands: new Set(COMMAND_KEYS),
      // Answers of the terminal are the program's, whoever has the keys.
      onKeys: (bytes) =>
        panel.isOpen && isTyped(Buffer.from(bytes).toString('latin1')) ? panel.read(bytes) : events.keys(bytes),
      onCommand: (key) => this.#command(key, panel, events),
      onPanel: () => (panel.isOpen ? void panel.close() : panel.open(null)),
    });
    this.#terminal.onKeys((bytes) => this.#console?.feed(bytes));
    this.#terminal.onDrain(() => events.drained());
    this.#terminal.onResize((size) => {
      events.resize(size);
      panel.resized();
    });
  }

  #openPanel({ view, act, refresh, snapshot, drained }: StageEvents): PanelOnTerminal {
    const write = (bytes: Uint8Array): boolean => this.#terminal.write(bytes);
    const overlay = new Overlay({ write, ground: this.#ground, snapshot, drained, hasAlternate: hasAlternateScreen() });
    const glyphs = glyphsFor(process.env);
    const prefix = this.#options.prefix === null ? 'none' : prefixName(this.#options.prefix);
    const size = () => this.size;
    const covered = () => this.#tellScreen();
    const fail = () => this.notice('the panel cannot be shown now; try again');
    this.#overlay = overlay;
    this.#panel = new PanelOnTerminal({ prefix, overlay, glyphs, size, view, act, refresh, write, covered, fail });
    return this.#panel;
  }

  /** The program's output, untouched. False when the terminal is behind: {@link StageEvents.drained} follows. */
  write(bytes: Uint8Array): boolean {
    const flowing = this.#overlay?.output(bytes) ?? true;
    this.#notice.settle();
    return flowing;
  }

  /**
   * Something that the presenter should hear and read.
   * @param shown called when it is; what comes with it is not left out for another notice
   */
  notice(text: string, shown?: () => void): void {
    if (shown !== undefined || this.#latest?.shown === undefined) this.#latest = { text, shown };
    if (this.#pause !== null) return;
    this.#show(this.#latest);
    // Many observers at once, or one who comes again and again, must not keep the bell ringing.
    this.#pause = setTimeout(() => {
      this.#pause = null;
      if (this.#latest !== null) this.notice(this.#latest.text, this.#latest.shown);
    }, NOTICE_EVERY_MS);
    this.#pause.unref();
  }

  #show({ text, shown }: Waiting): void {
    const { title, bell, tmux, screen, terminal, desktop } = this.#options.notices;
    const line = `lectern: ${text}`;
    this.#latest = null;
    this.#urgentUntil = performance.now() + NOTICE_MS;
    if (title) this.#notice.title(line);
    if (bell) this.#notice.bell();
    if (terminal) this.#notice.notification(line);
    if (tmux) tellTmux(line, process.env);
    if (screen) tellScreen(line, process.env);
    if (desktop) tellDesktop(line, process.env);
    shown?.();
  }

  /** Puts a text where the presenter can paste it from. */
  copy(text: string): void {
    this.#notice.clipboard(text);
    copyToTmux(text, process.env);
  }

  /** Who watches and who types, and whether a password is read, in the title, when it changed. */
  tell({ watching, control, pausedMs, echoOff }: SessionState): void {
    this.#panel?.redraw();
    const watched = pausedMs === null ? `● ${watching} watching` : `paused · ${watching} wait`;
    const who = control === null ? watched : `control: ${control.name}`;
    const line = echoOff ? `${who} · password prompt` : who;
    if (line === this.#told) return;
    this.#told = line;
    if (this.#options.notices.title && performance.now() > this.#urgentUntil) this.#notice.title(line);
  }

  /** @param alternate the program left its terminal on the alternate screen. */
  setAlternate(alternate: boolean): void {
    this.#alternate = alternate;
    this.#tellScreen();
  }

  /** The terminal is again what it was. */
  async close(): Promise<void> {
    this.#console?.close();
    await this.#panel?.close();
    if (this.#pause !== null) clearTimeout(this.#pause);
    return this.#terminal.restore(this.#notice.end());
  }

  #tellScreen(): void {
    this.#terminal.setAlternate(this.#overlay?.showsAlternate ?? this.#alternate);
  }

  /** A key after the prefix: the panel is opened only when there is something to choose, to confirm or to read. */
  #command(key: string, panel: PanelOnTerminal, events: StageEvents): void {
    if (panel.isOpen) return panel.press(key);
    const step = stepFor(key, events.view());
    if (step === null || step.kind === 'close') return;
    if (step.kind === 'tell') return this.notice(step.text);
    if (step.kind !== 'do') return panel.open(step);
    events.act(step.act).then(
      (text) => this.notice(text),
      (error: Error) => this.notice(error.message),
    );
  }
}
