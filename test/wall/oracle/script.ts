/**
 * A script: what a program prints, in atoms after each of which the player may look at the screen, with the clock and
 * changes of size between them. Modes write scripts; they know no emulator and no wall.
 */
import type { Size } from '../../../src/core/cells.js';
import type { Chance } from './chance.js';
import type { Secret } from './secrets.js';
import { tagged } from './tags.js';

export type Step =
  | { readonly type: 'print'; readonly text: string }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'resize'; readonly size: Size }
  /** What follows is printed without a look at the screen until `look`. */
  | { readonly type: 'blink' }
  | { readonly type: 'look' };

export const RESET = '\x1b[0m';

export class Script {
  readonly steps: Step[] = [];
  readonly chance: Chance;
  readonly secret: Secret;
  size: Size;

  constructor(chance: Chance, secret: Secret, size: Size) {
    this.chance = chance;
    this.secret = secret;
    this.size = size;
  }

  get cols(): number {
    return this.size.cols;
  }

  get rows(): number {
    return this.size.rows;
  }

  print(text: string): void {
    if (text !== '') this.steps.push({ type: 'print', text });
  }

  /** Plain text, in pieces of a few characters. */
  talk(text: string): void {
    for (let at = 0; at < text.length; ) {
      const end = at + this.chance.between(1, 12);
      this.print(RESET + text.slice(at, end));
      at = end;
    }
  }

  wait(ms: number): void {
    this.steps.push({ type: 'wait', ms });
  }

  resize(size: Size): void {
    this.size = size;
    this.steps.push({ type: 'resize', size });
  }

  /** Prints what `write` prints in one go: nobody sees the screen in between. */
  unseen(write: () => void): void {
    this.steps.push({ type: 'blink' });
    write();
    this.steps.push({ type: 'look' });
  }

  /** Character `i` of the secret with its tag; a line's end is the caller's business. */
  char(i: number): string {
    return tagged(i) + this.secret.chars[i]!;
  }

  /** The characters `[from, to)` with their tags. */
  chars(from = 0, to = this.secret.chars.length): string {
    let text = '';
    for (let i = from; i < to; i++) text += isLineEnd(this.secret.chars[i]!) ? '\r\n' : this.char(i);
    return text + RESET;
  }

  /**
   * The secret typed at the cursor, character by character, with what stands around it.
   * @param before what is printed before a character
   * @param lineEnd what is printed for the end of a line
   */
  type(before: (i: number) => string = () => '', lineEnd = '\r\n'): void {
    this.talk(this.secret.lead);
    this.secret.chars.forEach((char, i) => {
      this.print(isLineEnd(char) ? lineEnd : before(i) + this.char(i));
    });
    this.print(RESET);
    this.talk(this.secret.trail);
  }

  /** The secret's lines, each as the numbers of its characters. */
  lines(): readonly (readonly number[])[] {
    const lines: number[][] = [[]];
    this.secret.chars.forEach((char, i) => {
      if (isLineEnd(char)) lines.push([]);
      else lines.at(-1)!.push(i);
    });
    return lines;
  }
}

export function isLineEnd(char: string): boolean {
  return char === '\n';
}

/** CUP: rows and columns from 0. */
export function at(y: number, x: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}
