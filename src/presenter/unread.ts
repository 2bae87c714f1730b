/**
 * Takes back what was typed and lies unread in the kernel's queue of a pseudo-terminal (4 KiB, and as much again on
 * its way there): closing the gate is not enough when the program reads later. Knows nothing of who typed.
 *
 * Node.js has no tcflush(3), so the queue is read empty through the program's end. A line that is still being edited
 * cannot be read: for that, line editing is off for a moment.
 */
import { spawnSync } from 'node:child_process';
import { readSync } from 'node:fs';

const CHUNK_BYTES = 16 * 1024;
/** The kernel moves bytes on in a thread of its own: the queue is empty when it was found so this often, 1 ms apart. */
const EMPTY_ROUNDS = 3;
const ROUND_MS = 1;
/** A program that types to itself would never let it be empty. */
const MAX_ROUNDS = 100;
/** For the three small programs below; they take 5 ms. */
const STTY_MS = 500;

/** $1 is opened anew: Node.js makes a descriptor that it hands to a child blocking, for us as well. */
const LINE_EDITING_OFF = `
exec < "$1"
case $(stty -a) in
  *-icanon*) ;;
  *) old=$(stty -g); stty -icanon min 0 time 0; cat > /dev/null; stty "$old" ;;
esac
`;

/**
 * @param path the program's end of the terminal
 * @param fd the same, open with O_NONBLOCK; it is not this process's own terminal
 */
export function dropUnread(path: string, fd: number): void {
  drain(fd);
  spawnSync('/bin/sh', ['-c', LINE_EDITING_OFF, 'lectern-unread', path], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] },
    timeout: STTY_MS,
  });
  drain(fd);
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
