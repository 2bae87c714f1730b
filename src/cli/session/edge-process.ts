/** The host's end of the edge: starts the child process, starts it again when it dies, and passes messages on. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LecternError } from '../../core/errors.js';
import type { EdgeStart, FromEdge, ToEdge } from './messages.js';

/** The first restart is at once; each further one within {@link RESTART_WINDOW_MS} waits twice as long as the last. */
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 10_000;
const RESTART_WINDOW_MS = 60_000;
/**
 * How often the edge is asked whether it is still there, in ms. Each question wakes the host twice and the edge once: an
 * idle session is to be woken less than twice a second.
 */
const ASK_MS = 2500;
/**
 * So many questions in vain, and it hangs: no honest work of its takes a fifth of that. Questions are counted, not
 * seconds, so that a computer that slept does not end it.
 */
const SILENCES = 3;
/** Three hundred observers need 60 MB; an edge that needs more than this was made to. */
const MAX_HEAP_MB = 512;
/**
 * What a picture leaves behind dies at once: a small room for young objects is swept more often and for less, and
 * stays in the processor's cache. 300 observers need 75 KiB each of the machine's memory with it, and 195 without.
 */
const YOUNG_MB = 2;
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
  /** Questions that the edge has not answered. */
  #silences = 0;
  readonly #asking: NodeJS.Timeout;
  #timer: NodeJS.Timeout | null = null;

  private constructor(start: () => EdgeStart, events: EdgeEvents, child: ChildProcess, port: number) {
    this.#start = start;
    this.#events = events;
    this.#child = child;
    this.#port = port;
    this.#listen(child);
    this.#asking = setInterval(() => this.#ask(), ASK_MS);
    this.#asking.unref();
  }

  /**
   * Starts an edge and waits until it listens.
   * @param start what it is to be told, made anew for each start.
   * @param known resolves when that is known: the process loads meanwhile, which takes as long as the screen thread does
   * @throws {LecternError} PORT_TAKEN, FAILED: why it cannot; and what `known` rejects with.
   */
  static async open(start: () => EdgeStart, events: EdgeEvents, known: Promise<void>): Promise<EdgeProcess> {
    // Where no process can be made nobody waits for it.
    known.catch(() => {});
    const child = spawnEdge();
    const listening = await new Promise<FromEdge>((resolve, reject) => {
      child.once('message', (message) => resolve(message as FromEdge));
      const over = () => resolve({ type: 'failed', code: 'FAILED', message: 'the ssh side ended while starting' });
      child.once('exit', over);
      // Out of file descriptors or processes: it was never begun.
      child.once('error', over);
      known.then(() => tell(child, { type: 'start', ...start() }), reject);
    }).catch((error: unknown) => {
      child.kill();
      throw error;
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
    clearInterval(this.#asking);
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.send({ type: 'end' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await gone;
    clearTimeout(timer);
  }

  /** An edge that hangs keeps its port and its observers: it is ended, and so restarted. */
  #ask(): void {
    if (this.#silences >= SILENCES) this.#child.kill('SIGKILL');
    this.#silences++;
    this.send({ type: 'ping' });
  }

  #listen(child: ChildProcess): void {
    this.#silences = 0;
    child.on('message', (message: FromEdge) => {
      if (message.type === 'pong') this.#silences = 0;
      else this.#events.message(message);
      // A door that does not open is tried again.
      if (message.type === 'failed') child.kill('SIGKILL');
    });
    child.on('error', () => {
      // Out of file descriptors: it was never begun, and so it does not end either.
      if (child.pid === undefined && child === this.#child) this.#restart();
    });
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
    this.#timer = setTimeout(() => this.#begin(), wait);
  }

  #begin(): void {
    if (this.#ending) return;
    try {
      this.#child = spawnEdge();
    } catch {
      // Out of memory: nothing but observers needs an edge, and it is tried again.
      this.#restart();
      return;
    }
    this.#listen(this.#child);
    const start = this.#start();
    this.send({ type: 'start', ...start, listen: { ...start.listen, port: this.#port } });
  }
}

function spawnEdge(): ChildProcess {
  const entry = fileURLToPath(new URL('./edge.js', import.meta.url));
  // Its words would land in the middle of the presenter's screen: they are for those who look for a fault.
  const stderr = process.env['LECTERN_DEBUG'] === undefined ? 'ignore' : 'inherit';
  // Nothing of the presenter's environment is for the process that faces the network.
  const env = { PATH: process.env['PATH'], LECTERN_DEBUG: process.env['LECTERN_DEBUG'] };
  const execArgv = [`--max-old-space-size=${MAX_HEAP_MB}`, `--max-semi-space-size=${YOUNG_MB}`];
  return fork(entry, [], { env, serialization: 'advanced', stdio: ['ignore', 'ignore', stderr, 'ipc'], execArgv });
}

function tell(child: ChildProcess, message: ToEdge): void {
  // A child that is gone is told by its exit; what was for it is for nobody.
  if (child.connected) child.send(message, () => {});
}
