/**
 * The log of one session: events as JSON lines, appended as they happen, so that a crash loses none. It knows nothing
 * of where events come from.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LecternError } from '../core/errors.js';
import type { LoggedEvent, SessionEvent } from '../core/events.js';
import { exposure } from '../core/privacy.js';
import { ensurePrivateFolder, isSessionId, userId } from './paths.js';

/** A flood of refused connections must not fill the disk: about 100,000 events. */
const LOG_MAX_BYTES = 16 * 1024 * 1024;
/** What strangers and observers can cause at will may fill half of it, so that there is room for what was done. */
const AT_WILL: ReadonlySet<string> = new Set(['refuse', 'request', 'join', 'leave', 'redact', 'withheld', 'resize']);

/** The event as it is written and printed. `now` in Unix milliseconds. */
export function stamp(event: SessionEvent, session: string, now: number): LoggedEvent {
  return { v: 1, t: new Date(now).toISOString(), session, ...event };
}

/** Where the log of a session is, in the state folder. */
export function logPath(state: string, session: string): string {
  return join(state, 'log', `${session}.jsonl`);
}

export class SessionLog {
  readonly path: string;
  #fd: number | null;
  #room: number;

  private constructor(path: string, fd: number, size: number) {
    this.path = path;
    this.#fd = fd;
    this.#room = LOG_MAX_BYTES - size;
  }

  /**
   * Opens the log of `session` (mode 0600) in the state folder, to append.
   * @throws {LecternError} FAILED when the folder or file is not ours alone or cannot be written.
   */
  static open(state: string, session: string): SessionLog {
    if (!isSessionId(session)) throw new LecternError('FAILED', 'a log needs the id of a session');
    ensurePrivateFolder(state);
    ensurePrivateFolder(join(state, 'log'));
    const path = logPath(state, session);
    const fd = openToAppend(path);
    const found = fstatSync(fd);
    const wrong = exposure(found, 'file', userId());
    if (wrong === null) return new SessionLog(path, fd, found.size);
    closeSync(fd);
    throw new LecternError('FAILED', `log file ${path} ${wrong}`);
  }

  /**
   * Appends one event. False when it could not be written (disk full, log full or closed): a session goes on without
   * its log, and the caller may say so once.
   */
  write(event: LoggedEvent): boolean {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    const room = AT_WILL.has(event.type) ? this.#room - LOG_MAX_BYTES / 2 : this.#room;
    if (this.#fd === null || line.length > room) return false;
    try {
      this.#room -= writeSync(this.#fd, line);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

function openToAppend(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new LecternError('FAILED', `cannot write the log ${path} (${reason})`, { cause: error });
  }
}
