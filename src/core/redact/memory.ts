/**
 * What the wall remembers: secrets that were whole once, so that a part of them which is left on the screen later is
 * masked too. Bounded: the oldest are forgotten first. Knows no rules and no screens, and tells nobody what it holds
 * but him who carries it over to another memory.
 */
import type { Budget } from './budget.js';
import { type Fragment, GRAM, type Grain, Grams } from './grams.js';

/** A secret to remember. SECRET: plain data, for a structured clone within the host's process only. */
export interface Lesson {
  /** Id of the rule that found it; what memory finds is counted for that rule. */
  readonly rule: string;
  readonly text: string;
  readonly grain: Grain;
  /** True when only its beginning was seen: what follows that is a part of it too. */
  readonly open?: boolean;
}

/** Most secrets that are remembered: a screenful of tokens a minute for an hour. */
const MAX_LESSONS = 2000;
/** Most characters, and so grams: 2,000 tokens of some 60; 2 MB of memory, and half a microsecond a row to look through. */
const MAX_CHARACTERS = 1 << 17;
/** Most of one secret that is remembered, in UTF-16 units: a private key of 16,384 bits has 12,500. */
const MAX_TEXT = 1 << 14;
/** Share that is kept when there are too many: to forget one by one would build the index anew each time. */
const KEPT = 3 / 4;

export class Memory {
  /** Oldest first: what is seen again is put to the end. */
  readonly #lessons = new Map<string, Lesson>();
  #grams = new Grams();
  #characters = 0;
  #version = 0;
  #newest: Lesson | undefined;
  /** The text that was learned last of those that begin alike. */
  readonly #latest = new Map<string, string>();

  readonly #onLesson: ((lesson: Lesson) => void) | undefined;

  /**
   * @param lessons what another memory held
   * @param onLesson is told of everything that is learned from now on. SECRET: for a spare memory.
   */
  constructor(lessons: Iterable<Lesson> = [], onLesson?: (lesson: Lesson) => void) {
    for (const lesson of lessons) this.learn(lesson);
    this.#onLesson = onLesson;
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
    const closes = known?.open === true && lesson.open !== true;
    if (known !== undefined && !closes && (known.grain === 'every' || known.grain === lesson.grain)) {
      if (known === this.#newest) return;
      this.#lessons.delete(text);
      this.#lessons.set(text, known);
      this.#newest = known;
      return;
    }
    this.#add({ ...lesson, text });
  }

  /**
   * All places of remembered secrets and of fragments of them in `text`, overlapping ones too.
   * @throws {LecternError} BUDGET when it took too long.
   */
  find(text: string, budget?: Budget): readonly Fragment[] {
    return this.#grams.find(text, budget);
  }

  #add(lesson: Lesson): void {
    // What is still being typed grows: its beginning need not be remembered beside it.
    const head = headOf(lesson);
    const latest = this.#latest.get(head);
    if (latest !== undefined && lesson.text.startsWith(latest)) this.#drop(latest);
    this.#latest.set(head, lesson.text);
    this.#drop(lesson.text);
    this.#keep(lesson);
    this.#newest = lesson;
    this.#version++;
    this.#onLesson?.(lesson);
    const most = Math.max(this.#characters, this.#grams.size);
    if (this.#lessons.size > MAX_LESSONS || most > MAX_CHARACTERS) this.#forget();
  }

  #keep(lesson: Lesson): void {
    this.#lessons.set(lesson.text, lesson);
    this.#characters += lesson.text.length;
    this.#grams.add(lesson.text, lesson.rule, lesson.grain, lesson.open);
  }

  /** Its grams stay in the index until that is built anew. */
  #drop(text: string): void {
    if (this.#lessons.delete(text)) this.#characters -= text.length;
  }

  /** Forgets the oldest, and builds the index anew. */
  #forget(): void {
    let room = MAX_CHARACTERS * KEPT;
    const kept: Lesson[] = [];
    for (const lesson of this.lessons().toReversed()) {
      room -= lesson.text.length;
      if (kept.length >= MAX_LESSONS * KEPT || room < 0) break;
      kept.push(lesson);
    }
    this.#lessons.clear();
    this.#characters = 0;
    this.#grams = new Grams();
    this.#latest.clear();
    for (const lesson of kept.reverse()) this.#keep(lesson);
  }
}

function headOf({ rule, text }: Lesson): string {
  return `${rule} ${text.slice(0, GRAM)}`;
}
