/**
 * What a program printed, read as text: a secret that went by so fast that it stood on no screen is learned all the
 * same, before what is left of it can be shown. Searches the lines as they are printed, and the last of them together
 * for rules that go over lines. Knows no screen; what "printed in one go" means is in strip.ts.
 */
import { foldText } from './fold.js';
import type { Scope } from './scanner.js';
import { Stripper } from './strip.js';

/** Who learns. */
export interface Learner {
  /** The first place at or after `from` about which something may be learned, or -1. */
  nextLesson(text: string, from: number, scope: Scope): number;
  /**
   * Learns the secrets that stand whole in `text`.
   * @returns where the last of them ends, in UTF-16 units; -1 when there is none.
   */
  learn(text: string, scope: Scope): number;
}

/** What is kept of an unfinished line, in UTF-16 units: the longest token that is found when chunks cut it. */
const MAX_LINE = 4096;
/** What is kept for rules that go over lines: a private key of 16,384 bits has 12,500. */
const MAX_BLOCK = 1 << 14;
/** What is kept to be searched once more, in UTF-16 units: two pieces of output. */
const MAX_UNHEARD = 1 << 16;
/**
 * A line that no time is enough for is given up after so many tries: nothing would be shown any more. Code that runs
 * for the first time, on a machine that is busy with other things, needs five.
 */
const MAX_TRIES = 20;
const NOT_ASCII = /[^\0-\x7f]/;

export class Stream {
  readonly #stripper = new Stripper();
  /** The line that goes on. */
  #line = '';
  /** The text before what comes next, for rules that go over lines. */
  #block = '';
  /** What was read and not searched. */
  #unheard = '';
  /** Up to where it has been searched since, line by line and over lines. */
  #lineAt = 0;
  #blockAt = 0;
  /** So often in a row a search of it has failed. What follows a piece that was given up has one try, until one succeeds. */
  #tries = 0;
  /** Units that are never searched line by line, and over lines. */
  readonly #givenUp = { lines: 0, blocks: 0 };
  /** Units for which a keyword of such a rule stays within reach. */
  #speaks = 0;

  /**
   * UTF-16 units, since it began, that are never searched: no time was enough for them, or too many waited. What stood
   * before such a piece counts with it.
   */
  get givenUp(): number {
    return Math.max(this.#givenUp.lines, this.#givenUp.blocks);
  }

  /**
   * Learns from output, whole before it returns. Bytes may be cut anywhere.
   * @throws what the learner throws; the rest of `bytes` was read all the same, and {@link again} may be tried.
   */
  feed(bytes: Uint8Array, learner: Learner): void {
    let failure: unknown;
    this.#stripper.feed(bytes, (text) => {
      const [block, line] = [this.#block, this.#line];
      try {
        this.#take(text, learner);
      } catch (error) {
        failure ??= error;
        const before = block.endsWith(line) ? block.slice(-MAX_BLOCK) : line;
        this.#keep(`${before}${text}\n`);
      }
    });
    if (failure !== undefined) throw failure;
  }

