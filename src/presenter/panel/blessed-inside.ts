/**
 * The one place that reaches into blessed 0.1.81: a screen that only draws, into a sink, over whatever a terminal
 * shows. Left to itself blessed takes the process's terminal, signals and exit, reads terminfo files that it cannot
 * parse, runs `tmux -V`, and clears the screen; here it gets none of these.
 */
import { EventEmitter } from 'node:events';
import blessed, { type Widgets } from 'blessed';
import type { Size } from '../../core/cells.js';

/** What blessed has beyond its types. */
interface Inside {
  Screen: Hooks;
  Program: Hooks;
  Tput: { readonly ipaths: unknown[] };
  program(options: object): Program;
  screen(options: object): Widgets.Screen;
}

type Hooks = Record<'_bound' | '_exitHandler' | '_exceptionHandler' | `_sig${string}Handler`, unknown>;

interface Program {
  tput: { brokenACS: boolean; sc(): string; rc(): string };
  put: { keypad_xmit(): void; keypad_local(): void };
  alternateBuffer(): void;
  normalBuffer(): void;
  clear(): void;
  csr(): void;
  on(event: 'warning', listener: () => void): void;
}

const inside = blessed as unknown as Inside;
/** The bundled description of xterm-256color serves every terminal: the system's may be in a format that it misreads. */
const TERMINAL = 'xterm-256color';
inside.Tput.ipaths.length = 0;

/** What tells blessed of the terminal in which this process was started: wrong guesses, and programs that are run. */
const MISLEADING = [
  ...['TMUX', 'TERM_PROGRAM', 'ITERM_SESSION_ID', 'COLORTERM', 'TERMINATOR_UUID', 'VTE_VERSION', 'TERMCAP'],
  ...['NCURSES_NO_UTF8_ACS', 'NCURSES_UNICODE', 'BLESSED_FORCE_MODES'],
];
const nothing = (): void => {};

/**
 * A screen of `size` that draws with `write`, and only what differs from an empty one.
 * @param unicode false: lines are drawn with ASCII
 */
export function openScreen(size: Size, unicode: boolean, write: (text: string) => void): Widgets.Screen {
  const output = Object.assign(new EventEmitter(), {
    isTTY: true,
    writable: true,
    columns: size.cols,
    rows: size.rows,
    write(text: string): boolean {
      write(text);
      return true;
    },
  });
  const input = Object.assign(new EventEmitter(), { isTTY: true, resume: nothing, pause: nothing });
  return withoutHints(() => {
    disarm();
    const program = inside.program({ input, output, terminal: TERMINAL, forceUnicode: unicode });
    program.on('warning', nothing);
    // The saved cursor is the program's, and in tmux both screens share it.
    Object.assign(program.tput, { brokenACS: true, sc: () => '', rc: () => '' });
    // Keys are read elsewhere, and what was on the terminal stays.
    Object.assign(program.put, { keypad_xmit: nothing, keypad_local: nothing });
    Object.assign(program, { alternateBuffer: nothing, normalBuffer: nothing, clear: nothing, csr: nothing });
    return inside.screen({ program, smartCSR: false, fullUnicode: false, forceUnicode: unicode, autoPadding: false });
  });
}

/** To be called before a screen is destroyed too: with the last one blessed removes the listeners that it never had. */
export function closeScreen(screen: Widgets.Screen): void {
  disarm();
  screen.destroy();
}

/** Blessed listens to the process's end and signals once; it is told that it does so already. */
function disarm(): void {
  inside.Program._bound = true;
  inside.Program._exitHandler = nothing;
  inside.Screen._bound = true;
  for (const name of ['_exceptionHandler', '_exitHandler'] as const) inside.Screen[name] = nothing;
  for (const name of ['term', 'int', 'quit']) inside.Screen[`_sig${name}Handler`] = nothing;
}

/** Runs `make` while the environment says nothing of this process's own terminal. */
function withoutHints<T>(make: () => T): T {
  const kept = MISLEADING.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  for (const [name] of kept) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of kept) process.env[name] = value;
  }
}
