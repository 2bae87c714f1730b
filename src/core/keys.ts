/**
 * Finds the presenter's own keys in what is typed: a prefix and a second key, in each of the ways in which terminals
 * spell keys. All else goes to the program unchanged. Pure: the time is handed in, and somebody else owns the timers.
 */

/** A second key that has not come for so long opens the panel, in ms. */
export const SECOND_KEY_MS = 600;
/** A sequence that was cut by the transport is waited for so long, in ms: the Escape key must not feel slow. */
export const SPLIT_MS = 20;

export type KeyAction =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'command'; readonly key: string }
  | { readonly type: 'panel' };

const ESC = 0x1b;
const PASTE_START = 200;
const PASTE_END = Uint8Array.of(ESC, 0x5b, 0x32, 0x30, 0x31, 0x7e);
/** Longest key sequence; anything longer is not a key. */
const MAX_SEQUENCE = 64;

/** Modifier bits of kitty and of modifyOtherKeys, after 1 is taken off. */
const SHIFT = 1;
const CTRL = 4;
const LOCKS = 64 | 128;

/** Key codes of kitty for the modifier and lock keys themselves. */
const isModifierKey = (code: number): boolean =>
  (code >= 57_441 && code <= 57_454) || (code >= 57_358 && code <= 57_360);

/** One key as a sequence spells it. */
interface Spelled {
  readonly code: number;
  /** What the key types with shift, when the terminal tells. */
  readonly text: number;
  readonly modifiers: number;
  readonly event: 'press' | 'repeat' | 'release';
}

/**
 * Reads a prefix as users write it: `C-\`, `C-a`, `C-]`; `none` is null. Undefined when it is none of these. `C-[` is
 * the Escape key, with which arrow keys and all that a terminal answers begin.
 */
export function parsePrefix(text: string): number | null | undefined {
  if (text === 'none') return null;
  const found = /^C-([a-zA-Z@\\\]^_])$/.exec(text);
  return found === null ? undefined : found[1]!.toUpperCase().charCodeAt(0) & 0x1f;
}

/** A prefix as users write it: what {@link parsePrefix} reads. */
export function prefixName(prefix: number): string {
  return `C-${String.fromCharCode(plainKey(prefix))}`;
}

/** The key that types the control character `code` together with Control. */
function plainKey(code: number): number {
  return code >= 1 && code <= 26 ? code + 0x60 : code + 0x40;
}

/** Fed with what is typed, in order. */
export class Keys {
  readonly #prefix: number | null;
  readonly #code: number;
  readonly #commands: ReadonlySet<string>;
  #actions: KeyAction[] = [];
  /** What is for the program behind the last of the actions, in pieces: joined one by one, a chunk of many keys took 0.1 s. */
  #sent: Uint8Array[] = [];
  /** Bytes of a sequence that is not whole yet. */
  #held: Uint8Array = new Uint8Array(0);
  #heldUntil = Number.POSITIVE_INFINITY;
  /** The prefix as it was spelled, while the second key is awaited. */
  #armed: Uint8Array | null = null;
  #armedUntil = Number.POSITIVE_INFINITY;
  #inPaste = false;
  #pasteEnd = 0;
  /** Key code whose release belongs to a command. */
  #releaseOf = 0;

  /**
   * @param prefix the control character (0x1c for C-\), or null for no prefix at all
   * @param commands second keys that are commands: single characters, or `esc`
   */
  constructor(prefix: number | null, commands: ReadonlySet<string>) {
    this.#prefix = prefix;
    this.#code = prefix === null ? -1 : plainKey(prefix);
    this.#commands = commands;
  }

