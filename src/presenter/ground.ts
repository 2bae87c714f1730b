/**
 * Whether a stream of terminal output stands between two sequences, where other output may be put in without breaking
 * the program's own. Follows ECMA-48 and the UTF-8 of whole characters; single-byte C1 controls do not occur in UTF-8.
 */
import { partialLength } from './utf8.js';

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;

type State = 'ground' | 'escape' | 'intermediate' | 'csi' | 'osc' | 'string';

export class Ground {
  #state: State = 'ground';
  /** The last bytes since the stream came to the ground, as they may be a piece of a character; before them zeros. */
  readonly #tail = new Uint8Array(3);

  /** True when nothing is half said. */
  get reached(): boolean {
    return this.#state === 'ground' && partialLength(this.#tail) === 0;
  }

  /**
   * Follows what was written, in order. ESC ends whatever was being said, so nothing before the last one matters: a
   * flood costs one search from its end.
   */
  feed(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(ESC);
    let at = 0;
    if (last >= 0) {
      this.#state = 'escape';
      at = last + 1;
    }
    while (this.#state !== 'ground' && at < bytes.length) this.#state = next(this.#state, bytes[at++]!);
    if (at > 0) this.#tail.fill(0);
    if (this.#state === 'ground') this.#remember(bytes, at);
  }

  #remember(bytes: Uint8Array, from: number): void {
    const tail = this.#tail;
    const count = Math.min(tail.length, bytes.length - from);
    tail.copyWithin(0, count);
    for (let i = 1; i <= count; i++) tail[tail.length - i] = bytes[bytes.length - i]!;
  }
}

function next(state: State, byte: number): State {
  if (byte === ESC) return 'escape';
  if (byte === CAN || byte === SUB) return 'ground';
  if (state === 'escape') return afterEscape(byte);
  if (state === 'intermediate') return byte >= 0x30 ? 'ground' : 'intermediate';
  if (state === 'csi') return byte >= 0x40 && byte < 0x7f ? 'ground' : 'csi';
  return state === 'osc' && byte === BEL ? 'ground' : state;
}

function afterEscape(byte: number): State {
  if (byte < 0x20) return 'escape';
  if (byte < 0x30) return 'intermediate';
  if (byte === 0x5b) return 'csi';
  if (byte === 0x5d) return 'osc';
  // DCS, SOS, PM, APC, and the window name of screen.
  return [0x50, 0x58, 0x5e, 0x5f, 0x6b].includes(byte) ? 'string' : 'ground';
}
