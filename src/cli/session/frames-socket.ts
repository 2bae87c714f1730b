/**
 * Frames from the screen to the edges, over a unix socket: each message is its length (32 bits, little-endian) and a
 * patch. Who connects is first brought to what is on. The newest frame wins: while an edge has not taken the last
 * patch nothing is queued for it.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { BLANK, type Frame, Patch } from '../../core/frame.js';
import { writeEagerly } from '../../observers/ssh/eager.js';

/** No patch is longer: the largest screen has 150,000 cells of 16 bytes, and its clusters. */
const MAX_MESSAGE_BYTES = 16 << 20;

/** The screen's end. */
export class FrameServer {
  readonly #server: Server;
  readonly #followers = new Set<Follower>();
  #now: Frame = BLANK;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on `path` (in a folder that is ours alone). */
  static async listen(path: string): Promise<FrameServer> {
    // A screen that hung and was ended left its socket behind.
    rmSync(path, { force: true });
    const server = createServer();
    const frames = new FrameServer(server);
    server.on('connection', (socket) => frames.#join(socket));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    // Out of file descriptors: an edge that was not taken tries again.
    server.on('error', () => {});
    chmodSync(path, 0o600);
    return frames;
  }

  publish(frame: Frame): void {
    this.#now = frame;
    for (const follower of this.#followers) follower.bring(frame);
  }

  /** An edge has not taken all of its last patch. */
  get isBusy(): boolean {
    for (const follower of this.#followers) if (follower.isBusy) return true;
    return false;
  }

  /** Resolves when every edge has taken the newest frame. */
  async settled(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.settled()));
  }

  close(): void {
    this.#server.close();
    for (const follower of this.#followers) follower.close();
  }

  #join(socket: Socket): void {
    const follower = new Follower(socket, () => this.#now);
    this.#followers.add(follower);
    socket.on('error', () => {});
    socket.on('close', () => this.#followers.delete(follower));
    follower.bring(this.#now);
  }
}

class Follower {
  readonly #socket: Socket;
  readonly #newest: () => Frame;
  #seen: Frame = BLANK;
  #busy = false;

  constructor(socket: Socket, newest: () => Frame) {
    this.#socket = socket;
    this.#newest = newest;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  bring(frame: Frame): void {
    if (this.#busy || frame === this.#seen) return;
    const patch = frame.diffFrom(this.#seen);
    this.#seen = frame;
    if (patch.isEmpty) return;
    const message = messageOf(patch.encode());
    const written = writeEagerly(this.#socket, message);
    if (written === message.length) return;
    this.#busy = true;
    this.#socket.write(message.subarray(written), () => {
      this.#busy = false;
      this.bring(this.#newest());
    });
  }

  settled(): Promise<void> {
    if (!this.#busy || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const again = () => resolve(this.settled());
      this.#socket.once('close', again);
      this.#socket.write('', again);
    });
  }

  close(): void {
    this.#socket.end();
  }
}

/**
 * The edge's end: `onFrame` is called with each frame, and of several that came together with the last: that happens
 * when sending a picture takes longer than drawing the next. When the connection ends it is tried again until `close`:
 * the screen may have been rebuilt.
 */
export function followFrames(path: string, onFrame: (frame: Frame) => void): { close(): void } {
  let closed = false;
  let socket: Socket;
  // Past the stream, which allocates as much for each read and takes longer to hand it on than it is to be decoded.
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const begin = () => {
    if (closed) return;
    const reader = new PatchReader();
    let frame = BLANK;
    const callback = (length: number) => {
      try {
        const before = frame;
        reader.read(buffer.subarray(0, length), (patch) => {
          frame = frame.apply(patch);
        });
        if (frame !== before) onFrame(frame);
      } catch {
        // Not what a screen sends: begin again from a whole picture.
        socket.destroy();
      }
      return true;
    };
    socket = connect({ path, onread: { buffer, callback } });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(begin, RETRY_MS).unref());
  };
  begin();
  return {
    close() {
      closed = true;
      socket.destroy();
    },
  };
}

/** Read at once, in bytes: a whole picture of a usual screen, or hundreds of echoes. */
const READ_BYTES = 64 * 1024;
/** Wait before the screen is looked for again, in ms. */
const RETRY_MS = 50;

/** A patch's bytes with their length before them. */
export function messageOf(patch: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(4 + patch.length);
  message.writeUInt32LE(patch.length, 0);
  message.set(patch, 4);
  return message;
}

const NOTHING = Buffer.alloc(0);

/** Puts chunks together to patches. */
export class PatchReader {
  #rest: Buffer = NOTHING;

  /**
   * @param chunk may be written to again afterwards
   * @param each is called with every patch that is whole now
   * @throws {RangeError} when what comes is no patch.
   */
  read(chunk: Buffer, each: (patch: Patch) => void): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (data.length >= 4) {
      const length = data.readUInt32LE(0);
      if (length > MAX_MESSAGE_BYTES) throw new RangeError('a message is too long');
      if (data.length < 4 + length) break;
      each(Patch.decode(data.subarray(4, 4 + length)));
      data = data.subarray(4 + length);
    }
    this.#rest = data.length === 0 ? NOTHING : Buffer.from(data);
  }
}
