/** The kinds of secrets that the campaigns hide: of every built-in rule, of rules as users write them, and values. */
import { BUILT_IN_RULES } from '../../../src/core/redact/builtin.js';
import type { Rule } from '../../../src/core/redact/rule.js';
import { type Kind, kindOfRule, kindOfValue } from './secrets.js';
import { USER_RULES, USER_VALUES } from './user-rules.js';

/**
 * Rules of which no prefix can be known, and that are tested elsewhere: what stands before an END line says nothing
 * until that line is there, keys are played as the other two rules have them, and one row of base64 is no secret until there are two.
 */
const WITHOUT_PREFIX: readonly string[] = ['private-key-inline', 'private-key-end', 'base64-block'];

/** All rules at once, as they are on in the campaigns. */
export const ALL_RULES: readonly Rule[] = [...BUILT_IN_RULES, ...USER_RULES];

export function allKinds(): readonly Kind[] {
  const rules = ALL_RULES.filter(({ id }) => !WITHOUT_PREFIX.includes(id));
  return [...rules.map(kindOfRule), ...USER_VALUES.map(kindOfValue)];
}
