/**
 * The log of one session: events and who typed, as JSON lines that are chained by their hashes, appended as they
 * happen, so that a crash loses none. It knows nothing of where events come from.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LecternError } from '../core/errors.js';
import type { LoggedEvent, SessionEvent } from '../core/events.js';
import { exposure } from '../core/privacy.js';
import { systemCode } from '../core/system-errors.js';
import { headOf, link, verify } from './chain.js';
import { ensurePrivateFolder, isSessionId, userId } from './paths.js';

/** A flood of refused connections must not fill the disk: about 100,000 events. */
const LOG_MAX_BYTES = 16 * 1024 * 1024;
/** What strangers and observers can cause at will may fill half of it, so that there is room for what was done. */
const AT_WILL: ReadonlySet<string> = new Set([
  ...['refuse', 'request', 'join', 'leave', 'rename', 'redact', 'withheld', 'resize', 'lag', 'chat', 'input'],
]);
/** After these the disk is asked to keep what was written: who was let in, and who could type. */
const DECISIONS: ReadonlySet<string> = new Set([
  ...['grant', 'revoke', 'expire', 'preempt', 'suggest', 'vote', 'approve', 'deny', 'kick', 'mute', 'pause', 'resume'],
  ...['link', 'end'],
]);

/** Keys that reached the program. Written to the log and told nowhere else. */
export interface InputRecord {
  readonly type: 'input';
  /** Id of an observer, or `presenter`. */
  readonly by: string;
  readonly bytes: number;
  /** SECRET: what was typed. */
  readonly text?: string;
  /** The text is left out: the program did not echo, or the settings say so. */
  readonly withheld?: true;
}

export type LogRecord = LoggedEvent | Stamped<InputRecord>;

type Stamped<T> = { readonly v: 1; readonly t: string; readonly session: string } & T;

/** The event as it is written and printed. `now` in Unix milliseconds. */
export function stamp(event: SessionEvent, session: string, now: number): LoggedEvent;
export function stamp(event: InputRecord, session: string, now: number): Stamped<InputRecord>;
export function stamp(event: SessionEvent | InputRecord, session: string, now: number): LogRecord {
  return { v: 1, t: new Date(now).toISOString(), session, ...event };
}

/** Where the log of a session is, in the state folder. */
export function logPath(state: string, session: string): string {
  return join(state, 'log', `${session}.jsonl`);
}

export class SessionLog {
  readonly path: string;
  /** Why nothing is logged, or null. */
  readonly fault: string | null;
  /** Where a log of this session lies that was broken, or null. */
  readonly setAside: string | null;
  #fd: number | null;
  #size: number;
  #head: string;
  #syncing = false;

  private constructor(path: string, fd: number | null, before: string, fault: string | null, setAside: string | null) {
    this.path = path;
    this.fault = fault;
    this.setAside = setAside;
    this.#fd = fd;
    this.#size = Buffer.byteLength(before);
    this.#head = headOf(before);
  }

  /**
   * Opens the log of `session` (mode 0600) in the state folder, to append. Where nothing can be written (disk full, read
   * only, not ours alone, or what is there cannot be read) the result is a log that says so and takes nothing. A log
   * whose chain is broken, whose last line is not whole, or that is larger than any of ours, is set aside: what comes
   * after it could not be told from what was tampered with.
   * @throws {LecternError} FAILED when `session` is no id.
   */
  static open(state: string, session: string): SessionLog {
    if (!isSessionId(session)) throw new LecternError('FAILED', 'a log needs the id of a session');
    try {
      return SessionLog.#open(state, session);
    } catch (error) {
      if (!(error instanceof LecternError)) throw error;
      return new SessionLog(logPath(state, session), null, '', error.message, null);
    }
  }

  static #open(state: string, session: string): SessionLog {
    ensurePrivateFolder(state);
    ensurePrivateFolder(join(state, 'log'));
    const path = logPath(state, session);
    const fd = openPrivate(path);
    try {
      // What is larger was not written by us, and may be larger than memory.
      const before = fstatSync(fd).size > LOG_MAX_BYTES ? null : readFileSync(path, 'utf8');
      if (before !== null && verify(before).broken === null) return new SessionLog(path, fd, before, null, null);
      const kept = `${path}.${randomBytes(6).toString('hex')}.broken`;
      renameSync(path, kept);
      const anew = openPrivate(path);
      closeSync(fd);
      return new SessionLog(path, anew, '', null, kept);
    } catch (error) {
      closeSync(fd);
      throw error instanceof LecternError ? error : unwritable(path, error);
    }
  }

  /**
   * Appends one event. False when it could not be written (disk full, log full or closed): a session goes on without
   * its log, and the caller may say so once.
   */
  write(event: LogRecord): boolean {
    const { line, hash } = link(event, this.#head);
    const bytes = Buffer.from(`${line}\n`);
    const limit = AT_WILL.has(event.type) ? LOG_MAX_BYTES / 2 : LOG_MAX_BYTES;
    if (this.#fd === null || this.#size + bytes.length > limit || !this.#append(this.#fd, bytes)) return false;
    this.#head = hash;
    if (DECISIONS.has(event.type)) this.#sync(this.#fd);
    return true;
  }

  close(): void {
    if (this.#fd === null) return;
    const fd = this.#fd;
    this.#fd = null;
    try {
      fdatasyncSync(fd);
    } catch {
      // A file system that cannot: what was written is with the system.
    }
    closeSync(fd);
  }

  /** A line is written whole or not at all: what comes after half of one could not be read. */
  #append(fd: number, bytes: Uint8Array): boolean {
    try {
      const written = writeSync(fd, bytes);
      if (written < bytes.length) ftruncateSync(fd, this.#size);
      else this.#size += written;
      return written === bytes.length;
    } catch {
      return false;
    }
  }

  /** Off the way of keys: a slow disk must not be felt. */
  #sync(fd: number): void {
    if (this.#syncing) return;
    this.#syncing = true;
    fdatasync(fd, () => {
      this.#syncing = false;
    });
  }
}

/** @throws {LecternError} FAILED when it cannot be written, or is not ours alone. */
function openPrivate(path: string): number {
  const fd = openToAppend(path);
  const wrong = exposure(fstatSync(fd), 'file', userId());
  if (wrong === null) return fd;
  closeSync(fd);
  throw new LecternError('FAILED', `log file ${path} ${wrong}`);
}

function openToAppend(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): LecternError {
  const reason = systemCode(error);
  return new LecternError('FAILED', `cannot write the log ${path} (${reason})`, { cause: error });
}
