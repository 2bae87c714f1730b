/** Rules as users write them: of every shape that the wall treats in a way of its own, and none that is built in. */
import type { Rule } from '../../../src/core/redact/rule.js';
import type { SecretValue } from '../../../src/core/redact/values.js';

export const USER_RULES: readonly Rule[] = [
  { id: 'plain keyword', regex: 'acme_[a-z0-9]{20}', keywords: ['acme_'] },
  {
    id: 'group',
    regex: String.raw`(?i)session[_-]?ref["']?\s{0,3}[:=]\s{0,3}["']?([0-9a-f]{32})`,
    secretGroup: 1,
    keywords: ['session'],
  },
  { id: 'word edges', regex: String.raw`\bTKT-\d{4}-[A-Z]{6}-\d{8}\b`, keywords: ['TKT-'] },
  { id: 'keyword in the middle', regex: '[a-z]{4,10}\\.corp\\.lan/[A-Za-z0-9]{16,24}', keywords: ['.corp.lan/'] },
  {
    id: 'alternatives',
    regex: '(?:foo|bar)key:([A-F0-9]{24})|baz-[a-z]{12,}|q(?:ux|uux)~[0-9]{9}',
    keywords: ['fookey:', 'barkey:', 'baz-', 'qux~', 'quux~'],
  },
  { id: 'any case', regex: '(?i)zz[0-9a-f]{2}tok_[0-9a-z]{30}', keywords: ['tok_'] },
  { id: 'wide characters', regex: '\u79d8\u5bc6=[\u3042-\u3093]{6,12}', keywords: ['\u79d8\u5bc6='] },
  { id: 'accents', regex: 'cl\u00e9:[\u00e0-\u00fca-z]{8,16}', keywords: ['cl\u00e9:'] },
  {
    id: 'many lines',
    regex: String.raw`BEGIN ACME\n(?:[a-z0-9]{16}\n){2,4}END ACME`,
    keywords: ['BEGIN ACME'],
  },
  { id: 'open', regex: String.raw`\bcfg_[a-z0-9_]{18,}`, keywords: ['cfg_'], hold: 'open' },
  { id: 'parts', regex: 'kp1_[A-Z]{4}(?:-[0-9]{4}){3}(?:-[a-z]{2,4})?', keywords: ['kp1_'] },
  {
    id: 'no keyword',
    regex: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  },
  { id: 'no keyword, group', regex: String.raw`\b[A-Z]{3}#([0-9]{12})`, secretGroup: 1 },
];

/** Values as they stand in an environment. */
export const USER_VALUES: readonly SecretValue[] = [
  { name: 'DB_PASS', value: 'tr0ub4dor&3-horse' },
  { name: 'PIN', value: 'k7Qz9w' },
  { name: 'PHRASE', value: 'correct horse battery staple' },
];
