/**
 * Rules as strangers write them, one of each shape that a pattern, a group, a keyword and their places can have. They
 * are played one at a time, so that no other rule can mask what one of them leaves open.
 */
import type { Rule } from '../../../src/core/redact/rule.js';

/** Rules that a keyword announces before the secret begins. */
export const STRANGE_RULES: readonly Rule[] = [
  // Where the keyword stands.
  { id: 'keyword in the middle', regex: '[A-Z]{3}[0-9]{4}-vault-[a-z0-9]{20}', keywords: ['-vault-'] },
  { id: 'two keywords', regex: 'conn=[a-z]{6,12};pw=[A-Za-z0-9!]{12,20}', keywords: ['conn=', 'pw='] },
  { id: 'the later of two keywords', regex: 'conn=[a-z]{6,12};pw=([A-Za-z0-9!]{12,20})', keywords: ['pw='] },
  { id: 'one sign', regex: '~[a-z0-9]{24}', keywords: ['~'] },
  {
    id: 'a keyword of words',
    regex: 'the launch code is ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})',
    keywords: ['launch code is '],
  },
  { id: 'keyword in any case', regex: '(?i)MyCorp-Key: [0-9a-z]{24}', keywords: ['MYCORP-KEY'] },
  { id: 'keyword with case', regex: 'Zk[A-Za-z0-9]{22}', keywords: ['Zk'], caseSensitive: true },
  { id: 'keyword that repeats', regex: '(?:ab-){2,4}[0-9]{12,16}', keywords: ['ab-'] },
  { id: 'keyword within the secret', regex: 'id=([a-f0-9]{6}xyz[a-f0-9]{12})', secretGroup: 1, keywords: ['id='] },
  // Where the group stands.
  {
    id: 'group in the middle',
    regex: 'user=\\w{3,10} pass=([A-Za-z0-9]{12,24}) host=\\w{3,10}',
    secretGroup: 1,
    keywords: ['pass='],
  },
  { id: 'group to the end of the line', regex: 'ticket:\\s*(.{8,})', secretGroup: 1, keywords: ['ticket:'] },
  { id: 'group up to a bracket', regex: 'apikey<([^>]{10,})>', secretGroup: 1, keywords: ['apikey<'] },
  { id: 'one of two groups', regex: 'tok=(?:"([A-Za-z0-9/+]{10,30})"|\'([A-Za-z0-9/+]{10,30})\')', keywords: ['tok='] },
  { id: 'group in a group', regex: 'pk_((?:live|test)_([a-z0-9]{20}))', keywords: ['pk_'] },
  { id: 'named group', regex: '(?P<kind>zk|qk)-(?P<rest>[a-z0-9]{20})', keywords: ['zk-', 'qk-'] },
  { id: 'group behind anything', regex: 'card .*?([0-9]{4}(?: [0-9]{4}){3})', secretGroup: 1, keywords: ['card '] },
  { id: 'second group', regex: '(\\w{2,8})@@(\\w{12,20})', secretGroup: 2, keywords: ['@@'] },
  {
    id: 'group of words',
    regex: 'phrase is: ([a-z]{3,7} [a-z]{3,7} [a-z]{3,7} [a-z]{3,7})',
    secretGroup: 1,
    keywords: ['phrase is:'],
  },
  // What the pattern is made of.
  { id: 'any character', regex: '(?s)<<SECRET.{20,60}?SECRET>>', keywords: ['<<SECRET'] },
  { id: 'lines of yaml', regex: '(?m)token:\\s+value: ([a-z0-9]{20})$', secretGroup: 1, keywords: ['token:'] },
  { id: 'lines of one kind', regex: 'KEYS\\n(?:[A-F0-9]{24}\\n){1,4}', keywords: ['KEYS'] },
  { id: 'long and padded', regex: 'y_[0-9A-Za-z+/]{86}==', keywords: ['y_'] },
  { id: 'signs', regex: 'pw\\([!-/:-@\\[-`{-~]{12,20}\\)', keywords: ['pw('] },
  { id: 'greek', regex: 'κλειδί=[α-ω]{10,20}', keywords: ['κλειδί='] },
  { id: 'cyrillic', regex: 'ключ: [а-я]{4}(?:-[а-я]{4}){2}', keywords: ['ключ:'] },
  { id: 'hangul', regex: '암호=[가-힣]{6,10}', keywords: ['암호='] },
  { id: 'a class of unicode', regex: 'uc/\\p{Lu}{4}/\\p{Nd}{10}', keywords: ['uc/'] },
  { id: 'blanks of any width', regex: 'pass\\s{1,3}=\\s{1,3}([A-Z0-9]{14})', secretGroup: 1, keywords: ['pass'] },
  { id: 'end of a word', regex: '\\bref#[0-9a-z]{18}\\b', keywords: ['ref#'] },
  { id: 'end of a line', regex: 'eol=([0-9a-z]{18})$', secretGroup: 1, keywords: ['eol='] },
  // What judges a match beside its pattern.
  { id: 'stopwords', regex: 'acc_[a-z0-9]{16}', keywords: ['acc_'], allowlists: [{ stopwords: ['example', 'xxxx'] }] },
  {
    id: 'allowed patterns',
    regex: 'amt_[a-z0-9]{16}',
    keywords: ['amt_'],
    allowlists: [{ regexes: ['^amt_0+', 'aaa$'] }],
  },
  {
    id: 'allowed lines',
    regex: 'alt_[a-z0-9]{16}',
    keywords: ['alt_'],
    allowlists: [{ regexTarget: 'line', regexes: ['^#'] }],
  },
  { id: 'entropy', regex: 'ent_[a-z0-9]{24}', keywords: ['ent_'], entropy: 3.5 },
  { id: 'entropy and group', regex: 'eng:(\\w{24,})', secretGroup: 1, keywords: ['eng:'], entropy: 3 },
  // What is said about holds and memory.
  { id: 'open', regex: 'key [a-z0-9]{20}', keywords: ['key '], hold: 'open' },
  { id: 'open group', regex: 'opg[=:] ?([a-z0-9]{20})', secretGroup: 1, keywords: ['opg'], hold: 'open' },
  { id: 'all fragments', regex: 'frg_[a-z0-9]{20}', keywords: ['frg_'], learn: 'fragments' },
  { id: 'if random', regex: 'rnd_[a-zA-Z0-9]{20}', keywords: ['rnd_'], learn: 'random' },
];

