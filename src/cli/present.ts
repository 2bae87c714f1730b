/** Sharing a terminal: not part of this build. */
import { LecternError } from '../core/errors.js';

/** The options of `lectern present` as they were typed. */
export interface PresentOptions {
  readonly name?: string;
  readonly listen?: string;
  readonly ttl?: string;
  readonly once?: boolean;
  readonly approve?: string;
  readonly authorizedKeys?: string;
  readonly readOnly?: boolean;
  readonly maxObservers?: string;
  readonly size?: string;
  readonly record?: string;
  readonly redact: readonly string[];
  readonly config?: string;
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** The words after `--`; empty for the user's shell. */
  readonly command: readonly string[];
}

/** Shares a new terminal until its program ends; resolves to the exit code. */
export function present(_options: PresentOptions): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build cannot share a terminal'));
}
