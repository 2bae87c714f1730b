/**
 * What an observer types at our prompt: his name in the lobby, something to say, the line that he suggests. Pure; knows
 * not where it goes.
 */
import { Line, type LineEvent } from '../../core/line.js';

export type Purpose = 'name' | 'chat' | 'suggest';

/** Longest line of each, in characters; the host holds to them as well. */
const LENGTHS: Readonly<Record<Purpose, number>> = { name: 24, chat: 160, suggest: 100 };
const LABELS: Readonly<Record<Purpose, string>> = {
  name: 'your name:',
  chat: 'say:',
  suggest: 'suggest (Enter offers it, C-\\ . ends):',
};

export class Prompt {
  readonly purpose: Purpose;
  readonly #line: Line;
  readonly #decoder = new TextDecoder();

  constructor(purpose: Purpose, text = '') {
    this.purpose = purpose;
    this.#line = new Line(LENGTHS[purpose], text);
  }

  get text(): string {
    return this.#line.text;
  }

  get label(): string {
    return LABELS[this.purpose];
  }

  /** @param bytes as they come from his terminal: a character may be cut in two. */
  read(bytes: Uint8Array): LineEvent {
    return this.#line.read(this.#decoder.decode(bytes, { stream: true }));
  }

  clear(): void {
    this.#line.set('');
  }
}
