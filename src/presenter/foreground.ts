/**
 * What a program calls itself that is in the foreground of a terminal: the leader of its foreground process group, as
 * Linux tells it in /proc. It asks when it is asked; nothing is polled.
 */
import { readFileSync } from 'node:fs';

/** Programs that run another one, which is what people would call it by. */
const RUNNERS = /^(?:(?:ba|da|z|k|fi)?sh|python[\d.]*|node|perl|ruby|sudo|doas|env|nice|nohup|time)$/;
/** Place of `tpgid` in /proc/PID/stat behind the name, which may hold blanks itself (proc(5), field 8). */
const TPGID = 5;

/** True where it can be told. */
export const CAN_TELL_FOREGROUND = process.platform === 'linux';

/**
 * Names of the program in the foreground of the terminal that `pid` has: what the kernel calls it, the first word of its
 * command line, and what it runs when it is a shell or the like. Empty when it cannot be told.
 */
export function foregroundNames(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[TPGID]);
    if (!(group > 0)) return [];
    const words = readFileSync(`/proc/${group}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return [readFileSync(`/proc/${group}/comm`, 'utf8').trimEnd(), ...namesIn(words)];
  } catch {
    // It has just ended.
    return [];
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
