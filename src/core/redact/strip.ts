/**
 * The text of a program's output: without escape sequences and controls, however it is cut into chunks. Text that was
 * printed in one go stays in one piece; where the cursor went elsewhere a line ends. A small part of a terminal's
 * parser (ECMA-48, xterm ctlseqs, and Williams' state machine for DEC terminals), which knows no screen.
 */

/** Where the machine is: in text, after ESC, in the rest of an ESC sequence, in a CSI, in a string, after an ESC in it. */
const TEXT = 0;
const ESCAPE = 1;
const INTERMEDIATE = 2;
const CSI = 3;
const STRING = 4;
const STRING_ESCAPE = 5;

const BEL = 0x07;
const TAB = 0x09;
const LF = 0x0a;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const BLANK = 0x20;
const DEL = 0x7f;

/** Final bytes of CSI sequences after which text goes on where it was: colours, modes, erasures, reports, shapes. */
const STAYING = new Set([...'mhlJKXPncpqtgisx@'].map((final) => final.charCodeAt(0)));
/** Private modes that put the cursor elsewhere: 80/132 columns, origin, the alternate screen. */
const MOVING_MODES = new Set([3, 6, 47, 1047, 1048, 1049]);
/** CSI n b prints the last character n times more; CSI n C goes over cells as a blank would. */
const REPEAT = 0x62;
const FORWARD = 0x43;
/** ESC sequences after which the cursor is elsewhere: index, next line, reverse index, restore, reset. */
const ESC_MOVING = new Set([...'DEM8c'].map((final) => final.charCodeAt(0)));

/** Most characters that a REP sequence prints: a row's width. */
const MAX_REPEAT = 500;
/** Larger parameters are all the same. */
const MAX_PARAMETER = 9999;
/** Text is handed on in pieces of so many UTF-16 units. */
const PIECE = 1 << 15;
const REPLACEMENT = 0xfffd;

export class Stripper {
  #state = TEXT;
  /** The first parameter of a CSI; whether there were signs that make it private or another sequence. */
  #parameter = 0;
  #first = true;
  #plain = true;
  /** A UTF-8 character of which `#missing` bytes have not come. */
  #code = 0;
  #missing = 0;
  readonly #units = new Uint16Array(PIECE + MAX_REPEAT);
  #length = 0;
  /** The last unit that was handed on. */
  #before = LF;

  /**
   * Takes in output.
   * @param hand is called with pieces of text: lines end with `\n`, and go on in the next piece when they do not.
   */
  feed(bytes: Uint8Array, hand: (text: string) => void): void {
    for (let i = 0; i < bytes.length; ) {
      i = this.#state === TEXT && this.#missing === 0 ? this.#copy(bytes, i) : i;
      if (i < bytes.length && this.#length < PIECE) this.#step(bytes[i++]!);
      if (this.#length >= PIECE) this.#hand(hand);
    }
    this.#hand(hand);
  }

  /** Printable ASCII, copied as long as it goes on. @returns where it ends */
  #copy(bytes: Uint8Array, start: number): number {
    const units = this.#units;
    const end = Math.min(bytes.length, start + PIECE - this.#length);
    let length = this.#length;
    let i = start;
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte < BLANK || byte >= DEL) break;
      units[length++] = byte;
    }
    this.#length = length;
    return i;
  }

  #hand(hand: (text: string) => void): void {
    if (this.#length === 0) return;
    this.#before = this.#last;
    const text = textOf(this.#units, this.#length);
    this.#length = 0;
    hand(text);
  }

  #step(byte: number): void {
    if (byte === ESC && this.#state !== STRING && this.#state !== STRING_ESCAPE) {
      this.#missing = 0;
      this.#state = ESCAPE;
      return;
    }
    switch (this.#state) {
      case TEXT:
        return this.#text(byte);
      case ESCAPE:
        return this.#escape(byte);
      case INTERMEDIATE:
        if (byte >= 0x30) this.#state = TEXT;
        return;
      case CSI:
        return this.#csi(byte);
      default:
        return this.#string(byte);
    }
  }

