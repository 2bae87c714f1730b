/**
 * The one place that reaches into @xterm/headless 6.0.0. Cells are read as words instead of through the public
 * cell objects (4 times faster, and underline styles are not public at all); defects are mended. What is
 * relied upon is checked when the first terminal is made: another version fails loudly instead of showing nonsense.
 */
import headless from '@xterm/headless';
import type { Size } from '../core/cells.js';
import { LecternError } from '../core/errors.js';

/** Words of a cell inside of xterm: content, foreground, background. */
export const RAW_WORDS = 3;
/** In the background word: the cell has an entry in `_extendedAttrs`. */
export const RAW_HAS_EXTENDED = 1 << 28;

/** Units of text that one cell may collect: a base, and more marks than any language stacks. */
const MAX_CELL_UNITS = 64;
/** Code points of an OSC or DCS string that are kept: titles are shorter, and nothing else is read. */
export const MAX_STRING = 8192;

export interface RawLine {
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Readonly<Record<number, { readonly _ext: number } | undefined>>;
  isWrapped: boolean;
  readonly length: number;
  resize(cols: number, fill: RawCell): unknown;
  copyFrom(line: RawLine): void;
  getWidth(x: number): number;
  hasContent(x: number): number;
}

declare const ATTRIBUTES: unique symbol;
/** Attributes of blank cells: only handed from one part of xterm to another. */
export interface RawAttributes {
  readonly [ATTRIBUTES]: never;
}

declare const CELL: unique symbol;
/** A cell object of xterm's. */
export interface RawCell {
  readonly [CELL]: never;
}

export interface RawBuffer {
  x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  /** What DECSC has kept: the row is counted from the first line of the scrollback. */
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: RawPen;
  readonly lines: { readonly length: number; get(y: number): RawLine | undefined; set(y: number, line: RawLine): void };
  getNullCell(): RawCell;
  getBlankLine(attributes: RawAttributes): RawLine;
}

/** The look of what is printed next: the words of a cell. */
export interface RawPen {
  readonly fg: number;
  readonly bg: number;
  readonly extended: { readonly _ext: number };
  clone(): RawPen;
}

/** Parameters of a control sequence; handlers may change them for the handlers that come after. */
export interface RawParams {
  readonly params: Int32Array;
  readonly length: number;
}

interface StringParser {
  put(data: Uint32Array, start: number, end: number): void;
  reset(): void;
}

type Print = (data: Uint32Array, start: number, end: number) => void;

export interface SequenceId {
  readonly prefix?: string;
  readonly intermediates?: string;
  readonly final: string;
}

interface RawParser {
  readonly currentState: number;
  readonly precedingJoinState: number;
  readonly _transitions: { readonly table: Uint8Array };
  readonly _oscParser: StringParser & { start(): void };
  readonly _dcsParser: StringParser & { hook(ident: number, params: RawParams): void };
  registerCsiHandler(id: SequenceId, handler: (params: RawParams) => boolean): unknown;
  registerEscHandler(id: SequenceId, handler: () => boolean): unknown;
  setPrintHandler(print: Print): void;
}

interface RawCore {
  readonly buffer: RawBuffer;
  readonly buffers: { readonly normal: RawBuffer; readonly alt: RawBuffer; readonly active: RawBuffer };
  readonly _inputHandler: {
    parse(data: string): unknown;
    print: Print;
    eraseInDisplay(params: RawParams, respectProtect?: boolean): boolean;
    eraseInLine(params: RawParams): boolean;
    cursorCharAbsolute(params: RawParams): boolean;
    charPosAbsolute(params: RawParams): boolean;
    _moveCursor(columns: number, rows: number): void;
    _setCursor(x: number, y: number): void;
    _eraseAttrData(): RawAttributes;
    _restrictCursor(): void;
    readonly _parser: RawParser;
    _curAttrData: RawPen;
    registerOscHandler(id: number, handler: (data: string) => boolean): unknown;
  };
  readonly _charsetService: { readonly glevel: number; readonly charset: Readonly<Record<string, string>> | undefined };
  readonly coreService: {
    isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly cursorBlink: boolean | undefined;
      readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
      readonly origin: boolean;
      readonly reverseWraparound: boolean;
      readonly sendFocus: boolean;
      readonly synchronizedOutput: boolean;
    };
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
}

export type XTerm = headless.Terminal;

/** A terminal and its inside. */
export interface Opened {
  readonly xterm: XTerm;
  readonly core: RawCore;
}

/**
 * Makes a terminal with the defects mended.
 * @throws {LecternError} FAILED when the installed @xterm/headless is not built as expected.
 */
