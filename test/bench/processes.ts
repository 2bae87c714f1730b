/** What processes have cost, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_S = 1e9;
const BYTES_PER_KB = 1024;

/** Seconds of processor that these processes and all their descendants have used, the shell in a session left out. */
export function cpuSeconds(pids: readonly number[]): number {
  return family(pids).reduce((sum, pid) => sum + threadsNs(pid), 0) / NS_PER_S;
}

/** Those of these processes and their descendants that run a script of this name. */
export function among(pids: readonly number[], script: string): number[] {
  return family(pids).filter((pid) => read(`/proc/${pid}/cmdline`).includes(`/${script}\0`));
}

/** Proportional set size of these processes and all their descendants, in bytes. */
export function memoryBytes(pids: readonly number[]): number {
  return family(pids).reduce((sum, pid) => sum + proportionalKb(pid), 0) * BYTES_PER_KB;
}

/** How often the threads of these processes and their descendants have gone to sleep by themselves: once a wake-up. */
export function sleeps(pids: readonly number[]): number {
  const threads = family(pids).flatMap((pid) => threadsOf(pid));
  return threads.reduce(
    (sum, path) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`${path}/status`))?.[1] ?? 0),
    0,
  );
}

/** Processes of this program that name `word` among their own: for those that leave whoever started them. */
export function running(program: string, word: string): number[] {
  return processes().filter((pid) => {
    const words = read(`/proc/${pid}/cmdline`).split('\0');
    return words[0] === program && words.includes(word);
  });
}

/** The shell that is shared, as its command line stands in /proc. */
const SHARED = 'sh\0-i\0';

/** Every process and its descendants; the programs that are shared are not what is measured. */
function family(pids: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const pid of processes()) {
    const stat = read(`/proc/${pid}/stat`);
    // The name of the program stands in brackets and may hold anything.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set<number>();
  const visit = (pid: number): void => {
    if (found.has(pid) || read(`/proc/${pid}/cmdline`) === SHARED) return;
    found.add(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  for (const pid of pids) visit(pid);
  return [...found];
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Nanoseconds on a processor: /proc/PID/stat counts in ticks of 10 ms, which is too coarse for a session that idles. */
function threadsNs(pid: number): number {
  return threadsOf(pid).reduce((sum, path) => sum + Number(read(`${path}/schedstat`).split(' ')[0]), 0);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

function proportionalKb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** '' for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
