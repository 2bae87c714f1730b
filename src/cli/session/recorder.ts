/** The recording of a session, as the host sees it: the edge writes it, when it is told to. */
import { resolve } from 'node:path';
import { LecternError } from '../../core/errors.js';
import type { SessionEvent } from '../../core/events.js';
import type { FromEdge, RecordStart, ToEdge } from './messages.js';

/** How long an edge may take to say that a recording has begun, in ms. */
const ANSWER_MS = 2000;

export interface RecorderOptions {
  readonly edge: (message: ToEdge) => void;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #now: Omit<RecordStart, 'resume'> | null;
  #begun = false;
  #answered: ((fault: string | null) => void) | null = null;

  /**
   * @param path what is recorded to from the beginning; null for nothing
   * @param startedMs when the session began
   */
  constructor(path: string | null, startedMs: number, options: RecorderOptions) {
    this.#options = options;
    this.#now = path === null ? null : { path, startedMs };
  }

  get isOn(): boolean {
    return this.#now !== null;
  }

  /** What an edge begins with: the first one makes the file, those after it go on with it. */
  get start(): RecordStart | null {
    const resume = this.#begun;
    this.#begun = true;
    return this.#now === null ? null : { ...this.#now, resume };
  }

  /**
   * Begins a recording in the current folder, named after the time; or ends the one that runs.
   * @returns the file that was begun, null when one was ended
   * @throws {LecternError} FAILED when the file cannot be made.
   */
  async toggle(nowMs: number): Promise<string | null> {
    if (this.#now !== null) {
      this.#now = null;
      await this.#tell(null);
      this.#options.emit({ type: 'record', on: false });
      return null;
    }
    const start = { path: resolve(fileName(nowMs)), startedMs: nowMs };
    const fault = await this.#tell({ ...start, resume: false });
    if (fault !== null) throw new LecternError('FAILED', fault);
    this.#now = start;
    this.#begun = true;
    this.#options.emit({ type: 'record', on: true });
    return start.path;
  }

  /** A moment to come back to, in the log and in the recording. */
  mark(text: string): void {
    this.#options.emit({ type: 'mark', text });
    this.#options.edge({ type: 'mark', text });
  }

  heard(message: Extract<FromEdge, { type: 'recording' | 'recordingLost' }>): void {
    if (message.type === 'recording') return this.#answered?.(message.fault);
    this.#now = null;
    this.#options.emit({ type: 'fault', part: 'recording', count: 1 });
    this.#options.notice('the recording cannot be written any more: is the disk full?');
  }

  #tell(record: RecordStart | null): Promise<string | null> {
    this.#options.edge({ type: 'record', record });
    return new Promise((done) => {
      const timer = setTimeout(() => done('the recording could not be begun'), ANSWER_MS);
      this.#answered = (fault) => {
        clearTimeout(timer);
        done(fault);
      };
    });
  }
}

/** `lectern-20261121-140503.cast`, in UTC. */
function fileName(nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `lectern-${time}.cast`;
}
