/**
 * The one session channel of a connection (RFC 4254). Takes pty-req, env, window-change, shell and exec; everything
 * else that a client may ask for (forwarding, agent, x11, subsystems, signals, a second session) is refused without
 * effect. Knows neither socket nor timer, and nothing of what is written or typed.
 */

import type { Size } from '../../core/cells.js';
import * as packets from './packets.js';
import { MSG, OPEN_FAILURE } from './packets.js';
import { clampSize, keepsVariable, termName } from './terminal.js';
import { WireReader } from './wire.js';

export interface ChannelEvents {
  /** Sends one payload, which may be in two pieces. */
  readonly send: (payload: Uint8Array, rest?: Uint8Array) => void;
  /** A shell, or the command of an exec request, was asked for: the channel is in use. */
  readonly started: (command: string | null) => void;
  readonly data: (bytes: Buffer) => void;
  readonly resized: (size: Size) => void;
  /** All that was written has been sent. */
  readonly flushed: () => void;
  /** The client closed the channel. */
  readonly closed: () => void;
}

/** The number of our only channel. */
const CHANNEL = 0;
/** What a client may have on its way to us: keystrokes and a paste. */
const WINDOW = 64 * 1024;
/** RFC 4253 section 6.1 asks for 32768 and no more. */
const MAX_PACKET = 32 * 1024;
/** A client that takes less at once turns a frame into thousands of packets; with 0, ssh2 1.17.0 never ends. */
const MIN_PACKET = 1024;
const MAX_WINDOW = 0xffff_ffff;
/** Requests that were refused on one connection, until it ends. Each costs us an answer. */
const MAX_REFUSALS = 100;
/** A command line of ours has few words; the rest is cut off. */
const MAX_COMMAND = 1024;

interface Peer {
  readonly id: number;
  readonly packet: number;
}

interface Chunk {
  readonly stderr: boolean;
  readonly bytes: Uint8Array;
}

export class Channel {
  readonly #events: ChannelEvents;
  readonly #env = new Map<string, string>();
  #peer: Peer | null = null;
  #peerWindow = 0;
  #window = WINDOW;
  /** The window is not opened any more: what is typed is not taken elsewhere. */
  #held = false;
  #started = false;
  /** We said CLOSE: nothing may follow. */
  #closed = false;
  #queue: Chunk[] = [];
  #queuedBytes = 0;
  /** What closes the channel once the queue is empty. */
  #afterFlush: (() => void) | null = null;
  #refusals = 0;
  #size: Size = clampSize(0, 0);
  #term = termName('');
  #hasPty = false;

  constructor(events: ChannelEvents) {
    this.#events = events;
  }

  get env(): ReadonlyMap<string, string> {
    return this.#env;
  }

  get size(): Size {
    return this.#size;
  }

  get term(): string {
    return this.#term;
  }

  get hasPty(): boolean {
    return this.#hasPty;
  }

  /** Bytes that wait until the client opens its window. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Takes one message of the connection protocol.
   * @throws {RangeError} when it is malformed or breaks the protocol: the connection is to be ended.
   */
  receive(type: number, payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    if (type === MSG.GLOBAL_REQUEST) {
      this.#globalRequest(reader);
      return;
    }
    if (type === MSG.CHANNEL_OPEN) {
      this.#open(reader);
      return;
    }
    if (this.#peer === null || reader.uint32() !== CHANNEL) throw new RangeError('no such channel');
    this.#receiveOn(this.#peer, type, reader);
  }

  /** Sends as much as the client's window takes, and keeps the rest until it opens. */
  write(bytes: Uint8Array, stderr = false): void {
    if (this.#peer === null || this.#closed || bytes.length === 0) return;
    if (this.#queue.length === 0 && bytes.length <= Math.min(this.#peer.packet, this.#peerWindow)) {
      this.#peerWindow -= bytes.length;
      this.#sendPart(this.#peer, stderr, bytes);
      return;
    }
    this.#queue.push({ stderr, bytes });
    this.#queuedBytes += bytes.length;
    this.#flush(this.#peer);
  }

  /** Says how it ended and closes. What still waits for the window is sent before, when it opens in time. */
  finish(exitCode: number): void {
    if (this.#peer === null || this.#closed) return;
    const { id } = this.#peer;
    this.#afterFlush = () => {
      this.#closed = true;
      this.#events.send(packets.exitStatus(id, exitCode));
      this.#events.send(packets.channelEof(id));
      this.#events.send(packets.channelClose(id));
    };
    this.#flush(this.#peer);
  }

  /** While it is on, the client may send what it has the window for, and no more: nothing of it is lost meanwhile. */
  holdInput(on: boolean): void {
    this.#held = on;
    if (this.#peer !== null) this.#openWindow(this.#peer);
  }

  #receiveOn(peer: Peer, type: number, reader: WireReader): void {
    if (type === MSG.CHANNEL_DATA) this.#data(peer, reader.string(), true);
    else if (type === MSG.CHANNEL_EXTENDED_DATA) this.#extendedData(peer, reader);
    else if (type === MSG.CHANNEL_WINDOW_ADJUST) this.#adjust(peer, reader.uint32());
    else if (type === MSG.CHANNEL_REQUEST) this.#request(peer, reader);
    else if (type === MSG.CHANNEL_CLOSE) this.#close(peer);
    // EOF says that no more keys will come (`ssh host </dev/null`): who watches goes on watching.
  }

  #globalRequest(reader: WireReader): void {
    reader.string();
    if (reader.boolean()) this.#events.send(packets.requestFailure());
  }

  #open(reader: WireReader): void {
    const kind = reader.text();
    const id = reader.uint32();
    const window = reader.uint32();
    const packet = reader.uint32();
    if (kind !== 'session' || this.#peer !== null) {
      this.#refuseOpen(id, OPEN_FAILURE.PROHIBITED);
      return;
    }
    if (packet < MIN_PACKET) {
      this.#refuseOpen(id, OPEN_FAILURE.SHORTAGE);
      return;
    }
    this.#peer = { id, packet: Math.min(packet, MAX_PACKET) };
    this.#peerWindow = window;
    this.#events.send(packets.openConfirmation(id, CHANNEL, WINDOW, MAX_PACKET));
  }

