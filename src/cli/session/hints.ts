/**
 * What the presenter is told that he can do: a hotkey by the prefix that he chose, or a command where he has no hotkeys.
 * Names of observers are no part of it: they choose them, and he may copy the line into a shell.
 */
import { prefixName } from '../../core/keys.js';
import { formatDuration } from '../../ops/durations.js';
import type { SessionOptions } from './options.js';

/** Pieces of sentences, by what they are about. */
export interface Hints {
  /** Somebody asks for control. */
  readonly give: string;
  /** Somebody has it. */
  readonly takeBack: string;
  /** Somebody waits to be let in. */
  readonly admit: string;
  /** Sharing is paused, until this. */
  readonly resume: string;
}

/** The hints for a session with these options. */
export function hintsFor({ prefix, grantMs, preempt }: Pick<SessionOptions, 'prefix' | 'grantMs' | 'preempt'>): Hints {
  const anyKey = preempt ? 'any key of yours takes it back' : null;
  if (prefix === null) {
    return {
      give: 'lectern grant gives it',
      takeBack: anyKey ?? 'lectern revoke takes it back',
      admit: 'lectern approve admits, lectern deny sends away',
      resume: 'lectern resume',
    };
  }
  const key = prefixName(prefix);
  return {
    give: `${key} g gives it for ${formatDuration(grantMs)}`,
    takeBack: anyKey ?? `${key} x takes it back`,
    admit: `${key} a admits, ${key} d denies`,
    resume: `${key} p, or lectern resume`,
  };
}
