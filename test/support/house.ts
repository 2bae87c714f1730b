/**
 * Real parts for live tests: lectern's own command line in a HOME of its own, stock ssh clients, and tmux as the eye
 * that sees what a terminal shows. Everything ends with the test that made it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectSession, type SessionClient } from '../../src/ops/session-client.js';
import { sleep, until } from './patience.js';
import { type Picture, pictureOf } from './picture.js';

export { PATIENCE_MS, sleep, until } from './patience.js';

export const BIN = fileURLToPath(new URL('../../../bin/lectern.js', import.meta.url));
/** Options that keep OpenSSH away from the user's files and from questions. */
export const SSH = [
  ...['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'LogLevel=ERROR'],
];

export interface Ready {
  readonly session: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly watch: string;
  readonly fingerprint: string;
  readonly socket: string;
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/** A command that takes longer hangs, in ms: some wait for people, and people in tests for a busy machine. */
const COMMAND_MS = 120_000;
/** @see LIMITED */
export const LIMITED_COMMAND = { timeout: COMMAND_MS, killSignal: 'SIGKILL' } as const;
const REMOVAL_TRIES = 80;
const REMOVAL_WAIT_MS = 100;

/** A home directory for lectern, with all the XDG folders in it. */
export class House {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #closers: (() => void | Promise<void>)[] = [];

  constructor(t: TestContext) {
    this.home = mkdtempSync(join(tmpdir(), 'lectern-house-'));
    const runtime = join(this.home, 'run');
    execFileSync('mkdir', ['-m', '700', runtime]);
    this.env = {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      SHELL: '/bin/bash',
      HOME: this.home,
      XDG_RUNTIME_DIR: runtime,
    };
    t.after(() => this.close());
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) await closer();
    // Who was killed a moment ago may still write here, and what comes while it is emptied makes the removal fail.
    for (let tries = 0; ; tries++) {
      try {
        return rmSync(this.home, { recursive: true, force: true });
      } catch (error) {
        if (tries === REMOVAL_TRIES) throw error;
        await sleep(REMOVAL_WAIT_MS);
      }
    }
  }

  after(closer: () => void | Promise<void>): void {
    this.#closers.push(closer);
  }

  /** Starts a headless session on a free port of the loopback and waits until it is ready. */
  async share(flags: readonly string[], command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Share> {
    const args = [BIN, '--headless', '--json', '--listen', '127.0.0.1:0', ...flags, '--', ...command];
    const child = spawn(process.execPath, args, { env: { ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const share = new Share(child);
    this.after(() => share.end());
    await until('ready', () => share.events[0] ?? (share.ended ? { type: 'none' } : null));
    if (share.events[0]?.type !== 'ready') throw new Error(`not ready: ${share.stderr}`);
    return share;
  }

  /** Runs a lectern command to its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return run(process.execPath, [BIN, ...args], { ...this.env, ...env });
  }

  /** Runs another program to its end, in this house. */
  tool(file: string, args: readonly string[]): Promise<Result> {
    return run(file, args, this.env);
  }

  /** A session with a terminal of its own: a pane of `tmux`. */
  async present(tmux: Tmux, size: PaneSize, flags: readonly string[], command: readonly string[]): Promise<Presented> {
    const words = [process.execPath, BIN, '--listen', '127.0.0.1:0', ...flags, '--', ...command];
    const pane = tmux.open('presenter', size, shellLine(words));
    return { pane, ready: await this.ready(() => pane.text()) };
  }

  /**
   * What the session of this house says of itself, once there is one. Asked, not read off a screen: the program may
   * have scrolled the link away already.
   * @param found tells what is there instead
   */
  async ready(found: () => string = () => ''): Promise<Ready> {
    return until('a session', () => this.ask((session) => session.info()).catch(() => null), found);
  }

  /** Asks the session of this house over its control socket: what a command does without the command. */
  async ask<T>(question: (session: SessionClient) => Promise<T>): Promise<T> {
    const session = await connectSession(this.env);
    return question(session).finally(() => session.close());
  }

  /** A tmux server of this house. */
  tmux(): Tmux {
    const tmux = new Tmux(join(this.home, 'tmux.sock'), this.env);
    this.after(() => tmux.close());
    return tmux;
  }
}

export interface PaneSize {
  readonly cols: number;
  readonly rows: number;
}

/** A session in a pane. */
export interface Presented {
  readonly pane: Pane;
  readonly ready: Ready;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...LIMITED_COMMAND });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr })));
}

