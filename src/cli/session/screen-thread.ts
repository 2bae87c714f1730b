/**
 * The host's end of the screen thread: hands it the program's output as fast as it takes it, tells when it falls
 * behind, and ends and rebuilds it when it hangs. It parses nothing.
 */
import { Worker } from 'node:worker_threads';
import type { Size } from '../../core/cells.js';
import type { Snapshot } from '../../presenter/snapshot.js';
import { Masking } from './masking.js';
import type { FromScreen, ScreenStart, ToScreen } from './messages.js';

/** Bytes on the way to the thread at once: enough for a skim to pay, little enough to be parsed in tens of ms. */
const WINDOW_BYTES = 1 << 20;
/** Fewer bytes are copied: to hand over a buffer takes 20 us longer than that. */
const TRANSFER_FROM_BYTES = 4096;
/** More than this on the way is a flood: what comes then is gathered, since each message costs both threads 20 us. */
const BURST_BYTES = 64 * 1024;
/** How long a flood is gathered for one message, in ms: some 150 KB of what a terminal can carry. */
const GATHER_MS = 4;
/** Above the first the program is held up, below the second it goes on. */
const HIGH_BYTES = 4 << 20;
const LOW_BYTES = 1 << 20;
/** A thread that takes nothing in for so long hangs: the slowest honest megabyte needs a tenth of it. */
const HANG_MS = 3000;
/** A snapshot that takes longer, in ms, is not waited for: somebody has pressed a key. */
const SNAPSHOT_MS = 2000;
/** A screen holds some MB; a thread that needs more than this was made to. */
const MAX_HEAP_MB = 512;
/** The first rebuild is at once; each further one within {@link REBUILD_WINDOW_MS} waits twice as long as the last. */
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 5000;
const REBUILD_WINDOW_MS = 60_000;

export interface ScreenEvents {
  /** True: the thread is behind, hold the program up. False: go on. */
  pressure(high: boolean): void;
  message(message: FromScreen): void;
  /** The thread died or hung, and another one begins with an empty screen. */
  rebuilt(): void;
}

export class ScreenThread {
  readonly #start: Omit<ScreenStart, 'down'>;
  readonly #events: ScreenEvents;
  #size: Size;
  /** null between one thread's end and the next one's start. */
  #worker: Worker | null;
  #rebuilds: number[] = [];
  #queue: Uint8Array[] = [];
  #queued = 0;
  #onTheWay = 0;
  #high = false;
  #ended = false;
  #watchdog: NodeJS.Timeout | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #finished: (() => void) | null = null;
  #ready: Promise<void>;
  readonly #snapshots = new Map<number, (snapshot: Snapshot | null) => void>();
  #asked = 0;
  #down = false;
  readonly #masking = new Masking((ask, text) => this.#post({ type: 'mask', ask, text }));