/** Rules that nothing announces: their secrets are held from {@link Rule.holdMin} characters on. */
export const SILENT_RULES: readonly Rule[] = [
  { id: 'four hex groups', regex: '[A-F0-9]{4}(?::[A-F0-9]{4}){4}', holdMin: 4 },
  { id: 'word of hex', regex: '\\b[0-9a-f]{32}\\b', holdMin: 5 },
  { id: 'digits', regex: '[0-9]{4}(?:[ -]?[0-9]{4}){3}', holdMin: 6 },
  { id: 'letters and digits', regex: '[A-Z]{2}[0-9]{2}[A-Z0-9]{16,20}', holdMin: 8 },
  { id: 'address', regex: '[a-z.]{4,12}@[a-z]{4,10}\\.[a-z]{2,3}', holdMin: 7 },
  { id: 'silent group', regex: '<k>([a-z0-9]{16})</k>', secretGroup: 1 },
  { id: 'silent entropy', regex: '[A-Za-z0-9+/]{40}', entropy: 3, holdMin: 8 },
];

/** Rules whose keyword comes after the secret: it announces nothing in time. */
export const LATE_RULES: readonly Rule[] = [
  { id: 'keyword at the end', regex: '([a-z0-9]{24})\\.apps\\.corp', secretGroup: 1, keywords: ['.apps.corp'] },
  { id: 'keyword behind the group', regex: 'u ([a-z0-9]{16})@h', secretGroup: 1, keywords: ['@h'] },
];
