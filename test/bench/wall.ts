/**
 * The wall: what it costs to look for secrets in a screen of which every row is new, beside what the emulator needs to
 * parse it; in one of which a key was typed; and how long a screen may hold it up that was made to.
 */

import { Gate } from '../../src/cli/session/gate.js';
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Memory } from '../../src/core/redact/memory.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { Emulator } from '../../src/presenter/emulator.js';
import type { Bench } from './bench.js';
import { logLines } from './log.js';
import { median, type Outcome, type Result, ratio } from './table.js';

const SIZES: readonly (readonly [Size, goalMs: number])[] = [
  [{ cols: 80, rows: 24 }, 1],
  [{ cols: 200, rows: 50 }, 3],
];
/** Screens that are shown before any counts: code that has not run yet is compiled by then. */
const PRACTICE = 300;
const SCREENS = 300;
/** A frame comes no sooner than that, in ms. */
const FRAME_MS = 20;
/** Looks at each screen that was made to hold the wall up. */
const EVIL_LOOKS = 3;
const BUDGET_MS = 40;
const LONG_LINE = 10_240;
const MANY_RULES = 500;

/** What one look took, in ms. */
interface Look {
  readonly parse: number;
  readonly wall: number;
}

export function wall({ measures }: Bench): Outcome {
  return {
    results: [...SIZES.flatMap(([size, goal]) => [repaint(size, goal), key(size)]), worst(measures.evilScreens)],
    wrong: [],
  };
}

function repaint(size: Size, goal: number): Result {
  const lines = logLines(PRACTICE * size.rows * 2);
  const pages = Array.from({ length: PRACTICE + SCREENS }, (_, page) => {
    const rows = Array.from({ length: size.rows }, (_, y) => lines[(page * size.rows + y) % lines.length]!);
    return `\x1b[H\x1b[2J${rows.map((row) => row.slice(0, -1)).join('\r\n')}`;
  });
  return result('every row new', size, looks(size, pages), goal);
}

function key(size: Size): Result {
  const keys = Array.from({ length: PRACTICE + SCREENS }, (_, i) =>
    i % 40 === 39 ? '\r\n$ ' : 'ls -l /var/log '[i % 15]!,
  );
  return result('a key typed', size, looks(size, keys));
}

function result(what: string, { cols, rows }: Size, times: readonly Look[], goal?: number): Result {
  const [ours, parse] = [median(times.map((one) => one.wall)), median(times.map((one) => one.parse))];
  return {
    part: 'wall',
    what: `${what}, ${cols}x${rows}: the search (of the emulator: ${(parse ?? 0).toFixed(2)})`,
    unit: 'ms',
    figures: { lectern: ours },
    ...(goal === undefined ? { ratio: ratio(ours, parse) } : { goal }),
  };
}

function looks(size: Size, pieces: readonly string[]): readonly Look[] {
  const emulator = new Emulator(size);
  const redactor = Redactor.of(BUILT_IN_RULES);
  let screen: Screen | null = null;
  const times = pieces.map((piece, i) => {
    const bytes = Buffer.from(piece);
    const began = performance.now();
    emulator.feed(bytes);
    screen = emulator.capture(screen);
    const parsed = performance.now();
    Frame.of(screen, redactor, undefined, i * FRAME_MS);
    return { parse: parsed - began, wall: performance.now() - parsed };
  });
  return times.slice(PRACTICE);
}

/** The longest that one of the worst screens held the thread up. */
function worst(screens: number): Result {
  const rules: Rule[] = Array.from({ length: MANY_RULES }, (_, i) => ({
    id: `many-${i}`,
    regex: `key${i}_[a-z0-9]{20,}`,
    keywords: [`key${i}_`],
  }));
  const gate = new Gate(
    {
      rules: [...BUILT_IN_RULES, ...rules, { id: 'evil', regex: '(a+)+$' }],
      values: [],
      mask: '*',
      ruleFiles: [],
      valueFiles: [],
      lints: [],
    },
    new Memory(),
    () => {},
  );
  const emulator = new Emulator(SIZES[1]![0]);
  let longest = 0;
  for (let i = 0; i < screens; i++) {
    const bytes = Buffer.from(`\x1b[H\x1b[2J${'a'.repeat(LONG_LINE - i)}!`);
    gate.hear(bytes);
    emulator.feed(bytes);
    const screen = emulator.capture(null);
    for (let look = 0; look < EVIL_LOOKS; look++) {
      const began = performance.now();
      gate.pass(screen, null);
      longest = Math.max(longest, performance.now() - began);
    }
  }
  const what = `longest look: (a+)+$, ${MANY_RULES} rules, a line of 10 KB`;
  return { part: 'wall', what, unit: 'ms', figures: { lectern: longest }, goal: BUDGET_MS };
}
