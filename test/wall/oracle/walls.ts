/** Walls for the campaigns: with all rules and values, a memory of their own, and on request without one of their parts. */
import { Redactor } from '../../../src/core/redact/redactor.js';
import { ALL_RULES } from './kinds.js';
import type { Wall } from './play.js';
import { USER_VALUES } from './user-rules.js';

/** Makes walls that remember nothing of each other. */
export function freshWall(): () => Wall {
  return () => ({ redactor: Redactor.of(ALL_RULES, USER_VALUES), hear: () => {} });
}
