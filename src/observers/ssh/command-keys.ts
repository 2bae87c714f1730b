/** What an observer's keys mean while he watches, and the two that keep a meaning while he is in control. Pure. */
import { Paste } from '../../core/paste.js';

export type Command =
  | 'leave'
  | 'ask'
  | 'follow'
  | 'live'
  | 'help'
  | 'status'
  | 'repaint'
  | 'who'
  | 'chat'
  | 'said'
  | 'point'
  | 'yes'
  | 'no'
  | 'enter'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'nothing';

const KEYS: Readonly<Record<string, Command>> = {
  q: 'leave',
  '\x03': 'leave',
  '\x04': 'leave',
  r: 'ask',
  f: 'follow',
  G: 'live',
  '?': 'help',
  h: 'help',
  t: 'status',
  '\x0c': 'repaint',
  w: 'who',
  c: 'chat',
  C: 'said',
  v: 'point',
  y: 'yes',
  n: 'no',
  '\r': 'enter',
  '\n': 'enter',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
};

/** One key: an escape sequence, or one character. */
const KEY = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|\x1b[^[O]|[\s\S]/gu;
/** Keys read from one chunk: who pastes a book into a read-only screen gets no answer to each letter. */
const MAX_KEYS = 64;
/** A paste is not a series of commands. */
const PASTE = '\x1b[200~';

/** A command, and what was typed behind it in the same chunk. */
export interface Typed {
  readonly command: Command;
  readonly rest: string;
}

/** The commands in a chunk of what a watching observer typed. A chunk that holds a paste is one key without meaning. */
export function commands(chunk: string): Typed[] {
  if (chunk.includes(PASTE)) return [{ command: 'nothing', rest: '' }];
  const keys = [...chunk.slice(0, 1024).matchAll(KEY)].slice(0, MAX_KEYS);
  return keys.map(({ 0: key, index }) => ({
    command: KEYS[key] ?? 'nothing',
    rest: chunk.slice(index + key.length),
  }));
}

const PREFIX = 0x1c;
const DOT = 0x2e;
const QUESTION = 0x3f;

/** What came of a chunk typed while in control. */
export interface Controlled {
  /** For the program. */
  readonly keys: Uint8Array;
  readonly giveBack: boolean;
  readonly help: boolean;
}

/** Splits the keys of who is in control: everything is for the program save `C-\ .` and `C-\ ?`. */
export class ControlKeys {
  /** The prefix came last and its second key is awaited. */
  #prefixed = false;
  readonly #paste = new Paste();

  read(chunk: Uint8Array): Controlled {
    const keys: number[] = [];
    let giveBack = false;
    let help = false;
    for (const byte of chunk) {
      const inPaste = this.#paste.open;
      this.#paste.feed(byte);
      if (!this.#prefixed) {
        // What is pasted is text, whatever bytes it has.
        if (byte === PREFIX && !inPaste) this.#prefixed = true;
        else keys.push(byte);
        continue;
      }
      this.#prefixed = false;
      if (byte === DOT) {
        giveBack = true;
        break;
      }
      if (byte === QUESTION) help = true;
      else if (byte === PREFIX) keys.push(PREFIX);
      else keys.push(PREFIX, byte);
    }
    return { keys: Uint8Array.from(keys), giveBack, help };
  }

  /** Forgets a prefix without its second key, and a paste without its end. */
  reset(): void {
    this.#prefixed = false;
    this.#paste.reset();
  }
}
