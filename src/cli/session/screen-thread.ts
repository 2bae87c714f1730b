/**
 * The host's end of the screen thread: hands it the program's output as fast as it takes it, tells when it falls
 * behind, and ends and rebuilds it when it hangs. It parses nothing.
 */
import { Worker } from 'node:worker_threads';
import type { Size } from '../../core/cells.js';
import { Memory } from '../../core/redact/memory.js';
import type { RuleSet } from '../../ops/rules.js';
import { type FromScreen, type ScreenStart, TO_SCREEN, type ToScreen } from './messages.js';
import { type Kind, RingWriter, ringMemory } from './ring.js';

/** Above the first the program is held up, below the second it goes on. */
const HIGH_BYTES = 4 << 20;
const LOW_BYTES = 1 << 20;
/** A thread that deals with nothing for so long hangs: the slowest honest megabyte needs a tenth of it. */
const HANG_MS = 3000;
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

/** What has no room in the ring yet. */
interface Waiting {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export class ScreenThread {
  #start: Omit<ScreenStart, 'ring'>;
  /** In force until `ruled` says that others are. */
  #rulesBefore: RuleSet;
  readonly #events: ScreenEvents;
  #size: Size;
  /** What the screen thread learned, for the next one. */
  readonly #spare = new Memory();
  /** null between one thread's end and the next one's start. */
  #worker: Worker | null;
  #ring!: RingWriter;
  #rebuilds: number[] = [];
  #queue: Waiting[] = [];
  #queued = 0;
  #high = false;
  #ended = false;
  #watchdog: NodeJS.Timeout | null = null;
  #finished: (() => void) | null = null;
  /** The name of the session without secrets. */
  #ready: Promise<string | null>;

  constructor(start: Omit<ScreenStart, 'ring'>, events: ScreenEvents) {
    this.#start = start;
    this.#rulesBefore = start.rules;
    this.#events = events;
    this.#size = start.size;
    [this.#worker, this.#ready] = this.#begin();
  }

  /** Resolves when frames can be followed, to the session's name without secrets. Rejects when the thread cannot start. */
  get ready(): Promise<string | null> {
    return this.#ready;
  }

  /** The program's output; the bytes must not be written to afterwards. */
  feed(bytes: Uint8Array): void {
    this.#send(TO_SCREEN.bytes, bytes);
    this.#weigh();
  }

  resize(size: Size): void {
    this.#size = size;
    this.#send(TO_SCREEN.resize, new Uint8Array(Uint16Array.of(size.cols, size.rows).buffer));
  }

  /** Other rules from now on, also for a thread that begins anew. `ruled` says whether they could be used. */
  setRules(rules: RuleSet): void {
    this.#rulesBefore = this.#start.rules;
    this.#start = { ...this.#start, rules };
    this.#post({ type: 'rules', rules });
  }

  /** Nothing that waits to be shown or stands on the screen now is shown. */
  panic(): void {
    this.#post({ type: 'panic' });
  }

  #post(message: ToScreen): void {
    if (!this.#ended && this.#worker !== null) post(this.#worker, message);
  }

  /** Resolves when everything fed so far was drawn and handed on; at the latest when the thread is given up. */
  finish(): Promise<void> {
    this.#send(TO_SCREEN.finish, NOTHING);
    return new Promise((resolve) => {
      this.#finished = resolve;
    });
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#disarm();
    await this.#worker?.terminate();
  }

  #begin(): [Worker, Promise<string | null>] {
    const ring = ringMemory();
    const lessons = this.#spare.lessons();
    const workerData: ScreenStart = { ...this.#start, size: this.#size, ring, lessons };
    const worker = new Worker(new URL('./screen-worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    // What the message says is in the ring.
    this.#ring = new RingWriter(ring, () => post(worker, 0));
    const ready = new Promise<string | null>((resolve, reject) => {
      worker.on('message', (message: FromScreen) => {
        if (message.type === 'ready') resolve(message.name);
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
      this.#pump();
      this.#weigh();
    } else if (message.type === 'learned') {
      this.#spare.learn(message.lesson);
    } else if (message.type === 'drawn') {
      this.#disarm();
      this.#finished?.();
    } else {
      if (message.type === 'ruled' && !message.taken) this.#start = { ...this.#start, rules: this.#rulesBefore };
      this.#events.message(message);
    }
  }

  #send(kind: Kind, bytes: Uint8Array): void {
    this.#queue.push({ kind, bytes });
    if (kind === TO_SCREEN.bytes) this.#queued += bytes.length;
    this.#pump();
  }

  /** Moves what waits into the ring, as far as there is room. */
  #pump(): void {
    if (this.#worker === null || this.#ended) return;
    while (this.#queue.length > 0 && this.#move()) this.#queue.shift();
    if (this.#queue.length > 0) {
      // Asked for first, then tried again: room that is made from now on is told.
      this.#ring.want();
      while (this.#queue.length > 0 && this.#move()) this.#queue.shift();
    }
    this.#guard();
  }

  /** Puts the first of what waits into the ring, or as much of it as there is room for. True when that is all. */
  #move(): boolean {
    const { kind, bytes } = this.#queue[0]!;
    if (kind !== TO_SCREEN.bytes) return this.#ring.write(kind, bytes);
    const taken = this.#ring.writeSome(kind, bytes);
    this.#queued -= taken;
    this.#queue[0] = { kind, bytes: bytes.subarray(taken) };
    return taken === bytes.length;
  }

  #weigh(): void {
    const limit = this.#high ? LOW_BYTES : HIGH_BYTES;
    if (this.#queued + this.#ring.pending > limit) this.#ring.want();
    const high = this.#queued + this.#ring.pending > limit;
    if (high === this.#high) return;
    this.#high = high;
    this.#events.pressure(high);
  }

  /** Looks after a while whether the thread has dealt with anything; not again when nothing is left to be dealt with. */
  #guard(): void {
    const worker = this.#worker;
    if (this.#watchdog !== null || worker === null || this.#ended) return;
    const before = this.#ring.progress;
    this.#watchdog = setTimeout(() => {
      this.#watchdog = null;
      if (this.#ring.pending === 0) return;
      if (this.#ring.progress === before) this.#rebuild(worker);
      else this.#guard();
    }, HANG_MS);
    this.#watchdog.unref();
  }

  #disarm(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = null;
  }

  /** What the thread had and what waits is lost to observers: it is what made the thread hang. */
  #rebuild(worker: Worker): void {
    if (worker !== this.#worker || this.#ended) return;
    this.#worker = null;
    this.#queue = [];
    this.#queued = 0;
    this.#disarm();
    this.#finished?.();
    const again = () => {
      if (this.#ended) return;
      [this.#worker, this.#ready] = this.#begin();
      this.#events.rebuilt();
      this.#pump();
      this.#weigh();
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

function post(worker: Worker, message: ToScreen): void {
  worker.postMessage(message);
}
