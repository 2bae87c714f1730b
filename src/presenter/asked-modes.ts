/**
 * What a program has asked of its terminal beside cells and colours: modes, key protocols, character sets, a saved
 * cursor. Listens to an emulator's parser; of most of this the emulator itself keeps nothing, or not all.
 */
import type { Opened, RawParams, SequenceId } from './xterm-internals.js';

/** Final characters of the sequences that name a character set: US ASCII, and DEC's line drawing. */
export type Charset = 'B' | '0';

export interface Charsets {
  readonly g0: Charset;
  readonly g1: Charset;
  /** G1 is in use (SO). */
  readonly shifted: boolean;
}

const ASCII: Charsets = { g0: 'B', g1: 'B', shifted: false };

/** Private modes that are remembered; programs use a dozen, and nobody may fill the memory with them. */
const MAX_MODES = 64;

/** Ways of reporting the mouse: setting or resetting one ends the others. */
const MOUSE = [9, 1000, 1001, 1002, 1003];

export class AskedModes {
  readonly #opened: Opened;
  /** DEC private modes that the program ever set or reset, the last one last. */
  readonly #privateModes = new Map<number, boolean>();
  #kitty = false;
  #modifyOtherKeys = 0;
  #charsets: Charsets = ASCII;
  #saved: Charsets | null = null;

  constructor(opened: Opened) {
    this.#opened = opened;
    const parser = opened.core._inputHandler._parser;
    const csi = (id: SequenceId, listen: (params: RawParams) => void): void => {
      parser.registerCsiHandler(id, (params) => {
        listen(params);
        return false;
      });
    };
    const esc = (id: SequenceId, listen: () => void): void => {
      parser.registerEscHandler(id, () => {
        listen();
        return false;
      });
    };
    csi({ prefix: '?', final: 'h' }, (params) => this.#set(params, true));
    csi({ prefix: '?', final: 'l' }, (params) => this.#set(params, false));
    csi({ prefix: '>', final: 'u' }, () => this.#useKitty());
    csi({ prefix: '=', final: 'u' }, () => this.#useKitty());
    csi({ prefix: '>', final: 'm' }, ({ params, length }) => {
      if (params[0] === 4 || params[0] === 0) this.#modifyOtherKeys = length > 1 ? params[1]! : 0;
    });
    csi({ final: 's' }, () => this.#save());
    csi({ intermediates: '!', final: 'p' }, () => this.#softReset());
    esc({ final: '7' }, () => this.#save());
    esc({ final: 'c' }, () => this.#reset());
    for (const final of ['0', 'A', 'B']) {
      esc({ intermediates: '(', final }, () => this.#designate('g0', final));
      esc({ intermediates: ')', final }, () => this.#designate('g1', final));
    }
  }

  /** True when `mode` was set last; `normally` when the program never spoke of it. */
  isSet(mode: number, normally = false): boolean {
    return this.#privateModes.get(mode) ?? normally;
  }

  /** All private modes that the program spoke of, with what it said last. */
  get privateModes(): ReadonlyMap<number, boolean> {
    return this.#privateModes;
  }

  /** The program has used kitty's keyboard protocol. */
  get kitty(): boolean {
    return this.#kitty;
  }

  /** xterm's modifyOtherKeys: 0 to 3. */
  get modifyOtherKeys(): number {
    return this.#modifyOtherKeys;
  }

  /** A saved cursor comes back with the set that was in use: of that one the emulator knows. */
  get charsets(): Charsets {
    const { glevel, charset } = this.#opened.core._charsetService;
    const inUse = charset?.['q'] === '─' ? '0' : 'B';
    return { ...this.#charsets, [glevel === 1 ? 'g1' : 'g0']: inUse, shifted: glevel === 1 };
  }

  /** Those that were in use when the program saved the cursor of the normal screen (DECSC); null when it never did. */
  get saved(): Charsets | null {
    return this.#saved;
  }

  #set({ params, length }: RawParams, on: boolean): void {
    for (const mode of params.subarray(0, length)) {
      if (MOUSE.includes(mode)) for (const other of MOUSE) this.#privateModes.delete(other);
      this.#privateModes.delete(mode);
      if (this.#privateModes.size < MAX_MODES) this.#privateModes.set(mode, on);
    }
  }

  #useKitty(): void {
    this.#kitty = true;
  }

  #designate(set: 'g0' | 'g1', final: string): void {
    this.#charsets = { ...this.#charsets, [set]: final === '0' ? '0' : 'B' };
  }

  #save(): void {
    const { buffer, buffers } = this.#opened.core;
    if (buffer === buffers.normal) this.#saved = this.charsets;
  }

  /** DECSTR: the modes that it resets (DEC STD 070); unlike RIS it leaves the mouse alone. */
  #softReset(): void {
    this.#charsets = ASCII;
    for (const mode of [1, 6, 66]) if (this.#privateModes.has(mode)) this.#privateModes.set(mode, false);
    for (const mode of [7, 25]) if (this.#privateModes.has(mode)) this.#privateModes.set(mode, true);
  }

  #reset(): void {
    this.#charsets = ASCII;
    this.#privateModes.clear();
    this.#kitty = false;
    this.#modifyOtherKeys = 0;
    this.#saved = null;
  }
}
