/** Who is compared: ways to have a shell in a terminal that others watch. One session each, open for the whole bench. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Size } from '../../src/core/cells.js';
import { Sshd } from './sshd.js';
import type { Name } from './table.js';
import { SIGTERM, sleep, type Terminal, type Terminals } from './terminals.js';

/** The presenter's terminal. */
export const STAGE: Size = { cols: 80, rows: 24 };
/** An observer's: a row more, as lectern's status line takes a spare one. */
export const GLASS: Size = { cols: 80, rows: 25 };
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
const SSH = [
  ...['ssh', '-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'LogLevel=ERROR', '-tt'],
];
/** A client that was let in has drawn its first picture by then, in ms. */
const SETTLE_MS = 300;

export interface Contestant {
  readonly name: Name;
  /** The terminal in which the presenter sits. */
  readonly stage: Terminal;
  /** The words of the command with which one more observer watches; none: nobody can. */
  readonly watch: readonly string[];
  /** The same through another port that leads to the right one; null: not over TCP. */
  readonly through: ((port: number) => readonly string[]) | null;
  /** Where observers arrive; 0: nowhere. */
  readonly port: number;
  /** With which name an SSH client comes in without a key; null: it does not. */
  readonly user: string | null;
  /** Processes that a session costs; not the shell in it and not the clients. */
  readonly pids: readonly number[];
  /** Does not need the terminals: they may be what has failed. */
  end(): void;
}

/** Opens `count` observers with stock clients, and waits until they have a picture. */
export function watchers(all: Terminals, { watch }: Contestant, count: number): Promise<Terminal[]> {
  return come(all, watch, count, STOCK_AT_ONCE);
}

/** The same for lectern, with observers that cost next to nothing. */
export function crowdOf(crowd: Terminals, { port, user }: Contestant, count: number): Promise<Terminal[]> {
  return come(crowd, [String(port), user!], count, CROWD_AT_ONCE);
}

async function come(all: Terminals, words: readonly string[], count: number, atOnce: number): Promise<Terminal[]> {
  const list: Terminal[] = [];
  while (list.length < count) {
    const batch = await Promise.all(
      Array.from({ length: Math.min(atOnce, count - list.length) }, () => all.open(GLASS, words)),
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
    watch: [...SSH, '-p', port!, `${token}@127.0.0.1`],
    through: (other) => [...SSH, '-p', String(other), `${token}@127.0.0.1`],
    port: Number(port),
    user: token!,
    pids: [stage.pid],
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
  return { name, stage, watch: [], through: null, port: 0, user: null, pids: [stage.pid], end: () => kill(stage.pid) };
}

/** tmux, which observers attach to read-only over an sshd of its own. */
export async function tmux(all: Terminals, folder: string): Promise<Contestant> {
  const socket = join(folder, 'tmux.sock');
  const config = join(folder, 'tmux.conf');
  // Without its status line its screen is as high as the others'.
  writeFileSync(config, 'set -g status off\nset -g default-terminal tmux-256color\nset -sg escape-time 0\n');
  const tmux = ['tmux', '-u', '-S', socket];
  const stage = await all.open(STAGE, [...tmux, '-f', config, 'new-session', ...SHELL]);
  await stage.mark('$');
  const sshd = await Sshd.open(join(folder, 'sshd'));
  const through = (port: number) => [
    ...[...SSH, '-i', sshd.key, '-p', String(port), `${sshd.user}@127.0.0.1`],
    ...[...tmux, 'attach', '-r'],
  ];
  return {
    name: 'tmux',
    stage,
    watch: through(sshd.port),
    through,
    port: sshd.port,
    user: null,
    pids: [sshd.pid, serverOf(socket)],
    end: () => {
      execFileSync('tmux', ['-S', socket, 'kill-server']);
      sshd.close();
    },
  };
}

/** Process id of the tmux server behind a socket. */
function serverOf(socket: string): number {
  return Number(execFileSync('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'], { encoding: 'utf8' }));
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
