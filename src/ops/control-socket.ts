/**
 * The presenter's end of the control socket: JSON lines over a unix socket that only its user can reach.
 *
 *   asked     {"id": 1, "method": "grant", "args": ["ana", 60000, "full"]}
 *   answered  {"id": 1, "result": {…}}   or   {"id": 1, "error": {"code": "FAILED", "message": "…"}}
 *
 * It knows nothing of what the methods do.
 */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { LecternError } from '../core/errors.js';
import { systemCode } from '../core/system-errors.js';
import { type Line, readLines, writeLine } from './json-lines.js';
import { ensurePrivateFolder, isSessionId } from './paths.js';
import { invoke, isMethod, type SessionApi } from './session-api.js';
import { isAnswering } from './sockets.js';

/** Requests are a few hundred bytes. */
const REQUEST_MAX_BYTES = 64 * 1024;
/** macOS has room for 103 bytes, Linux for 107. What is longer is not refused there but cut, to another name. */
const PATH_MAX_BYTES = 103;
/** People and scripts ask one at a time; more than this is a runaway loop. */
const CONNECTIONS_MAX = 32;
/** A connection on which nothing is asked is closed (30 s, in ms). */
const IDLE_MS = 30_000;
/** How long closing waits for a peer that does not read (ms). */
const FLUSH_MS = 1000;

export interface ControlServer {
  readonly path: string;
  /** Ends the connections and removes the socket. */
  close(): Promise<void>;
}

/**
 * Answers for a session until closed.
 * @param folder the runtime folder; it is made (0700) when missing
 * @throws {LecternError} FAILED when the folder is not private, the path is too long for a socket, or a session of
 * that id is running already.
 */
export async function serveControl(folder: string, session: string, api: SessionApi): Promise<ControlServer> {
  if (!isSessionId(session)) throw new LecternError('FAILED', 'a control socket needs the id of a session');
  ensurePrivateFolder(folder);
  const path = join(folder, `${session}.sock`);
  if (Buffer.byteLength(path) > PATH_MAX_BYTES) throw unable(path, 'the path is too long for a socket');
  const open = new Set<Socket>();
  const server = createServer((socket) => answer(socket, api, open));
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, path);
  // Out of file descriptors: whoever asks gets no answer, and the session goes on.
  server.on('error', () => {});
  // Until here the umask decided the mode; the 0700 folder has kept others out all along.
  chmodSync(path, 0o600);
  return { path, close: () => close(server, open) };
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await tryListen(server, path);
  } catch (error) {
    const reason = systemCode(error);
    if (reason !== 'EADDRINUSE') throw unable(path, reason, error);
    if (await isAnswering(path)) throw new LecternError('FAILED', `a session answers on ${path} already`);
    unlinkSync(path);
    await tryListen(server, path).catch((again: unknown) => {
      throw unable(path, 'its name was taken meanwhile', again);
    });
  }
}

function tryListen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function unable(path: string, reason: string, cause?: unknown): LecternError {
  return new LecternError(
    'FAILED',
    `cannot listen on ${path} (${reason}); set XDG_RUNTIME_DIR to a short private path`,
    {
      cause,
    },
  );
}

function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // One turn later, so that the answer to "stop" is on its way when the session closes from within that call.
    setImmediate(() => {
      for (const socket of open) {
        socket.setTimeout(FLUSH_MS);
        socket.destroySoon();
      }
    });
  });
}

function answer(socket: Socket, api: SessionApi, open: Set<Socket>): void {
  open.add(socket);
  socket.on('close', () => open.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  let asked = 0;
  readLines(socket, REQUEST_MAX_BYTES, (line) => {
    // An answer may wait for a vote: whoever waits for one is not idle.
    asked++;
    socket.setTimeout(0);
    void reply(line, api).then((message) => {
      if (--asked === 0) socket.setTimeout(IDLE_MS);
      writeLine(socket, message);
      if (line.kind !== 'value') socket.end();
    });
  });
}

async function reply(line: Line, api: SessionApi): Promise<object> {
  if (line.kind !== 'value') {
    const message =
      line.kind === 'garbage' ? 'that line is not JSON' : `a request has ${REQUEST_MAX_BYTES} bytes at most`;
    return { id: null, error: { code: 'USAGE', message } };
  }
  const { id = null, method, args = [] } = (line.value ?? {}) as { id?: unknown; method?: unknown; args?: unknown };
  try {
    if (!isMethod(method)) throw new LecternError('USAGE', 'the session does not know that method');
    if (!Array.isArray(args)) throw new LecternError('USAGE', 'args must be a list');
    return { id, result: (await invoke(api, method, args)) ?? null };
  } catch (error) {
    return { id, error: described(error) };
  }
}

/** What is told of a failure. Of an unexpected one nothing is: its message could hold anything. */
function described(error: unknown): { code: string; message: string } {
  if (error instanceof LecternError) return { code: error.code, message: error.message };
  return { code: 'FAILED', message: 'the session could not do that; its own terminal or log may say more' };
}
