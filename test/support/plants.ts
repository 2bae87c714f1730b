/** Secrets to plant: made up at run time from the rules' own shapes, and the fragments by which they are found again. */
import { programOf, sample } from '../../src/core/redact/program.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { compile, type Rule } from '../../src/core/redact/rule.js';

/** One line of text with a secret in it, and the parts of it that must never be seen. */
export interface Planted {
  readonly name: string;
  readonly line: string;
  readonly secrets: readonly string[];
}

const MAX_TRIES = 20_000;
/** Shorter secrets stand in other text by chance. */
const MIN_SECRET = 8;
/** The shortest part of a secret that counts, in characters. */
const FRAGMENT = 6;

/**
 * A line with a secret of `rule`.
 * @param longest of what the rule finds, in characters
 */
export function plant(rule: Rule, random: () => number, longest = 150): Planted {
  const program = programOf(compile(rule).pattern);
  const alone = Redactor.of([{ ...rule, minRows: 1 }]);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const word = sample(program, random);
    if (word === undefined || word.length > longest || /[^ -~]/.test(word)) continue;
    const line = `say ${word}`;
    const secrets = alone.spansOf(line).map(({ from, to }) => line.slice(Math.max(from, publicEnd(rule, line)), to));
    if (secrets.length > 0 && secrets.every((one) => one.length >= MIN_SECRET)) return { name: rule.id, line, secrets };
  }
  throw new Error(`no sample of ${rule.id}`);
}

/** Where the rule's first keyword ends: what stands before is in the rule's own text. */
function publicEnd(rule: Rule, line: string): number {
  const text = rule.caseSensitive === true ? line : line.toLowerCase();
  const ends = (rule.keywords ?? []).flatMap((keyword) => {
    const at = text.indexOf(rule.caseSensitive === true ? keyword : keyword.toLowerCase());
    return at < 0 ? [] : [at + keyword.length];
  });
  return ends.length === 0 ? 0 : Math.min(...ends);
}

export function letters(length: number, alphabet: string, random: () => number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}

/** Finds any six consecutive characters of any secret. */
export class Fragments {
  readonly #names = new Map<string, string>();

  add(name: string, secret: string): void {
    for (let at = 0; at + FRAGMENT <= secret.length; at++) this.#names.set(secret.slice(at, at + FRAGMENT), name);
  }

  /** The names of the secrets of which a part stands in `text`. */
  in(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (let at = 0; at + FRAGMENT <= text.length; at++) {
      const name = this.#names.get(text.slice(at, at + FRAGMENT));
      if (name !== undefined) found.add(name);
    }
    return found;
  }
}
