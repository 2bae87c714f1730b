/**
 * The pseudo-terminal in which the shared program runs. SECRET side: its bytes are unmasked. Knows nothing of
 * emulators, presenters or observers.
 *
 * node-pty's JavaScript loses the last output of a program in most runs on Linux: libuv takes the hang-up that
 * comes with a partial read for the end of the stream, and a timer destroys the socket 200 ms after the exit. So
 * only its native half is used here, and this process holds the other end open: no hang-up is ever seen. When the
 * program has died, a random mark is written through that end. The kernel keeps the order, so whatever the program
 * wrote comes before the mark.
 */
import { randomInt } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as os } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ReadStream } from 'node:tty';
import { MAX_COLS, MAX_ROWS, type Size } from '../core/cells.js';
import { LecternError } from '../core/errors.js';
import { Keyboard, type Pressure } from './keyboard.js';
import { reading } from './read-buffer.js';
import { Tail } from './tail.js';
import { dropUnread } from './unread.js';

/** Digits of the mark: 32 make 106 bits. Digits pass every output setting of a terminal unchanged (OLCUC changes letters). */
const MARK_DIGITS = 32;
/** How long the rest of the output may show no progress before the exit is told without it, in ms. Met only when output is stopped (C-s). */
const STALL_MS = 500;
/** How long the rest may take in all while somebody reads it, in ms: a background process may write without an end. */
const TAIL_MS = 3000;
/** The wait before the mark is tried again when the kernel's buffer is full, in ms. */
const MARK_RETRY_MS = 5;

/** How to start a program in a terminal of its own. */
export interface Program {
  /** A path, or a name that is looked up in the PATH of `env`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; TERM and PWD are set over it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly size: Size;
  /** Value of TERM. */
  readonly term: string;
}

/** How a program ended: its status, or the signal that killed it. */
export interface Exit {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/** Added to the number of the signal that ended a program, as shells do. */
const SIGNAL_STATUS = 128;

/** How a program ended as one number, as shells tell it: its status, or 128 and the signal's number. */
export function statusOf({ code, signal }: Exit): number {
  return signal === null ? code : SIGNAL_STATUS + os.signals[signal];
}

interface Native {
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helper: string,
    onExit: (code: number, signal: number) => void,
  ): { fd: number; pid: number; pty: string };
  resize(fd: number, cols: number, rows: number): void;
}

interface Loader {
  loadNativeModule(name: string): { dir: string; module: Native };
}

/** Loaded at the first use, so that a process which never opens a terminal needs no compiled addon. */
function loadNative(): { readonly pty: Native; readonly helper: string } {
  const require = createRequire(import.meta.url);
  const path = require.resolve('node-pty/lib/utils.js');
  const { loadNativeModule } = require('node-pty/lib/utils.js') as Loader;
  let loaded: ReturnType<Loader['loadNativeModule']>;
  try {
    loaded = loadNativeModule('pty');
  } catch (cause) {
    throw new LecternError('FAILED', 'node-pty was not compiled here: run `npm rebuild node-pty`', { cause });
  }
  const { dir, module } = loaded;
  if (typeof module.fork !== 'function' || typeof module.resize !== 'function') {
    throw new LecternError('FAILED', 'this version of node-pty is not the one that lectern was made for');
  }
  return { pty: module, helper: resolve(path, '..', dir, 'spawn-helper') };
}

/** Between the two resizes of a nudge, in ms: a program that looks only at the last of them would do nothing. */
const NUDGE_MS = 50;

/** A running program and the terminal it believes to have. */
export class Pty {
  /** Process id of the program; it leads a session and a process group of that number. */
  readonly pid: number;
  readonly #native: Native;
  readonly #fd: number;
  readonly #path: string;
  readonly #hold: number | null;
  readonly #socket: ReadStream;
  readonly #keyboard: Keyboard;
  #onBytes: ((bytes: Uint8Array) => void) | null = null;
  #onExit: ((exit: Exit) => void) | null = null;
  #onPressure: ((pressure: Pressure) => void) | null = null;
  #exit: Exit | null = null;
  #mark: Buffer | null = null;
  #tail: Tail | null = null;
  #paused = false;
  #over = false;
  /** Milliseconds of the tail while somebody read, and since its last progress. */
  #spentMs = 0;
  #stalledMs = 0;
  #clock: NodeJS.Timeout | null = null;

  /**
   * Starts a program. Child processes that are started while it runs inherit the terminal's descriptor (node-pty
   * leaves it open across exec): start those that may outlive this process before.
   * @throws {LecternError} SPAWN when there is no such program or directory, or the system has no terminal left.
   */
  static open(program: Program): Pty {
    return new Pty(program);
  }

