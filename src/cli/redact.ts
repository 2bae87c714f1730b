/** Trying redaction rules: not part of this build. */
import { LecternError } from '../core/errors.js';

/** Redacts a file, or standard input; resolves to the exit code. */
export function redactTest(_file?: string): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build cannot redact'));
}

/** Prints the rules in force; resolves to the exit code. */
export function redactList(): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build has no rules'));
}

/** Checks rule files; resolves to the exit code. */
export function redactLint(_files: readonly string[]): Promise<number> {
  return Promise.reject(new LecternError('FAILED', 'this build cannot check rules'));
}