export function openXterm(size: Size, scrollback: number): Opened {
  checkOnce();
  return mended(make(size, scrollback));
}

function make(size: Size, scrollback: number): Opened {
  const xterm = new headless.Terminal({
    ...size,
    scrollback,
    allowProposedApi: true,
    logLevel: 'off',
    windowOptions: { pushTitle: true, popTitle: true },
  });
  return { xterm, core: (xterm as unknown as { _core: RawCore })._core };
}

function mended(opened: Opened): Opened {
  swallowTitles(opened.core._inputHandler._parser._transitions.table);
  boundStrings(opened.core._inputHandler._parser);
  boundCells(opened.core);
  resetUnderlineColour(opened.core);
  eraseAbove(opened);
  moveWithinOrigin(opened.core);
  return opened;
}

/**
 * `ESC k title ESC \` names a window in tmux and screen; here it goes the way of other strings that are not shown.
 * Table index: state << 8 | byte. 1 is the state after ESC, 7 inside of such a string; an entry of 7 means "ignore,
 * and be in state 7". 0xa0 stands for all that is not ASCII, which would otherwise end the string.
 */
function swallowTitles(table: Uint8Array): void {
  table[(1 << 8) | 0x6b] = 7;
  table[(7 << 8) | 0xa0] = 7;
}

/** A string without an end would be collected up to 10 million characters: it is given up at {@link MAX_STRING}. */
function boundStrings(parser: RawParser): void {
  const osc = parser._oscParser;
  const dcs = parser._dcsParser;
  const start = osc.start.bind(osc);
  const hook = dcs.hook.bind(dcs);
  const renewOsc = bounded(osc);
  const renewDcs = bounded(dcs);
  osc.start = () => {
    renewOsc();
    start();
  };
  dcs.hook = (ident, params) => {
    renewDcs();
    hook(ident, params);
  };
}

/** Makes `parser` forget a string that grows too long. The function returned begins the count anew. */
function bounded(parser: StringParser): () => void {
  const put = parser.put.bind(parser);
  let length = 0;
  parser.put = (data, from, to) => {
    if (length > MAX_STRING) return;
    length += to - from;
    if (length > MAX_STRING) parser.reset();
    else put(data, from, to);
  };
  return () => {
    length = 0;
  };
}

/** One cell would collect combining marks without end. The prototype is shared by all terminals: it is mended once. */
function boundCells(core: RawCore): void {
  const line = Object.getPrototypeOf(core.buffer.lines.get(0)!) as {
    addCodepointToCell: ((this: RawLine, x: number, code: number, width: number) => void) & { bounded?: true };
  };
  const add = line.addCodepointToCell;
  if (add.bounded) return;
  line.addCodepointToCell = function (x, code, width) {
    if ((this._combined[x]?.length ?? 0) < MAX_CELL_UNITS || !isCombined(this, x)) add.call(this, x, code, width);
  };
  line.addCodepointToCell.bounded = true;
}

function isCombined(line: RawLine, x: number): boolean {
  return (line._data[x * RAW_WORDS]! & (1 << 21)) !== 0;
}

/** SGR 59 stores -1, which reads back as white: it must mean "as the text". */
function resetUnderlineColour(core: RawCore): void {
  const prototype = Object.getPrototypeOf(core._inputHandler._curAttrData.extended) as object & { mended?: true };
  if (prototype.mended) return;
  const property = Object.getOwnPropertyDescriptor(prototype, 'underlineColor')!;
  Object.defineProperty(prototype, 'underlineColor', {
    ...property,
    set(this: object, colour: number) {
      property.set!.call(this, colour === -1 ? 0 : colour);
    },
  });
  prototype.mended = true;
}

/**
 * ED 1 in the last column looks for the line below among the lines above the screen, and throws when there is none:
 * it is done for the column before, and the last cell is erased by itself.
 */
function eraseAbove({ xterm, core }: Opened): void {
  const input = core._inputHandler;
  const erase = input.eraseInDisplay.bind(input);
  const toTheEnd: RawParams = { params: Int32Array.of(0), length: 1 };
  input.eraseInDisplay = (params, respectProtect) => {
    const { buffer } = core;
    const { x } = buffer;
    if (params.params[0] !== 1 || x < xterm.cols - 1) return erase(params, respectProtect);
    buffer.x = xterm.cols - 2;
    erase(params, respectProtect);
    buffer.x = xterm.cols - 1;
    input.eraseInLine(toTheEnd);
    buffer.x = x;
    const below = buffer.lines.get(buffer.ybase + buffer.y + 1);
    if (below !== undefined) below.isWrapped = false;
    return true;
  };
}

