/**
 * The rules that are on unless switched off: plain data, as a user would write it.
 *
 * Not among them, since they stand in ordinary text all the time: addresses, e-mail, phone numbers, bare hex (commit
 * ids) and bare strings of 40 characters.
 */
import { CONTEXTS } from './builtin/contexts.js';
import { KEYS } from './builtin/keys.js';
import { TOKENS } from './builtin/tokens.js';
import type { Rule } from './rule.js';

/** Origin of the rules of this file. */
export const BUILT_IN = 'built-in';

/** What carries its own name cannot be mistaken for ordinary text: it is remembered with all its fragments. */
const FORMATS: readonly Rule[] = [...KEYS, ...TOKENS].map((rule) => ({ learn: 'fragments', ...rule }));

export const BUILT_IN_RULES: readonly Rule[] = [...FORMATS, ...CONTEXTS].map((rule) => ({ ...rule, origin: BUILT_IN }));
