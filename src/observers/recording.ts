/**
 * A recording of what observers see: asciicast v2 (docs.asciinema.org/manual/asciicast/v2), made of frames, so it is
 * behind the wall like everything that leaves. Written line by line: what a crash leaves can be played.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { LecternError } from '../core/errors.js';
import { BLANK, type Frame } from '../core/frame.js';
import { paint } from '../core/paint.js';
import type { Viewer } from '../core/room.js';

export interface RecordingOptions {
  readonly path: string;
  readonly title: string;
  /** Start of the session by the wall clock, milliseconds since 1970. */
  readonly startedMs: number;
  /** Milliseconds since 1970, by a clock that is not set while this goes on. */
  readonly now: () => number;
  /** Goes on with a file that an earlier process of the same session began. */
  readonly resume: boolean;
  /** It can be written no more, because the disk is full or gone; what was written before can be played. */
  readonly lost: () => void;
}

/** Players start anywhere in steps of whole pictures: one is written after so many bytes of changes. */
const KEYFRAME_BYTES = 256 * 1024;
/** No line is longer: the largest screen, each cell in a look of its own. */
const MAX_LINE_BYTES = 32 << 20;
const LF = 10;

export class Recording implements Viewer {
  readonly #fd: number;
  readonly #options: RecordingOptions;
  #seen: Frame = BLANK;
  #sinceKeyframe = 0;
  /** Time of the last event since the start, in ms. */
  #ms = 0;
  #headed: boolean;
  /** Bytes of whole lines. */
  #bytes: number;

  /**
   * Makes the file (0600); what stands there already is never overwritten.
   * @throws {LecternError} FAILED when it exists or cannot be made.
   */
  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#fd = create(options);
    this.#bytes = options.resume ? cutToLines(this.#fd) : 0;
    this.#headed = this.#bytes > 0;
  }

  /** @see Viewer.show */
  show(frame: Frame): void {
    if (this.#seen === BLANK) {
      if (frame === BLANK) return;
      if (this.#headed) this.#resized(frame);
      else this.#head(frame);
      this.#headed = true;
    } else if (frame.size.cols !== this.#seen.size.cols || frame.size.rows !== this.#seen.size.rows) {
      this.#resized(frame);
    }
    const whole = this.#sinceKeyframe > KEYFRAME_BYTES;
    const before = whole ? BLANK : this.#seen;
    const data = paint(frame.diffFrom(before), false, before.cursor);
    this.#seen = frame;
    if (data === '') return;
    this.#sinceKeyframe = whole ? 0 : this.#sinceKeyframe + data.length;
    this.#event('o', data);
  }

  /** @see Viewer.failed */
  failed(): void {
    this.#options.lost();
  }

  /** Sets a mark, which players can jump to. Nothing before the first picture. */
  mark(text: string): void {
    if (this.#headed) this.#event('m', text);
  }

  /** The last line gives the player's terminal back what the first took. */
  close(): void {
    try {
      if (this.#headed) this.#event('o', '\x1b[m\x1b[?7h\x1b[?25h\x1b[0 q');
    } finally {
      closeSync(this.#fd);
    }
  }

  #head({ size }: Frame): void {
    const { title, startedMs } = this.#options;
    const head = { version: 2, width: size.cols, height: size.rows, timestamp: Math.floor(startedMs / 1000), title };
    this.#line(JSON.stringify(head));
    // The picture expects that the terminal does not wrap by itself.
    this.#event('o', '\x1b[?7l');
  }

  #resized({ size }: Frame): void {
    this.#event('r', `${size.cols}x${size.rows}`);
  }

  #event(kind: 'o' | 'r' | 'm', data: string): void {
    // The clock may have been set back before it was gone on with; a recording's time may not.
    this.#ms = Math.max(this.#ms, this.#options.now() - this.#options.startedMs);
    this.#line(`[${(this.#ms / 1000).toFixed(6)}, "${kind}", ${JSON.stringify(data)}]`);
  }

  #line(text: string): void {
    const line = Buffer.from(`${text}\n`);
    if (writeSync(this.#fd, line) < line.length) {
      // A disk that is almost full takes a part of it, which no player could read.
      ftruncateSync(this.#fd, this.#bytes);
      throw new LecternError('FAILED', 'the disk is full');
    }
    this.#bytes += line.length;
  }
}

/** What a process that was killed left of a line is cut off; the result is the length of what stays. */
function cutToLines(fd: number): number {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, MAX_LINE_BYTES));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  const whole = size - tail.length + tail.lastIndexOf(LF) + 1;
  if (whole < size) ftruncateSync(fd, whole);
  return whole;
}

function create({ path, resume }: RecordingOptions): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | (resume ? 0 : O_CREAT | O_EXCL), 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'EEXIST' ? 'exists already; name another file' : `cannot be made (${code})`;
    throw new LecternError('FAILED', `recording ${path} ${what}`, { cause: error });
  }
}
