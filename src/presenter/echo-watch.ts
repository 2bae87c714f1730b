/**
 * Tells when the program reads a line without showing it (ICANON set and ECHO not): a password prompt. The terminal is
 * asked a moment after something happened on it, and never while nothing does. Knows nothing of what is typed.
 *
 * Node.js cannot read a terminal's settings. A shell that stays asks stty(1) for us: that costs this process two
 * system calls, where a program of its own for each question would cost 5 ms.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** After a first sign of life, in ms: a program that asks for a password sets its terminal and prints within this. */
const SETTLE_MS = 20;
/** Between two questions, in ms: stty takes 2 ms of another core. */
const EVERY_MS = 200;
/** An answer that has not come by then never does, in ms. */
const ANSWER_MS = 1000;

/** Each line read is the path of a terminal; the answer is a line, 1 for a password prompt. */
const SCRIPT = `
trap '' INT QUIT HUP TERM TSTP TTOU TTIN
while read -r tty; do
  case " $(stty -a < "$tty" 2> /dev/null) " in
    *[[:space:]]icanon[[:space:]]*[[:space:]]-echo[[:space:]]*) echo 1 ;;
    *) echo 0 ;;
  esac
done
`;

export class EchoWatch {
  readonly #child: ChildProcess;
  readonly #changed: (off: boolean) => void;
  readonly #asked: ((off: boolean) => void)[] = [];
  #path: string | null = null;
  #off = false;
  #timer: NodeJS.Timeout | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Something happened since the question before the last: the last may have come too early. */
  #fresh = false;
  /** What was typed and has not been printed yet. */
  #key: Uint8Array | null = null;
  /** Something happened since the last question but keys that were shown. */
  #doubt = false;

  /** To be made before the program's terminal is opened, so that the shell does not inherit it. */
  constructor(changed: (off: boolean) => void) {
    this.#changed = changed;
    this.#child = spawn('/bin/sh', ['-c', SCRIPT, 'lectern-echo'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] },
    });
    // Without a shell there is no badge, and nothing else is lost.
    this.#child.on('error', () => {});
    this.#child.stdin!.on('error', () => {});
    this.#child.stdout!.on('data', (answers: Buffer) => {
      for (const byte of answers) if (byte === 0x30 || byte === 0x31) this.#answered(byte === 0x31);
    });
    this.#child.unref();
    for (const pipe of [this.#child.stdin, this.#child.stdout]) (pipe as unknown as { unref(): void }).unref();
  }

  /** True while the program reads a line that it does not show, as far as is known. */
  get off(): boolean {
    return this.#off;
  }

  /** @param path the program's end of the terminal */
  follow(path: string): void {
    this.#path = path;
    this.#touch();
  }

  /** Somebody typed. */
  typed(keys: Uint8Array): void {
    if (this.#key !== null) this.#doubt = true;
    this.#key = keys;
    this.#fresh = true;
    this.#arm();
  }

  /** The program printed. A key and nothing else is no password: a line that is not shown would not show it. */
  printed(bytes: Uint8Array): void {
    const isShown = this.#key !== null && isSame(this.#key, bytes);
    if (isShown) this.#key = null;
    if (!isShown || this.#doubt || this.#off) return this.#touch();
    // The timer runs on and finds nothing to ask: an echo is not waited with while it is put away.
    this.#fresh = false;
  }

  #touch(): void {
    this.#doubt = true;
    this.#fresh = true;
    this.#arm();
  }

  /** Asks now. Resolves to whether a password is being read; true as well when nobody could say. */
  ask(): Promise<boolean> {
    const { stdin, exitCode } = this.#child;
    if (this.#path === null || exitCode !== null || stdin?.writable !== true) return Promise.resolve(true);
    stdin.write(`${this.#path}\n`);
    this.#askedAt = performance.now();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ANSWER_MS);
      timer.unref();
      this.#asked.push((off) => {
        clearTimeout(timer);
        resolve(off);
      });
    });
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#path = null;
    this.#child.stdin?.end();
  }

  #arm(): void {
    if (this.#timer !== null || this.#path === null) return;
    const wait = Math.max(SETTLE_MS, this.#askedAt + EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#look(), wait);
    this.#timer.unref();
  }

  #look(): void {
    this.#timer = null;
    if (!this.#fresh && !this.#doubt) return;
    const again = this.#fresh;
    this.#fresh = false;
    this.#doubt = false;
    this.#key = null;
    void this.ask();
    if (again) this.#arm();
  }

  #answered(off: boolean): void {
    this.#asked.shift()?.(off);
    if (off === this.#off) return;
    this.#off = off;
    this.#changed(off);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
