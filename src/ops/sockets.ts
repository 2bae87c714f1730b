/**
 * Control sockets as files: which sessions have one, whether anybody answers, and removing those left by a crash.
 * It knows nothing of what is said on them.
 */
import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { checkPrivate, isSessionId } from './paths.js';

const SUFFIX = '.sock';
/** A socket younger than this (ms) may be between its bind and its listen: it is not called stale yet. */
const NEWBORN_MS = 2000;
/** A presenter that does not accept a local connection within this time (ms) is not answering. */
const CONNECT_MS = 2000;

/** Whether a process accepts connections on the socket. */
export function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answering: boolean) => {
      socket.destroy();
      resolve(answering);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(CONNECT_MS, () => settle(true));
  });
}

/**
 * The running sessions, by id, with their sockets. Sockets that nobody answers on any more are removed.
 * A missing folder is no sessions.
 * @throws {LecternError} FAILED when the folder is not private to this user.
 */
export async function runningSessions(folder: string, now: number): Promise<ReadonlyMap<string, string>> {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return new Map();
  checkPrivate(folder, 'folder');
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .filter(isSessionId)
    .sort();
  const found = await Promise.all(ids.map(async (id) => [id, await probe(join(folder, id + SUFFIX), now)] as const));
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== null));
}

async function probe(path: string, now: number): Promise<string | null> {
  if (await isAnswering(path)) return path;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() && now - found.mtimeMs > NEWBORN_MS) unlinkSync(path);
  return null;
}
