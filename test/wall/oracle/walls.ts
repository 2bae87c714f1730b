/** Walls for the campaigns: with all rules and values, a memory of their own, and on request without one of their parts. */
import { Redactor } from '../../../src/core/redact/redactor.js';
import type { Without } from '../../../src/core/redact/search.js';
import { Stream } from '../../../src/core/redact/stream.js';
import { ALL_RULES } from './kinds.js';
import type { Wall } from './play.js';
import { USER_VALUES } from './user-rules.js';

/** Makes walls that remember nothing of each other. What is fed is heard first, as in the screen's thread. */
export function freshWall(without?: Without & { readonly stream?: boolean }): () => Wall {
  return () => {
    const redactor =
      without === undefined ? Redactor.of(ALL_RULES, USER_VALUES) : Redactor.ablated(ALL_RULES, USER_VALUES, without);
    const stream = new Stream();
    return { redactor, hear: (bytes) => (without?.stream === true ? undefined : stream.feed(bytes, redactor)) };
  };
}
