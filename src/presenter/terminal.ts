/**
 * The presenter's own terminal: raw and transparent while lectern runs, and afterwards what it was before, also after
 * a crash. Knows nothing of programs, keys or screens.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import type { Size } from '../core/cells.js';
import { LecternError } from '../core/errors.js';
import { Guard } from './guard.js';
import { Hangup, hasTerminal } from './hangup.js';
import { reading } from './read-buffer.js';
import { undo } from './undo.js';
import { Unwritten } from './unwritten.js';

/**
 * Output that the terminal has not taken: above this the program should wait. Four reads: what is read beyond what is
 * written has to be copied, and a flood of 20 MB took a tenth longer with 256 KiB.
 */
export const HIGH_WATER_BYTES = 16 * 1024;
/** The program goes on when no more than this is waiting. */
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 2;
/** With what the stream waits for room, in bytes: half of what the kernel holds, so that most of it goes at once when there is. */
const PROBE_BYTES = 4095;
/** How long the last words may wait for a terminal that takes nothing, in ms. */
const LAST_WORDS_MS = 200;
const RETRY_MS = 5;
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/**
 * @throws {LecternError} NOT_A_TTY when standard input or output is not a terminal, or it is not this process's own
 * (setsid(1), a service): nobody could tell it then of another size or of a hang-up.
 */
export function assertTerminal(): void {
  if (!isatty(0) || !isatty(1) || !hasTerminal()) {
    throw new LecternError('NOT_A_TTY', 'lectern needs a terminal to share: run it in one, or use --headless');
  }
}

interface Handle {
  setBlocking(on: boolean): number;
}

/** One at a time: it owns the terminal of this process. */
export class Terminal {
  readonly #fd: number;
  readonly #saved: string;
  /** Those of the standard descriptors that are terminals. */
  readonly #standard = [0, 1, 2].filter((fd) => isatty(fd));
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #guard: Guard;
  readonly #hangup = new Hangup();
  /** What the terminal has not taken, save what the stream waits with. */
  readonly #unwritten = new Unwritten();
  /** The stream waits for room. */
  #full = false;
  /** Writes what waits when this turn of the event loop brings nothing that takes it along. */
  #retry: NodeJS.Immediate | null = null;
  /** Above the high water, and not yet below the low one. */
  #behind = false;
  #alternate = false;
  #over = false;
  #onDrain: (() => void) | null = null;
  #onKeys: ((keys: Uint8Array) => void) | null = null;
  #onResize: ((size: Size) => void) | null = null;

  /**
   * Makes the terminal raw. To be opened before the shared program is started, so that the guard does not inherit it.
   * @throws {LecternError} NOT_A_TTY as {@link assertTerminal}.
   */
  static open(): Terminal {
    assertTerminal();
    return new Terminal();
  }

