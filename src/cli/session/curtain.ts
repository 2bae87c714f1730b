/**
 * The curtain: while it is down observers see that the presenter has paused, and nothing else. It comes down by hand,
 * or by itself when a program of a list is in the foreground; it goes up by hand only, since what such a program has
 * printed may stay on the screen after it.
 */
import { LecternError } from '../../core/errors.js';
import type { SessionEvent } from '../../core/events.js';
import type { Hints } from './hints.js';

export interface CurtainOptions {
  /** Names of programs that bring it down. */
  readonly programs: readonly string[];
  readonly hints: Pick<Hints, 'resume'>;
  /** What the program in the foreground is called. */
  readonly foreground: () => readonly string[];
  /** True: nothing of the screen may leave from now on. */
  readonly drop: (down: boolean) => void;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
}

export class Curtain {
  readonly #options: CurtainOptions;
  readonly #programs: ReadonlySet<string>;
  #since: number | null = null;
  /** The program that brought it down is still there: raised by hand, it stays up until the next one. */
  #seen: string | null = null;

  constructor(options: CurtainOptions) {
    this.#options = options;
    this.#programs = new Set(options.programs);
  }

  /** Since when it is down, in milliseconds since 1970; null while it is up. */
  get since(): number | null {
    return this.#since;
  }

  /** False when it was down already. */
  pause(program?: string): boolean {
    if (this.#since !== null) return false;
    this.#since = this.#options.wall();
    this.#options.drop(true);
    this.#options.emit({ type: 'pause', ...(program !== undefined && { program }) });
    return true;
  }

  /** False when it was up already. */
  resume(): boolean {
    if (this.#since === null) return false;
    this.#since = null;
    this.#options.drop(false);
    this.#options.emit({ type: 'resume' });
    return true;
  }

  /** Something was printed or typed: is one of those programs in the foreground? Asked before anything is shown. */
  look(): void {
    if (this.#programs.size === 0) return;
    const listed = this.#options.foreground().find((name) => this.#programs.has(name)) ?? null;
    const before = this.#seen;
    this.#seen = listed;
    if (listed === null || listed === before || !this.pause(listed)) return;
    this.#options.notice(`paused for ${listed}: observers see nothing until ${this.#options.hints.resume}`);
  }

  /** @throws {LecternError} FAILED while it is down: nobody types blindly. */
  assertUp(): void {
    if (this.#since !== null) {
      throw new LecternError('FAILED', 'sharing is paused: nobody can type what cannot be seen; first: lectern resume');
    }
  }
}
