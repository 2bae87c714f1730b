/**
 * The asking end of the control socket: finds the session that is meant and calls its methods. It knows nothing of
 * commands or how results are shown.
 */
import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, EXIT, LecternError } from '../core/errors.js';
import { type Line, readLines, writeLine } from './json-lines.js';
import { checkPrivate, type Env, runtimeFolder } from './paths.js';
import type { Method, SessionApi } from './session-api.js';
import { runningSessions } from './sockets.js';

/** How long an answer may take (10 s, in ms). */
const ANSWER_MS = 10_000;
/** These wait for people: the longest vote takes an hour. In ms, with time for the answer. */
const VOTE_MS = 3_600_000 + ANSWER_MS;
const VOTED: ReadonlySet<Method> = new Set(['grant', 'propose']);
/** A roster of 2,000 observers is about 600 KB. */
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;

/** A session's methods from outside, and the connection to close after use. */
export interface SessionClient extends SessionApi {
  readonly path: string;
  close(): void;
}

/**
 * Connects to the session `id`; without one, to that of the shell we are in (`$LECTERN_SOCKET`), else to the only one.
 * @throws {LecternError} NO_SESSION when there is none such, or several and none was named.
 */
export async function connectSession(env: Env, id?: string): Promise<SessionClient> {
  return openClient(await findSocket(env, id));
}

/** Connects to every running session. */
export async function connectAll(env: Env): Promise<readonly SessionClient[]> {
  const running = await runningSessions(runtimeFolder(env), Date.now());
  return Promise.all([...running.values()].map(openClient));
}

async function findSocket(env: Env, id: string | undefined): Promise<string> {
  const ours = env['LECTERN_SOCKET'];
  if (id === undefined && ours) return ours;
  const running = await runningSessions(runtimeFolder(env), Date.now());
  const ids = [...running.keys()];
  const choice = ids.length === 0 ? 'none is running' : `running: ${ids.join(', ')}`;
  if (id === undefined && ids.length > 1) {
    throw new LecternError('NO_SESSION', `several sessions are running, name one (${choice})`);
  }
  const path = running.get(id ?? ids[0] ?? '');
  if (path !== undefined) return path;
  const missing =
    id === undefined ? 'no session is running; start one with: lectern' : `no session "${id}" (${choice})`;
  throw new LecternError('NO_SESSION', missing);
}

async function openClient(path: string): Promise<SessionClient> {
  const socket = await dial(path);
  const call = caller(socket);
  return {
    path,
    close: () => socket.destroy(),
    info: () => call('info'),
    stop: () => call('stop'),
    who: () => call('who'),
    grant: (...args) => call('grant', ...args),
    revoke: (...args) => call('revoke', ...args),
    kick: (...args) => call('kick', ...args),
    approve: (...args) => call('approve', ...args),
    deny: (...args) => call('deny', ...args),
    mute: (...args) => call('mute', ...args),
    unmute: (...args) => call('unmute', ...args),
    pause: () => call('pause'),
    resume: () => call('resume'),
    say: (...args) => call('say', ...args),
    mark: (...args) => call('mark', ...args),
    propose: (...args) => call('propose', ...args),
    cancelVote: () => call('cancelVote'),
    change: (...args) => call('change', ...args),
    mintLink: (...args) => call('mintLink', ...args),
    listLinks: () => call('listLinks'),
    revokeLink: (...args) => call('revokeLink', ...args),
    revokeAllLinks: () => call('revokeAllLinks'),
  };
}

function dial(path: string): Promise<Socket> {
  const gone = (cause?: unknown) =>
    new LecternError('NO_SESSION', `the session of ${path} has ended; start one with: lectern`, { cause });
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return Promise.reject(gone());
  // Whoever answers learns what we ask and tells us what to print: it must be a socket of our own.
  checkPrivate(path, 'socket');
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', (error) => reject(gone(error)));
    socket.once('connect', () => resolve(socket));
  });
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: LecternError) => void;
}

type Call = <M extends Method>(method: M, ...args: Parameters<SessionApi[M]>) => ReturnType<SessionApi[M]>;

function caller(socket: Socket): Call {
  const pending = new Map<number, Pending>();
  let calls = 0;
  const failAll = (error: LecternError) => {
    for (const one of pending.values()) one.reject(error);
    pending.clear();
    socket.destroy();
  };
  socket.removeAllListeners('error');
  socket.on('error', () => {});
  socket.on('close', () => failAll(new LecternError('FAILED', 'the session hung up before it answered')));
  socket.setTimeout(ANSWER_MS, () => failAll(new LecternError('TIMEOUT', 'the session does not answer')));
  readLines(socket, ANSWER_MAX_BYTES, (line) => {
    if (!settle(line, pending)) failAll(new LecternError('FAILED', 'the session gave an answer that makes no sense'));
  });
  const call = (method: Method, ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      pending.set(id, { resolve, reject });
      socket.setTimeout(VOTED.has(method) ? VOTE_MS : ANSWER_MS);
      writeLine(socket, { id, method, args });
    });
  return call as Call;
}

/** Hands an answer to the one who waits for it. False when it is no answer to anything. */
function settle(line: Line, pending: Map<number, Pending>): boolean {
  if (line.kind !== 'value') return false;
  const { id, result, error } = (line.value ?? {}) as { id?: number; result?: unknown; error?: unknown };
  const waiting = pending.get(id ?? 0);
  if (waiting === undefined) return false;
  pending.delete(id!);
  if (error === undefined) waiting.resolve(result);
  else waiting.reject(asError(error));
  return true;
}

function asError(error: unknown): LecternError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(EXIT, code) ? (code as ErrorCode) : 'FAILED';
  return new LecternError(known, typeof message === 'string' ? message : 'the session could not do that');
}
