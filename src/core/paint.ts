/**
 * A patch as the bytes that carry it out on an observer's terminal. Pure; remembered by patch.
 *
 * Closed vocabulary: CUP CHA CUF CR LF, SGR, ED EL ECH, DECSTBM with IL and DL, ICH and DCH, DECTCEM, DECSCUSR, synchronised output
 * (DEC mode 2026), the title, and text without control characters. Nothing that makes a terminal answer.
 *
 * A painting begins with the default pen, and with a cursor that stands where the painting before left it or of which
 * nothing is known; it ends with the default pen and the cursor in its place. It expects autowrap off and the alternate
 * screen ({@link OPEN}); {@link CLOSE} undoes everything.
 */
import { BG, CELL_WORDS, COLOR_MASK, type Cursor, FG, GLYPH, isErased, isUncertain, LINE, widthAt } from './cells.js';
import type { Frame, Patch } from './frame.js';
import type { PatchParts, Run } from './patch.js';
import type { Scroll } from './scroll.js';
import { DEFAULT_PEN, type Pen, sgr } from './sgr.js';
import type { Shift } from './shift.js';

const ESC = '\x1b';
/** Title and screen kept for later, alternate screen, ASCII charset, no wrap, whole region, empty, home. */
export const OPEN = `${ESC}[22;0t${ESC}[?1049h${ESC}(B\x0f${ESC}[?7l${ESC}[r${ESC}[m${ESC}[H${ESC}[2J`;
/** Everything that {@link OPEN} and paintings changed is as it was. */
export const CLOSE = `${ESC}[?2026l${ESC}[m${ESC}[r${ESC}[?7h${ESC}[0 q${ESC}[?25h${ESC}[?1049l${ESC}[23;0t`;

/**
 * Paintings longer than this are wrapped in synchronised output. The wrapper costs 28 bytes, a tenth of what a picture of
 * a full-screen program takes in the middle. A client writes a packet at once, in however many segments it came, and
 * terminals read 4 KiB at once: what is half as long is not torn.
 */
const SYNC_FROM = 2048;
/** Blanks up to the edge from this number on are erased instead of written: 3 bytes. */
const ERASE_FROM = 4;
/** The same for the last ones of a run (5 bytes), and for those that are jumped over afterwards (another 5). */
const ERASE_LAST_FROM = 8;
const ERASE_MIDDLE_FROM = 14;
const SHAPE_NUMBER = { block: 1, underline: 3, bar: 5 } as const;

/** The bytes of a patch, for a terminal whose cursor was at `from`. */
interface Painted {
  readonly from: Cursor | null;
  readonly text: string;
}

/** From ASCII's end on there are characters that take two columns on terminals set up for Chinese, Japanese or Korean. */
const AMBIGUOUS_FROM = 0x80;

const painted = [new WeakMap<Patch, Painted>(), new WeakMap<Patch, Painted>()] as const;

/**
 * The bytes (as text) that carry out `patch`; '' when nothing changes.
 * @param wider the terminal has columns to the right of the picture: erasing to the end of a line must stop before them.
 * @param from the cursor as the terminal has it: that of the frame for which the patch was made; null when not known.
 */
export function paint(patch: Patch, wider: boolean, from: Cursor | null = null): string {
  const known = painted[wider ? 1 : 0];
  let entry = known.get(patch);
  if (entry === undefined || entry.from !== from) {
    const { parts } = patch;
    const text = patch.isEmpty ? '' : synchronised(new Painting(parts, wider, from).text(), parts.cursor);
    entry = { from, text };
    known.set(patch, entry);
  }
  return entry.text;
}

/** The bytes that paint whole rows of what a terminal shows again, after something else was drawn on them. */
export function paintRows(shown: Frame, rows: readonly number[], wider: boolean): string {
  const { size, cursor } = shown;
  const runs = rows.map((y) => ({ y, x: 0, words: shown.rows[y]!.words, clusters: shown.rows[y]!.clusters }));
  const parts = { ...size, fresh: false, scroll: null, shifts: [], runs, cursor, look: false, title: null };
  return new Painting(parts, wider, null).text();
}

