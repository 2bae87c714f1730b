/**
 * The host's end of the screen thread: hands it the program's output as fast as it takes it, tells when it falls
 * behind, and ends and rebuilds it when it hangs. It parses nothing.
 */
import { Worker } from 'node:worker_threads';
import type { Size } from '../../core/cells.js';
import { Memory } from '../../core/redact/memory.js';
import type { RuleSet } from '../../ops/rules.js';
import { Recent } from '../../presenter/recent.js';
import type { Snapshot } from '../../presenter/snapshot.js';
import { type FromScreen, type ScreenStart, TO_SCREEN, type ToScreen } from './messages.js';
import { Questions } from './questions.js';
import { type Kind, RingWriter, ringMemory } from './ring.js';

/** Above the first the program is held up, below the second it goes on. */
const HIGH_BYTES = 4 << 20;
const LOW_BYTES = 1 << 20;
/** A thread that deals with nothing for so long hangs: the slowest honest megabyte needs a tenth of it. */
const HANG_MS = 3000;
/** How long the wall may take for one line, in ms: a thread that is busy with a flood answers in tens. */
const TEXT_MS = 1500;
/** How long a snapshot is waited for, in ms: somebody has pressed a key. */
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

/** What has no room in the ring yet. */
interface Waiting {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export class ScreenThread {
  #start: Omit<ScreenStart, 'ring' | 'down'>;
  /** In force until `ruled` says that others are. */
  #rulesBefore: RuleSet;
  readonly #events: ScreenEvents;
  readonly #maxHeapMb: number;
  #size: Size;
  /** What the screen thread learned, for the next one. */
  readonly #spare = new Memory();
  /** null between one thread's end and the next one's start. */
  #worker: Worker | null;
  #ring!: RingWriter;
  #rebuilds: number[] = [];
  readonly #recent = new Recent();
  #queue: Waiting[] = [];
  #queued = 0;
  #high = false;
  #ended = false;
  #watchdog: NodeJS.Timeout | null = null;
  #finished: (() => void) | null = null;
  #down = false;
  readonly #texts = new Questions<string>(TEXT_MS);
  readonly #snapshots = new Questions<Snapshot>(SNAPSHOT_MS);
  /** The name of the session without secrets. */
  #ready: Promise<string | null>;

  /** @param maxHeapMb what the thread's objects may take of the memory, in MB */
  constructor(start: Omit<ScreenStart, 'ring' | 'down'>, events: ScreenEvents, maxHeapMb = MAX_HEAP_MB) {
    this.#maxHeapMb = maxHeapMb;
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

  /** The program's output; what has no room is copied. */
  feed(bytes: Uint8Array): void {
    const taken = this.#queue.length === 0 && this.#isOpen ? this.#ring.writeSome(TO_SCREEN.bytes, bytes) : 0;
    // An echo is waited for: what can be done later is.
    this.#guard();
    this.#recent.add(bytes);
    if (taken < bytes.length) this.#send(TO_SCREEN.bytes, new Uint8Array(bytes.subarray(taken)));
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
    if (this.#ended || this.#worker === null) return;
    post(this.#worker, message);
    this.#ring.call();
  }

  /** @param down true: nothing of what is fed from now on is shown until it is false again. */
  curtain(down: boolean): void {
    this.#down = down;
    this.#send(TO_SCREEN.curtain, Uint8Array.of(down ? 1 : 0));
  }

  /** A text with its secrets masked; null when that could not be done in time. */
  masked(text: string): Promise<string | null> {
    return this.#texts.ask((ask) => this.#post({ type: 'mask', ask, text }));
  }

  /** SECRET: the screen after everything fed so far, for the presenter's own terminal. null when it takes too long. */
  snapshot(): Promise<Snapshot | null> {
    return this.#snapshots.ask((ask) => this.#send(TO_SCREEN.snapshot, new Uint8Array(Uint32Array.of(ask).buffer)));
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
    const workerData: ScreenStart = { ...this.#start, size: this.#size, down: this.#down, ring, lessons };
    const worker = new Worker(new URL('./screen-worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: this.#maxHeapMb },
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
      worker.on('exit', () => this.#rebuild(worker));
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
    } else if (message.type === 'text') {
      this.#texts.answer(message.ask, message.text);
    } else if (message.type === 'snapshot') {
      this.#snapshots.answer(message.ask, message.snapshot);
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

  /** Somebody reads the ring. */
  get #isOpen(): boolean {
    return this.#worker !== null && !this.#ended;
  }

  /** Moves what waits into the ring, as far as there is room. */
  #pump(): void {
    if (!this.#isOpen) return;
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

  /**
   * What the thread had and what waits is lost to observers, as it is what made the thread hang; save the end of it,
   * when the screen was emptied before that.
   */
  #rebuild(worker: Worker): void {
    if (worker !== this.#worker || this.#ended) return;
    this.#worker = null;
    const end = this.#recent.take();
    this.#queue = [{ kind: TO_SCREEN.bytes, bytes: end }];
    this.#queued = end.length;
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
