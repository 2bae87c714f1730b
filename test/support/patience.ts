/** Waiting for what comes a moment later, on machines that others use too. Knows nothing of what is waited for. */
import assert from 'node:assert/strict';

/**
 * How long anything may take that takes a moment, in ms. It is seconds on a machine under load; a wait ends as soon as
 * the thing is there, so that a long one costs nothing but where it fails.
 */
export const PATIENCE_MS = 30_000;
/** For a program whose end is waited for: one that hangs is ended, by a signal that ends it also when it is stopped. */
export const LIMITED = { timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const;
/** Between two looks, in ms. */
const LOOK_MS = 20;

/** What was waited for did not come in time. A file with no other failures is run once more: see the runner. */
export class Late extends Error {
  readonly code = 'LATE';

  /** @param what was waited for */
  constructor(what: string) {
    super(`waited in vain for ${what}`);
  }
}

type Nothing = undefined | false | null | '' | 0;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Looks until `probe` gives something.
 * @param found tells what is there instead, for who reads of the failure
 * @throws {Late} when it gives nothing for {@link PATIENCE_MS}
 */
export async function until<T>(
  what: string,
  probe: () => T | Nothing | Promise<T | Nothing>,
  found?: () => string,
): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const given = await probe();
    if (given) return given;
    if (Date.now() > end) throw new Late(found === undefined ? what : `${what}, but:\n${found()}`);
    await sleep(LOOK_MS);
  }
}

/**
 * Looks until nothing differs. What still does after {@link PATIENCE_MS} is wrong, not late.
 * @param differs where two things differ, in words; '' when they do not
 */
export async function untilSame(what: string, differs: () => string | Promise<string>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (let found = await differs(); found !== ''; found = await differs()) {
    if (Date.now() > end) assert.fail(`${what}:\n${found}`);
    await sleep(LOOK_MS);
  }
}

/** @throws {Late} when `promise` is not settled within {@link PATIENCE_MS} */
export async function patiently<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(what)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
