/**
 * What is typed while the panel is open, as names of keys. Pastes are text for the program and mean nothing here;
 * neither do reports of the terminal. Sequences come whole: whoever reads the keyboard holds back what is cut.
 */
import { Paste } from '../../core/paste.js';

const NAMES: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'down',
  '\x1b': 'esc',
  '\x03': 'esc',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[5~': 'pageup',
  '\x1b[6~': 'pagedown',
};
/** A control sequence, an SS3 key, Alt with a key, or one byte. One character a byte. */
const KEY = /\x1b\[[\x20-\x3f]*[@-~]|\x1bO[\s\S]|\x1b[^[O]|[\s\S]/g;
/** Kitty and modifyOtherKeys, in case that the terminal did not leave them. */
const SPELLED = /^\x1b\[(?:27;\d+;(\d+)~|(\d+)(?:;\d+(?::[12])?)?u)$/;

export class PanelKeys {
  readonly #paste = new Paste();

  /** The names of keys in `bytes`: `up`, `down`, `pageup`, `pagedown`, `enter`, `esc`, or one printable character. */
  read(bytes: Uint8Array): readonly string[] {
    const typed: number[] = [];
    for (const byte of bytes) {
      const before = this.#paste.open;
      this.#paste.feed(byte);
      if (!before) typed.push(byte);
    }
    return [...String.fromCharCode(...typed).matchAll(KEY)].flatMap(([key]) => nameOf(key) ?? []);
  }
}

function nameOf(key: string): string | null {
  const spelled = SPELLED.exec(key);
  const plain = spelled === null ? key : String.fromCodePoint(Number(spelled[1] ?? spelled[2]));
  return NAMES[plain] ?? (/^[!-~]$/.test(plain) ? plain : null);
}