/** Wraps a long piece so that the terminal shows it at once, without a cursor that runs about. */
function synchronised(text: string, cursor: Cursor): string {
  if (text.length <= SYNC_FROM) return text;
  return `${ESC}[?2026h${ESC}[?25l${text}${cursor.visible ? `${ESC}[?25h` : ''}${ESC}[?2026l`;
}

/** Cursor to column `x`, row `y` (0-based). */
export function moveTo(x: number, y: number): string {
  if (x === 0) return y === 0 ? `${ESC}[H` : `${ESC}[${y + 1}H`;
  return `${ESC}[${y + 1};${x + 1}H`;
}

/** DECSCUSR and DECTCEM. */
export function cursorLook(cursor: Cursor): string {
  return cursorShape(cursor) + cursorVisibility(cursor);
}

function cursorShape({ shape, blink }: Cursor): string {
  return `${ESC}[${shape === 'default' ? 0 : SHAPE_NUMBER[shape] + (blink ? 0 : 1)} q`;
}

function cursorVisibility({ visible }: Cursor): string {
  return `${ESC}[?25${visible ? 'h' : 'l'}`;
}

class Painting {
  #out = '';
  #pen: Pen = DEFAULT_PEN;
  /** Where the terminal's cursor is; -1 when not known. */
  #x = -1;
  #y = -1;
  /** Something was written that is wider on some terminals, after the cursor was last put into a column by its number. */
  #mayDrift = false;
  readonly #parts: PatchParts;
  readonly #wider: boolean;
  readonly #from: Cursor | null;

  constructor(parts: PatchParts, wider: boolean, from: Cursor | null) {
    this.#parts = parts;
    this.#wider = wider;
    this.#from = parts.fresh ? null : from;
    if (this.#from === null) return;
    this.#x = this.#from.x;
    this.#y = this.#from.y;
  }

  text(): string {
    const { fresh, scroll, shifts, runs, cursor, look, title } = this.#parts;
    if (fresh) this.#clear();
    if (scroll !== null) this.#scroll(scroll);
    const due = shifts.values();
    let shift = due.next();
    for (const run of runs) {
      for (; !shift.done && shift.value.y <= run.y; shift = due.next()) this.#shift(shift.value);
      this.#run(run);
    }
    for (; !shift.done; shift = due.next()) this.#shift(shift.value);
    this.#setPen(DEFAULT_PEN);
    if (title !== null) this.#out += `${ESC}]2;${title}\x07`;
    if (look) this.#look(cursor);
    // The next painting relies on it.
    if (this.#mayDrift) this.#x = -1;
    this.#moveTo(cursor.x, cursor.y);
    return this.#out;
  }

  #clear(): void {
    this.#out += `${ESC}[H${ESC}[2J`;
    this.#x = 0;
    this.#y = 0;
  }

  /** What has changed of the cursor's look. */
  #look(cursor: Cursor): void {
    const from = this.#from;
    const sameShape = from !== null && from.shape === cursor.shape && from.blink === cursor.blink;
    if (!sameShape) this.#out += cursorShape(cursor);
    if (from?.visible !== cursor.visible) this.#out += cursorVisibility(cursor);
  }

  #scroll({ top, bottom, by }: Scroll): void {
    const lines = Math.abs(by) === 1 ? '' : Math.abs(by);
    // DECSTBM brings the cursor home (VT510 manual, "DECSTBM").
    const first = top === 0 ? '' : moveTo(0, top);
    this.#out += `${ESC}[${top + 1};${bottom}r${first}${ESC}[${lines}${by > 0 ? 'M' : 'L'}${ESC}[r`;
    this.#x = 0;
    this.#y = 0;
  }

  /** What comes free gets the pen's background; what is moved over the edge of the picture must not stay beside it. */
  #shift({ x, y, by }: Shift): void {
    this.#setPen(DEFAULT_PEN);
    this.#moveTo(x, y);
    this.#out += `${ESC}[${Math.abs(by) === 1 ? '' : Math.abs(by)}${by > 0 ? '@' : 'P'}`;
    if (by < 0 || !this.#wider) return;
    this.#moveTo(this.#parts.cols, y);
    this.#out += `${ESC}[${by}X`;
  }

  #run(run: Run): void {
    const end = run.words.length;
    const toEdge = run.x + end / CELL_WORDS === this.#parts.cols;
    const ink = toEdge ? inkEnd(run.words) : end;
    let x = run.x;
    for (let at = 0; at < ink; ) {
      const blanks = isErased(run.words, at) ? erasedCells(run.words, at, ink) : 0;
      if (blanks >= (at + blanks * CELL_WORDS === ink ? ERASE_LAST_FROM : ERASE_MIDDLE_FROM)) {
        this.#erase(run, at, x, `${blanks}X`);
        at += blanks * CELL_WORDS;
        x += blanks;
      } else {
        this.#cell(run, at, x++);
        at += CELL_WORDS;
      }
    }
    if (ink < end) this.#erase(run, ink, x, this.#wider ? `${this.#parts.cols - x}X` : 'K');
  }

  #cell(run: Run, at: number, x: number): void {
    const width = widthAt(run.words, at);
    if (width === 0) return;
    this.#moveTo(x, run.y);
    this.#setPen({ fg: run.words[at + FG]!, bg: run.words[at + BG]!, line: run.words[at + LINE]! });
    const code = run.words[at + GLYPH]! & 0x1fffff;
    const cluster = run.clusters.get(x);
    this.#out += cluster ?? (code === 0 ? ' ' : String.fromCodePoint(code));
    this.#x = x + width;
    if (code >= AMBIGUOUS_FROM) this.#mayDrift = true;
    // A terminal may think otherwise of such a character's width; with no wrap the last column also keeps the cursor.
    if (cluster !== undefined || isUncertain(code) || this.#x >= this.#parts.cols) this.#x = -1;
  }

  /** ECH or EL: the cursor stays where the first of the erased cells is. */
  #erase(run: Run, at: number, x: number, how: string): void {
    this.#moveTo(x, run.y);
    const bg = run.words[at + BG]!;
    // A colour of text leaves no trace; terminals may disagree about reverse video and lines.
    const harmless = this.#pen.line === 0 && (this.#pen.fg & ~COLOR_MASK) === 0;
    if (this.#pen.bg !== bg || !harmless) this.#setPen({ fg: 0, bg, line: 0 });
    this.#out += `${ESC}[${how}`;
  }

  #setPen(pen: Pen): void {
    this.#out += sgr(this.#pen, pen);
    this.#pen = pen;
  }

  #moveTo(x: number, y: number): void {
    if (this.#x === x && this.#y === y) return;
    const move = this.#shortestMove(x, y);
    // CUF alone is relative.
    if (!move.endsWith('C')) this.#mayDrift = false;
    this.#out += move;
    this.#x = x;
    this.#y = y;
  }

  #shortestMove(x: number, y: number): string {
    const down = y - this.#y;
    if (this.#y < 0 || down < 0) return moveTo(x, y);
    if (down === 0) return this.#across(x);
    const absolute = moveTo(x, y);
    const column = toColumn(x);
    return down + column.length < absolute.length ? '\n'.repeat(down) + column : absolute;
  }

  /** Within the row. */
  #across(x: number): string {
    const forward = x - this.#x;
    return this.#x >= 0 && forward > 0 ? `${ESC}[${forward === 1 ? '' : forward}C` : toColumn(x);
  }
}

