/** What processes have cost, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_S = 1e9;
const BYTES_PER_KB = 1024;

/** Seconds of processor that these processes and all their descendants have used, the clients of a session left out. */
export function cpuSeconds(pids: readonly number[]): number {
  return family(pids).reduce((sum, pid) => sum + threadsNs(pid), 0) / NS_PER_S;
}

/** Proportional set size of these processes and all their descendants, in bytes. */
export function memoryBytes(pids: readonly number[]): number {
  return family(pids).reduce((sum, pid) => sum + proportionalKb(pid), 0) * BYTES_PER_KB;
}

/** Every process with what it descends from; the programs that are shared are not what is measured. */
function family(pids: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    // The name of the program stands in brackets and may hold anything.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set<number>();
  const visit = (pid: number): void => {
    if (found.has(pid)) return;
    found.add(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  for (const pid of pids) visit(pid);
  return [...found];
}

/** Nanoseconds on a processor: /proc/PID/stat counts in ticks of 10 ms, which is too coarse for a session that idles. */
function threadsNs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce(
      (sum, thread) => sum + Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
      0,
    );
  } catch {
    return 0;
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
