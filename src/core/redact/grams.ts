/**
 * Texts by their 6-grams: finds every fragment of six or more characters of any of many texts in one pass over another
 * text, whatever number of them there is. A rolling hash and a bitmap say quickly where nothing is; what they let
 * through is compared character by character, so that a find is never a guess. Knows texts, not what they mean.
 */

import { Budget } from './budget.js';

/** Shortest fragment that is found, in UTF-16 units: shorter ones stand in ordinary text by chance. */
export const GRAM = 6;

/**
 * Which fragments of a text are looked for.
 * - `every`: all, save runs of one and the same character, which tell nothing.
 * - `odd`: the whole text, fragments that are more than a word or number, and what of it adjoins them.
 * - `whole`: the whole text only.
 */
export type Grain = 'every' | 'odd' | 'whole';

/** A part of a text, UTF-16 units `[from, to)`, that is known, and the id that it is known by. */
export interface Fragment {
  readonly from: number;
  readonly to: number;
  readonly id: string;
  /** The known text, when only its beginning is known and the fragment is the end of that: it may go on. */
  readonly open?: string;
}

/** Bits of the bitmap, as a power of two: 1 Mbit, so that 2,000 texts of 32 characters fill a twentieth of it. */
const BITMAP_POWER = 20;
/** Slots of the table behind it, as a power of two: as many as there are grams when memory is full. */
const TABLE_POWER = 16;
/** The rolling hash is shifted by so many bits for each unit: after six units the one before them has left 32 bits. */
const SHIFT = 6;
/** Knuth's multiplicative hash (TAOCP 6.4): spreads the rolling hash over its upper bits. */
const SPREAD = 0x9e3779b1;
/**
 * Texts that may own one gram; the heads of all JSON web tokens are the same, and more owners would find nothing new.
 */
const MAX_OWNERS = 8;
const FIRST_ROOM = 1024;
/** Comparisons with known texts between two looks at the clock: some 50 µs, if all of them are long. */
const CHECK_EVERY = 64;

/** A letter or more of one case, or digits, be it between signs: what a gram of ordinary text looks like. */
const PLAIN = /^[^A-Za-z0-9]*(?:[A-Z]?[a-z]*|[A-Z]*|[0-9]*)[^A-Za-z0-9]*$/;

interface Known {
  readonly text: string;
  readonly id: string;
  readonly whole: boolean;
  /** True when more follows that is not known. */
  readonly open: boolean;
}

interface Find extends Fragment {
  to: number;
  readonly known: Known;
  /** Where the known text would begin. */
  readonly start: number;
}

const NOTHING: readonly Fragment[] = [];

export class Grams {
  readonly #bitmap = new Uint32Array(1 << (BITMAP_POWER - 5));
  readonly #table = new Int32Array(1 << TABLE_POWER).fill(-1);
  readonly #owners: Known[] = [];
  /** Of each gram: its place in its owner, and the next gram of the same slot. */
  #places = new Int32Array(FIRST_ROOM);
  #nexts = new Int32Array(FIRST_ROOM);
  #looks = 0;

  /** How many grams are kept. */
  get size(): number {
    return this.#owners.length;
  }

  /**
   * Adds a text. Texts shorter than {@link GRAM} are not found.
   * @param open true when the text is but the beginning of one
   */
  add(text: string, id: string, grain: Grain, open: boolean = false): void {
    if (text.length < GRAM) return;
    const before = this.size;
    const known: Known = { text, id, whole: false, open };
    if (grain !== 'whole') {
      for (let at = 0; at + GRAM <= text.length; at++) {
        if (isTelling(text.slice(at, at + GRAM), grain)) this.#insert(known, at);
      }
    }
    if (grain !== 'every' || this.size === before) this.#insert({ ...known, whole: true }, 0);
  }