/**
 * CR or CHA: to column `x` from any other. Behind a line feed it must not matter whether the terminal returns the
 * carriage as well (LNM, and a setting of PuTTY).
 */
function toColumn(x: number): string {
  return x === 0 ? '\r' : `${ESC}[${x + 1}G`;
}

/** Word offset where the trailing erased cells of one background begin; the whole length when they are few. */
function inkEnd(words: Uint32Array): number {
  const last = words.length - CELL_WORDS;
  const background = words[last + BG]!;
  let end = words.length;
  while (end > 0 && isErased(words, end - CELL_WORDS) && words[end - CELL_WORDS + BG] === background) end -= CELL_WORDS;
  // Only a plain background survives erasing: dim, italic or overlined blanks are written.
  const plain = background >>> 26 === 0;
  return plain && (words.length - end) / CELL_WORDS >= ERASE_FROM ? end : words.length;
}

/** How many cells from word offset `at` on, up to `end`, are erased ones of one plain background. */
function erasedCells(words: Uint32Array, at: number, end: number): number {
  const background = words[at + BG]!;
  if (background >>> 26 !== 0) return 0;
  let next = at;
  while (next < end && isErased(words, next) && words[next + BG] === background) next += CELL_WORDS;
  return (next - at) / CELL_WORDS;
}
