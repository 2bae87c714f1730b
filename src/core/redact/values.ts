/**
 * Secrets that are known by their text: from the environment, .env files, files. The caller reads them and hands them
 * in; nothing here knows where they come from. Found as literals, so that their length and form do not matter.
 */
import { foldText } from './fold.js';
import { alternation } from './prefilter.js';

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

export interface ValueHit {
  readonly from: number;
  readonly to: number;
  readonly id: string;
}

export class Values {
  readonly #any: RegExp | undefined;
  readonly #ids: ReadonlyMap<string, string>;

  constructor(values: readonly SecretValue[]) {
    const ids = new Map<string, string>();
    for (const { name, value } of values) {
      for (const form of formsOf(value)) if (!ids.has(form)) ids.set(form, `value:${name}`);
    }
    this.#ids = ids;
    this.#any = alternation(ids.keys(), 'g');
  }

  get size(): number {
    return this.#ids.size;
  }

  /** The longest beginning of a value, without its end, that ends before unit `end` of `text`. */
  prefixAt(text: string, end: number): { readonly from: number; readonly id: string } | undefined {
    let best: { readonly from: number; readonly id: string } | undefined;
    for (const [form, id] of this.#ids) {
      for (let length = Math.min(form.length - 1, end); length >= HOLD_MIN; length--) {
        if (best !== undefined && end - length >= best.from) break;
        if (text.startsWith(form.slice(0, length), end - length)) best = { from: end - length, id };
      }
    }
    return best;
  }

  /** All places of all values in `text`, overlapping ones too. */
  find(text: string): readonly ValueHit[] {
    const any = this.#any;
    if (any === undefined) return NOTHING;
    any.lastIndex = 0;
    let match = any.exec(text);
    if (match === null) return NOTHING;
    const hits: ValueHit[] = [];
    for (; match !== null; match = any.exec(text)) {
      const from = match.index;
      hits.push({ from, to: from + match[0].length, id: this.#ids.get(match[0])! });
      any.lastIndex = from + 1;
    }
    return hits;
  }
}

const NOTHING: readonly ValueHit[] = [];

/** From how many characters on the beginning of a value is held where more can be written. */
const HOLD_MIN = 3;

/** The lines of a value, as they are, folded, and as URLs and JSON write them. */
function formsOf(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_VALUE_LENGTH)
    .flatMap((line) => [line, foldText(line).text, uriForm(line), JSON.stringify(line).slice(1, -1)])
    .filter((form) => form.length >= MIN_VALUE_LENGTH);
}

function uriForm(text: string): string {
  // Half a surrogate pair has no URL form.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
}
