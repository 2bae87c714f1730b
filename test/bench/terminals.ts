/**
 * The bench's end of terminals.c and crowd.c: programs in terminals of their own, or observers without a program, with a
 * stamp on every byte that they print.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from '../../src/core/cells.js';
import { compile, type Program, TERMINALS } from './compile.js';

/** How long anything of the bench may take that says nothing else, in ms. */
const PATIENCE_MS = 40_000;

/** One read of a terminal: when it was, in nanoseconds of the monotonic clock, and where it ended in the bytes. */
export interface Reading {
  readonly ns: bigint;
  readonly end: number;
}

export interface Printed {
  readonly bytes: Buffer;
  readonly readings: readonly Reading[];
}

interface Waiting {
  readonly resolve: (words: readonly string[]) => void;
  readonly timer: NodeJS.Timeout;
}

/** The process that has all terminals. */
export class Terminals {
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** Of the files that are dumped. */
  readonly #name: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #waiting = new Map<string, Waiting[]>();
  #opened = 0;

  /**
   * @param folder for the compiled program and what it dumps; removed by its owner
   * @param program what keeps the terminals
   */
  constructor(folder: string, env: NodeJS.ProcessEnv, program: Program = TERMINALS) {
    this.#folder = folder;
    this.#env = env;
    const path = compile(program, folder);
    this.#name = `printed-${program.sources[0]}`;
    this.#child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'], env });
    let rest = '';
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.#told(line.split('\t'));
    });
  }

  /** Runs `words` in a terminal of this size; of a crowd: the port and the user name. */
  async open(size: Size, words: readonly string[]): Promise<Terminal> {
    const id = this.#opened++;
    const [, , pid, ns] = await this.ask('opened', id, `open\t${id}\t${size.cols}\t${size.rows}\t${words.join('\t')}`);
    return new Terminal(this, id, Number(pid), BigInt(ns!), size);
  }

  /** Sends a command and waits for its answer. */
  ask(answer: string, id: number, command: string, patienceMs = PATIENCE_MS): Promise<readonly string[]> {
    const key = `${answer} ${id}`;
    const told = new Promise<readonly string[]>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited in vain for ${key}`)), patienceMs);
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { resolve, timer }]);
    });
    this.#child.stdin!.write(`${command}\n`);
    return told;
  }

  async print(id: number): Promise<Printed> {
    const path = join(this.#folder, `${this.#name}-${id}`);
    await this.ask('dumped', id, `dump\t${id}\t${path}`);
    const raw = readFileSync(`${path}.reads`);
    const readings = Array.from({ length: raw.length / 16 }, (_, i) => ({
      ns: raw.readBigUInt64LE(i * 16),
      end: Number(raw.readBigUInt64LE(i * 16 + 8)),
    }));
    const bytes = readFileSync(path);
    rmSync(path);
    rmSync(`${path}.reads`);
    return { bytes, readings };
  }

  get env(): NodeJS.ProcessEnv {
    return this.#env;
  }

  close(): void {
    this.#child.stdin!.end();
  }

  #told(words: readonly string[]): void {
    const key = `${words[0]} ${words[1]}`;
    const [first, ...others] = this.#waiting.get(key) ?? [];
    if (first === undefined) return;
    this.#waiting.set(key, others);
    clearTimeout(first.timer);
    first.resolve(words);
  }
}

/** One terminal and the program in it. */
export class Terminal {
  readonly pid: number;
  /** When its program was started, in ns. */
  readonly startedNs: bigint;
  readonly size: Size;
  readonly #all: Terminals;
  readonly #id: number;

  constructor(all: Terminals, id: number, pid: number, startedNs: bigint, size: Size) {
    this.#all = all;
    this.#id = id;
    this.pid = pid;
    this.startedNs = startedNs;
    this.size = size;
  }

  /** Types text. @returns the moment before it was written, in ns. */
  async type(text: string): Promise<bigint> {
    const words = await this.#all.ask('typed', this.#id, `type\t${this.#id}\t${Buffer.from(text).toString('hex')}`);
    return BigInt(words[2]!);
  }

  /** Resolves when `text` is among what was printed since {@link clear}. @returns when it was read, in ns. */
  async mark(text: string, patienceMs?: number): Promise<bigint> {
    const command = `mark\t${this.#id}\t${Buffer.from(text).toString('hex')}`;
    const words = await this.#all.ask('mark', this.#id, command, patienceMs);
    return BigInt(words[2]!);
  }

  async clear(): Promise<void> {
    await this.#all.ask('cleared', this.#id, `clear\t${this.#id}`);
  }

  /** Bytes that were printed since {@link clear}. */
  async count(): Promise<number> {
    const words = await this.#all.ask('counted', this.#id, `count\t${this.#id}`);
    return Number(words[2]!);
  }

  /** All that was printed since {@link clear}. */
  printed(): Promise<Printed> {
    return this.#all.print(this.#id);
  }

  /** @returns when the signal was sent, in ns. */
  async kill(signal: number): Promise<bigint> {
    const words = await this.#all.ask('killed', this.#id, `kill\t${this.#id}\t${signal}`);
    return BigInt(words[2]!);
  }
}

/**
 * Waits until all of them have printed something, and nothing more for `quietMs`: what is only slow is waited for. Not
 * longer than `mostMs`.
 */
export async function settled(terminals: readonly Terminal[], quietMs: number, mostMs: number): Promise<void> {
  let before: readonly number[] = [];
  for (let waited = 0; waited < mostMs; waited += quietMs) {
    await sleep(quietMs);
    const now = await Promise.all(terminals.map((terminal) => terminal.count()));
    if (now.every((bytes, i) => bytes > 0 && bytes === before[i])) return;
    before = now;
  }
}

export const SIGTERM = 15;
export const SIGCONT = 18;
export const SIGSTOP = 19;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
