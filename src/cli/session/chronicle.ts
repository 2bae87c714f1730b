/** What happens in a session, told: to its log and to whoever listens. That the log fails is said once. */
import type { LoggedEvent, SessionEvent } from '../../core/events.js';
import { type InputRecord, type LogRecord, SessionLog, stamp } from '../../ops/log.js';

export interface ChronicleOptions {
  readonly sid: string;
  readonly stateFolder: string;
  readonly onEvent: (event: LoggedEvent) => void;
  readonly notice: (text: string) => void;
}

export class Chronicle {
  readonly #options: ChronicleOptions;
  readonly #log: SessionLog;
  #lost = false;

  /** @throws {LecternError} FAILED when the log is not ours alone or cannot be written. */
  constructor(options: ChronicleOptions) {
    this.#options = options;
    this.#log = SessionLog.open(options.stateFolder, options.sid);
  }

  emit(event: SessionEvent): void {
    const logged = stamp(event, this.#options.sid, Date.now());
    this.#write(logged);
    this.#options.onEvent(logged);
  }

  /**
   * Keys that reached the program: for the log alone.
   * @param atMs when they were typed, in milliseconds since 1970.
   */
  typed(record: InputRecord, atMs: number): void {
    this.#write(stamp(record, this.#options.sid, atMs));
  }

  close(): void {
    this.#log.close();
  }

  #write(record: LogRecord): void {
    if (this.#log.write(record) || this.#lost) return;
    this.#lost = true;
    this.#options.notice('the log cannot be written any more: the disk, or the log, is full');
  }
}
