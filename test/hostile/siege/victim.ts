/** The victim: a presenter as people run it, with a terminal of its own, an edge, and a program that prints files. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type IPty, spawn } from 'node-pty';
import { BIN, type Ready, until } from '../../support/house.js';

const execute = promisify(execFile);

/** Short times, so that waiting for them does not take long; all other limits are the defaults. */
const CONFIG = `[limits]
login_grace = "5s"
unused_timeout = "5s"
key_exchange_timeout = "2s"
keepalive = "2s"
`;
/** Prints each file that is named, puts the terminal right, and says that it is done, each time in other letters. */
const PROGRAM = `
n=0
while IFS= read -r file; do
  cat "$file"
  n=$(( (n + 1) % 26 ))
  letter=$(printf "\\\\$(printf %o $((65 + n)))")
  printf '\\030\\033\\\\\\033c%s\\n' "$letter$letter$letter$letter$letter$letter$letter$letter"
done`;

export interface VictimOptions {
  readonly flags?: readonly string[];
  /** The settings, as a file; without them those with short times. */
  readonly settings?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What a shell does before lectern runs, with rights over mounts that only this victim sees. */
  readonly before?: string;
  /** Folder of the state, in the victim's home. */
  readonly stateIn?: string;
}

export class Victim {
  readonly home: string;
  readonly ready: Ready;
  readonly pid: number;
  readonly #pty: IPty;
  readonly #gone: Promise<void>;
  /** What the presenter's terminal shows: each piece as it comes. */
  onOutput: (text: string) => void = () => {};

  private constructor(home: string, pty: IPty, ready: Ready) {
    this.home = home;
    this.ready = ready;
    this.#pty = pty;
    this.pid = pty.pid;
    pty.onData((text) => this.onOutput(text));
    this.#gone = new Promise((resolve) => pty.onExit(() => resolve()));
  }

  static async start(options: VictimOptions = {}): Promise<Victim> {
    const home = mkdtempSync(join(tmpdir(), 'lectern-victim-'));
    const run = join(home, 'run');
    mkdirSync(run, { mode: 0o700 });
    mkdirSync(join(home, '.config', 'lectern'), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, '.config', 'lectern', 'config.toml'), options.settings ?? CONFIG);
    const { PATH } = process.env;
    const env = { PATH, HOME: home, XDG_RUNTIME_DIR: run, LANG: 'C.UTF-8', ...options.env };
    if (options.stateIn !== undefined) Object.assign(env, { XDG_STATE_HOME: join(home, options.stateIn) });
    const lectern = [process.execPath, BIN, '--listen', '127.0.0.1:0', '--name', 'victim', ...(options.flags ?? [])];
    const words = [...lectern, '--', 'sh', '-c', PROGRAM].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const script = `${options.before ?? ':'}; exec ${words}`;
    const shell = options.before === undefined ? ['bash'] : ['unshare', '--map-root-user', '--mount', 'bash'];
    const pty = spawn(shell[0]!, [...shell.slice(1), '-c', script], {
      name: 'xterm-256color',
      cols: 80,
      rows: 24,
      cwd: home,
      env: clean(env),
    });
    let said = '';
    let gone = false;
    pty.onData((text) => {
      said = `${said}${text}`.slice(-2000);
    });
    pty.onExit(() => {
      gone = true;
    });
    let info: Ready | null = null;
    while (info === null) {
      if (gone) throw new Error(`the victim did not start: ${said}`);
      info = await infoOf(env);
    }
    return new Victim(home, pty, info);
  }

  /** The process that answers ssh now; 0 when there is none. */
  get edge(): number {
    for (const pid of childrenOf(this.pid)) if (commandOf(pid).includes('edge.js')) return pid;
    return 0;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** Has the program print these bytes. */
  print(bytes: Uint8Array): void {
    const file = join(this.home, 'evil');
    writeFileSync(file, bytes);
    this.type(`${file}\n`);
  }

  /** The events that were logged. */
  events(): readonly { readonly type: string; readonly [name: string]: unknown }[] {
    const folder = join(this.home, '.local', 'state', 'lectern', 'log');
    const log = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    return log
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { type: string });
  }

  async end(): Promise<void> {
    kill(this.pid, 'SIGTERM');
    const timer = setTimeout(() => kill(this.pid, 'SIGKILL'), 5000);
    await this.#gone;
    clearTimeout(timer);
    await until('the folder to be free', () => {
      rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
      return true;
    });
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

export function childrenOf(pid: number): readonly number[] {
  return readOr(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
}

function commandOf(pid: number): string {
  return readOr(`/proc/${pid}/cmdline`);
}

/** '' for a process that is gone. */
export function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function infoOf(env: NodeJS.ProcessEnv): Promise<Ready | null> {
  try {
    const { stdout } = await execute(process.execPath, [BIN, 'session', 'info', '--json'], { env });
    return JSON.parse(stdout) as Ready;
  } catch {
    return null;
  }
}

function clean(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