  private constructor(program: Program) {
    const { pty, helper } = loadNative();
    assertRunnable(program);
    const env = Object.entries({ ...program.env, TERM: program.term, PWD: program.cwd })
      .filter((entry) => entry[1] !== undefined)
      .map(([name, value]) => `${name}=${value}`);
    const { cols, rows } = clamped(program.size);
    const died = (code: number, signal: number) => this.#died(code, signal);
    let forked: { fd: number; pid: number; pty: string };
    try {
      forked = pty.fork(program.file, program.args, env, program.cwd, cols, rows, -1, -1, true, helper, died);
    } catch (cause) {
      throw new LecternError('SPAWN', `cannot start ${program.file}: the system gave no terminal for it`, { cause });
    }
    this.#native = pty;
    this.#fd = forked.fd;
    this.pid = forked.pid;
    this.#path = forked.pty;
    this.#hold = openHold(forked.pty);
    this.#keyboard = new Keyboard(forked.fd, (pressure) => this.#onPressure?.(pressure));
    this.#socket = new ReadStream(
      forked.fd,
      reading((bytes) => this.#read(bytes)),
    );
    this.#socket.pause();
    this.#socket.on('error', () => this.#finish());
    this.#socket.on('end', () => this.#finish());
    if (this.#onBytes === null) this.#socket.pause();
  }

  /** The program's end of the terminal, as a file. */
  get path(): string {
    return this.#path;
  }

  /**
   * Who gets the output: at most one, who copies the bytes that he keeps. Reading starts with this call; until then the
   * program waits when the kernel is full.
   */
  onBytes(fn: (bytes: Uint8Array) => void): void {
    this.#onBytes = fn;
    if (!this.#paused) this.#socket.resume();
  }

  /** Called exactly once, after the last byte was delivered. Processes left in the background do not delay it. */
  onExit(fn: (exit: Exit) => void): void {
    this.#onExit = fn;
    if (this.#over) queueMicrotask(() => fn(this.#exit!));
  }

  /** Called when what was typed begins or ceases to wait for the program in quantity. */
  onPressure(fn: (pressure: Pressure) => void): void {
    this.#onPressure = fn;
  }

  /** Types `bytes`, at once when the program has room. False when a program that does not read has filled the queue. */
  type(bytes: Uint8Array): boolean {
    return this.#keyboard.type(bytes);
  }

  /** Forgets what was typed and the program has not taken: whoever typed it may no longer type. */
  dropTyped(): void {
    this.#keyboard.drop();
    if (this.#hold !== null && this.#exit === null) this.type(dropUnread(this.#path, this.#hold));
  }

  /** Stops reading, so that the program soon waits; the exit waits too. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#onBytes !== null && !this.#over) this.#socket.resume();
  }

  /** Tells the program its new size, clamped to what a screen may have. */
  resize(size: Size): void {
    if (this.#over) return;
    const { cols, rows } = clamped(size);
    this.#native.resize(this.#fd, cols, rows);
  }

  /** Makes a program that draws full screens draw once more: its size is another one for a moment. */
  nudge(size: Size): void {
    this.resize({ cols: size.cols, rows: Math.max(1, size.rows - 1) });
    setTimeout(() => this.resize(size), NUDGE_MS);
  }

  /** Sends a signal to the program; nothing happens when it has died. */
  kill(signal: NodeJS.Signals = 'SIGHUP'): void {
    if (this.#exit !== null) return;
    try {
      process.kill(this.pid, signal);
    } catch {
      // It died a moment ago; the exit is on its way.
    }
  }

  #read(chunk: Uint8Array): void {
    this.#stalledMs = 0;
    this.#keyboard.nudge();
    const bytes = this.#tail === null ? chunk : this.#tail.pass(chunk);
    if (bytes.length > 0) this.#onBytes?.(bytes);
    if (this.#tail?.found) this.#finish();
    else if (this.#mark !== null) this.#writeMark();
  }

  #died(code: number, signal: number): void {
    this.#exit = { code, signal: signalName(signal) };
    this.#keyboard.close();
    this.#mark = Buffer.from(Array.from({ length: MARK_DIGITS }, () => 0x30 + randomInt(10)));
    this.#tail = new Tail(this.#mark);
    this.#clock = setInterval(() => this.#watch(), MARK_RETRY_MS);
    this.#writeMark();
  }

  /** Runs only between the death of the program and its report. */
  #watch(): void {
    if (this.#paused || this.#onBytes === null) return;
    this.#spentMs += MARK_RETRY_MS;
    this.#stalledMs += MARK_RETRY_MS;
    if (this.#mark !== null) this.#writeMark();
    if (this.#stalledMs >= STALL_MS || this.#spentMs >= TAIL_MS) this.#finish();
  }

  /** Writes what is left of the mark behind the output. */
  #writeMark(): void {
    if (this.#mark === null || this.#hold === null) return;
    try {
      this.#mark = this.#mark.subarray(writeSync(this.#hold, this.#mark));
      if (this.#mark.length === 0) this.#mark = null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#mark = null;
    }
  }

  #finish(): void {
    // The stream can end before the death is known, when the other end could not be held open.
    if (this.#over || this.#exit === null) return;
    this.#over = true;
    if (this.#clock !== null) clearInterval(this.#clock);
    const rest = this.#tail?.rest();
    if (rest !== undefined && rest.length > 0) this.#onBytes?.(rest);
    if (this.#hold !== null) closeSync(this.#hold);
    this.#socket.destroy();
    this.#onExit?.(this.#exit);
  }
}

function clamped(size: Size): Size {
  return { cols: clamp(size.cols, MAX_COLS), rows: clamp(size.rows, MAX_ROWS) };
}

/** At least 2: the emulator knows no narrower screen. */
function clamp(value: number, max: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), 2), max) : 2;
}

/** Opens the program's end of the terminal without becoming its owner. Null where the system does not let us. */
function openHold(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

function signalName(number: number): NodeJS.Signals | null {
  const entry = Object.entries(os.signals).find(([, value]) => value === number);
  return entry === undefined ? null : (entry[0] as NodeJS.Signals);
}

/**
 * Checks that a program can be started: after the fork only the child would know.
 * @throws {LecternError} SPAWN when it or its directory is not there.
 */
export function assertRunnable({ file, cwd, env }: Pick<Program, 'file' | 'cwd' | 'env'>): void {
  if (!isDirectory(cwd)) throw new LecternError('SPAWN', `cannot start ${file}: there is no directory ${cwd}`);
  const candidates = file.includes('/')
    ? [resolve(cwd, file)]
    : (env['PATH'] ?? '/usr/bin:/bin').split(delimiter).map((directory) => join(resolve(cwd, directory), file));
  if (!candidates.some(isExecutable))
    throw new LecternError('SPAWN', `cannot start ${file}: there is no such program, or it may not be run`);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
