/** A {@link Visitor} over one channel. Knows neither socket nor clock: its connection hands it what it needs. */

import { randomBytes } from 'node:crypto';
import type { Size } from '../../core/cells.js';
import type { Farewell } from '../../core/errors.js';
import type { Acks } from './acks.js';
import type { Channel } from './channel.js';
import type { VerifiedKey } from './signature.js';
import type { Parting, Visitor } from './visitor.js';

export interface VisitPort {
  readonly addr: string;
  readonly client: string;
  readonly channel: Channel;
  readonly acks: Acks;
  /** Nothing of ours waits in the socket and no key exchange is under way. */
  readonly isOpen: () => boolean;
  /** More is queued than a visitor may have. */
  readonly overrun: () => boolean;
  /** Something was written. */
  readonly sent: () => void;
  readonly batch: (fn: () => void) => void;
  /** The orderly end has begun: the connection sets its clock. */
  readonly leaving: (reason: Parting) => void;
  readonly dismiss: (farewell: Farewell) => void;
  readonly end: (reason: Parting) => void;
}

const nothing = (): void => {};
/** Up to here a write is one packet for every client that we know, and gains nothing by being held together. */
const ONE_PACKET = 16 * 1024;

export class Visit<G> implements Visitor<G> {
  readonly id = randomBytes(4).toString('hex');
  readonly grant: G;
  readonly key: VerifiedKey | null;
  readonly command: string | null;
  readonly addr: string;
  readonly client: string;
  readonly #port: VisitPort;
  #onData: (bytes: Uint8Array) => void = nothing;
  #onResize: (size: Size) => void = nothing;
  #onWritable: () => void = nothing;
  #onHeard: (ms: number) => void = nothing;
  /** Since when his input is held, by the monotonic clock; null when it is not. */
  #heldAt: number | null = null;
  #onClose: ((reason: Parting) => void) | null = null;
  #state: 'here' | 'leaving' | 'over' = 'here';
  #reason: Parting = '';
  /** Something was written, or somebody found it not writable: word is owed when it may be again. */
  #owed = false;
  /** Acknowledgements to be asked for when what was written before them has been sent. */
  #acksDue: (() => void)[] = [];

  constructor(grant: G, key: VerifiedKey | null, command: string | null, port: VisitPort) {
    this.grant = grant;
    this.key = key;
    this.command = command;
    this.addr = port.addr;
    this.client = port.client;
    this.#port = port;
  }

  get env(): ReadonlyMap<string, string> {
    return this.#port.channel.env;
  }

  get term(): string {
    return this.#port.channel.term;
  }

  get size(): Size {
    return this.#port.channel.size;
  }

  get hasPty(): boolean {
    return this.#port.channel.hasPty;
  }

  get writable(): boolean {
    const writable = this.#isWritable();
    if (!writable) this.#owed = true;
    return writable;
  }

  write(bytes: Uint8Array): void {
    if (this.#state === 'here') this.#send(bytes, false);
  }

  stderr(text: string): void {
    if (this.#state === 'here') this.#send(Buffer.from(text, 'utf8'), true);
  }

  ack(done: () => void): void {
    if (this.#state !== 'here') return;
    if (this.#port.channel.queuedBytes > 0) this.#acksDue.push(done);
    else this.#port.acks.request(done);
  }

  writeAcked(bytes: Uint8Array, done: () => void): void {
    this.#port.batch(() => {
      this.write(bytes);
      this.ack(done);
    });
  }

  onData(listen: (bytes: Uint8Array) => void): void {
    this.#onData = listen;
  }

  onResize(listen: (size: Size) => void): void {
    this.#onResize = listen;
  }

  onWritable(listen: () => void): void {
    this.#onWritable = listen;
  }

  onHeard(listen: (ms: number) => void): void {
    this.#onHeard = listen;
  }

  onClose(listen: (reason: Parting) => void): void {
    if (this.#state === 'over') listen(this.#reason);
    else this.#onClose = listen;
  }

  holdInput(on: boolean): void {
    if (this.#state !== 'here') return;
    this.#port.channel.holdInput(on);
    const heldAt = this.#heldAt;
    this.#heldAt = on ? (heldAt ?? performance.now()) : null;
    if (!on && heldAt !== null) this.heard(performance.now() - heldAt);
  }

  leave(exitCode: number, bytes?: Uint8Array): void {
    this.#finish(exitCode, bytes, 'left');
  }

  dismiss(farewell: Farewell, lastBytes?: Uint8Array): void {
    if (this.#state === 'over') return;
    // A client that reads DISCONNECT forgets what it has not yet printed: its terminal would stay as it is.
    if (lastBytes === undefined) this.#port.dismiss(farewell);
    else this.#finish(1, lastBytes, farewell);
  }

  kill(reason: string): void {
    if (this.#state !== 'over') this.#port.end(reason);
  }

  /** The client sent bytes. */
  received(bytes: Buffer): void {
    if (this.#state === 'here') this.#onData(bytes);
  }

  /** What the client sends comes again, after `ms`. */
  heard(ms: number): void {
    if (this.#state === 'here') this.#onHeard(ms);
  }

  /** The client told the size of its terminal, be it the same. */
  resized(size: Size): void {
    if (this.#state === 'here') this.#onResize(size);
  }

  /** Something that kept it from being writable may be over. */
  drained(): void {
    if (this.#state !== 'here') return;
    if (this.#acksDue.length > 0 && this.#port.channel.queuedBytes === 0) this.#askDue();
    if (!this.#owed || !this.#isWritable()) return;
    this.#owed = false;
    this.#onWritable();
  }

  /** The connection is over. */
  ended(reason: Parting): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#reason = reason;
    this.#acksDue = [];
    this.#onClose?.(reason);
    this.#onClose = null;
  }

  #finish(exitCode: number, bytes: Uint8Array | undefined, reason: Parting): void {
    if (this.#state !== 'here') return;
    if (bytes !== undefined) this.#send(bytes, false);
    if (!this.#isHere()) return;
    this.#state = 'leaving';
    this.#port.batch(() => this.#port.channel.finish(exitCode));
    this.#port.leaving(reason);
  }

  #send(bytes: Uint8Array, stderr: boolean): void {
    if (bytes.length <= ONE_PACKET) this.#port.channel.write(bytes, stderr);
    else this.#port.batch(() => this.#port.channel.write(bytes, stderr));
    if (this.#port.overrun()) {
      this.#port.end('lost');
      return;
    }
    this.#port.sent();
    // Asked for each picture of each observer, whether it still is writable would cost more than word that nobody needs.
    this.#owed = true;
  }

  #askDue(): void {
    const due = this.#acksDue;
    this.#acksDue = [];
    for (const done of due) this.#port.acks.request(done);
  }

  #isHere(): boolean {
    return this.#state === 'here';
  }

  #isWritable(): boolean {
    return this.#state === 'here' && this.#port.channel.queuedBytes === 0 && this.#port.isOpen();
  }
}
