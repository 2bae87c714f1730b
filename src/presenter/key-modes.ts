/**
 * How a program wants keys to be spelled, beyond what xterm.js knows of: kitty's keyboard protocol
 * (sw.kovidgoyal.net/kitty/keyboard-protocol, "Progressive enhancement") and xterm's modifyOtherKeys. It listens to what
 * the program prints; who has control gets the same in his terminal.
 */
import type { Opened, RawParams, SequenceId } from './xterm-internals.js';

/** Flags of the protocol that there are. */
const FLAGS = 0b11111;
/** Depth of the stack in kitty itself; what is pushed beyond it drives the oldest out. */
const MAX_DEPTH = 8;

export class KeyModes {
  readonly #opened: Opened;
  /** One stack for each of the two screens; the last entry is in force. */
  readonly #stacks = { normal: [] as number[], alternate: [] as number[] };
  #otherKeys = 0;

  constructor(opened: Opened) {
    this.#opened = opened;
    const { _parser: parser } = opened.core._inputHandler;
    const listen = (id: SequenceId, act: (first: number, second: number) => void): void => {
      parser.registerCsiHandler(id, ({ params, length }: RawParams) => {
        act(length > 0 ? params[0]! : 0, length > 1 ? params[1]! : 0);
        return false;
      });
    };
    listen({ prefix: '>', final: 'u' }, (flags) => this.#push(flags & FLAGS));
    listen({ prefix: '<', final: 'u' }, (count) => void this.#stack.splice(-Math.max(count, 1)));
    listen({ prefix: '=', final: 'u' }, (flags, how) => this.#set(flags & FLAGS, how));
    // Without a resource, and without a value, everything is as it was at first (xterm ctlseqs, XTMODKEYS).
    listen({ prefix: '>', final: 'm' }, (resource, value) => {
      if (resource === 4 || resource === 0) this.#otherKeys = Math.min(value, 2);
    });
    parser.registerEscHandler({ final: 'c' }, () => {
      this.#stacks.normal.length = 0;
      this.#stacks.alternate.length = 0;
      this.#otherKeys = 0;
      return false;
    });
  }

  /** Flags of kitty's protocol in force; 0 for none. */
  get kitty(): number {
    return this.#stack.at(-1) ?? 0;
  }

  /** modifyOtherKeys, 0 to 2. */
  get otherKeys(): number {
    return this.#otherKeys;
  }

  get #stack(): number[] {
    const { buffer, buffers } = this.#opened.core;
    return buffer === buffers.normal ? this.#stacks.normal : this.#stacks.alternate;
  }

  #push(flags: number): void {
    const stack = this.#stack;
    stack.push(flags);
    if (stack.length > MAX_DEPTH) stack.shift();
  }

  /** @param how 1 these and no others, 2 these as well, 3 all but these */
  #set(flags: number, how: number): void {
    const stack = this.#stack;
    const before = stack.pop() ?? 0;
    stack.push(how === 2 ? before | flags : how === 3 ? before & ~flags : flags);
  }
}
