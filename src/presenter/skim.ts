/**
 * A flood, cut to what will be seen of it. When much output is waiting and all of it is plain text in lines, only
 * the last lines can leave a trace, with the pen that the skipped part leaves behind. Exact: an emulator that
 * is {@link Emulator.skimmable} shows the same screen, cursor, pen and scrollback as if it had been fed everything.
 */
import { SCROLLBACK } from './emulator.js';

const ESC = 0x1b;
const LF = 0x0a;
const CR = 0x0d;

const SGR = 0x6d;
const EL = 0x4b;

/** Where the scanner is: in text, after a byte that may begin a C1 control, after ESC, in a sequence, at something else. */
const TEXT = 0;
const C1_LEAD = 1;
const ESCAPE = 2;
const PARAMETERS = 3;
const REFUSED = 4;

/**
 * The state that follows a state and a byte. One look-up a byte, without a branch: floods are full of short sequences,
 * which a processor cannot foresee.
 */
const follows = makeTable();

function makeTable(): Uint8Array {
  const table = new Uint8Array(5 * 256).fill(REFUSED);
  const allow = (state: number, from: number, to: number, next: number) => {
    table.fill(next, state * 256 + from, state * 256 + to + 1);
  };
  allow(TEXT, 0x20, 0xff, TEXT);
  allow(TEXT, 0x7f, 0x7f, REFUSED);
  // Backspace and tab move within the line, which is skipped or kept as a whole.
  for (const byte of [0x08, 0x09, LF, CR]) allow(TEXT, byte, byte, TEXT);
  allow(TEXT, ESC, ESC, ESCAPE);
  // U+0080 to U+00BF: the first half are control characters.
  allow(TEXT, 0xc2, 0xc2, C1_LEAD);
  allow(C1_LEAD, 0xa0, 0xff, TEXT);
  allow(C1_LEAD, 0xc2, 0xc2, C1_LEAD);
  allow(ESCAPE, 0x5b, 0x5b, PARAMETERS);
  // Digits, colons and semicolons.
  allow(PARAMETERS, 0x30, 0x3b, PARAMETERS);
  for (const final of [SGR, EL]) allow(PARAMETERS, final, final, TEXT);
  return table;
}

/**
 * The bytes to feed instead of `bytes`: the pen, then the last lines. Null when there is something else in `bytes`
 * than text, CR LF, tabs, backspaces, SGR and EL, or too little to skip. Only for an emulator that is skimmable.
 * @param rows height of the screen, in cells
 */
export function skim(bytes: Uint8Array, rows: number): Uint8Array | null {
  const buffer = asBuffer(bytes);
  const cut = findCut(buffer, 2 * rows + SCROLLBACK);
  return cut === 0 || !isPlain(bytes) ? null : from(buffer, cut);
}

/**
 * Of bytes that {@link skim} gave, those that make the screen: its scrollback is another one then, and nothing else.
 * @param rows height of the screen, in cells
 */
export function glance(skimmed: Uint8Array, rows: number): Uint8Array {
  const buffer = asBuffer(skimmed);
  return from(buffer, findCut(buffer, 2 * rows));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The pen at `cut`, and what follows it. */
function from(buffer: Buffer, cut: number): Uint8Array {
  const pen = penBefore(buffer, cut);
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

/**
 * True when there is nothing in `bytes` but what can be skipped. A sequence may be cut off at the end. Two lines of
 * inquiry at once, the second from the middle: each look-up waits for the one before it, and a processor has time for
 * both.
 */
export function isPlain(bytes: Uint8Array): boolean {
  const middle = bytes.indexOf(LF, bytes.length >> 1) + 1;
  let first = TEXT;
  let second = TEXT;
  for (let i = 0, j = middle; i < middle && j < bytes.length; i++, j++) {
    first = follows[(first << 8) | bytes[i]!]!;
    second = follows[(second << 8) | bytes[j]!]!;
  }
  const done = Math.min(middle, bytes.length - middle);
  for (let i = done; i < middle; i++) first = follows[(first << 8) | bytes[i]!]!;
  for (let j = middle + done; j < bytes.length; j++) second = follows[(second << 8) | bytes[j]!]!;
  // After a line feed plain bytes are text.
  return first === TEXT && second !== REFUSED;
}

/** The sequences before `cut` that make the pen, oldest first: those since the last full reset, of plain bytes. */
function penBefore(buffer: Buffer, cut: number): [number, number][] {
  const since: [number, number][] = [];
  for (let at = buffer.lastIndexOf(ESC, cut); at >= 0; at = at === 0 ? -1 : buffer.lastIndexOf(ESC, at - 1)) {
    const end = sequenceEnd(buffer, at);
    if (end > cut || buffer[end - 1] !== SGR) continue;
    since.push([at, end]);
    if (clearsAll(buffer, at, end)) break;
  }
  const pen = new Pen();
  for (const [at, end] of since.reverse()) pen.add(buffer, at, end);
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

/** The end of the SGR or EL at `at`, in plain bytes. */
function sequenceEnd(bytes: Uint8Array, at: number): number {
  let end = at + 2;
  while (end < bytes.length && bytes[end]! <= 0x3b) end++;
  return end + 1;
}

/** True for an SGR that begins with a full reset: `CSI m`, `CSI 0 m`, `CSI 0 ; … m`. What came before it is forgotten. */
function clearsAll(bytes: Uint8Array, at: number, end: number): boolean {
  const first = at + 2;
  if (first === end - 1) return true;
  return bytes[first] === 0x30 && (bytes[first + 1] === 0x6d || bytes[first + 1] === 0x3b);
}