  private constructor() {
    // A description of its own: settings such as O_NONBLOCK would otherwise be shared with the user's shell.
    this.#fd = openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY);
    this.#saved = stty(this.#fd, '-g').trim();
    this.#guard = new Guard(this.#fd, this.#saved);
    // setRawMode leaves OPOST on: a line feed would become two characters.
    stty(this.#fd, 'raw', '-echo');
    this.#output = new WriteStream(this.#fd);
    (this.#output as unknown as { _handle: Handle })._handle.setBlocking(false);
    this.#output.on('error', () => {});
    const keys = openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY);
    this.#input = new ReadStream(
      keys,
      // Whoever gets keys may keep them.
      reading((bytes) => this.#onKeys?.(Buffer.from(bytes))),
    );
    this.#input.on('error', () => {});
    process.on('exit', this.#crash);
    process.on('SIGWINCH', this.#resized);
    for (const signal of SIGNALS) process.on(signal, this.#killed);
  }

  get size(): Size {
    const [cols, rows] = this.#output.getWindowSize();
    return { cols, rows };
  }

  /**
   * Writes `bytes` unchanged and at once; what the terminal has no room for is copied and waits.
   * @returns false when the terminal is behind: wait for {@link onDrain} before more is read from the program.
   */
  write(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    const unwritten = this.#unwritten;
    const written = unwritten.length > 0 || this.#full ? 0 : this.#writeSome(bytes);
    if (written === bytes.length) return !this.#behind;
    unwritten.add(written === 0 ? bytes : bytes.subarray(written));
    if (written === 0 && !this.#full) this.#writeUnwritten();
    if (unwritten.length > 0 && !this.#full) this.#retry ??= setImmediate(this.#tryAgain);
    this.#behind ||= unwritten.length >= HIGH_WATER_BYTES;
    return !this.#behind;
  }

  /** Called when a terminal that was behind has taken so much that the program can go on. */
  onDrain(fn: () => void): void {
    this.#onDrain = fn;
  }

  /** Called when the window has another size. */
  onResize(fn: (size: Size) => void): void {
    this.#onResize = fn;
  }

  /** Called with what is typed, as it is read. */
  onKeys(fn: (bytes: Uint8Array) => void): void {
    this.#onKeys = fn;
    this.#input.resume();
  }

  /** Which screen the program is on: leaving the alternate one is a part of {@link restore}. */
  setAlternate(on: boolean): void {
    if (on !== this.#alternate) this.#guard.alternate(on);
    this.#alternate = on;
  }

  /**
   * Makes the terminal what it was, once. `last` goes before the sequences that undo what the program left on.
   * Waits for a slow terminal, but not for one that takes nothing.
   */
  async restore(last = ''): Promise<void> {
    if (this.#over) return;
    const end = performance.now() + LAST_WORDS_MS;
    while ((this.#full || this.#unwritten.length > 0) && performance.now() < end)
      await new Promise((turn) => setTimeout(turn, RETRY_MS));
    this.#finish(last);
  }

  readonly #crash = (): void => {
    this.#finish('');
  };

  readonly #killed = (signal: NodeJS.Signals): void => {
    const others = process.listenerCount(signal) > 1;
    // Somebody asked for something else by this signal, and somebody listens.
    if (signal === 'SIGHUP' && others && !this.#hangup.happened) return;
    this.#crash();
    if (!others) process.kill(process.pid, signal);
  };

  readonly #resized = (): void => {
    // The stream has found out that the terminal is gone, and SIGHUP is on its way.
    if (this.#output.destroyed) return;
    (this.#output as unknown as { _refreshSize(): void })._refreshSize();
    this.#onResize?.(this.size);
  };

  readonly #tryAgain = (): void => {
    this.#retry = null;
    if (this.#full) return;
    this.#writeUnwritten();
    this.#await();
    this.#goOn();
  };

  #writeUnwritten(): void {
    this.#unwritten.drop(this.#writeSome(this.#unwritten.bytes));
  }

  /** What the terminal takes at once, past the stream: that costs half as much. @returns how many bytes. */
  #writeSome(bytes: Uint8Array): number {
    const { stackTraceLimit } = Error;
    // An error that is thrown away: most of what it costs is to say where it came from.
    Error.stackTraceLimit = 0;
    try {
      return writeSync(this.#fd, bytes);
    } catch {
      // It is full, or gone: the stream finds out which.
      return 0;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** The stream gets the first of what waits, as it knows when there is room. */
  #await(): void {
    if (this.#unwritten.length === 0) return;
    const first = Uint8Array.from(this.#unwritten.bytes.subarray(0, PROBE_BYTES));
    this.#unwritten.drop(first.length);
    this.#full = true;
    this.#output.write(first, this.#taken);
  }

  /** There was room, or there never will be: the terminal is gone. */
  readonly #taken = (error?: Error | null): void => {
    this.#full = false;
    if (error) this.#unwritten.clear();
    else if (this.#unwritten.length > 0) this.#writeUnwritten();
    this.#await();
    this.#goOn();
  };

  /**
   * Not only when everything is taken: the program would stand still while the terminal works, and the other way round.
   */
  #goOn(): void {
    if (!this.#behind || this.#unwritten.length > LOW_WATER_BYTES) return;
    this.#behind = false;
    this.#onDrain?.();
  }

  #finish(last: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#unwritten.clear();
    if (this.#retry !== null) clearImmediate(this.#retry);
    process.off('exit', this.#crash);
    process.off('SIGWINCH', this.#resized);
    for (const signal of SIGNALS) process.off(signal, this.#killed);
    this.#writeNow(Buffer.from(last + undo({ alternate: this.#alternate })));
    this.#giveBack();
    this.#guard.dismiss();
    this.#input.destroy();
    this.#output.destroy();
  }

  #giveBack(): void {
    try {
      stty(this.#fd, this.#saved);
    } catch {
      // It was closed: there is nothing to give back.
      if (this.#hangup.happened) leaveTerminal(this.#standard);
    }
  }

  /** Without the event loop, which may never turn again. */
  #writeNow(bytes: Uint8Array): void {
    const end = performance.now() + LAST_WORDS_MS;
    for (let at = 0; at < bytes.length && performance.now() < end; ) {
      try {
        at += writeSync(this.#fd, bytes, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}

/**
 * Opens /dev/null in place of standard descriptors whose terminal is gone: Node.js gives terminals back at its end, and
 * aborts when that fails.
 */
function leaveTerminal(standard: readonly number[]): void {
  for (const fd of standard) {
    closeSync(fd);
    // The lowest number that is free.
    openSync('/dev/null', constants.O_RDWR);
  }
}

/** stty of the terminal itself, whatever standard input is. */
function stty(fd: number, ...args: string[]): string {
  try {
    return execFileSync('stty', args, { stdio: [fd, 'pipe', 'ignore'], encoding: 'utf8' });
  } catch (cause) {
    throw new LecternError('NOT_A_TTY', 'cannot read the settings of this terminal: stty failed', { cause });
  }
}
