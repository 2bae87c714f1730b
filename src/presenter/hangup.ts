/**
 * Tells a hang-up from a signal that somebody sent: SIGHUP means "your terminal is gone" when it is, and "read your
 * files again" when it is not, as with daemons.
 */
import { closeSync, constants, openSync } from 'node:fs';

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

/** True when this process has a controlling terminal. The kernel takes it away before it sends SIGHUP. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', O_RDONLY | O_NONBLOCK | O_NOCTTY));
    return true;
  } catch {
    return false;
  }
}

/** Made at the start, asked when SIGHUP comes. */
export class Hangup {
  readonly #had = hasTerminal();

  /** True when the terminal that was there at the start is gone. */
  get happened(): boolean {
    return this.#had && !hasTerminal();
  }
}
