/**
 * A recording of what observers see: asciicast v2 (docs.asciinema.org/manual/asciicast/v2), made of frames, so it is
 * behind the wall like everything that leaves. Written line by line: what a crash leaves can be played.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { LecternError } from '../core/errors.js';
import { BLANK, type Frame } from '../core/frame.js';
import { paint } from '../core/paint.js';
import type { Viewer } from '../core/room.js';

export interface RecordingOptions {
  readonly path: string;
  readonly title: string;
  /** Start of the session by the wall clock, milliseconds since 1970. */
  readonly startedMs: number;
  /** Wall clock. */
  readonly now: () => number;
  /** Goes on with a file that an earlier process of the same session began. */
  readonly resume: boolean;
}

/** Players start anywhere in steps of whole pictures: one is written after so many bytes of changes. */
const KEYFRAME_BYTES = 256 * 1024;

export class Recording implements Viewer {
  readonly #fd: number;
  readonly #options: RecordingOptions;
  #seen: Frame = BLANK;
  #sinceKeyframe = 0;
  #headed: boolean;

  /**
   * Makes the file (0600); what stands there already is never overwritten.
   * @throws {LecternError} FAILED when it exists or cannot be made.
   */
  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#fd = create(options);
    this.#headed = options.resume;
  }

  /** @see Viewer.show */
  show(frame: Frame): void {
    if (this.#seen === BLANK) {
      if (frame === BLANK) return;
      if (!this.#headed) this.#head(frame);
      this.#headed = true;
    } else if (frame.size.cols !== this.#seen.size.cols || frame.size.rows !== this.#seen.size.rows) {
      this.#event('r', `${frame.size.cols}x${frame.size.rows}`);
    }
    const whole = this.#sinceKeyframe > KEYFRAME_BYTES;
    const data = paint(frame.diffFrom(whole ? BLANK : this.#seen), false);
    this.#seen = frame;
    if (data === '') return;
    this.#sinceKeyframe = whole ? 0 : this.#sinceKeyframe + data.length;
    this.#event('o', data);
  }

  /** Sets a mark, which players can jump to. Nothing before the first picture. */
  mark(text: string): void {
    if (this.#headed) this.#event('m', text);
  }

  /** The last line gives the player's terminal back what the first took. */
  close(): void {
    if (this.#headed) this.#event('o', '\x1b[m\x1b[?7h\x1b[?25h\x1b[0 q');
    closeSync(this.#fd);
  }

  #head({ size }: Frame): void {
    const { title, startedMs } = this.#options;
    const head = { version: 2, width: size.cols, height: size.rows, timestamp: Math.floor(startedMs / 1000), title };
    this.#line(JSON.stringify(head));
    // The picture expects that the terminal does not wrap by itself.
    this.#event('o', '\x1b[?7l');
  }

  #event(kind: 'o' | 'r' | 'm', data: string): void {
    const seconds = (Math.max(0, this.#options.now() - this.#options.startedMs) / 1000).toFixed(6);
    this.#line(`[${seconds}, "${kind}", ${JSON.stringify(data)}]`);
  }

  #line(text: string): void {
    writeSync(this.#fd, `${text}\n`);
  }
}

function create({ path, resume }: RecordingOptions): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | (resume ? 0 : O_CREAT | O_EXCL), 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'EEXIST' ? 'exists already; name another file' : `cannot be made (${code})`;
    throw new LecternError('FAILED', `recording ${path} ${what}`, { cause: error });
  }
}
