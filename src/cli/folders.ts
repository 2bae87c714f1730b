/** Two folders of the user's: his home, and the one in which he is. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { LecternError } from '../core/errors.js';

/**
 * `$HOME`; where that is empty or relative, what the system's list of users says: a file in the current directory, which
 * may be a cloned repository, is never taken for the user's own.
 * @throws {LecternError} FAILED when the system knows none.
 */
export function homeFolder(): string {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : userInfo().homedir;
  } catch (cause) {
    throw new LecternError('FAILED', 'this user has no home folder: set HOME to one', { cause });
  }
}

/** @throws {LecternError} FAILED when somebody has removed it. */
export function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new LecternError('FAILED', 'the current directory is gone: cd to one that is there', { cause });
  }
}
