/** What the tests of acts share: an interactive presenter, a program that writes down its keys, and a flood of keys. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { House, type Pane, type Presented, type Ready, shellLine, sshWords, type Tmux, until } from './house.js';

const KEYLOG = fileURLToPath(new URL('./keylog.js', import.meta.url));
const SIZE = { cols: 80, rows: 24 };

/** Starts lectern in a pane and waits until its session answers. */
export function present(
  house: House,
  tmux: Tmux,
  flags: readonly string[],
  command: readonly string[],
  size = SIZE,
): Promise<Presented> {
  return house.present(tmux, size, flags, command);
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

/** Two digits for each byte that was read, and the times: a chunk of a flood is long. */
const BYTES_A_BYTE = 2.2;

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

  /** It runs. */
  get isOn(): boolean {
    return existsSync(`${this.file}.pid`);
  }

  /** Bytes that it has read, or a few less: told by the size of its file, which costs nothing. */
  get amount(): number {
    return existsSync(this.file) ? Math.floor(statSync(this.file).size / BYTES_A_BYTE) : 0;
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

  has(text: string): Promise<boolean> {
    return until(
      `${JSON.stringify(text)} among the keys`,
      () => this.text().includes(text),
      () => JSON.stringify(this.text().slice(-200)),
    );
  }
}

/** What a scene is set up with. */
interface Setting {
  readonly flags?: readonly string[];
  /** The session's settings, as TOML. */
  readonly settings?: string;
  /** Modes that the program turns on. */
  readonly modes?: string;
  /** A program that does not listen. */
  readonly deaf?: 'deaf' | 'cooked';
}

/** A presenter whose program writes down its keys. */
export interface KeyScene extends Presented {
  readonly house: House;
  readonly tmux: Tmux;
  readonly log: KeyLog;
}

/** Sets up a house with a presenter whose program writes down its keys; resolves when it runs. */
export async function keyScene(t: TestContext, { flags = [], settings, modes, deaf }: Setting = {}): Promise<KeyScene> {
  const house = new House(t);
  const tmux = house.tmux();
  const log = new KeyLog(house, 'keys', modes, deaf);
  const config = join(house.home, 'config.toml');
  if (settings !== undefined) writeFileSync(config, settings);
  const all = settings === undefined ? flags : ['--config', config, ...flags];
  const shown = await present(house, tmux, all, log.command);
  await shown.pane.shows('KEYLOG');
  return { ...shown, house, tmux, log };
}

/** Words of a client with a terminal, whose keys come from a pipe. */
const TYPISTS = {
  ssh: (ready: Ready) => sshWords(ready, ['-tt', '-e', 'none']),
  plink: ({ port, token, fingerprint }: Ready) => [
    ...['plink', '-P', String(port), '-batch', '-t', '-hostkey', fingerprint],
    `${token}@127.0.0.1`,
  ],
} as const;
export type Typist = keyof typeof TYPISTS;

/** Handed to the client at once, in bytes: what waits of it is counted as a whole. */
const PIECE = 4096;
/** The door's own rate is 64 KiB a second: with these settings all of a flood is to stand before the gate. */
export const WIDE = '[limits]\ninbound_kib_per_second = 8192\ninbound_burst_kib = 8192\n';

/** The first `bytes` bytes of a {@link Flood}. */
export function numbered(bytes: number): string {
  return Array.from({ length: Math.ceil(bytes / 10) }, (_, i) => portion(i))
    .join('')
    .slice(0, bytes);
}

function portion(number: number): string {
  return `<${String(number).padStart(8, '0')}>`;
}

/** A flood is fed so often, in ms; each portion is what makes it 1 MB a second. */
const FEED_MS = 5;
const FED_PER_SECOND = 1 << 20;

/** A real client that types 1 MB a second without a pause: numbers, so that what is missing of it can be told. */
export class Flood {
  readonly child: ChildProcess;
  #typing: NodeJS.Timeout | null = null;
  #began = 0;
  #fed = 0;
  #next = 0;

  constructor(house: House, ready: Ready, typist: Typist = 'ssh') {
    const [file, ...args] = TYPISTS[typist](ready);
    this.child = spawn(file!, args, { env: house.env, stdio: ['pipe', 'ignore', 'ignore'] });
    this.child.stdin!.on('error', () => {});
    house.after(() => this.end());
  }

  /** Bytes that the client has taken: what it does not take waits here. */
  get taken(): number {
    return this.#fed - this.child.stdin!.writableLength;
  }

  start(): void {
    this.#began = performance.now();
    this.#typing = setInterval(() => this.#feed(), FEED_MS);
  }

  /** So much of it, and no more. */
  give(bytes: number): void {
    const all = numbered(bytes);
    this.#fed = bytes;
    for (let at = 0; at < bytes; at += PIECE) this.child.stdin!.write(all.slice(at, at + PIECE));
  }

  /** As much as the time since the beginning asks for: a machine under load makes it no slower. */
  #feed(): void {
    const due = ((performance.now() - this.#began) / 1000) * FED_PER_SECOND - this.#fed;
    let fed = '';
    while (fed.length < due) fed += portion(this.#next++);
    this.#fed += fed.length;
    this.child.stdin!.write(fed);
  }

  end(): void {
    if (this.#typing !== null) clearInterval(this.#typing);
    this.#typing = null;
    this.child.kill('SIGKILL');
  }
}

/** True when `text` is a piece of a {@link Flood} of which nothing is missing in between. */
export function isOneFlood(text: string): boolean {
  const numbers = [...text.matchAll(/<(\d{8})>/g)].map(([, number]) => Number(number));
  const first = numbers[0] ?? 0;
  const whole = numbers.map((_, i) => `<${String(first + i).padStart(8, '0')}>`).join('');
  const before = `<${String(first - 1).padStart(8, '0')}>`;
  const after = `<${String(first + numbers.length).padStart(8, '0')}>`;
  const at = text.indexOf(whole);
  return numbers.length > 0 && before.endsWith(text.slice(0, at)) && after.startsWith(text.slice(at + whole.length));
}

/** True when the numbers of a {@link Flood} that stand whole in `text` only grow. */
export function ascends(text: string): boolean {
  const numbers = [...text.matchAll(/<(\d{8})>/g)].map(([, number]) => Number(number));
  return numbers.length > 0 && numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
}

/** The events of a session's log. */
export function logged(house: House, { session }: Ready): { t: string; type: string }[] {
  const file = join(house.home, '.local/state/lectern/log', `${session}.jsonl`);
  // The last line may just be being written.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as { t: string; type: string });
}

/** Waits until so many people are there. */
export async function peopleOf(house: House, count: number): Promise<void> {
  let there = 0;
  const counted = async () => {
    there = await house.ask((session) => session.who()).then(({ length }) => length);
    return there === count;
  };
  await until(`${count} people`, counted, () => `${there} are there`);
}
