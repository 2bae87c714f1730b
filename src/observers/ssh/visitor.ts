/** One who was let in, as the rest of the edge sees him. Says nothing of how he is reached. */

import type { Size } from '../../core/cells.js';
import type { Farewell } from '../../core/errors.js';
import type { VerifiedKey } from './signature.js';

/** Why a visit ended. `left`: he closed it, or {@link Visitor.leave} did; `lost`: the connection broke; else as asked. */
export type Parting = 'left' | 'lost' | 'timeout' | 'protocol' | (string & {});

export interface Visitor<G = unknown> {
  /** Eight hexadecimal digits, for logs. */
  readonly id: string;
  /** What `admit` gave him. */
  readonly grant: G;
  readonly addr: string;
  /** What his client calls itself: printable ASCII, at most 64 characters. */
  readonly client: string;
  readonly key: VerifiedKey | null;
  /** LECTERN_STATUS, LECTERN_NAME, LANG and LC_*, at most 64 characters each; all but the name are printable ASCII. */
  readonly env: ReadonlyMap<string, string>;
  /** `[\w.+-]{1,32}`; `xterm` when he said something else, or has no terminal. */
  readonly term: string;
  /** Within 2..500 columns and 2..300 rows; 80x24 when he has no terminal. */
  readonly size: Size;
  readonly hasPty: boolean;
  /** The command of `ssh host COMMAND`, at most 1024 characters; null for a shell. */
  readonly command: string | null;
  /**
   * True when all of ours has left this process and more may be written: the socket and the client's window took it,
   * and no key exchange is under way. Says nothing of what has arrived: see {@link ack}.
   */
  readonly writable: boolean;

  /**
   * Sends bytes to his screen. To be called when {@link writable}; what is written otherwise is kept, up to 8 MiB, and
   * then the visit ends.
   */
  write(bytes: Uint8Array): void;
  /** {@link write} and {@link ack} in one piece: one call to the system and one packet of TCP instead of two. */
  writeAcked(bytes: Uint8Array, done: () => void): void;
  /** The same for his standard error. */
  stderr(text: string): void;
  /** Calls `done` once his side has taken all that was written before. At most a few should be under way. */
  ack(done: () => void): void;

  /**
   * While it is on, his client may send no more than what it has been allowed already, 64 KiB at most; it keeps the rest
   * until it is off. The sizes of his terminal and signs of life come all the same.
   */
  holdInput(on: boolean): void;

  /** Each takes one listener; a later one replaces it. A throw in one ends this visit and nothing else. */
  onData(listen: (bytes: Uint8Array) => void): void;
  onResize(listen: (size: Size) => void): void;
  /**
   * Told when he is heard again, with how long he was not, in ms: his input was held, or he had sent more than is read
   * at once. What he typed meanwhile comes only now.
   */
  onHeard(listen: (ms: number) => void): void;
  /** Told when {@link writable} becomes true again after it was found or made false. */
  onWritable(listen: () => void): void;
  /** Told exactly once, at the end of the visit; at once when it has ended already. */
  onClose(listen: (reason: Parting) => void): void;

  /** The orderly end: last bytes, exit status, close; what is left of the connection is reset after 250 ms. */
  leave(exitCode: number, bytes?: Uint8Array): void;
  /**
   * For a revoked or kicked observer: the connection is reset within 100 ms. `lastBytes` make his terminal what it was
   * and tell him why; without them the client prints a sentence by itself.
   */
  dismiss(farewell: Farewell, lastBytes?: Uint8Array): void;
  /** Resets the connection at once. */
  kill(reason: string): void;
}
