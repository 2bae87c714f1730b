/**
 * Takes back what was typed and lies unread in the kernel's queue of a pseudo-terminal (4 KiB, and as much again on
 * its way there): closing the gate is not enough when the program reads later. Knows nothing of who typed.
 *
 * Node.js has no tcflush(3), so the queue is read empty through the program's end. A line that is still being edited
 * cannot be read; it is erased by the key that does so. (To switch line editing off for a moment would end a program that
 * waits for a line: its read would return nothing, which is the end of a file.)
 */
import { spawnSync } from 'node:child_process';
import { readSync } from 'node:fs';

const CHUNK_BYTES = 16 * 1024;
/** The kernel moves bytes on in a thread of its own: the queue is empty when it was found so this often, 1 ms apart. */
const EMPTY_ROUNDS = 3;
const ROUND_MS = 1;
/** A program that types to itself would never let it be empty. */
const MAX_ROUNDS = 100;
/** For the two small programs below; they take 4 ms. */
const STTY_MS = 500;
/** $1 is opened anew: Node.js makes a descriptor that it hands to a child blocking, for us as well. */
const SETTINGS = 'exec < "$1"; stty -a';
/** `stty -a` says `-icanon` when lines are not edited, and `kill = ^U;` or `kill = <undef>;`. */
const EDITED = /(?<![-\w])icanon\b/;
const KILL_KEY = /\bkill = \^(.);/;
const CONTROL_MASK = 0x1f;
const DELETE = 0x7f;

/**
 * @param path the program's end of the terminal
 * @param fd the same, open with O_NONBLOCK; it is not this process's own terminal
 * @returns keys to be typed, which erase the line that is still being edited
 */
export function dropUnread(path: string, fd: number): Uint8Array {
  drain(fd);
  const { stdout } = spawnSync('/bin/sh', ['-c', SETTINGS, 'lectern-unread', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    timeout: STTY_MS,
  });
  drain(fd);
  const key = EDITED.test(stdout) ? KILL_KEY.exec(stdout)?.[1] : undefined;
  if (key === undefined) return new Uint8Array(0);
  const code = key === '?' ? DELETE : key.charCodeAt(0) & CONTROL_MASK;
  // Twice: the last thing typed may have been ^V, which makes the next key a part of the line.
  return Uint8Array.of(code, code);
}

function drain(fd: number): void {
  const nowhere = new Uint8Array(CHUNK_BYTES);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let round = 0, empty = 0; round < MAX_ROUNDS && empty < EMPTY_ROUNDS; round++) {
    empty = read(fd, nowhere) > 0 ? 0 : empty + 1;
    if (empty > 0) Atomics.wait(pause, 0, 0, ROUND_MS);
  }
}

/** 0 also when there is nothing to read, or nobody to type for any more. */
function read(fd: number, into: Uint8Array): number {
  try {
    return readSync(fd, into);
  } catch {
    return 0;
  }
}