  /** When {@link expire} must be called; Infinity for never. */
  get due(): number {
    return Math.min(this.#heldUntil, this.#armedUntil);
  }

  /**
   * True when {@link feed} would change nothing: all of it is the program's, and nothing that came before is undecided.
   * Most keys are so, and their way is to be short.
   */
  passes(bytes: Uint8Array): boolean {
    if (this.#prefix === null) return true;
    const isSettled = this.due === Number.POSITIVE_INFINITY && !this.#inPaste;
    return isSettled && !bytes.includes(ESC) && !bytes.includes(this.#prefix);
  }

  feed(bytes: Uint8Array, now: number): KeyAction[] {
    if (this.#prefix === null) return [{ type: 'send', bytes }];
    this.#openPanel(now);
    const all = this.#held.length === 0 ? bytes : joined([this.#held, bytes]);
    this.#release();
    for (let at = 0; at < all.length; ) {
      const end = this.#inPaste ? this.#paste(all, at) : this.#key(all, at, now);
      if (end === at) {
        this.#held = all.slice(at);
        this.#heldUntil = now + SPLIT_MS;
        break;
      }
      at = end;
    }
    return this.#take();
  }

  /** Time has passed: gives up the wait for the rest of a sequence, or for the second key. */
  expire(now: number): KeyAction[] {
    if (now >= this.#heldUntil) {
      const held = this.#held;
      this.#release();
      if (held.length === 1) this.#second('esc', held);
      else this.#other(held);
    }
    this.#openPanel(now);
    return this.#take();
  }

  #openPanel(now: number): void {
    if (now < this.#armedUntil) return;
    this.#disarm();
    this.#act({ type: 'panel' });
  }

  /** Takes the key or the run of text at `at`. @returns its end, or `at` when more bytes are needed to tell. */
  #key(all: Uint8Array, at: number, now: number): number {
    const first = all[at]!;
    if (first === ESC) return this.#escape(all, at, now);
    if (first === this.#prefix) {
      this.#pressPrefix(all.slice(at, at + 1), now);
      return at + 1;
    }
    if (this.#armed !== null) {
      this.#second(String.fromCharCode(first), all.slice(at, at + 1));
      return at + 1;
    }
    let end = at + 1;
    while (end < all.length && all[end] !== ESC && all[end] !== this.#prefix) end++;
    this.#send(all.subarray(at, end));
    return end;
  }

  #escape(all: Uint8Array, at: number, now: number): number {
    const next = all[at + 1];
    if (next === undefined) return at;
    if (next === ESC) {
      this.#second('esc', all.slice(at, at + 1));
      return at + 1;
    }
    // Alt with a key, or a function key of the old kind.
    if (next !== 0x5b) {
      const end = at + (next === 0x4f ? 3 : 2);
      if (end > all.length) return at;
      this.#other(all.slice(at, end));
      return end;
    }
    const end = sequenceEnd(all, at + 2);
    if (end === 0) return at;
    this.#sequence(all.slice(at, end), now);
    return end;
  }

  #sequence(bytes: Uint8Array, now: number): void {
    const key = spelled(bytes);
    if (key === null) {
      if (isPasteStart(bytes)) this.#inPaste = true;
      if (isKey(bytes)) this.#other(bytes);
      else this.#send(bytes);
      return;
    }
    const modifiers = key.modifiers & ~LOCKS;
    if (key.code === this.#code && modifiers === CTRL) {
      if (key.event === 'press') this.#pressPrefix(bytes, now);
    } else if (key.event === 'release') {
      // Control may be let go before the prefix key itself: the program has not seen its press.
      if (key.code === this.#releaseOf) this.#releaseOf = 0;
      else this.#send(bytes);
    } else if (isModifierKey(key.code)) {
      this.#send(bytes);
    } else if ((modifiers & ~SHIFT) === 0) {
      this.#second(key.code === ESC ? 'esc' : String.fromCodePoint(key.text), bytes, key.code);
    } else {
      this.#other(bytes);
    }
  }

  #pressPrefix(bytes: Uint8Array, now: number): void {
    this.#releaseOf = this.#code;
    if (this.#armed !== null) {
      this.#disarm();
      this.#send(bytes);
      return;
    }
    this.#armed = bytes;
    this.#armedUntil = now + SECOND_KEY_MS;
  }

  /** A key without modifiers: a command after the prefix, the program's otherwise. */
  #second(key: string, bytes: Uint8Array, code = 0): void {
    if (this.#armed === null || !this.#commands.has(key)) {
      this.#other(bytes);
      return;
    }
    this.#disarm();
    this.#releaseOf = code;
    this.#act({ type: 'command', key });
  }

  /** A key that is nobody's command: with the prefix, when that was waiting for it. */
  #other(bytes: Uint8Array): void {
    const armed = this.#armed;
    this.#disarm();
    if (armed !== null) this.#send(armed);
    this.#send(bytes);
  }

