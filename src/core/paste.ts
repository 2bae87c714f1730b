/** Follows bracketed pastes in what is typed (xterm ctlseqs, mode 2004), also across chunks. Pure. */

const START = '\x1b[200~';
/** What ends a bracketed paste. */
export const PASTE_END = '\x1b[201~';

export class Paste {
  #open = false;
  /** Characters of the awaited bracket that the last bytes were. */
  #matched = 0;

  /** True in the middle of a paste: everything is text until its end. */
  get open(): boolean {
    return this.#open;
  }

  /** Takes the next byte that was typed. */
  feed(byte: number): void {
    const awaited = this.#open ? PASTE_END : START;
    if (byte === awaited.charCodeAt(this.#matched)) this.#matched++;
    else this.#matched = byte === awaited.charCodeAt(0) ? 1 : 0;
    if (this.#matched < awaited.length) return;
    this.#open = !this.#open;
    this.#matched = 0;
  }

  reset(): void {
    this.#open = false;
    this.#matched = 0;
  }
}
