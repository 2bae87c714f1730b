/** What the system says when it refuses something, as people are told: its own name for the reason, and what to do. */

/** The name of the reason, such as `EACCES`; `unknown error` for what the system did not say. */
export function systemCode(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}

/** Reasons for which owners and permissions need not be looked at. */
const CURES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'your part of the disk is full: make room',
  EFBIG: 'no file may be so large: see ulimit -f',
  EROFS: 'nothing can be written to that disk: name another place',
};

/** What to do about it. @param usual the cure where the reason does not say otherwise */
export function cureFor(error: unknown, usual: string): string {
  return CURES[systemCode(error)] ?? usual;
}
