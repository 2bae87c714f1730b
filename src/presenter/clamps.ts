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

/**
 * Moves the lines from `top` to the end of the region up by `count` (down when negative); blank lines fill the gap. They
 * are the lines that fell off, used again: a line to be made costs 8 µs, one that is blank already 0.2 µs.
 */
function shift({ buffer }: Opened['core'], top: number, count: number, pen: RawAttributes): void {
  const first = buffer.ybase + top;
  const height = buffer.scrollBottom - top + 1;
  const lines = Array.from({ length: height }, (_, i) => buffer.lines.get(first + i)!);
  const by = Math.max(-height, Math.min(height, count));
  const blank = buffer.getBlankLine(pen);
  for (let i = 0; i < height; i++) {
    const from = i + by;
    const stays = from >= 0 && from < height;
    const line = lines[stays ? from : from - Math.sign(by) * height]!;
    if (!stays) makeBlank(line, blank);
    if (by !== 0) buffer.lines.set(first + i, line);
  }
}

function makeBlank(line: RawLine, blank: RawLine): void {
  line.isWrapped = false;
  if (!sameWords(line._data, blank._data)) line.copyFrom(blank);
}

function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
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