  #text(byte: number): void {
    if (byte >= 0x80) return this.#utf8(byte);
    this.#missing = 0;
    if (byte >= BLANK && byte < DEL) this.#print(byte);
    else if (byte === TAB) this.#print(BLANK);
    else if (byte >= 0x08 && byte <= 0x0d) this.#break();
  }

  #utf8(byte: number): void {
    if (byte < 0xc0) {
      if (this.#missing === 0) return;
      this.#code = (this.#code << 6) | (byte & 0x3f);
      if (--this.#missing === 0) this.#character(this.#code);
      return;
    }
    this.#missing = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    this.#code = byte & (0x3f >> this.#missing);
  }

  #character(code: number): void {
    // C1 controls that come as UTF-8 begin sequences as their ESC forms do.
    if (code < 0xa0) return code < 0x80 ? undefined : this.#escape(code - 0x40);
    if (code > 0xffff) {
      const point = code > 0x10ffff ? REPLACEMENT : code;
      for (const unit of String.fromCodePoint(point).split('')) this.#print(unit.charCodeAt(0));
    } else this.#print(code);
  }

  #escape(byte: number): void {
    this.#state = TEXT;
    if (byte === 0x5b) {
      this.#state = CSI;
      [this.#parameter, this.#first, this.#plain] = [0, true, true];
    } else if (byte === 0x5d || byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) this.#state = STRING;
    else if (byte >= 0x20 && byte < 0x30) this.#state = INTERMEDIATE;
    else if (byte < BLANK) this.#control(byte, ESCAPE);
    else if (ESC_MOVING.has(byte)) this.#break();
  }

  #csi(byte: number): void {
    if (byte < BLANK) return this.#control(byte, CSI);
    if (byte >= 0x30 && byte <= 0x39) {
      if (this.#first) this.#parameter = Math.min(this.#parameter * 10 + byte - 0x30, MAX_PARAMETER);
    } else if (byte === 0x3a || byte === 0x3b) this.#first = false;
    else if (byte < 0x40) this.#plain = false;
    else if (byte < DEL) {
      this.#state = TEXT;
      this.#finish(byte);
    }
  }

  /** The end of a CSI sequence. */
  #finish(final: number): void {
    if (!this.#plain && !MOVING_MODES.has(this.#parameter)) return;
    if (this.#plain && STAYING.has(final)) return;
    if (final === FORWARD) this.#print(BLANK);
    else if (final === REPEAT) this.#repeat();
    else this.#break();
  }

  #repeat(): void {
    const last = this.#last;
    if (last === LF) return;
    for (let i = Math.min(Math.max(this.#parameter, 1), MAX_REPEAT); i > 0; i--) this.#print(last);
  }

  get #last(): number {
    return this.#length === 0 ? this.#before : this.#units[this.#length - 1]!;
  }

  /** A control within a sequence is carried out, and the sequence goes on; save those that end it. */
  #control(byte: number, state: number): void {
    this.#state = byte === CAN || byte === SUB ? TEXT : state;
    if (byte >= 0x08 && byte <= 0x0d && byte !== TAB) this.#break();
  }

  /** OSC, DCS, SOS, PM, APC: not text. Ended by BEL or ST, given up at CAN and SUB as xterm does. */
  #string(byte: number): void {
    if (this.#state === STRING_ESCAPE && byte !== 0x5c) {
      // Any other sequence ends the string too.
      this.#state = ESCAPE;
      if (byte !== ESC) this.#escape(byte);
    } else if (byte === ESC) this.#state = STRING_ESCAPE;
    else if (byte === BEL || byte === CAN || byte === SUB || this.#state === STRING_ESCAPE) this.#state = TEXT;
  }

  #print(unit: number): void {
    this.#units[this.#length++] = unit;
  }

  #break(): void {
    if (this.#last !== LF) this.#print(LF);
  }
}

/** Arguments of one call: more would not fit the stack. */
const CALL = 8192;

function textOf(units: Uint16Array, length: number): string {
  let text = '';
  for (let at = 0; at < length; at += CALL) {
    const part = units.subarray(at, Math.min(at + CALL, length));
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}
