/**
 * The shape of a rule file: gitleaks' own format, with a few keys of ours. Says what keys there are and of what type;
 * what they mean together is checked where they are loaded (rules.ts).
 */
import { z } from 'zod';

const text = z.string({ error: 'must be a text' });
const texts = z.array(text, { error: 'must be a list of texts' });
const flag = z.boolean({ error: 'must be true or false' });
const count = (what: string) => z.int({ error: `must be ${what}` }).min(0, { error: `must be ${what}` });
const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.map((value) => `"${value}"`).join(', ')}` });

const ALLOWLIST = {
  id: text.optional(),
  description: text.optional(),
  condition: oneOf('OR', 'AND', 'or', 'and', '||', '&&').optional(),
  regexTarget: oneOf('secret', 'match', 'line').optional(),
  regexes: texts.optional(),
  stopwords: texts.optional(),
  // Files and commits: there are none on a screen.
  paths: texts.optional(),
  commits: texts.optional(),
};

const allowlist = z.strictObject(ALLOWLIST, { error: 'must be a table' });
const globalAllowlist = z.strictObject({ ...ALLOWLIST, targetRules: texts.optional() }, { error: 'must be a table' });

const RULE = {
  id: text.min(1, { error: 'must not be empty' }),
  description: text.optional(),
  regex: text.optional(),
  secretGroup: count('the number of a group').optional(),
  keywords: texts.optional(),
  entropy: z.number({ error: 'must be a number' }).min(0, { error: 'must not be negative' }).optional(),
  allowlists: z.array(allowlist, { error: 'must be [[rules.allowlists]] tables' }).optional(),
  // The form of it before gitleaks 8.21: one table.
  allowlist: allowlist.optional(),
  path: text.optional(),
  tags: texts.optional(),
  // Other finds that must be near, and rules that are only there to be near others: here all of them mask.
  required: z.array(z.unknown(), { error: 'must be [[rules.required]] tables' }).optional(),
  skipReport: flag.optional(),
  case_sensitive: flag.optional(),
  hold: oneOf('always', 'open', 'off').optional(),
  holdMin: z.int({ error: 'must be 1 or more' }).min(1, { error: 'must be 1 or more' }).optional(),
  settle_ms: count('milliseconds, 0 or more').optional(),
  learn: oneOf('fragments', 'exact', 'random', 'off').optional(),
};

const FILE = {
  title: text.optional(),
  description: text.optional(),
  minVersion: text.optional(),
  extend: z.strictObject({ useDefault: flag.optional(), disabledRules: texts.optional() }).optional(),
  rules: z.array(z.strictObject(RULE), { error: 'must be [[rules]] tables' }).optional(),
  allowlist: globalAllowlist.optional(),
  allowlists: z.array(globalAllowlist, { error: 'must be [[allowlists]] tables' }).optional(),
  values: z.strictObject({ env: texts.optional(), dotenv: texts.optional(), files: texts.optional() }).optional(),
  mask: z
    .strictObject({ char: text.regex(/^[^\p{C}\p{M}\p{Z}]$/u, { error: 'must be one visible character' }).optional() })
    .optional(),
};

export const RULE_FILE = z.strictObject(FILE);
export type RuleFile = z.infer<typeof RULE_FILE>;
export type RuleEntry = NonNullable<RuleFile['rules']>[number];
export type AllowlistEntry = z.infer<typeof globalAllowlist>;

/** All keys that there are, for guesses at misspelt ones. */
export const RULE_KEYS: readonly string[] = [
  ...Object.keys(RULE),
  ...Object.keys(ALLOWLIST),
  ...Object.keys(FILE),
  ...['useDefault', 'disabledRules', 'targetRules', 'env', 'dotenv', 'files', 'char'],
];
