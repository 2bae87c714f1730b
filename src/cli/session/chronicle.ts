/** What happens in a session, told: to its log and to whoever listens. That the log fails is said once. */
import type { LoggedEvent, SessionEvent } from '../../core/events.js';
import { type InputRecord, SessionLog, stamp } from '../../ops/log.js';

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

  /** @throws {LecternError} FAILED when the log is not ours alone. */
  constructor(options: ChronicleOptions) {
    this.#options = options;
    this.#log = SessionLog.open(options.stateFolder, options.sid);
  }

  /** What is to be said of the log before the session begins, or null. */
  get remark(): string | null {
    const { fault, setAside, path } = this.#log;
    if (fault !== null) return `no log is kept: ${fault}`;
    return setAside === null ? null : `the log ${path} was broken: it is kept as ${setAside}, and a new one begins`;
  }

  emit(event: SessionEvent): void {
    const logged = stamp(event, this.#options.sid, Date.now());
    const written = this.#log.write(logged);
    this.#options.onEvent(logged);
    if (!written) this.#tellLost();
  }

  /**
   * Keys that reached the program: for the log alone.
   * @param atMs when they were typed, in milliseconds since 1970.
   */
  typed(record: InputRecord, atMs: number): void {
    if (!this.#log.write(stamp(record, this.#options.sid, atMs))) this.#tellLost();
  }

  close(): void {
    this.#log.close();
  }

  #tellLost(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.emit({ type: 'fault', part: 'log', count: 1 });
    // Why there was none from the beginning is told already.
    if (this.#log.fault === null) this.#options.notice('the log cannot be written: the disk, or the log, is full');
  }
}
