import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cover, replaced, uncover } from '../../src/presenter/cover.js';
import { Emulator } from '../../src/presenter/emulator.js';

const SIZE = { cols: 20, rows: 5 };
const SEED = 20261121;
/** What a popup may do to a terminal between the two. */
const POPUP = '\x1b[2;3H\x1b[1;48;5;235;38;5;250m┌──────┐\x1b[3;3H│ hey  │\x1b[m\x1b[?25l\x1b[5;20Hx';

/** What programs print: everything that may be on when a popup opens. */
const PIECES = [
  ...['a', 'hello', ' ', '漢字', 'e\u0301', '─│', '\r\n', '\n', '\r', '\t', '\b', 'x'.repeat(20), 'lqqk'],
  ...['\x1b[m', '\x1b[1;31m', '\x1b[48;2;1;2;3m', '\x1b[4:3;58;5;9m', '\x1b[7;97m', '\x1b[38;5;200;3m', '\x1b[44m'],
  ...['\x1b[H', '\x1b[3;7H', '\x1b[99;99H', '\x1b[A', '\x1b[5C', '\x1b[K', '\x1b[J', '\x1b[2J', '\x1b[1K', '\x1b[4X'],
  ...['\x1b[2;4r', '\x1b[r', '\x1b[?6h', '\x1b[?6l', '\x1b[?7l', '\x1b[?7h', '\x1b[4h', '\x1b[4l', '\x1b[?25l'],
  ...['\x1b[?25h', '\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b(0', '\x1b(B', '\x0e', '\x0f', '\x1b)0', '\x1b)B'],
  ...['\x1b[?1h', '\x1b[?1l', '\x1b=', '\x1b>', '\x1b[?2004h', '\x1b[?2004l', '\x1b[?1000h', '\x1b[?1002h'],
  ...['\x1b[?1006h', '\x1b[?1000l', '\x1b[?1004h', '\x1b[4 q', '\x1b[2L', '\x1b[M', '\x1b[3P', '\x1b[2@'],
  ...['\x1bM', '\x1bD', '\x1b[S', '\x1b[T', '\x1bc'],
];
/** The saved cursor is another matter when there is a scroll region: steps do not leave it. */
const LATER = [...PIECES.filter((piece) => !['\x1b8', '\x1b[u'].includes(piece)), '\x1b[?1049hvi\x1b[?1049l'];
const SCREENS = ['\x1b[?1049h', '\x1b[?1049l', '\x1b[?47h', '\x1b[?47l'];
/** xterm.js takes back the set in use with a saved cursor, but not what the sets are. */
const CHARSETS = /^(?:\x1b[()]|[\x0e\x0f])/;
const RESTORING = [...PIECES.filter((piece) => !CHARSETS.test(piece)), ...SCREENS];
const DRAWING = [...LATER, '\x1b[?1049h', '\x1b[?47h', '\x1b[?47l'];

const printed = (pieces: readonly string[], most: number) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: most }).map((list) => list.join(''));

function terminal(text: string): Emulator {
  const emulator = new Emulator(SIZE);
  emulator.feed(Buffer.from(text));
  return emulator;
}

/** A blank that was written looks like a cell that was not. */
function unwritten(word: number, at: number): number {
  return at % 4 === 0 && (word & 0x3fffff) === 0x20 ? word & ~0x20 : word;
}

function cellsOf(emulator: Emulator): unknown {
  return emulator.capture(null).rows.map((row) => [[...row.words.map(unwritten)], [...row.clusters]]);
}

/** Everything that can be told of a terminal. */
function stateOf(emulator: Emulator): unknown {
  const { cursor } = emulator.capture(null);
  const { margins, last, wake } = emulator.snapshot();
  return {
    cells: cellsOf(emulator),
    cursor,
    modes: emulator.modes,
    margins,
    last,
    wake: [...wake.matchAll(/\d+[hl]/g)].join() !== '',
  };
}

function check(before: string, after: string, alternate: string): void {
  const program = terminal(before);
  const snapshot = program.snapshot();
  const real = terminal(before);
  real.feed(Buffer.from(cover(snapshot, true)));
  const covered = cellsOf(real);
  assert.deepEqual(covered, cellsOf(program), 'the picture behind');
  real.feed(Buffer.from(POPUP));
  assert.notDeepEqual(cellsOf(real), covered, 'the popup is there');
  real.feed(Buffer.from(uncover(snapshot, true, false)));
  assert.deepEqual(stateOf(real), stateOf(program), 'at once');
  for (const part of [after, alternate]) {
    real.feed(Buffer.from(part));
    program.feed(Buffer.from(part));
    assert.deepEqual(stateOf(real), stateOf(program), 'and whatever is printed then');
  }
}

test('a terminal that was covered by a popup is what it was, and goes on as it would have', () => {
  fc.assert(
    fc.property(fc.oneof(printed(RESTORING, 30), printed(DRAWING, 30)), printed(LATER, 12), printed(LATER, 8), check),
    {
      seed: SEED,
      numRuns: 3000,
      verbose: true,
    },
  );
});

test('a terminal of which the output was not kept shows what the program shows now', () => {
  fc.assert(
    fc.property(printed(RESTORING, 20), printed(RESTORING, 20), (before, meanwhile) => {
      const program = terminal(before);
      const first = program.snapshot();
      const real = terminal(before);
      real.feed(Buffer.from(cover(first, true) + POPUP));
      program.feed(Buffer.from(meanwhile));
      real.feed(Buffer.from(replaced(first, program.snapshot(), true)));
      const { cells, cursor, margins, last } = stateOf(real) as Record<string, unknown>;
      const wanted = stateOf(program) as Record<string, unknown>;
      assert.deepEqual(
        { cells, cursor, margins, last },
        {
          cells: wanted['cells'],
          cursor: wanted['cursor'],
          margins: wanted['margins'],
          last: wanted['last'],
        },
      );
    }),
    { seed: SEED, numRuns: 2000, verbose: true },
  );
});

test('a cursor that the program had saved is where it was, with its look, also further down than the emulator knows', () => {
  const before = 'one\r\n\x1b[31mtwo\x1b7\x1b[m\r\nthree';
  const program = terminal(before);
  const real = terminal(`$ lectern\r\n${before}`);
  real.feed(Buffer.from(cover(program.snapshot(), true) + POPUP + uncover(program.snapshot(), true, false)));
  real.feed(Buffer.from('!\x1b8?'));
  const { rows } = real.capture(null);
  assert.deepEqual(
    rows.map((row) => Array.from({ length: 8 }, (_, x) => row.text(x)).join('')),
    ['$ lecter', 'one', 'two?', 'three!', ''],
  );
  assert.deepEqual(rows[2]!.words.subarray(12, 16), rows[2]!.words.subarray(0, 4).with(0, rows[2]!.words[12]!));
});

test('cells that were never written stay so: what is copied has no blanks behind it', () => {
  const program = terminal('\x1b[?1049h\x1b[2;3Hab\x1b[44m\x1b[K\x1b[m\r\ncd ef');
  const real = terminal('\x1b[?1049h');
  real.feed(Buffer.from(uncover(program.snapshot(), true, false)));
  assert.deepEqual(real.capture(null).rows, program.capture(null).rows);
});