/**
 * In origin mode rows are counted from the top of the scroll region, when a sequence tells one: xterm.js does so for
 * relative moves, CHA and HPA too, which only tell a column, and goes down.
 */
function moveWithinOrigin({ _inputHandler: input, coreService, buffers }: RawCore): void {
  const set = input._setCursor.bind(input);
  input._moveCursor = (columns, rows) => {
    input._restrictCursor();
    const { x, y } = buffers.active;
    const top = coreService.decPrivateModes.origin ? buffers.active.scrollTop : 0;
    set(x + columns, y + rows - top);
  };
  const toColumn = ({ params }: RawParams): boolean => {
    const { y, scrollTop } = buffers.active;
    set((params[0]! || 1) - 1, y - (coreService.decPrivateModes.origin ? scrollTop : 0));
    return true;
  };
  input.cursorCharAbsolute = toColumn;
  input.charPosAbsolute = toColumn;
}

/** The alternate screen keeps its lines as long as they were when it becomes narrower. */
export function cutLines({ xterm, core }: Opened): void {
  const { lines } = core.buffers.alt;
  for (let y = 0; y < lines.length; y++) lines.get(y)!.resize(xterm.cols, core.buffers.alt.getNullCell());
}

let checked = false;

function checkOnce(): void {
  if (checked) return;
  let fault: string | null;
  try {
    fault = findFault();
  } catch (error) {
    fault = String(error);
  }
  if (fault !== null) {
    throw new LecternError('FAILED', `@xterm/headless is not the 6.0.0 that lectern was made for: ${fault}`);
  }
  checked = true;
}

/** Writes known bytes and compares what lies where. */
function findFault(): string | null {
  const { xterm, core } = mended(make({ cols: 12, rows: 3 }, 10));
  core._inputHandler.parse(
    'A\x1b[1;4:3;38;2;1;2;3;48;5;200;58;5;9mB\x1b[m日e\u0301\x1b[4m\x1b]8;;http://x\x07L\r\n\n\nz',
  );
  const { buffer } = core;
  const line = buffer.lines.get(0);
  const data = line?._data;
  if (line === undefined || data?.length !== 12 * RAW_WORDS) return 'lines are stored in another way';
  const expected: readonly [number, number, string][] = [
    [0, 0x41 | (1 << 22), 'a plain cell'],
    [3, 0x42 | (1 << 22), 'the content of a cell'],
    [4, (0x010203 | (3 << 24) | (1 << 27) | (1 << 28)) >>> 0, 'the foreground of a cell'],
    [5, (200 | (2 << 24) | RAW_HAS_EXTENDED) >>> 0, 'the background of a cell'],
    [6, 0x65e5 | (2 << 22), 'a wide cell'],
    [9, 0, 'the right half of a wide cell'],
    [12, ((1 << 21) | (1 << 22)) >>> 0, 'a cell with marks'],
  ];
  for (const [at, word, name] of expected) if (data[at] !== word) return `${name} is stored in another way`;
  if (line._combined[4] !== 'e\u0301') return 'marks are stored in another way';
  if (line._extendedAttrs[1]?._ext !== ((3 << 26) | (2 << 24) | 9) >>> 0) return 'underlines are stored in another way';
  if (line._extendedAttrs[5]?._ext !== (1 << 26) >>> 0) return 'links are stored in another way';
  if (buffer.ybase !== 1 || buffer.y !== 2 || buffer.x !== 1) return 'the cursor is stored in another way';
  if (buffer.scrollTop !== 0 || buffer.scrollBottom !== 2) return 'the scroll region is stored in another way';
  core._inputHandler.parse('\x1b7\x1b[4h\x1b)0\x0e');
  const { fg, extended } = core._inputHandler._curAttrData;
  if (fg >>> 28 !== 1 || extended._ext >>> 26 !== 1) return 'the pen is stored in another way';
  if (buffer.savedX !== 1 || buffer.savedY !== 3 || buffer.savedCurAttrData.fg !== fg) {
    return 'the saved cursor is stored in another way';
  }
  if (!core.coreService.modes.insertMode) return 'modes are stored in another way';
  const { glevel, charset } = core._charsetService;
  if (glevel !== 1 || charset?.['q'] !== '─') return 'character sets are stored in another way';
  core._inputHandler.parse('\x1b[4l\x1b[2;3r\x1b[?6h\x1b[CX\x1b[5GY');
  const cursor = `${buffer.x},${buffer.y}`;
  if (cursor !== '5,1') return 'the cursor is moved in another way';
  if (core._inputHandler._parser.currentState !== 0) return 'the parser is built in another way';
  xterm.dispose();
  return null;
}
