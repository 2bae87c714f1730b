/**
 * Limits on what control sequences may cost. A program, or a file that is only printed, can ask for two thousand
 * million scrolled lines: counts are cut to what can make a difference on this screen, and lines are moved in one go.
 */
import { widthOf } from './widths.js';
import type { Opened, RawAttributes, RawLine, SequenceId } from './xterm-internals.js';

/** Makes the cost of every sequence bounded by the size of the screen. */
export function clamp(opened: Opened): void {
  const { xterm, core } = opened;
  const limit = (id: SequenceId, most: () => number): void => {
    core._inputHandler._parser.registerCsiHandler(id, ({ params }) => {
      if (params[0]! > most()) params[0] = most();
      return false;
    });
  };
  for (const final of ['I', 'Z', '@', 'P', 'X']) limit({ final }, () => xterm.cols);
  // REP: one line's worth, like tmux; programs use it for rules and blanks within a line.
  limit({ final: 'b' }, () => xterm.cols);
  for (const final of ['@', 'A']) limit({ intermediates: ' ', final }, () => xterm.cols);
  for (const final of ['}', '~']) limit({ intermediates: "'", final }, () => xterm.cols);
  scrollInOneGo(opened);
  editInOneGo(opened);
  eraseInOneGo(opened);
  dropLoneMarks(opened);
}

/** SU and SD: the scroll region moves. xterm takes one step for each line, and a pass over the buffer for each step. */
function scrollInOneGo({ core }: Opened): void {
  const input = core._inputHandler;
  // SD leaves default cells whatever the pen is. The pen of a fresh terminal is just that.
  const plain = copyOf(input._eraseAttrData());
  input._parser.registerCsiHandler({ final: 'S' }, ({ params }) => {
    shift(core, core.buffer.scrollTop, params[0]! || 1, input._eraseAttrData());
    return true;
  });
  input._parser.registerCsiHandler({ final: 'T' }, ({ params }) => {
    shift(core, core.buffer.scrollTop, -(params[0]! || 1), plain);
    return true;
  });
}

/** IL and DL: what is below the cursor in the scroll region moves; elsewhere nothing happens. */
function editInOneGo({ core }: Opened): void {
  const input = core._inputHandler;
  const edit = (final: string, direction: 1 | -1): void => {
    input._parser.registerCsiHandler({ final }, ({ params }) => {
      input._restrictCursor();
      const { buffer } = core;
      if (buffer.y < buffer.scrollTop || buffer.y > buffer.scrollBottom) return true;
      shift(core, buffer.y, direction * (params[0]! || 1), input._eraseAttrData());
      buffer.x = 0;
      return true;
    });
  };
  edit('L', -1);
  edit('M', 1);
}

/** ED 2: everything is erased. xterm does it cell by cell; a file of nothing else would hold the screen up for long. */
function eraseInOneGo({ core, xterm }: Opened): void {
  const input = core._inputHandler;
  input._parser.registerCsiHandler({ final: 'J' }, ({ params }) => {
    if (params[0] !== 2) return false;
    const { buffer } = core;
    const blank = blankLine(buffer, buffer.ybase, input._eraseAttrData());
    for (let y = 0; y < xterm.rows; y++) makeBlank(buffer.lines.get(buffer.ybase + y)!, blank);
    return true;
  });
}

/**
 * Moves the lines from `top` to the end of the region up by `count` (down when negative); blank lines fill the gap. They
 * are the lines that fell off, used again: a line to be made costs 8 µs, one to be made blank 0.05 µs.
 */
function shift({ buffer }: Opened['core'], top: number, count: number, pen: RawAttributes): void {
  const first = buffer.ybase + top;
  const height = buffer.scrollBottom - top + 1;
  const blank = blankLine(buffer, first, pen);
  const by = Math.max(-height, Math.min(height, count));
  if (Math.abs(by) === height) {
    for (let i = 0; i < height; i++) makeBlank(buffer.lines.get(first + i)!, blank);
    return;
  }
  const lines = Array.from({ length: height }, (_, i) => buffer.lines.get(first + i)!);
  for (let i = 0; i < height; i++) {
    const from = i + by;
    const stays = from >= 0 && from < height;
    const line = lines[stays ? from : from - Math.sign(by) * height]!;
    if (!stays) makeBlank(line, blank);
    if (by !== 0) buffer.lines.set(first + i, line);
  }
}

/** The last blank line that was asked for, by buffer: the next one is mostly the same. */
const blanks = new WeakMap<object, { readonly line: RawLine; readonly fg: number; readonly bg: number }>();

/** A blank line as long as that at `y`. It is for copying only. */
function blankLine(buffer: Opened['core']['buffer'], y: number, pen: RawAttributes): RawLine {
  const { fg, bg } = pen as unknown as { readonly fg: number; readonly bg: number };
  const known = blanks.get(buffer);
  if (known?.fg === fg && known.bg === bg && known.line.length === buffer.lines.get(y)!.length) return known.line;
  const line = buffer.getBlankLine(pen);
  blanks.set(buffer, { line, fg, bg });
  return line;
}

/** To copy words costs a tenth of comparing them. Texts of cells are kept elsewhere, and few lines have any. */
function makeBlank(line: RawLine, blank: RawLine): void {
  line.isWrapped = false;
  const sameSize = line._data.length === blank._data.length && line.length === blank.length;
  if (sameSize && isEmpty(line._combined) && isEmpty(line._extendedAttrs)) line._data.set(blank._data);
  else line.copyFrom(blank);
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}

/** A copy that later changes of the pen do not reach. */
function copyOf(attributes: RawAttributes): RawAttributes {
  return (attributes as unknown as { clone(): RawAttributes }).clone();
}

/**
 * A mark with nothing before it (a byte order mark at the start of a file, most of all) would take a column of its
 * own; terminals ignore it.
 */
function dropLoneMarks({ core }: Opened): void {
  const input = core._inputHandler;
  input._parser.setPrintHandler((data, start, end) => {
    let from = start;
    if (data[start]! > 0x7f && widthOf(data[start]!) === 0 && !hasBase(core.buffer)) {
      while (from < end && widthOf(data[from]!) === 0) from++;
    }
    if (from < end) input.print(data, from, end);
  });
}

function hasBase({ x, y, ybase, lines }: Opened['core']['buffer']): boolean {
  const line = lines.get(ybase + y);
  if (x === 0 || line === undefined) return false;
  const base = line.getWidth(x - 1) === 0 ? x - 2 : x - 1;
  return base >= 0 && line.hasContent(base) !== 0;
}
