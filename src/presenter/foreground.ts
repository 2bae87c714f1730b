/**
 * What a program calls itself that is in the foreground of a terminal: the leader of its foreground process group, as
 * Linux tells it in /proc. It asks when it is asked; nothing is polled.
 */
import { readFileSync } from 'node:fs';

/** Programs that run another one, which is what people would call it by. */
const RUNNERS = /^(?:(?:ba|da|z|k|fi)?sh|python[\d.]*|node|perl|ruby|sudo|doas|env|nice|nohup|time)$/;
/** Places in /proc/PID/stat behind the name, which may hold blanks itself (proc(5), fields 5 and 8). */
const PGRP = 2;
const TPGID = 5;

/** True where it can be told. */
export const CAN_TELL_FOREGROUND = process.platform === 'linux';
/** Processes that are looked at: a program that is meant stands at the top of the tree, not behind hundreds. */
const MAX_PROCESSES = 32;

/**
 * Names of the programs in the foreground of the terminal that `pid` has, the leader of its process group first and
 * then what it has started: what the kernel calls each, the first word of its command line, and what it runs when it is
 * a shell or the like. Empty when it cannot be told.
 */
export function foregroundNames(pid: number): readonly string[] {
  const group = field(pid, TPGID);
  return (group > 0 ? groupOf(group) : []).flatMap((one) => {
    const words = read(`/proc/${one}/cmdline`).split('\0').filter(Boolean);
    return [read(`/proc/${one}/comm`).trimEnd(), ...namesIn(words)];
  });
}

/** The leader of a process group and what it has started within the group, the nearest first. */
function groupOf(leader: number): readonly number[] {
  const all = [leader];
  for (let i = 0; i < all.length && all.length < MAX_PROCESSES; i++) {
    const children = read(`/proc/${all[i]}/task/${all[i]}/children`).split(' ').filter(Boolean).map(Number);
    all.push(...children.filter((child) => field(child, PGRP) === leader));
  }
  return all.slice(0, MAX_PROCESSES);
}

/** A number of /proc/PID/stat; 0 when the process has just ended. */
function field(pid: number, at: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[at]) || 0;
}

/** Empty when the process has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The name of a command line, and of what it runs. */
export function namesIn(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  // A login shell has a dash before its name.
  const name = first.slice(first.lastIndexOf('/') + 1).replace(/^-/, '');
  const run = rest.findIndex((word) => !word.startsWith('-') && !word.includes('='));
  return RUNNERS.test(name) && run >= 0 ? [name, ...namesIn(rest.slice(run))] : [name];
}