  constructor(start: Omit<ScreenStart, 'down'>, events: ScreenEvents) {
    this.#start = start;
    this.#events = events;
    this.#size = start.size;
    [this.#worker, this.#ready] = this.#begin();
  }

  /** Resolves when frames can be followed. Rejects when the thread cannot start. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** The program's output; the bytes must not be written to afterwards. */
  feed(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#pump();
    this.#weigh();
  }

  resize(size: Size): void {
    this.#size = size;
    this.#drain();
    this.#post({ type: 'resize', size });
  }

  /** SECRET: the screen after everything fed so far, for the presenter's own terminal. null when the thread hangs. */
  snapshot(): Promise<Snapshot | null> {
    this.#drain();
    const ask = ++this.#asked;
    this.#post({ type: 'snapshot', ask });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#snapshots.get(ask)?.(null), SNAPSHOT_MS);
      this.#snapshots.set(ask, (snapshot) => {
        clearTimeout(timer);
        this.#snapshots.delete(ask);
        resolve(snapshot);
      });
    });
  }

  /** @param down true: nothing of what is fed from now on is shown until it is false again. */
  curtain(down: boolean): void {
    this.#down = down;
    this.#post({ type: 'curtain', down });
  }

  /** A text with its secrets masked; null when that could not be done in time. */
  masked(text: string): Promise<string | null> {
    return this.#masking.ask(text);
  }

  /** Resolves when everything fed so far was drawn and handed on; at the latest when the thread is given up. */
  finish(): Promise<void> {
    this.#drain();
    this.#post({ type: 'finish' });
    this.#guard();
    return new Promise((resolve) => {
      this.#finished = resolve;
    });
  }

  async end(): Promise<void> {
    this.#ended = true;
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#disarm();
    await this.#worker?.terminate();
  }

  #begin(): [Worker, Promise<void>] {
    const workerData: ScreenStart = { ...this.#start, size: this.#size, down: this.#down };
    const worker = new Worker(new URL('./screen-worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromScreen) => {
        if (message.type === 'ready') resolve();
        else this.#receive(worker, message);
      });
      worker.on('error', (error) => {
        reject(error);
        this.#rebuild(worker);
      });
    });
    ready.catch(() => {});
    return [worker, ready];
  }

  #receive(worker: Worker, message: FromScreen): void {
    if (worker !== this.#worker || this.#ended) return;
    if (message.type === 'taken') {
      this.#onTheWay -= message.bytes;
      this.#disarm();
      this.#pump();
      this.#weigh();
    } else if (message.type === 'text') {
      this.#masking.answer(message.ask, message.text);
    } else if (message.type === 'drawn') {
      this.#disarm();
      this.#finished?.();
    } else if (message.type === 'snapshot') {
      this.#snapshots.get(message.ask)?.(message.snapshot);
    } else {
      this.#events.message(message);
    }
  }

  #pump(): void {
    if (this.#onTheWay < BURST_BYTES) this.#drain();
    else if (this.#queued > 0) this.#gathering ??= setTimeout(() => this.#gathered(), GATHER_MS);
  }

  #gathered(): void {
    this.#gathering = null;
    if (this.#onTheWay < WINDOW_BYTES) this.#drain();
  }

  /** Sends all that waits as one piece. */
  #drain(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    if (this.#queued === 0 || this.#worker === null) return;
    const bytes = new Uint8Array(this.#queued);
    let at = 0;
    for (const piece of this.#queue) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.#queue = [];
    this.#queued = 0;
    this.#onTheWay += bytes.length;
    this.#post({ type: 'bytes', bytes }, bytes.length < TRANSFER_FROM_BYTES ? [] : [bytes.buffer]);
    this.#guard();
  }

  #post(message: ToScreen, transfer: ArrayBuffer[] = []): void {
    if (!this.#ended) this.#worker?.postMessage(message, transfer);
  }

  #weigh(): void {
    const behind = this.#queued + this.#onTheWay;
    const high = this.#high ? behind > LOW_BYTES : behind > HIGH_BYTES;
    if (high === this.#high) return;
    this.#high = high;
    this.#events.pressure(high);
  }

  #guard(): void {
    if (this.#watchdog !== null) return;
    const worker = this.#worker;
    if (worker === null) return;
    this.#watchdog = setTimeout(() => this.#rebuild(worker), HANG_MS);
    this.#watchdog.unref();
  }

  #disarm(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = null;
    if (this.#onTheWay > 0 && !this.#ended) this.#guard();
  }

  /** What the thread had and what waits is lost to observers: it is what made the thread hang. */
  #rebuild(worker: Worker): void {
    if (worker !== this.#worker || this.#ended) return;
    this.#worker = null;
    this.#queue = [];
    this.#queued = 0;
    this.#onTheWay = 0;
    this.#disarm();
    this.#finished?.();
    this.#weigh();
    const again = () => {
      if (this.#ended) return;
      [this.#worker, this.#ready] = this.#begin();
      this.#events.rebuilt();
      this.#pump();
    };
    const wait = this.#pause();
    // A thread that dies removes its socket, so the next one begins after it.
    void worker.terminate().then(() => setTimeout(again, wait));
  }

  /** How long to wait before the next thread begins, in ms: not at all, save when they die one after the other. */
  #pause(): number {
    const now = performance.now();
    this.#rebuilds = this.#rebuilds.filter((at) => now - at < REBUILD_WINDOW_MS);
    this.#rebuilds.push(now);
    return Math.min(FIRST_WAIT_MS * (2 ** (this.#rebuilds.length - 1) - 1), LAST_WAIT_MS);
  }
}
