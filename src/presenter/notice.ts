/**
 * What the presenter is told outside of the picture: the window's title, the bell, a notification of the terminal's
 * own, the clipboard. Put into the program's output only between its sequences; no cell is touched, and the title is
 * given back in the end.
 */
import type { Ground } from './ground.js';

/** Most characters of a title: terminals cut longer ones anyway. */
const MAX_TITLE = 256;
/** Titles are kept on a stack by the terminal: push and pop (xterm's window operations 22 and 23). */
const SAVE = '\x1b[22;0t';
const RESTORE = '\x1b[23;0t';
/** Control characters, and those that reorder text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export class Notice {
  readonly #ground: Ground;
  readonly #write: (bytes: Uint8Array) => void;
  #saved = false;
  #title: string | null = null;
  #bell = false;
  /** Whole sequences that wait. */
  #others = '';

  /** @param write puts bytes into the presenter's terminal, after all that `ground` was fed */
  constructor(ground: Ground, write: (bytes: Uint8Array) => void) {
    this.#ground = ground;
    this.#write = write;
  }

  /** Shows `text` as the title: now, or when the program's output comes to rest between two sequences. */
  title(text: string): void {
    this.#title = plain(text);
    this.settle();
  }

  /** A notification on the desktop, where the terminal knows how (OSC 9: iTerm2, kitty, WezTerm, Windows Terminal…). */
  notification(text: string): void {
    this.#others = `\x1b]9;${plain(text)}\x07`;
    this.settle();
  }

  /** Puts `text` on the clipboard of the terminal, also through ssh, where it allows that (OSC 52). */
  clipboard(text: string): void {
    this.#others = `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
    this.settle();
  }

  bell(): void {
    this.#bell = true;
    this.settle();
  }

  /** To be called after each write of the program's output. */
  settle(): void {
    if ((this.#title === null && !this.#bell && this.#others === '') || !this.#ground.reached) return;
    const title = this.#title === null ? '' : `${this.#saved ? '' : SAVE}\x1b]2;${this.#title}\x1b\\`;
    if (this.#title !== null) this.#saved = true;
    const rest = this.#others + (this.#bell ? '\x07' : '');
    this.#title = null;
    this.#bell = false;
    this.#others = '';
    this.#write(Buffer.from(title + rest));
  }

  /** The bytes that give the title back; none when it was never taken. What is still waiting is forgotten. */
  end(): string {
    this.#title = null;
    this.#bell = false;
    this.#others = '';
    const restore = this.#saved ? RESTORE : '';
    this.#saved = false;
    return restore;
  }
}

function plain(text: string): string {
  return [...text.replace(UNPRINTABLE, '')].slice(0, MAX_TITLE).join('');
}
