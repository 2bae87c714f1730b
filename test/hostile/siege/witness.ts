/**
 * The witness: a process of its own that runs the victim and looks on while others attack it. It is an observer who asks
 * the edge every few milliseconds whether it is there, the presenter who types, and the one who reads the edge's memory.
 */
import { RawClient } from '../../support/raw-client.js';
import { foreign } from '../../support/vocabulary.js';
import { readOr, Victim } from './victim.js';

/** What was seen since the last {@link Report}. */
export interface Report {
  /** Longest time that the edge computed while a question waited, in ms: its event loop was not free. */
  readonly stallMs: number;
  /** Longest time that a question waited, whatever for, in ms. */
  readonly waitedMs: number;
  /** Most memory beyond that at rest, in bytes. */
  readonly grownBytes: number;
  /** From a key of the presenter's to its echo in his terminal, in ms. */
  readonly echoMs: readonly number[];
  /** How often the witness lost his connection. */
  readonly lost: number;
  /** The edge is the same process as before. */
  readonly sameEdge: boolean;
  /** Bytes that he got and should not have, or null. */
  readonly foreign: string | null;
}

export type Ask =
  | { readonly id: number; readonly ask: 'start'; readonly settings: string | null }
  | { readonly id: number; readonly ask: 'rest' | 'report' | 'waits' | 'stop' | 'events' | 'saw' }
  | { readonly id: number; readonly ask: 'print'; readonly bytes: Uint8Array };

const WITNESS_FROM = '127.0.0.200';
const ASK_EVERY_MS = 10;
const LOOK_EVERY_MS = 40;
const TYPE_EVERY_MS = 60;
const NS_PER_MS = 1e6;
const KIB = 1024;
const DELETE = '\x7f';
/** What is kept of what the witness saw, to be checked: a flood is checked in parts. */
const SEEN_BYTES = 8 << 20;

class Witness {
  readonly victim: Victim;
  #client: RawClient | null = null;
  #edge: number;
  #atRest = 0;
  #stallMs = 0;
  #waitedMs = 0;
  #mostBytes = 0;
  #echoMs: number[] = [];
  #asksMs: number[] = [];
  #lost = 0;
  #seen: Buffer[] = [];
  #seenBytes = 0;
  /** Letters that the program printed last, as he saw them. */
  saw = '';
  #ended = false;
  #quiet = false;

  constructor(victim: Victim) {
    this.victim = victim;
    this.#edge = victim.edge;
    victim.onOutput = (text) => this.#echoed(text);
    setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    void this.#watch();
    void this.#type();
  }

  /** The edge is at rest now: what it has more than this later is what attacks cost. */
  rest(): void {
    this.#edge = this.victim.edge;
    this.#atRest = memoryOf(this.#edge);
    this.report();
  }

  report(): Report {
    const text = Buffer.concat(this.#seen).toString();
    const report = {
      stallMs: this.#stallMs,
      waitedMs: this.#waitedMs,
      grownBytes: Math.max(0, this.#mostBytes - this.#atRest),
      echoMs: this.#echoMs,
      lost: this.#lost,
      sameEdge: this.#edge === this.victim.edge,
      foreign: foreign(text),
    };
    this.#stallMs = this.#waitedMs = this.#mostBytes = this.#lost = this.#seenBytes = 0;
    this.#echoMs = [];
    this.#seen = [];
    return report;
  }

  /** How long each question waited since this was last asked for, in ms: how those fare who only watch. */
  waits(): readonly number[] {
    const waits = this.#asksMs;
    this.#asksMs = [];
    return waits;
  }

  print(bytes: Uint8Array): void {
    // A key in the midst of a file's name would be part of it.
    this.#quiet = true;
    setTimeout(() => {
      this.victim.print(bytes);
      this.#quiet = false;
    }, TYPE_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#client?.reset();
    await this.victim.end();
  }

  /** Comes, asks without end, and comes again when he was lost. */
  async #watch(): Promise<void> {
    while (!this.#ended) {
      try {
        const { port, token } = this.victim.ready;
        this.#client = new RawClient(port, { from: WITNESS_FROM, honest: true, onData: (bytes) => this.#see(bytes) });
        await this.#client.login(token);
        await this.#client.session();
        this.#client.send(98, 0, 'pty-req', true, 'xterm-256color', 80, 26, 0, 0, '');
        this.#client.send(98, 0, 'shell', true);
        await this.#client.expect(99);
        await this.#client.expect(99);
        for (;;) {
          await this.#ask(this.#client);
          await sleep(ASK_EVERY_MS);
        }
      } catch {
        this.#lost++;
        this.#client?.reset();
        await sleep(ASK_EVERY_MS);
      }
    }
  }

  async #ask(client: RawClient): Promise<void> {
    const began = performance.now();
    const before = computedMs(this.#edge);
    client.send(80, 'witness', true);
    await client.expect(82);
    const waited = performance.now() - began;
    this.#asksMs.push(waited);
    this.#waitedMs = Math.max(this.#waitedMs, waited);
    this.#stallMs = Math.max(this.#stallMs, Math.min(waited, computedMs(this.#edge) - before));
  }

  #see(bytes: Buffer): void {
    this.#seenBytes += bytes.length;
    this.saw = /([A-Z])\1{7}/.exec(bytes.toString('latin1'))?.[0] ?? this.saw;
    if (this.#seenBytes <= SEEN_BYTES) this.#seen.push(Buffer.from(bytes));
  }

  #look(): void {
    this.#mostBytes = Math.max(this.#mostBytes, memoryOf(this.#edge));
  }

  #waiting: { readonly since: number; readonly done: () => void } | null = null;

  /** The presenter: a letter that the kernel echoes, and takes back again. */
  async #type(): Promise<void> {
    while (!this.#ended) {
      await sleep(TYPE_EVERY_MS);
      if (this.#quiet) continue;
      const echoed = new Promise<void>((done) => {
        this.#waiting = { since: performance.now(), done };
      });
      this.victim.type('x');
      await Promise.race([echoed, sleep(1000)]);
      this.victim.type(DELETE);
    }
  }

  #echoed(text: string): void {
    if (this.#waiting === null || !text.includes('x')) return;
    this.#echoMs.push(performance.now() - this.#waiting.since);
    this.#waiting.done();
    this.#waiting = null;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Processor time of the thread that runs the event loop. */
function computedMs(pid: number): number {
  return Number(readOr(`/proc/${pid}/task/${pid}/schedstat`).split(' ')[0]) / NS_PER_MS;
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) * KIB;
}

let witness: Witness | null = null;

async function answer(message: Ask): Promise<unknown> {
  if (message.ask === 'start') {
    witness = new Witness(await Victim.start(message.settings === null ? {} : { settings: message.settings }));
    const { ready, home, pid } = witness.victim;
    return { ready, home, pid, edge: witness.victim.edge };
  }
  if (witness === null) return null;
  if (message.ask === 'rest') witness.rest();
  if (message.ask === 'report') return witness.report();
  if (message.ask === 'waits') return witness.waits();
  if (message.ask === 'events') return witness.victim.events();
  if (message.ask === 'print') witness.print(message.bytes);
  if (message.ask === 'saw') return witness.saw;
  if (message.ask === 'stop') await witness.stop();
  return null;
}

process.on('message', (message: Ask) => {
  answer(message).then(
    (result) => process.send?.({ id: message.id, result }),
    (error: Error) => process.send?.({ id: message.id, error: error.message }),
  );
});
process.on('disconnect', () => void witness?.stop().finally(() => process.exit(0)));
