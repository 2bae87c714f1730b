/**
 * What a reader would take a name for: two names of one look are one name. Letters of other alphabets that are drawn
 * like Latin ones count as those; accents and what cannot be seen do not count, marks that spell a syllable do. For
 * comparing only, never for showing.
 */
import { foldText } from './redact/fold.js';

/**
 * Small letters that look like the Latin one behind them, out of Unicode's confusables (UTS 39): Cyrillic, Greek,
 * Armenian and Latin itself. Digits and letters that are told apart by a hair are one as well.
 */
const LIKE: Readonly<Record<string, string>> = {
  а: 'a',
  ɑ: 'a',
  α: 'a',
  ь: 'b',
  с: 'c',
  ϲ: 'c',
  ԁ: 'd',
  е: 'e',
  ҽ: 'e',
  ɡ: 'g',
  һ: 'h',
  հ: 'h',
  і: 'l',
  ι: 'l',
  ı: 'l',
  ӏ: 'l',
  i: 'l',
  '1': 'l',
  '|': 'l',
  ј: 'j',
  κ: 'k',
  к: 'k',
  м: 'm',
  ո: 'n',
  п: 'n',
  о: 'o',
  ο: 'o',
  օ: 'o',
  σ: 'o',
  '0': 'o',
  р: 'p',
  ρ: 'p',
  ԛ: 'q',
  г: 'r',
  ѕ: 's',
  т: 't',
  τ: 't',
  υ: 'u',
  ս: 'u',
  ν: 'v',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  χ: 'x',
  у: 'y',
  γ: 'y',
};

/**
 * A letter with the marks that it is written with, of a script in which they are vowels or make it another letter:
 * Hindi, Thai, kana. Those of the scripts named here can be left out, or put on to look like somebody else.
 */
const SYLLABLE =
  /((?![\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Armenian}\p{scx=Hebrew}\p{scx=Arabic}])\p{L}\p{M}+)/u;
/** Marks that belong to no script; but not those that make a kana another one. */
const FOREIGN_MARK = /(?![\u3099\u309a])\p{Script=Inherited}/gu;
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The same text for all names that look alike. */
export function lookOf(name: string): string {
  const folded = PLAIN.test(name) ? name : foldName(name);
  return Array.from(folded.toLowerCase(), (char) => LIKE[char] ?? char).join('');
}

/** Nothing to be folded: most names. */
const PLAIN = /^[!-~]*$/;

function foldName(name: string): string {
  const pieces = name.normalize('NFKD').replace(UNSEEN, '').split(SYLLABLE);
  const isSyllable = (at: number): boolean => at % 2 === 1;
  return pieces.map((piece, at) => (isSyllable(at) ? piece.replace(FOREIGN_MARK, '') : foldText(piece).text)).join('');
}