  #refuseOpen(id: number, reason: number): void {
    this.#countRefusal();
    this.#events.send(packets.openFailure(id, reason, 'lectern: only one session is served here'));
  }

  #countRefusal(): void {
    if (++this.#refusals > MAX_REFUSALS) throw new RangeError('too many refused requests');
  }

  #data(peer: Peer, bytes: Buffer, isInput: boolean): void {
    if (bytes.length > this.#window || bytes.length > MAX_PACKET) throw new RangeError('more data than was allowed');
    this.#window -= bytes.length;
    this.#openWindow(peer);
    if (isInput && this.#started && bytes.length > 0) this.#events.data(bytes);
  }

  #openWindow({ id }: Peer): void {
    if (this.#held || this.#closed || this.#window > WINDOW / 2) return;
    this.#events.send(packets.windowAdjust(id, WINDOW - this.#window));
    this.#window = WINDOW;
  }

  /** A client has no second stream to send (RFC 4254 section 5.2): it counts against the window, no more. */
  #extendedData(peer: Peer, reader: WireReader): void {
    reader.uint32();
    this.#data(peer, reader.string(), false);
  }

  #adjust(peer: Peer, bytes: number): void {
    this.#peerWindow = Math.min(MAX_WINDOW, this.#peerWindow + bytes);
    this.#flush(peer);
  }

  #close(peer: Peer): void {
    if (!this.#closed) this.#events.send(packets.channelClose(peer.id));
    this.#closed = true;
    this.#events.closed();
  }

  #request(peer: Peer, reader: WireReader): void {
    const kind = reader.text();
    const wantsReply = reader.boolean();
    const starts = kind === 'shell' || kind === 'exec';
    const command = kind === 'exec' ? reader.text().slice(0, MAX_COMMAND) : null;
    const ok = starts ? !this.#started : this.#prepare(kind, reader);
    if (!ok) this.#countRefusal();
    if (wantsReply && !this.#closed) this.#events.send(packets.channelReply(peer.id, ok));
    if (starts && ok) {
      this.#started = true;
      this.#events.started(command);
    }
  }

  /** Requests that say something about the terminal. False for every other. */
  #prepare(kind: string, reader: WireReader): boolean {
    if (kind === 'pty-req' && !this.#started && !this.#hasPty) return this.#pty(reader);
    if (kind === 'window-change') return this.#resize(reader);
    if (kind === 'env' && !this.#started) return this.#variable(reader);
    return false;
  }

  #pty(reader: WireReader): boolean {
    this.#term = termName(reader.text());
    this.#size = clampSize(reader.uint32(), reader.uint32());
    this.#hasPty = true;
    return true;
  }

  /**
   * Told also when the size is what it was: the terminal may have been smaller for a moment, or have shown something else
   * (`~^Z` of OpenSSH, which sends its size when it goes on), and its cursor is no longer where we left it.
   */
  #resize(reader: WireReader): boolean {
    this.#size = clampSize(reader.uint32(), reader.uint32(), this.#size);
    if (this.#started) this.#events.resized(this.#size);
    return true;
  }

  /** Clients send what their configuration says: a variable that we do not take is no offence. */
  #variable(reader: WireReader): boolean {
    const name = reader.text();
    const value = reader.text();
    if (keepsVariable(this.#env, name, value)) this.#env.set(name, value);
    return true;
  }

  #flush(peer: Peer): void {
    if (this.#closed) return;
    while (this.#peerWindow > 0 && this.#queue.length > 0) this.#sendChunk(peer, this.#queue[0]!);
    if (this.#queue.length > 0) return;
    if (this.#afterFlush === null) {
      this.#events.flushed();
      return;
    }
    this.#afterFlush();
    this.#afterFlush = null;
  }

  #sendChunk(peer: Peer, { stderr, bytes }: Chunk): void {
    const length = Math.min(bytes.length, peer.packet, this.#peerWindow);
    const part = bytes.subarray(0, length);
    this.#peerWindow -= length;
    this.#queuedBytes -= length;
    if (length === bytes.length) this.#queue.shift();
    else this.#queue[0] = { stderr, bytes: bytes.subarray(length) };
    this.#sendPart(peer, stderr, part);
  }

  #sendPart({ id }: Peer, stderr: boolean, part: Uint8Array): void {
    this.#events.send(stderr ? packets.stderrHead(id, part.length) : packets.dataHead(id, part.length), part);
  }
}
