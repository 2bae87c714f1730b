/** A presenter at a terminal of his own: the test types its keys, and an emulator shows what he sees. */
import type { Screen, Size } from '../../src/core/cells.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { Pty } from '../../src/presenter/pty.js';
import { BIN, type House, type Ready, sleep, sshWords, until } from './house.js';
import { textsOf } from './lookout.js';

/** Between two keys, in ms: a very fast typist. */
const KEY_MS = 8;

export class Seat {
  readonly #pty: Pty;
  readonly #emulator: Emulator;
  readonly ready: Ready;
  #screen: Screen | null = null;

  private constructor(pty: Pty, emulator: Emulator, ready: Ready) {
    this.#pty = pty;
    this.#emulator = emulator;
    this.ready = ready;
  }

  /** Starts lectern and waits until its session answers. */
  static async take(
    house: House,
    size: Size,
    flags: readonly string[],
    command: readonly string[],
    env = {},
  ): Promise<Seat> {
    const pty = Pty.open({
      file: process.execPath,
      args: [BIN, '--listen', '127.0.0.1:0', ...flags, '--', ...command],
      cwd: house.home,
      env: { ...house.env, ...env },
      size,
      term: 'xterm-256color',
    });
    const emulator = new Emulator(size, { onAnswer: (answer) => void pty.type(Buffer.from(answer)) });
    pty.onBytes((bytes) => emulator.feed(bytes));
    let ended = false;
    pty.onExit(() => {
      ended = true;
    });
    house.after(async () => {
      pty.kill('SIGTERM');
      await until('the end of the session', () => ended);
    });
    return new Seat(pty, emulator, await house.ready());
  }

  ssh(options: readonly string[] = []): readonly string[] {
    return sshWords(this.ready, options);
  }

  get title(): string {
    return this.#capture().title;
  }

  /** Sends keys at once, as a paste does. */
  send(keys: string): void {
    this.#pty.type(Buffer.from(keys));
  }

  /** Types one key after the other. */
  async type(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.send(key);
      await sleep(KEY_MS);
    }
  }

  /** True when a text stands on the presenter's own screen, be it wrapped. */
  shows(text: string): boolean {
    return textsOf(this.#capture()).some((one) => one.includes(text));
  }

  /** Waits until a text stands on the presenter's own screen. The text itself is not told: it may be a secret. */
  async sees(text: string, what = text): Promise<void> {
    await until(`${what} at the presenter`, () => this.shows(text));
  }

  #capture(): Screen {
    this.#screen = this.#emulator.capture(this.#screen);
    return this.#screen;
  }
}
