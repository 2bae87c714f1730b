/** Looking at the settings: not part of this build. */
import { LecternError } from '../core/errors.js';

/** Checks a settings file, or the ones in force; resolves to the exit code. */
export function configCheck(_file?: string): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build cannot check settings'));
}

/** Prints where the settings come from; resolves to the exit code. */
export function configPath(): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build has no settings'));
}
