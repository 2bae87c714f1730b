/**
 * A flood, cut to what will be seen of it. When much output is waiting and all of it is plain text in lines, only
 * the last lines can leave a trace, with the pen that the skipped part leaves behind. Exact: an emulator that
 * is {@link Emulator.skimmable} shows the same screen, cursor, pen and scrollback as if it had been fed everything.
 */
import { SCROLLBACK } from './emulator.js';

const ESC = 0x1b;
const LF = 0x0a;
const CR = 0x0d;

/** What a byte means to the scanner: 0 goes on. */
const SEQUENCE = 1;
const REFUSED = 2;
/** The lead byte of U+0080 to U+00BF, whose first half are control characters. */
const C1_LEAD = 3;

const kinds = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte++) kinds[byte] = REFUSED;
// Backspace and tab move within the line, which is skipped or kept as a whole.
for (const byte of [0x08, 0x09, LF, CR]) kinds[byte] = 0;
kinds[0x7f] = REFUSED;
kinds[ESC] = SEQUENCE;
kinds[0xc2] = C1_LEAD;

/**
 * The bytes to feed instead of `bytes`: the pen, then the last lines. Null when there is something else in `bytes`
 * than text, CR LF, tabs, backspaces, SGR and EL, or too little to skip. Only for an emulator that is skimmable.
 * @param rows height of the screen, in cells
 */
export function skim(bytes: Uint8Array, rows: number): Uint8Array | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const cut = findCut(buffer, 2 * rows + SCROLLBACK);
  if (cut === 0) return null;
  const pen = scan(bytes, cut);
  if (pen === null) return null;
  return Buffer.concat([...pen.map(([from, to]) => buffer.subarray(from, to)), buffer.subarray(cut)]);
}

/**
 * Where the last `lines` lines begin: after a CR LF, so that the cursor is known to be in the first column. 0 for nowhere.
 * Twice the height: the first lines may still have room below them, and the rest must push every old line out.
 */
function findCut(buffer: Buffer, lines: number): number {
  let at = buffer.length;
  for (let line = 0; line <= lines; line++) {
    if (at === 0) return 0;
    at = buffer.lastIndexOf(LF, at - 1);
    if (at <= 0) return 0;
  }
  while (at > 0 && buffer[at - 1] !== CR) at = buffer.lastIndexOf(LF, at - 1);
  return at <= 0 ? 0 : at + 1;
}

/** The sequences before `cut` that make the pen, oldest first. Null when anything in `bytes` cannot be skipped. */
function scan(bytes: Uint8Array, cut: number): [number, number][] | null {
  const pen = new Pen();
  const { length } = bytes;
  for (let at = 0; at < length; ) {
    const kind = kinds[bytes[at]!]!;
    if (kind === 0) {
      at++;
      continue;
    }
    if (kind === REFUSED) return null;
    if (kind === C1_LEAD) {
      if (bytes[at + 1]! < 0xa0) return null;
      at++;
      continue;
    }
    const end = sequenceEnd(bytes, at);
    if (end < 0) return null;
    if (end <= cut && bytes[end - 1] === 0x6d) pen.add(bytes, at, end);
    at = end;
  }
  return pen.sequences();
}

/** The sequences that still matter: a reset forgets all before it, a colour the one before it. */
class Pen {
  #sequences: [number, number][] = [];
  #colours: ([number, number] | null)[] = [null, null];

  add(bytes: Uint8Array, at: number, end: number): void {
    const slot = colourSlot(bytes, at, end);
    if (slot >= 0) {
      this.#colours[slot] = [at, end];
      return;
    }
    this.#sequences = clearsAll(bytes, at, end) ? [] : this.sequences();
    this.#colours = [null, null];
    this.#sequences.push([at, end]);
  }

  sequences(): [number, number][] {
    for (const colour of this.#colours) if (colour !== null) this.#sequences.push(colour);
    this.#colours = [null, null];
    return this.#sequences;
  }
}

/** 0 for an SGR that sets the foreground and nothing else, 1 for the background, -1 for others. */
function colourSlot(bytes: Uint8Array, at: number, end: number): number {
  const ground = bytes[at + 2]! - 0x33;
  if (ground !== 0 && ground !== 1) return -1;
  const kind = bytes[at + 3]!;
  if (end === at + 5) return kind >= 0x30 && kind !== 0x38 && kind <= 0x39 ? ground : -1;
  if (kind !== 0x38 || bytes[at + 4] !== 0x3b) return -1;
  const system = bytes[at + 5];
  let semicolons = 0;
  for (let i = at + 4; i < end; i++) {
    if (bytes[i] === 0x3a) return -1;
    if (bytes[i] === 0x3b) semicolons++;
  }
  const wanted = system === 0x35 ? 2 : system === 0x32 ? 4 : -1;
  return bytes[at + 6] === 0x3b && semicolons === wanted ? ground : -1;
}

/** The end of the SGR or EL at `at`, or of the beginning of one at the end of the bytes. -1 for any other sequence. */
function sequenceEnd(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  if (end === bytes.length) return end;
  if (bytes[end] !== 0x5b) return -1;
  for (end++; end < bytes.length; end++) {
    const byte = bytes[end]!;
    if (byte === 0x6d || byte === 0x4b) return end + 1;
    // Digits, colons and semicolons: the parameters.
    if (byte < 0x30 || byte > 0x3b) return -1;
  }
  return end;
}

/** True for an SGR that begins with a full reset: `CSI m`, `CSI 0 m`, `CSI 0 ; … m`. What came before it is forgotten. */
function clearsAll(bytes: Uint8Array, at: number, end: number): boolean {
  const first = at + 2;
  if (first === end - 1) return true;
  return bytes[first] === 0x30 && (bytes[first + 1] === 0x6d || bytes[first + 1] === 0x3b);
}