/** A headless session. */
export class Share {
  readonly events: Event[] = [];
  stderr = '';
  ended = false;
  exitCode: number | null = null;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    let rest = '';
    child.stdout!.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.events.push(JSON.parse(line) as Event);
    });
    child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    child.on('close', (code) => {
      this.ended = true;
      this.exitCode = code;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get ready(): Ready {
    return this.events[0] as unknown as Ready;
  }

  /** The event of a type (the n-th of them), waited for. */
  event(type: string, nth = 0): Promise<Event> {
    return until(`event ${type}`, () => this.events.filter((event) => event.type === type)[nth]);
  }

  /** Words of an ssh command that watches, with `options` before the destination. */
  ssh(options: readonly string[] = [], token = this.ready.token): string[] {
    return sshWords({ ...this.ready, token }, options);
  }

  async end(): Promise<void> {
    if (!this.ended) this.#child.kill('SIGTERM');
    await until('the end of the session', () => this.ended);
  }
}

/** Words of an ssh command that watches, with `options` before the destination. */
export function sshWords({ port, token }: Ready, options: readonly string[] = []): string[] {
  return ['ssh', ...SSH, ...options, '-p', String(port), `${token}@127.0.0.1`];
}

/** What a terminal shows at one moment, as tmux tells it. */
export interface Seen {
  /** Lines with their SGR sequences, as `capture-pane -e` prints them. */
  readonly lines: readonly string[];
  /** `x,y,visible`. */
  readonly cursor: string;
}

/** An own tmux server without any configuration: the independent eye. */
export class Tmux {
  readonly #socket: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(socket: string, env: NodeJS.ProcessEnv) {
    this.#socket = socket;
    this.#env = env;
  }

  call(...args: string[]): string {
    const all = ['-S', this.#socket, '-f', '/dev/null', ...args];
    return execFileSync('tmux', all, { env: this.#env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** A terminal of its own that runs `command` (shell words) and stays when it ends. */
  open(name: string, size: PaneSize, command: string): Pane {
    const { cols, rows } = size;
    const stay = `${command}; echo "[ended $?]"; exec sleep 1000`;
    this.call('new-session', '-d', '-s', name, '-x', String(cols), '-y', String(rows), 'sh', '-c', stay);
    return new Pane(this, name);
  }

  close(): void {
    try {
      this.call('kill-server');
    } catch {
      // It was never started.
    }
  }
}

export class Pane {
  readonly #tmux: Tmux;
  readonly name: string;

  constructor(tmux: Tmux, name: string) {
    this.#tmux = tmux;
    this.name = name;
  }

  /** Keys in tmux's words (`Enter`, `C-c`, `Up`) or text. */
  keys(...keys: string[]): void {
    this.#tmux.call('send-keys', '-t', this.name, ...keys);
  }

  /** Text as it is. */
  type(text: string): void {
    this.#tmux.call('send-keys', '-t', this.name, '-l', text);
  }

  resize(cols: number, rows: number): void {
    this.#tmux.call('resize-window', '-t', this.name, '-x', String(cols), '-y', String(rows));
  }

  text(): string {
    return this.#tmux.call('capture-pane', '-p', '-t', this.name);
  }

  seen(): Seen {
    const lines = this.#tmux.call('capture-pane', '-pe', '-t', this.name).split('\n');
    return { lines, cursor: this.tell('#{cursor_x},#{cursor_y},#{cursor_flag}') };
  }

  /** The whole screen as cells, of the first `rows` rows. */
  picture(rows = Number.POSITIVE_INFINITY): Picture {
    const format = '#{pane_width},#{cursor_x},#{cursor_y},#{cursor_flag}';
    // One call: the picture and the cursor are of the same moment.
    const all = this.#tmux.call(
      'capture-pane',
      '-peN',
      '-t',
      this.name,
      ';',
      'display-message',
      '-p',
      '-t',
      this.name,
      format,
    );
    const lines = all.trimEnd().split('\n');
    const [cols, x, y, visible] = lines.pop()!.split(',').map(Number) as [number, number, number, number];
    // A wrap that waits: tmux counts the column after the last.
    const cursor = visible === 1 ? `${Math.min(x, cols - 1)},${y}` : 'hidden';
    return pictureOf(lines.slice(0, rows).join('\n'), cols, cursor);
  }

  /** A tmux format, expanded for this pane. */
  tell(format: string): string {
    return this.#tmux.call('display-message', '-p', '-t', this.name, format).trim();
  }

  shows(what: string | RegExp): Promise<string> {
    const matches = (text: string) => (typeof what === 'string' ? text.includes(what) : what.test(text));
    let text = '';
    const look = () => {
      text = this.text();
      return matches(text) && text;
    };
    return until(`${what} on ${this.name}`, look, () => text.trimEnd());
  }
}

/** Words as one line for a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => `'${word.replace(/'/g, "'\\''")}'`).join(' ');
}
