/** Who is compared: ways to have a shell in a terminal that others watch. One session each, open for the whole bench. */
import { fileURLToPath } from 'node:url';
import type { Size } from '../../src/core/cells.js';
import type { Name } from './table.js';
import { SIGTERM, sleep, type Terminal, type Terminals } from './terminals.js';

/** The presenter's terminal. */
export const STAGE: Size = { cols: 80, rows: 24 };
/** That of who watches lectern: a row more, as its status line takes a spare one. */
const GLASS: Size = { cols: 80, rows: 25 };
const BIN = fileURLToPath(new URL('../../../bin/lectern.js', import.meta.url));
/** Its prompt is the same whoever starts it. */
export const SHELL = ['env', 'PS1=$ ', 'sh', '-i'];
/** As many as the largest crowd, and a few stock clients beside it. */
const MOST_OBSERVERS = 1100;
/** Of a crowd that comes, so many are on their way at once: the door lets thirty in at a time before it drops any. */
const CROWD_AT_ONCE = 20;
/** The same of one address, which stock clients have: five. */
const STOCK_AT_ONCE = 4;
/** Keeps OpenSSH away from the user's files and from questions. */
export const SSH = [
  ...['ssh', '-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'LogLevel=ERROR', '-tt'],
];
/** A client that was let in has drawn its first picture by then, in ms. */
const SETTLE_MS = 300;

export interface Contestant {
  readonly name: Name;
  /** The terminal in which the presenter sits. */
  readonly stage: Terminal;
  /** Of an observer's terminal: no larger than what it shows, as some leave the rest of it as it is. */
  readonly glass: Size;
  /** The words of the command with which one more observer watches; none: nobody can. */
  readonly watch: readonly string[];
  /** The same through another port that leads to the right one; null: not over TCP. */
  readonly through: ((port: number) => readonly string[]) | null;
  /** Where observers arrive; 0: nowhere. */
  readonly port: number;
  /** With which name an SSH client comes in without a key; null: it does not. */
  readonly user: string | null;
  /** Processes that a session costs at this moment; not the shell in it and not the observers' clients. */
  pids(): readonly number[];
  /** Does not need the terminals: they may be what has failed. */
  end(): void;
}

/** Opens `count` observers with stock clients, and waits until they have a picture. */
export function watchers(all: Terminals, { glass, watch }: Contestant, count: number): Promise<Terminal[]> {
  return come(all, glass, watch, count, STOCK_AT_ONCE);
}

/** The same for lectern, with observers that cost next to nothing. */
export function crowdOf(crowd: Terminals, { glass, port, user }: Contestant, count: number): Promise<Terminal[]> {
  return come(crowd, glass, [String(port), user!], count, CROWD_AT_ONCE);
}

async function come(
  all: Terminals,
  glass: Size,
  words: readonly string[],
  count: number,
  atOnce: number,
): Promise<Terminal[]> {
  const list: Terminal[] = [];
  while (list.length < count) {
    const batch = await Promise.all(
      Array.from({ length: Math.min(atOnce, count - list.length) }, () => all.open(glass, words)),
    );
    await Promise.all(batch.map((terminal) => terminal.mark('\x1b[')));
    list.push(...batch);
  }
  await sleep(SETTLE_MS);
  return list;
}

export async function dismiss(list: readonly Terminal[]): Promise<void> {
  for (const terminal of list) await terminal.kill(SIGTERM);
  await sleep(SETTLE_MS);
}

/** lectern as it comes, with its status lines. `flags` go to node. */
export async function lectern(all: Terminals, flags: readonly string[] = []): Promise<Contestant> {
  const words = [
    process.execPath,
    ...flags,
    BIN,
    '--listen',
    '127.0.0.1:0',
    '--max-observers',
    String(MOST_OBSERVERS),
    '--',
    ...SHELL,
  ];
  const stage = await all.open(STAGE, words);
  await stage.mark('$');
  await sleep(SETTLE_MS);
  const found = /ssh -p (\d+) (\w+)@/.exec((await stage.printed()).bytes.toString());
  if (found === null) throw new Error('lectern told no ssh line');
  const [, port, token] = found;
  return {
    name: 'lectern',
    stage,
    glass: GLASS,
    watch: [...SSH, '-p', port!, `${token}@127.0.0.1`],
    through: (other) => [...SSH, '-p', String(other), `${token}@127.0.0.1`],
    port: Number(port),
    user: token!,
    pids: () => [stage.pid],
    end: () => kill(stage.pid),
  };
}

/** The least that a second pseudo-terminal costs. Nobody can watch it. */
export async function script(all: Terminals): Promise<Contestant> {
  const stage = await all.open(STAGE, ['script', '-q', '-c', SHELL.map((word) => `'${word}'`).join(' '), '/dev/null']);
  await stage.mark('$');
  return alone('script', stage);
}

/** A terminal and a shell in it, and nothing in between. */
export async function bare(all: Terminals): Promise<Contestant> {
  const stage = await all.open(STAGE, SHELL);
  await stage.mark('$');
  return alone('bare', stage);
}

function alone(name: Name, stage: Terminal): Contestant {
  return {
    name,
    stage,
    glass: STAGE,
    watch: [],
    through: null,
    port: 0,
    user: null,
    pids: () => [stage.pid],
    end: () => kill(stage.pid),
  };
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
