/**
 * A line that somebody types at our prompt: a name, a message, a command that he suggests. Pure; knows no terminal and
 * not what becomes of the line. Only printable characters get in.
 */
import { printable } from './printable.js';

/** What a chunk of keys did to the line. */
export type LineEvent = 'edited' | 'entered' | 'cancelled' | null;

/** One key: an escape sequence, or one character. */
const KEY = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|\x1b[^[O]|[\s\S]/gu;
const ENTER = new Set(['\r', '\n', '\x1b[13u', '\x1bOM']);
const RUB_OUT = new Set(['\x7f', '\b']);
const CANCEL = new Set(['\x1b', '\x03', '\x07']);
const PASTE_BRACKET = /\x1b\[20[01]~/g;

export class Line {
  #chars: string[] = [];
  readonly #maxLength: number;

  /** @param maxLength characters; what is typed beyond them is not taken. */
  constructor(maxLength: number, text = '') {
    this.#maxLength = maxLength;
    this.set(text);
  }

  get text(): string {
    return this.#chars.join('');
  }

  set(text: string): void {
    this.#chars = [...printable(text, this.#maxLength)];
  }

  /**
   * Takes a chunk of what was typed. Enter and Escape end it: what came behind them in the same chunk is dropped, so
   * that a paste of several lines is never more than one.
   */
  read(chunk: string): LineEvent {
    let event: LineEvent = null;
    for (const key of chunk.replace(PASTE_BRACKET, '').match(KEY) ?? []) {
      if (ENTER.has(key)) return 'entered';
      if (CANCEL.has(key)) return 'cancelled';
      if (this.#edit(key)) event = 'edited';
    }
    return event;
  }

  #edit(key: string): boolean {
    const before = this.#chars.length;
    if (RUB_OUT.has(key)) this.#chars.pop();
    else if (key === '\x15') this.#chars = [];
    else if (key === '\x17') this.#dropWord();
    else if (before < this.#maxLength) this.#chars.push(...printable(key.startsWith('\x1b') ? '' : key, 1));
    return this.#chars.length !== before;
  }

  /** As C-w in a shell: blanks, then what is no blank. */
  #dropWord(): void {
    while (this.#chars.at(-1) === ' ') this.#chars.pop();
    while (this.#chars.length > 0 && this.#chars.at(-1) !== ' ') this.#chars.pop();
  }
}
