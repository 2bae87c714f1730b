/**
 * Where lectern keeps what only its user may reach: sockets of running sessions and state. It knows nothing of what is
 * in the files.
 */
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { LecternError } from '../core/errors.js';
import { exposure } from '../core/privacy.js';
import { cureFor, systemCode } from '../core/system-errors.js';

export type Env = Readonly<Record<string, string | undefined>>;

const SESSION_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** True when `text` can be the id of a session, and so a part of a file name: letters, digits, `-`, 32 at most. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

/** Folder of the control sockets: `$XDG_RUNTIME_DIR/lectern`, else `lectern-UID` under the temp dir. */
export function runtimeFolder(env: Env): string {
  const base = absolute(env['XDG_RUNTIME_DIR']);
  if (base !== undefined && statSync(base, { throwIfNoEntry: false })?.isDirectory()) return join(base, 'lectern');
  return join(tmpdir(), `lectern-${userId()}`);
}

/** Folder of what outlives a session: `$XDG_STATE_HOME/lectern`, else `~/.local/state/lectern`. */
export function stateFolder(env: Env, home: string): string {
  return join(absolute(env['XDG_STATE_HOME']) ?? join(home, '.local', 'state'), 'lectern');
}

/** The XDG base directory specification says that relative paths are to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path && isAbsolute(path) ? path : undefined;
}

/**
 * Makes the folder if it is not there (mode 0700) and checks that it is ours alone. Under the temp dir, another user
 * may have made a folder of that name first.
 * @throws {LecternError} FAILED when it is not a folder, is not ours, is open to others, or cannot be made.
 */
export function ensurePrivateFolder(path: string): void {
  try {
    makeFolder(path);
    checkPrivate(path, 'folder');
  } catch (error) {
    if (error instanceof LecternError) throw error;
    const cure = cureFor(error, 'check who owns what is above it');
    throw new LecternError('FAILED', `cannot make the folder ${path} (${systemCode(error)}); ${cure}`, {
      cause: error,
    });
  }
}

/**
 * With those above it. Node.js's own way of making these too never comes back where a folder that is there takes none
 * (ENOENT): homes that are mounted when they are needed, and /proc.
 */
function makeFolder(path: string): void {
  const above = dirname(path);
  if (!existsSync(above)) makeFolder(above);
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** @throws {LecternError} FAILED when `path` is not a private folder or socket of this user. */
export function checkPrivate(path: string, kind: 'folder' | 'socket'): void {
  const wrong = exposure(lstatSync(path), kind, userId());
  if (wrong !== null) throw new LecternError('FAILED', `${path} ${wrong}`);
}

/** The user's id, -1 where the system has none. */
export function userId(): number {
  return process.getuid?.() ?? -1;
}
