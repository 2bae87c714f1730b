/**
 * What a reader would take a name for: two names of one look are one name. Letters of other alphabets that are drawn
 * like Latin ones count as those, marks and what cannot be seen do not count. For comparing only, never for showing.
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

/** The same text for all names that look alike. */
export function lookOf(name: string): string {
  const folded = foldText(name).text.toLowerCase();
  return Array.from(folded, (char) => LIKE[char] ?? char).join('');
}
