/** What the tests of acts share: an interactive presenter, a program that writes down its keys, and a flood of keys. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, type House, PATIENCE_MS, type Pane, type Ready, SSH, shellLine, type Tmux, until } from './house.js';

const KEYLOG = fileURLToPath(new URL('./keylog.js', import.meta.url));
const SIZE = { cols: 80, rows: 24 };

/** A presenter in a terminal of tmux. */
export interface Presented {
  readonly pane: Pane;
  readonly ready: Ready;
}

/** Starts lectern in a pane and waits until its session answers. */
export async function present(
  house: House,
  tmux: Tmux,
  flags: readonly string[],
  command: readonly string[],
  size = SIZE,
): Promise<Presented> {
  const words = [process.execPath, BIN, '--listen', '127.0.0.1:0', ...flags, '--', ...command];
  const pane = tmux.open('presenter', size, shellLine(words));
  // Asked, not read off the pane: the program may have scrolled the link away already.
  const end = Date.now() + PATIENCE_MS;
  let info = await house.run(['session', 'info', '--json']);
  while (info.code !== 0 && Date.now() < end) info = await house.run(['session', 'info', '--json']);
  if (info.code !== 0) throw new Error(`the session does not answer: ${info.stderr}`);
  return { pane, ready: JSON.parse(info.stdout) as Ready };
}

/** Words of an ssh command to a session. */
export function sshWords(ready: Ready, options: readonly string[] = [], token = ready.token): string[] {
  return ['ssh', ...SSH, ...options, '-p', String(ready.port), `${token}@127.0.0.1`];
}

/** An observer's terminal; resolves when he sees the session. */
export async function watch(tmux: Tmux, ready: Ready, name: string, size = { cols: 80, rows: 25 }): Promise<Pane> {
  const pane = tmux.open(name, size, shellLine(sshWords(ready)));
  await pane.shows('LIVE');
  return pane;
}

/** An observer who brings a name, which is that of his pane; resolves when `shows` is on his screen. */
export async function watchAs(tmux: Tmux, ready: Ready, name: string, shows = 'LIVE', size = TALL): Promise<Pane> {
  const pane = tmux.open(name, size, shellLine(sshWords(ready, ['-o', `SetEnv=LECTERN_NAME=${name}`])));
  await pane.shows(shows);
  return pane;
}

/** A row more than what is presented: the status line has its own. */
const TALL = { cols: 80, rows: 25 };

/** The process under `root` whose command line fits, the nearest first. */
export function processUnder(root: number, fits: RegExp): number {
  const all = execFileSync('ps', ['-e', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const known = all.flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  for (let level = [root]; level.length > 0; ) {
    const found = known.find(({ pid, args }) => level.includes(pid) && fits.test(args));
    if (found !== undefined) return found.pid;
    level = known.filter(({ parent }) => level.includes(parent)).map(({ pid }) => pid);
  }
  throw new Error(`no process under ${root} is ${fits}`);
}

/** The process in a pane whose command line fits. */
export function processIn(pane: Pane, fits: RegExp): number {
  return processUnder(Number(pane.tell('#{pane_pid}')), fits);
}

/** The program that writes down what it reads. */
export class KeyLog {
  readonly file: string;
  readonly command: readonly string[];

  /** @param modes what it prints first, to turn modes of the terminal on. */
  constructor(house: House, name: string, modes = '', deaf?: 'deaf' | 'cooked') {
    this.file = join(house.home, name);
    this.command = [process.execPath, KEYLOG, this.file, JSON.stringify(modes), ...(deaf ? [deaf] : [])];
  }

  /** A deaf one listens from now on. */
  listen(): void {
    process.kill(Number(readFileSync(`${this.file}.pid`, 'utf8')), 'SIGUSR1');
  }

  get reads(): { at: number; text: string }[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => {
      const [at, hex] = line.split(' ');
      return { at: Number(at), text: Buffer.from(hex!, 'hex').toString('utf8') };
    });
  }

  text(): string {
    return this.reads.map(({ text }) => text).join('');
  }

  has(text: string): Promise<true> {
    return until(`${JSON.stringify(text)} among the keys ${JSON.stringify(this.text().slice(-200))}`, () =>
      this.text().includes(text) ? true : null,
    );
  }
}

/** A real ssh client that types without a pause: the time of each key is what it types. */
export class Flood {
  readonly child: ChildProcess;
  #typing: NodeJS.Timeout | null = null;

  constructor(house: House, ready: Ready) {
    const [file, ...args] = sshWords(ready, ['-tt', '-e', 'none']);
    this.child = spawn(file!, args, { env: house.env, stdio: ['pipe', 'ignore', 'ignore'] });
    this.child.stdin!.on('error', () => {});
    house.after(() => this.end());
  }

  start(): void {
    this.#typing = setInterval(() => {
      // About 50 KB a second: what the door lets a client send.
      if (this.child.stdin!.writableLength < 1 << 16) this.child.stdin!.write(`<${Date.now()}>`.repeat(16));
    }, 5);
  }

  end(): void {
    if (this.#typing !== null) clearInterval(this.#typing);
    this.#typing = null;
    this.child.kill('SIGKILL');
  }
}

/** The last moment told by a {@link Flood} among the keys, in Unix milliseconds; 0 when there is none. */
export function lastFlooded(text: string): number {
  return [...text.matchAll(/<(\d{13})>/g)].reduce((last, [, at]) => Math.max(last, Number(at)), 0);
}

/** The events of a session's log. */
export function logged(house: House, { session }: Ready): { t: string; type: string }[] {
  const file = join(house.home, '.local/state/lectern/log', `${session}.jsonl`);
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as { t: string; type: string });
}

/** Waits until so many people are there. */
export async function peopleOf(house: House, count: number): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { stdout } = await house.run(['who', '--json']);
    const { participants } = JSON.parse(stdout) as { participants: unknown[] };
    if (participants.length === count) return;
    if (Date.now() > end) throw new Error(`${participants.length} are there, not ${count}`);
  }
}
