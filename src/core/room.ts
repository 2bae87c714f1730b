/**
 * What is on and who watches. A viewer is anything that shows frames: an SSH observer, a recording, another process.
 * The room knows no transport and queues nothing: who is behind asks {@link Room.now} when he can take more.
 */
import { BLANK, Frame } from './frame.js';

/** One who is shown frames. `show` must not block; a viewer that throws is put out and the room goes on. */
export interface Viewer {
  show(frame: Frame): void;
  /** The room put him out because `show` threw. */
  failed?(error: unknown): void;
}

export class Room {
  #now: Frame = BLANK;
  readonly #viewers = new Set<Viewer>();

  /** The newest frame. */
  get now(): Frame {
    return this.#now;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /**
   * Shows `frame` to all.
   * @throws {TypeError} when it is not a frame made at one of the doors of frame.ts.
   */
  publish(frame: Frame): void {
    if (!Frame.isFrame(frame)) throw new TypeError('only a frame can be published');
    this.#now = frame;
    for (const viewer of this.#viewers) this.#show(viewer, frame);
  }

  /** Lets a viewer in; what is on is the first thing he sees. The result lets him out. */
  join(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    this.#show(viewer, this.#now);
    return () => void this.#viewers.delete(viewer);
  }

  #show(viewer: Viewer, frame: Frame): void {
    try {
      viewer.show(frame);
    } catch (error) {
      this.#viewers.delete(viewer);
      viewer.failed?.(error);
    }
  }
}
