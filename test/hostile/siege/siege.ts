/** What a case of the siege has at hand: the victim's address, clients that say anything, and the witness. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connectSession, type SessionClient } from '../../../src/ops/session-client.js';
import type { Ready } from '../../support/house.js';
import { closed, RawClient, type RawOptions, rawSocket } from '../../support/raw-client.js';
import { childrenOf, readOr } from './victim.js';
import type { Ask, Report } from './witness.js';

export interface Case {
  readonly name: string;
  /** A string that it resolves to are figures, to be told beside its name. */
  readonly run: (siege: Siege) => Promise<unknown>;
  /** The edge is killed in it: the witness loses his connection, and the edge's memory begins anew. */
  readonly fatal?: boolean;
  /** It mostly waits for a clock of the edge's: all such cases are run side by side. */
  readonly waits?: boolean;
  /** It attacks victims of its own. */
  readonly apart?: boolean;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Start {
  readonly ready: Ready;
  readonly home: string;
  readonly pid: number;
}

/** Honest clients come from here. */
const HONEST_FROM = '127.0.0.9';
/** How long an honest client may wait for his first picture, in ms. */
export const JOIN_MS = 2000;

export class Siege {
  readonly #witness: ChildProcess;
  readonly #answers = new Map<number, (answer: { result?: unknown; error?: string }) => void>();
  #asked = 0;
  #source = 0;
  #start!: Start;

  private constructor(witness: ChildProcess) {
    this.#witness = witness;
    witness.on('message', (answer: { id: number; result?: unknown; error?: string }) =>
      this.#answers.get(answer.id)?.(answer),
    );
  }

  /** @param settings of the victim, as a file; null: those with short times. */
  static async begin(settings: string | null = null): Promise<Siege> {
    const siege = new Siege(
      fork(fileURLToPath(new URL('./witness.js', import.meta.url)), { serialization: 'advanced' }),
    );
    siege.#start = (await siege.#ask({ ask: 'start', settings })) as Start;
    return siege;
  }

  get port(): number {
    return this.#start.ready.port;
  }

  get token(): string {
    return this.#start.ready.token;
  }

  get fingerprint(): string {
    return this.#start.ready.fingerprint;
  }

  get host(): number {
    return this.#start.pid;
  }

  get home(): string {
    return this.#start.home;
  }

  get edge(): number {
    return childrenOf(this.host).find((pid) => readOr(`/proc/${pid}/cmdline`).includes('edge.js')) ?? 0;
  }

  /** Sockets that the edge holds. */
  get sockets(): number {
    return readOr(`/proc/${this.edge}/net/tcp`)
      .split('\n')
      .filter((line) => this.#isOurs(line)).length;
  }

  /** What waits in the kernel for each client, on both ends of his connection, in bytes. */
  get queues(): readonly number[] {
    const waiting = new Map<string, number>();
    for (const line of readOr(`/proc/${this.edge}/net/tcp`).split('\n')) {
      const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/);
      const [toSend = 0, toRead = 0] = queues.split(':').map((bytes) => Number.parseInt(bytes, 16));
      if (portOf(local) === this.port) waiting.set(remote, (waiting.get(remote) ?? 0) + toSend);
      if (portOf(remote) === this.port) waiting.set(local, (waiting.get(local) ?? 0) + toRead);
    }
    return [...waiting.values()];
  }

  /** An address that nobody came from before: what one case is charged with is not the next one's affair. */
  source(): string {
    this.#source++;
    return `127.1.${this.#source >> 8}.${this.#source & 255}`;
  }

  raw(options: RawOptions = {}): RawClient {
    return new RawClient(this.port, { from: this.source(), ...options });
  }

  /** One who has asked for the service of authentication. */
  service(options: RawOptions = {}): Promise<RawClient> {
    return this.raw(options).service();
  }

  /** One who is in, without a channel. */
  login(options: RawOptions = {}): Promise<RawClient> {
    return this.raw(options).login(this.token);
  }

  /** One who watches. */
  shell(options: RawOptions = {}): Promise<RawClient> {
    return this.raw(options).shell(this.token);
  }

  /** One who sees the picture: keys of those who do not see it yet lead to nothing. */
  async watcher(options: RawOptions = {}): Promise<RawClient> {
    let seen = 0;
    const onData = (bytes: Buffer): void => {
      seen += bytes.length;
      options.onData?.(bytes);
    };
    const client = await this.shell({ honest: true, ...options, onData });
    await until('he watches', () => seen > 0);
    return client;
  }

  /** TCP without any SSH in it. */
  tcp(from = this.source()): Promise<Socket> {
    return rawSocket(this.port, from);
  }

  /** Sends these bytes as they are; the edge must end the connection. */
  async refuses(...pieces: readonly (string | Uint8Array)[]): Promise<void> {
    const socket = await this.tcp();
    for (const piece of pieces) socket.write(piece);
    await closed(socket);
  }

  /** An honest client joins and gets a picture; the result is how long that took, in ms. */
  async joins(from = HONEST_FROM): Promise<number> {
    const began = performance.now();
    let seen = 0;
    const client = new RawClient(this.port, { from, honest: true, onData: (bytes) => (seen += bytes.length) });
    await client.shell(this.token);
    while (seen === 0) {
      if (performance.now() - began > JOIN_MS * 4) throw new Error('no picture came');
      await sleep(1);
    }
    const took = performance.now() - began;
    client.reset();
    await client.ended();
    return took;
  }

  rest(): Promise<unknown> {
    return this.#ask({ ask: 'rest' });
  }

  async report(): Promise<Report> {
    return (await this.#ask({ ask: 'report' })) as Report;
  }

  /** How long the edge let an observer wait for each answer since this was last asked for, in ms. */
  async waits(): Promise<readonly number[]> {
    return (await this.#ask({ ask: 'waits' })) as readonly number[];
  }

  async events(): Promise<readonly { readonly type: string; readonly [name: string]: unknown }[]> {
    return (await this.#ask({ ask: 'events' })) as never;
  }

  /** Does something as the presenter does it from a shell. */
  async asPresenter<T>(act: (api: SessionClient) => Promise<T>): Promise<T> {
    const api = await connectSession({ LECTERN_SOCKET: this.#start.ready.socket });
    try {
      return await act(api);
    } finally {
      api.close();
    }
  }

  /** Has the victim's program print these bytes, and waits until the witness sees what it prints after them. */
  async prints(bytes: Uint8Array | string): Promise<void> {
    const before = await this.#ask({ ask: 'saw' });
    await this.begins(bytes);
    await until(
      'the witness sees what comes after it',
      async () => (await this.#ask({ ask: 'saw' })) !== before,
      30_000,
    );
  }

  /** Has the victim's program print these bytes. */
  async begins(bytes: Uint8Array | string): Promise<void> {
    await this.#ask({ ask: 'print', bytes: Buffer.from(bytes) });
  }

  async end(): Promise<void> {
    await this.#ask({ ask: 'stop' });
    this.#witness.disconnect();
  }

  #ask(ask: WithoutId<Ask>): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        this.#answers.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      this.#witness.send({ id, ...ask });
    });
  }

  /** A line of /proc/net/tcp: established, at the victim's port. */
  #isOurs(line: string): boolean {
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    return state === '01' && portOf(local) === this.port;
  }
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Of an address as /proc/net/tcp has it. */
function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '0', 16);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `condition` holds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, ms = 8000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await sleep(20);
  }
}
