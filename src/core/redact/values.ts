/**
 * Secrets that are known by their text: from the environment, .env files, files. The caller reads them and hands them
 * in; nothing here knows where they come from. Found as literals, in the forms in which programs write them, and as
 * fragments of six characters or more; of paths and URLs only what is secret in them.
 */
import { formsOf } from './forms.js';
import { type Fragment, type Grain, Grams } from './grams.js';
import { looksRandom } from './randomness.js';

/** A text to mask wherever it stands. `name` is told in counts and reports; `value` never is. */
export interface SecretValue {
  readonly name: string;
  readonly value: string;
}

/**
 * Shortest value that is masked. Shorter ones stand in ordinary text too often: one CI runner's mask of the single
 * character `{` made whole logs unreadable. Buildkite's agent has 6 as well.
 */
export const MIN_VALUE_LENGTH = 6;

/** From how many characters on the beginning of a value is told by {@link Values.prefixAt}. */
export const VALUE_HOLD_MIN = 3;

export class Values {
  readonly #grams = new Grams();
  /** Values and their forms, by their first {@link VALUE_HOLD_MIN} characters. */
  readonly #byHead = new Map<string, { readonly text: string; readonly id: string }[]>();
  readonly #seen = new Set<string>();
  #longest = 0;

  constructor(values: readonly SecretValue[]) {
    for (const { name, value } of values) {
      for (const line of linesOf(value)) {
        const grain = grainOf(line);
        for (const form of formsOf(line)) this.#add(form, `value:${name}`, grain);
        for (const part of partsOf(line)) this.#add(part, `value:${name}`, grainOf(part));
      }
    }
  }

  /** How many texts are looked for: values, and the forms in which they differ. */
  get size(): number {
    return this.#seen.size;
  }

  /** All places of values and of fragments of them in `text`, overlapping ones too. */
  find(text: string): readonly Fragment[] {
    return this.#grams.find(text);
  }

  /**
   * The longest beginning of a value, without its end, that ends before unit `end` of `text`, when it has at least
   * {@link VALUE_HOLD_MIN} characters: a value that is just being typed.
   */
  prefixAt(text: string, end: number): { readonly from: number; readonly id: string } | undefined {
    for (let from = Math.max(0, end - this.#longest + 1); from + VALUE_HOLD_MIN <= end; from++) {
      const alike = this.#byHead.get(text.slice(from, from + VALUE_HOLD_MIN));
      if (alike === undefined) continue;
      const typed = text.slice(from, end);
      const known = alike.find((one) => one.text.length > typed.length && one.text.startsWith(typed));
      if (known !== undefined) return { from, id: known.id };
    }
    return undefined;
  }

  #add(text: string, id: string, grain: Grain): void {
    if (text.length < MIN_VALUE_LENGTH || this.#seen.has(text)) return;
    this.#seen.add(text);
    this.#grams.add(text, id, grain);
    this.#longest = Math.max(this.#longest, text.length);
    const head = text.slice(0, VALUE_HOLD_MIN);
    const alike = this.#byHead.get(head);
    if (alike === undefined) this.#byHead.set(head, [{ text, id }]);
    else alike.push({ text, id });
  }
}

function linesOf(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_VALUE_LENGTH);
}

/** Paths, URLs and connection strings are made of words that stand everywhere: `postgr` once masked a fifth of a listing. */
const ADDRESS = /^(?:[~.]{0,2}\/|[A-Za-z][\w+.-]*:\/\/|[A-Za-z]:\\)|[;&]\w+ ?=|^\w+ ?=.*;/;
/** One word or number: as a secret it is poor, and its fragments are parts of other words. */
const WORD = /^(?:[A-Z]?[a-z]+|[A-Z]+|[0-9]+)$/;

function grainOf(text: string): Grain {
  return ADDRESS.test(text) || WORD.test(text) ? 'whole' : 'every';
}

/** What of a URL or connection string is a secret of its own: passwords, and parts that look like keys. */
function partsOf(line: string): readonly string[] {
  if (!ADDRESS.test(line)) return [];
  const inUrl = /^[A-Za-z][\w+.-]*:\/\/[^/?#]*?:([^/?#]+)@/.exec(line)?.[1];
  const named = line.matchAll(/(?:password|passwd|pwd|secret|token|key|signature|sig) ?= ?([^;&\s"']+)/gi);
  const random = line.split(/[/?&=:@#;]/).filter(looksRandom);
  return [...(inUrl === undefined ? [] : [inUrl]), ...[...named].map(([, part]) => part!), ...random];
}