  /**
   * All fragments of known texts in `text`, as long as they are there. Those of different texts may overlap.
   * @throws {LecternError} BUDGET when it took too long.
   */
  find(text: string, budget: Budget = Budget.NONE): readonly Fragment[] {
    if (this.#owners.length === 0 || text.length < GRAM) return NOTHING;
    const bitmap = this.#bitmap;
    let finds: Find[] | undefined;
    let hash = 0;
    for (let i = 0; i < GRAM - 1; i++) hash = (hash << SHIFT) ^ text.charCodeAt(i);
    for (let i = GRAM - 1; i < text.length; i++) {
      hash = (hash << SHIFT) ^ text.charCodeAt(i);
      const spread = Math.imul(hash, SPREAD);
      const bit = spread >>> (32 - BITMAP_POWER);
      if ((bitmap[bit >>> 5]! & (1 << (bit & 31))) === 0) continue;
      finds ??= [];
      this.#look(text, i - GRAM + 1, spread, finds, budget);
    }
    return finds ?? NOTHING;
  }

  #insert(known: Known, at: number): void {
    const spread = Math.imul(hashOf(known.text, at), SPREAD);
    const slot = spread >>> (32 - TABLE_POWER);
    let twins = 0;
    for (let gram = this.#table[slot]!; gram >= 0; gram = this.#nexts[gram]!) {
      const owner = this.#owners[gram]!;
      if (owner.whole !== known.whole || !sameGram(owner.text, this.#places[gram]!, known.text, at)) continue;
      // A text that has grown takes the place of its own beginning: what is typed would be found once for each key.
      if (!known.whole && this.#places[gram] === at && known.id === owner.id && known.text.startsWith(owner.text)) {
        this.#owners[gram] = known;
        return;
      }
      twins++;
    }
    // Whole texts are each looked for alone; of fragments any owner will do.
    if (!known.whole && twins >= MAX_OWNERS) return;
    const bit = spread >>> (32 - BITMAP_POWER);
    this.#bitmap[bit >>> 5]! |= 1 << (bit & 31);
    const gram = this.#owners.push(known) - 1;
    if (gram >= this.#places.length) [this.#places, this.#nexts] = [grown(this.#places), grown(this.#nexts)];
    this.#places[gram] = at;
    this.#nexts[gram] = this.#table[slot]!;
    this.#table[slot] = gram;
  }

  /** Adds what is known of the gram of `text` at `at`. */
  #look(text: string, at: number, spread: number, finds: Find[], budget: Budget): void {
    for (let gram = this.#table[spread >>> (32 - TABLE_POWER)]!; gram >= 0; gram = this.#nexts[gram]!) {
      if (++this.#looks % CHECK_EVERY === 0) budget.check();
      const known = this.#owners[gram]!;
      const place = this.#places[gram]!;
      if (known.whole) {
        if (text.startsWith(known.text, at)) addWhole(finds, known, at);
      } else if (!isCovered(finds, known, at - place, at) && sameGram(known.text, place, text, at)) {
        finds.push(extended(known, place, text, at));
      }
    }
  }
}

function hashOf(text: string, at: number): number {
  let hash = 0;
  for (let i = at; i < at + GRAM; i++) hash = (hash << SHIFT) ^ text.charCodeAt(i);
  return hash;
}

function sameGram(a: string, at: number, b: string, bt: number): boolean {
  for (let i = 0; i < GRAM; i++) if (a.charCodeAt(at + i) !== b.charCodeAt(bt + i)) return false;
  return true;
}

/** True when the gram says more than a run of one character, and for `odd` more than a word or number. */
function isTelling(gram: string, grain: Grain): boolean {
  if (grain === 'odd' && PLAIN.test(gram)) return false;
  for (let i = 1; i < GRAM; i++) if (gram.charCodeAt(i) !== gram.charCodeAt(0)) return true;
  return false;
}

/** True when the gram at `at` is part of one of the latest finds; one gram has no more owners than are looked at. */
function isCovered(finds: readonly Find[], known: Known, start: number, at: number): boolean {
  for (let i = finds.length - 1; i >= 0 && i >= finds.length - MAX_OWNERS; i--) {
    const find = finds[i]!;
    if (find.known === known && find.start === start && at + GRAM <= find.to) return true;
  }
  return false;
}

/** A text that repeats itself stands at many places that overlap: they are one find. */
function addWhole(finds: Find[], known: Known, at: number): void {
  const to = at + known.text.length;
  for (let i = finds.length - 1; i >= 0 && i >= finds.length - MAX_OWNERS; i--) {
    const find = finds[i]!;
    if (find.known !== known || find.to < at) continue;
    find.to = to;
    return;
  }
  finds.push(findOf(known, at, at, to));
}

/** The longest fragment of `known` about a gram that both have: grams that are not looked for are covered so. */
function extended(known: Known, place: number, text: string, at: number): Find {
  let from = at;
  let to = at + GRAM;
  const start = at - place;
  while (from > 0 && from > start && text.charCodeAt(from - 1) === known.text.charCodeAt(from - 1 - start)) from--;
  while (
    to < text.length &&
    to - start < known.text.length &&
    text.charCodeAt(to) === known.text.charCodeAt(to - start)
  )
    to++;
  return findOf(known, start, from, to);
}

function findOf(known: Known, start: number, from: number, to: number): Find {
  const find = { from, to, id: known.id, known, start };
  return known.open && to - start === known.text.length ? { ...find, open: known.text } : find;
}

function grown(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
