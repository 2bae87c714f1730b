/** The host's end of the edge: starts the child process, starts it again when it dies, and passes messages on. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LecternError } from '../../core/errors.js';
import type { EdgeStart, FromEdge, ToEdge } from './messages.js';

/** The first restart is at once; each further one within {@link RESTART_WINDOW_MS} waits twice as long as the last. */
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 10_000;
const RESTART_WINDOW_MS = 60_000;
/** How long observers are given to take the last frame and the farewell, in ms. */
const END_MS = 1500;

export interface EdgeEvents {
  message(message: FromEdge): void;
  /** The edge died: everybody who was there is gone. */
  lost(): void;
}

export class EdgeProcess {
  readonly #start: () => EdgeStart;
  readonly #events: EdgeEvents;
  #child: ChildProcess;
  #port: number;
  #restarts: number[] = [];
  #ending = false;
  #timer: NodeJS.Timeout | null = null;

  private constructor(start: () => EdgeStart, events: EdgeEvents, child: ChildProcess, port: number) {
    this.#start = start;
    this.#events = events;
    this.#child = child;
    this.#port = port;
    this.#listen(child);
  }

  /**
   * Starts an edge and waits until it listens.
   * @param start what it is to be told, made anew for each start.
   * @throws {LecternError} PORT_TAKEN, FAILED: why it cannot.
   */
  static async open(start: () => EdgeStart, events: EdgeEvents): Promise<EdgeProcess> {
    const child = spawnEdge();
    const listening = await new Promise<FromEdge>((resolve) => {
      child.once('message', (message) => resolve(message as FromEdge));
      child.once('exit', () =>
        resolve({ type: 'failed', code: 'FAILED', message: 'the ssh side ended while starting' }),
      );
      tell(child, { type: 'start', ...start() });
    });
    child.removeAllListeners();
    if (listening.type === 'listening') return new EdgeProcess(start, events, child, listening.port);
    child.kill();
    if (listening.type === 'failed') throw new LecternError(listening.code, listening.message);
    throw new LecternError('FAILED', 'the ssh side did not start');
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(message: ToEdge): void {
    tell(this.#child, message);
  }

  /** Everybody gets the last frame and a farewell; resolves when the edge has ended. */
  async end(): Promise<void> {
    this.#ending = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.send({ type: 'end' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await gone;
    clearTimeout(timer);
  }

  #listen(child: ChildProcess): void {
    child.on('message', (message: FromEdge) => {
      this.#events.message(message);
      // A door that does not open is tried again.
      if (message.type === 'failed') child.kill('SIGKILL');
    });
    child.on('error', () => {});
    child.once('exit', () => {
      if (this.#ending || child !== this.#child) return;
      this.#events.lost();
      this.#restart();
    });
  }

  #restart(): void {
    const now = performance.now();
    this.#restarts = this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS);
    const wait = Math.min(FIRST_WAIT_MS * (2 ** this.#restarts.length - 1), LAST_WAIT_MS);
    this.#restarts.push(now);
    this.#timer = setTimeout(() => {
      this.#child = spawnEdge();
      this.#listen(this.#child);
      const start = this.#start();
      this.send({ type: 'start', ...start, listen: { ...start.listen, port: this.#port } });
    }, wait);
  }
}

function spawnEdge(): ChildProcess {
  const entry = fileURLToPath(new URL('./edge.js', import.meta.url));
  // Its words would land in the middle of the presenter's screen: they are for those who look for a fault.
  const stderr = process.env['LECTERN_DEBUG'] === undefined ? 'ignore' : 'inherit';
  // Nothing of the presenter's environment is for the process that faces the network.
  const env = { PATH: process.env['PATH'], LECTERN_DEBUG: process.env['LECTERN_DEBUG'] };
  return fork(entry, [], { env, serialization: 'advanced', stdio: ['ignore', 'ignore', stderr, 'ipc'], execArgv: [] });
}

function tell(child: ChildProcess, message: ToEdge): void {
  // A child that is gone is told by its exit; what was for it is for nobody.
  if (child.connected) child.send(message, () => {});
}
