/**
 * A cell's look as SGR parameters (ECMA-48 8.3.117, xterm ctlseqs "Character Attributes"). Colours 0 to 15 stay
 * 30-37 and 90-97: terminals brighten bold only for those. Underline kinds and colours use the colon form, which
 * terminals that do not know it skip whole.
 */
import {
  BG_DIM,
  BG_ITALIC,
  BG_OVERLINE,
  COLOR_MASK,
  COLOR_MODE_MASK,
  COLOR_P16,
  COLOR_P256,
  COLOR_VALUE_MASK,
  FG_BLINK,
  FG_BOLD,
  FG_HIDDEN,
  FG_INVERSE,
  FG_STRIKE,
  LINE_STYLE_SHIFT,
} from './cells.js';

/** The look of a cell: its FG, BG and LINE words. */
export interface Pen {
  readonly fg: number;
  readonly bg: number;
  readonly line: number;
}

export const DEFAULT_PEN: Pen = { fg: 0, bg: 0, line: 0 };

/** On and off parameters of the flags in FG and BG. Bold and dim share one "off". */
const FG_FLAGS: readonly (readonly [number, string, string])[] = [
  [FG_BOLD, '1', '22'],
  [FG_BLINK, '5', '25'],
  [FG_INVERSE, '7', '27'],
  [FG_HIDDEN, '8', '28'],
  [FG_STRIKE, '9', '29'],
];
const BG_FLAGS: readonly (readonly [number, string, string])[] = [
  [BG_DIM, '2', '22'],
  [BG_ITALIC, '3', '23'],
  [BG_OVERLINE, '53', '55'],
];
/** Transitions kept; a screen has some dozens, a rainbow has thousands. */
const MAX_REMEMBERED = 4096;

const remembered = new Map<string, string>();

/** The shortest sequence found that turns pen `from` into pen `to`; '' when they are equal. */
export function sgr(from: Pen, to: Pen): string {
  if (from.fg === to.fg && from.bg === to.bg && from.line === to.line) return '';
  const key = `${from.fg},${from.bg},${from.line},${to.fg},${to.bg},${to.line}`;
  let sequence = remembered.get(key);
  if (sequence === undefined) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    sequence = shortest(from, to);
    remembered.set(key, sequence);
  }
  return sequence;
}

function shortest(from: Pen, to: Pen): string {
  const afresh = ['', ...onwards(DEFAULT_PEN, to)].join(';');
  const stepwise = [...offs(from, to), ...onwards(kept(from, to), to)].join(';');
  const params = stepwise !== '' && stepwise.length <= afresh.length ? stepwise : afresh;
  return `\x1b[${params}m`;
}

/** Parameters that turn off what `from` has and `to` has not. */
function offs(from: Pen, to: Pen): string[] {
  const gone = [
    ...FG_FLAGS.filter(([flag]) => (from.fg & ~to.fg & flag) !== 0),
    ...BG_FLAGS.filter(([flag]) => (from.bg & ~to.bg & flag) !== 0),
  ].map(([, , off]) => off);
  if (styleOf(from) !== 0 && styleOf(to) === 0) gone.push('24');
  if (colorOf(from.line) !== 0 && colorOf(to.line) === 0) gone.push('59');
  return [...new Set(gone)];
}

/** `from` after {@link offs}: "22" takes bold and dim together. */
function kept(from: Pen, to: Pen): Pen {
  const fg = from.fg & to.fg;
  const bg = from.bg & to.bg;
  const weightLost = (from.fg & ~to.fg & FG_BOLD) !== 0 || (from.bg & ~to.bg & BG_DIM) !== 0;
  const flags = ~COLOR_MASK;
  return {
    fg: ((fg & flags & (weightLost ? ~FG_BOLD : -1)) | colorOf(from.fg)) >>> 0,
    bg: ((bg & flags & (weightLost ? ~BG_DIM : -1)) | colorOf(from.bg)) >>> 0,
    line: (styleOf(to) === 0 ? 0 : from.line & ~COLOR_MASK) | (colorOf(to.line) === 0 ? 0 : colorOf(from.line)),
  };
}

/** Parameters that add what `to` has beyond `from`. */
function onwards(from: Pen, to: Pen): string[] {
  const params = [
    ...FG_FLAGS.filter(([flag]) => (to.fg & ~from.fg & flag) !== 0),
    ...BG_FLAGS.filter(([flag]) => (to.bg & ~from.bg & flag) !== 0),
  ].map(([, on]) => on);
  if (styleOf(to) !== styleOf(from)) params.push(styleOf(to) === 1 ? '4' : `4:${styleOf(to)}`);
  if (colorOf(to.fg) !== colorOf(from.fg)) params.push(color(to.fg, 30));
  if (colorOf(to.bg) !== colorOf(from.bg)) params.push(color(to.bg, 40));
  if (colorOf(to.line) !== colorOf(from.line) && colorOf(to.line) !== 0) params.push(lineColor(to.line));
  return params;
}

function styleOf({ line }: Pen): number {
  return (line >>> LINE_STYLE_SHIFT) & 7;
}

function colorOf(word: number): number {
  return word & COLOR_MASK;
}

/** @param base 30 for text, 40 for the background. */
function color(word: number, base: number): string {
  const value = word & COLOR_VALUE_MASK;
  switch (word & COLOR_MODE_MASK) {
    case 0:
      return String(base + 9);
    case COLOR_P16:
      return String(value < 8 ? base + value : base + 52 + value);
    case COLOR_P256:
      return `${base + 8};5;${value}`;
    default:
      return `${base + 8};2;${value >>> 16};${(value >>> 8) & 255};${value & 255}`;
  }
}

function lineColor(word: number): string {
  const value = word & COLOR_VALUE_MASK;
  const mode = word & COLOR_MODE_MASK;
  if (mode === COLOR_P16 || mode === COLOR_P256) return `58:5:${value}`;
  return `58:2::${value >>> 16}:${(value >>> 8) & 255}:${value & 255}`;
}