  /** Everything in a paste is text. Its end is found without keeping anything back. */
  #paste(all: Uint8Array, at: number): number {
    let end = at;
    while (end < all.length && this.#inPaste) {
      const byte = all[end++]!;
      this.#pasteEnd = byte === PASTE_END[this.#pasteEnd] ? this.#pasteEnd + 1 : byte === ESC ? 1 : 0;
      if (this.#pasteEnd === PASTE_END.length) this.#inPaste = false;
    }
    if (!this.#inPaste) this.#pasteEnd = 0;
    this.#send(all.subarray(at, end));
    return end;
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#sent.push(bytes);
  }

  #act(action: KeyAction): void {
    this.#endSending();
    this.#actions.push(action);
  }

  #endSending(): void {
    if (this.#sent.length === 0) return;
    this.#actions.push({ type: 'send', bytes: joined(this.#sent) });
    this.#sent = [];
  }

  #disarm(): void {
    this.#armed = null;
    this.#armedUntil = Number.POSITIVE_INFINITY;
  }

  #release(): void {
    this.#held = new Uint8Array(0);
    this.#heldUntil = Number.POSITIVE_INFINITY;
  }

  #take(): KeyAction[] {
    this.#endSending();
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** The end of a control sequence whose parameters begin at `at`; 0 when it is not whole. */
function sequenceEnd(all: Uint8Array, at: number): number {
  for (let end = at; end < all.length; end++) {
    const byte = all[end]!;
    if (byte < 0x20 || byte > 0x3f || end - at > MAX_SEQUENCE) return byte === ESC ? end : end + 1;
  }
  return 0;
}

/** Reads `CSI code[:shifted[:base]];modifiers[:event][;text]u` (kitty) and `CSI 27;modifiers;code~` (xterm). */
function spelled(bytes: Uint8Array): Spelled | null {
  const text = String.fromCharCode(...bytes.subarray(2));
  const other = /^27;(\d{1,5});(\d{1,7})~$/.exec(text);
  if (other !== null) return { ...typed(Number(other[2]), Number(other[1]), 0), event: 'press' };
  const kitty = /^(\d{1,7})(?::(\d{0,7}))?(?::\d{0,7})?(?:;(\d{0,5})(?::([123]))?)?(?:;(\d{0,7})[\d:]*)?u$/.exec(text);
  if (kitty === null) return null;
  const event = kitty[4] === '3' ? 'release' : kitty[4] === '2' ? 'repeat' : 'press';
  return { ...typed(Number(kitty[1]), Number(kitty[3] || 1), Number(kitty[5] || kitty[2] || 0)), event };
}

function typed(code: number, modifiers: number, told: number): Omit<Spelled, 'event'> {
  const bits = Math.max(modifiers - 1, 0);
  const upper = (bits & SHIFT) !== 0 && code >= 0x61 && code <= 0x7a ? code - 0x20 : code;
  const shifted = (bits & SHIFT) !== 0 && told > 0 ? told : upper;
  return { code, modifiers: bits, text: shifted <= 0x10ffff ? shifted : 0 };
}

function isPasteStart(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(2)) === `${PASTE_START}~`;
}

/** False for what a terminal sends by itself: answers, mouse, focus. They do not end the wait for the second key. */
function isKey(bytes: Uint8Array): boolean {
  const final = bytes.at(-1)!;
  const first = bytes[2]!;
  if (first >= 0x3c && first <= 0x3f) return false;
  if (bytes.length === 3 && (final === 0x49 || final === 0x4f)) return false;
  return !'RMmncyt'.includes(String.fromCharCode(final));
}