  /**
   * Searches once more what could not be searched when it came, line by line: what was searched is done with.
   * @throws what the learner throws: the rest is to be tried again. What fails too often is given up, and tells so in
   * the same way: it has used up the time of those behind it.
   */
  again(learner: Learner): void {
    const text = this.#unheard;
    while (this.#lineAt < text.length) {
      const end = endOfLine(text, this.#lineAt) + 1;
      this.#tryOnce(
        () => this.#searchLines(text.slice(this.#lineAt, end), learner),
        () => (this.#lineAt = end),
        () => (this.#givenUp.lines += end - this.#lineAt),
      );
    }
    while (this.#blockAt < text.length) {
      const block = text.slice(Math.max(0, this.#blockAt - MAX_BLOCK), this.#blockAt + MAX_BLOCK);
      this.#tryOnce(
        () => this.#searchWhole(block, learner),
        () => (this.#blockAt += MAX_BLOCK),
        () => (this.#givenUp.blocks += Math.min(MAX_BLOCK, text.length - this.#blockAt)),
      );
    }
    [this.#unheard, this.#lineAt, this.#blockAt] = ['', 0, 0];
  }

  /** Keeps text, with what stood before it, to be searched once more; the newest when it is too much. */
  #keep(text: string): void {
    const all = this.#unheard + text;
    const lost = Math.max(0, all.length - MAX_UNHEARD);
    this.#givenUp.lines += Math.max(0, lost - this.#lineAt);
    this.#givenUp.blocks += Math.max(0, lost - this.#blockAt);
    this.#unheard = all.slice(lost);
    this.#lineAt = Math.max(0, this.#lineAt - lost);
    this.#blockAt = Math.max(0, this.#blockAt - lost);
  }

  #tryOnce(search: () => void, goOn: () => void, giveUp: () => void): void {
    try {
      search();
    } catch (error) {
      if (++this.#tries >= MAX_TRIES) {
        giveUp();
        goOn();
      }
      throw error;
    }
    this.#tries = 0;
    goOn();
  }

  #searchWhole(block: string, learner: Learner): void {
    if (learner.nextLesson(block, 0, 'block') >= 0) learner.learn(block, 'block');
  }

  #take(text: string, learner: Learner): void {
    const end = text.lastIndexOf('\n');
    const all = this.#line + text;
    this.#line = all.slice(Math.max(end < 0 ? 0 : all.length - text.length + end + 1, all.length - MAX_LINE));
    // Cut at twice its length: each cut copies all of it, and a typed key is one character.
    this.#block = (this.#block.length > 2 * MAX_BLOCK ? this.#block.slice(-MAX_BLOCK) : this.#block) + text;
    this.#searchLines(all, learner);
    if (end >= 0) this.#searchBlock(text, learner);
  }

  #searchLines(text: string, learner: Learner): void {
    if (NOT_ASCII.test(text)) this.#searchFolded(text, learner);
    for (let at = learner.nextLesson(text, 0, 'join'); at >= 0; ) {
      const end = endOfLine(text, at);
      learner.learn(text.slice(text.lastIndexOf('\n', at) + 1, end), 'join');
      at = learner.nextLesson(text, end + 1, 'join');
    }
  }

  /** Lines that are not ASCII may read otherwise: what is invisible in them, or looks like a letter, counts as such. */
  #searchFolded(text: string, learner: Learner): void {
    for (const line of text.split('\n')) {
      if (!NOT_ASCII.test(line)) continue;
      const folded = foldText(line).text;
      if (learner.nextLesson(folded, 0, 'join') >= 0) learner.learn(folded, 'join');
    }
  }

  /** Lines are searched together when one of them has come to its end, and speaks of such a secret or is near one that does. */
  #searchBlock(text: string, learner: Learner): void {
    const fresh = this.#block.slice(-(text.length + MAX_LINE));
    this.#speaks = learner.nextLesson(fresh, 0, 'block') >= 0 ? MAX_BLOCK : Math.max(0, this.#speaks - text.length);
    const block = this.#block.slice(-(MAX_BLOCK + text.length));
    const end = this.#speaks > 0 ? learner.learn(block, 'block') : -1;
    if (end >= 0 && isOver(block, end)) this.#forget(block.slice(end), learner);
    else this.#block = block.slice(-MAX_BLOCK);
  }

  /** What was learned to its end is not searched again with every line that follows; another one may have begun. */
  #forget(rest: string, learner: Learner): void {
    const next = learner.nextLesson(rest, endOfLine(rest, endOfLine(rest, 0) + 1), 'block');
    this.#block = next < 0 ? '' : rest.slice(rest.lastIndexOf('\n', next) + 1);
    if (next < 0) this.#speaks = 0;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** True when a whole line follows the one after `end`: a secret that goes over lines would have gone on in it. */
function isOver(text: string, end: number): boolean {
  const next = text.indexOf('\n', end);
  return next >= 0 && text.includes('\n', next + 1);
}
