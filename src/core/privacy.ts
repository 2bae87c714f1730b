/**
 * Says whether a file or folder is private enough to hold a key or a socket. It judges what `lstat` found and touches
 * no disk.
 */

/** The part of a `Stats` that matters here. */
export interface Ownership {
  readonly uid: number;
  readonly mode: number;
  isSymbolicLink(): boolean;
  isDirectory(): boolean;
  isFile(): boolean;
  isSocket(): boolean;
}

export type Kind = 'folder' | 'file' | 'socket';

/** Permission bits of group and others. */
const OTHERS = 0o077;

/**
 * What is wrong with `found`, with the cure, or null when only the user `uid` can reach it.
 * Pass `uid` -1 where the system has no user ids.
 */
export function exposure(found: Ownership, kind: Kind, uid: number): string | null {
  if (found.isSymbolicLink()) return `is a symbolic link; put a real ${kind} there`;
  if (!isKind(found, kind)) return `is not a ${kind}; move it away`;
  if (uid !== -1 && found.uid !== uid) return `belongs to user ${found.uid}, not to you (${uid}); move it away`;
  const open = found.mode & OTHERS;
  if (open === 0) return null;
  const wanted = kind === 'folder' ? '700' : '600';
  return `is open to other users (mode ${octal(found.mode)}); run: chmod ${wanted} on it`;
}

function isKind(found: Ownership, kind: Kind): boolean {
  if (kind === 'folder') return found.isDirectory();
  return kind === 'file' ? found.isFile() : found.isSocket();
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}
