/**
 * What the wall remembers: secrets that were whole once, so that a part of them which is left on the screen later is
 * masked too. Bounded: the oldest are forgotten first. Knows no rules and no screens, and tells nobody what it holds
 * but him who carries it over to another memory.
 */
import { type Fragment, type Grain, Grams } from './grams.js';

/** A secret to remember. SECRET: plain data, for a structured clone within the host only. */
export interface Lesson {
  /** Id of the rule that found it; what memory finds is counted for that rule. */
  readonly rule: string;
  readonly text: string;
  readonly grain: Grain;
}

/** Most secrets that are remembered: a screenful of tokens a minute for an hour. */
const MAX_LESSONS = 2000;
/** Most grams: 2,000 tokens of some 60 characters; 2 MB of memory and 0.3 us a row to look through. */
const MAX_GRAMS = 1 << 17;
/** Most of one secret that is remembered, in UTF-16 units: a private key of 16,384 bits has 12,500. */
const MAX_TEXT = 1 << 14;
/** Share that is kept when there are too many: to forget one by one would build the index anew each time. */
const KEPT = 3 / 4;

export class Memory {
  /** Oldest first: what is seen again is put to the end. */
  readonly #lessons = new Map<string, Lesson>();
  #grams = new Grams();
  #version = 0;
  #newest: Lesson | undefined;

  /** Begins with what another memory held. */
  constructor(lessons: Iterable<Lesson> = []) {
    for (const lesson of lessons) this.learn(lesson);
  }

  /** Another number whenever {@link find} may answer differently. */
  get version(): number {
    return this.#version;
  }

  /** How many secrets are remembered. */
  get size(): number {
    return this.#lessons.size;
  }

  /** Everything, oldest first. SECRET: for the memory of a successor. */
  lessons(): readonly Lesson[] {
    return [...this.#lessons.values()];
  }

  /** Remembers a secret. The first {@link MAX_TEXT} characters count. */
  learn(lesson: Lesson): void {
    const text = lesson.text.slice(0, MAX_TEXT);
    const known = this.#lessons.get(text);
    if (known !== undefined && (known.grain === 'every' || known.grain === lesson.grain)) {
      if (known === this.#newest) return;
      this.#lessons.delete(text);
      this.#lessons.set(text, known);
      this.#newest = known;
      return;
    }
    this.#add({ ...lesson, text });
  }

  /** All places of remembered secrets and of fragments of them in `text`, overlapping ones too. */
  find(text: string): readonly Fragment[] {
    return this.#grams.find(text);
  }

  #add(lesson: Lesson): void {
    // A token that is still being typed grows: its beginning need not be remembered beside it.
    const newest = this.#newest;
    if (newest?.rule === lesson.rule && lesson.text.startsWith(newest.text)) this.#lessons.delete(newest.text);
    this.#lessons.delete(lesson.text);
    this.#lessons.set(lesson.text, lesson);
    this.#newest = lesson;
    this.#grams.add(lesson.text, lesson.rule, lesson.grain);
    this.#version++;
    if (this.#lessons.size > MAX_LESSONS || this.#grams.size > MAX_GRAMS) this.#forget();
  }

  /** Forgets the oldest, and builds the index anew. */
  #forget(): void {
    let grams = MAX_GRAMS * KEPT;
    const kept: Lesson[] = [];
    for (const lesson of this.lessons().toReversed()) {
      grams -= lesson.text.length;
      if (kept.length >= MAX_LESSONS * KEPT || grams < 0) break;
      kept.push(lesson);
    }
    this.#lessons.clear();
    this.#grams = new Grams();
    for (const lesson of kept.reverse()) {
      this.#lessons.set(lesson.text, lesson);
      this.#grams.add(lesson.text, lesson.rule, lesson.grain);
    }
  }
}
