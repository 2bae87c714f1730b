/** What an observer's keys mean while he watches, and the two that keep a meaning while he is in control. Pure. */
import { type KeyAction, Keys } from '../../core/keys.js';

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

/**
 * The commands in a chunk of what a watching observer typed. A chunk that holds a paste is one key without meaning, and
 * so are several such keys in a row: each is answered with a line.
 */
export function commands(chunk: string): Typed[] {
  if (chunk.includes(PASTE)) return [{ command: 'nothing', rest: '' }];
  const keys = [...chunk.slice(0, 1024).matchAll(KEY)].slice(0, MAX_KEYS);
  const typed = keys.map(({ 0: key, index }) => ({
    command: KEYS[key] ?? 'nothing',
    rest: chunk.slice(index + key.length),
  }));
  return typed.filter(({ command }, i) => command !== 'nothing' || typed[i + 1]?.command !== 'nothing');
}

/** C-\\ */
const PREFIX = 0x1c;

/** What came of what was typed while in control. */
export interface Controlled {
  /** For the program. */
  readonly keys: Uint8Array;
  readonly giveBack: boolean;
  readonly help: boolean;
}

/**
 * Splits the keys of who is in control: everything is for the program save `C-\\ .` and `C-\\ ?`, however his terminal
 * spells them.
 */
export class ControlKeys {
  #keys = newKeys();

  /** When {@link expire} must be called, by the clock of `now`; Infinity for never. */
  get due(): number {
    return this.#keys.due;
  }

  /** @param now monotonic milliseconds */
  read(chunk: Uint8Array, now: number): Controlled {
    return controlled(this.#keys.feed(chunk, now));
  }

  /** Nothing followed in time. */
  expire(now: number): Controlled {
    return controlled(this.#keys.expire(now));
  }

  /** Forgets a prefix without its second key, and a paste without its end. */
  reset(): void {
    this.#keys = newKeys();
  }
}

function newKeys(): Keys {
  return new Keys(PREFIX, new Set(['.', '?']));
}

/** What comes behind the key that gives control back is for nobody. */
function controlled(actions: readonly KeyAction[]): Controlled {
  const end = actions.findIndex((action) => action.type === 'command' && action.key === '.');
  const heard = end < 0 ? actions : actions.slice(0, end);
  const keys = heard.flatMap((action) => (action.type === 'send' ? [action.bytes] : []));
  return { keys: Buffer.concat(keys), giveBack: end >= 0, help: heard.some((action) => action.type !== 'send') };
}
