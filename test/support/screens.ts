/** Random screens for property tests: few letters and colours, so that equal rows and scrolls happen by themselves. */
import fc from 'fast-check';
import { CELL_WORDS, CLUSTER, type Cursor, Row, type Screen, WIDTH_SHIFT } from '../../src/core/cells.js';

const TEXTS = ['', ' ', 'a', 'b', 'Z', '#', '─', '漢', '한', 'é', 'e\u0301', '👍', '👨‍👩‍👧'] as const;
const LOOKS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [(1 << 24) | 2, 0, 0],
  [(1 << 27) | (3 << 24) | 0x102030, (2 << 24) | 200, 0],
  [1 << 28, 1 << 26, (3 << 26) | (3 << 24) | 0x00ff00],
  [1 << 26, (1 << 24) | 4, 0],
  [0, (1 << 24) | 9, 0],
  [((1 << 31) >>> 0) | (1 << 29), 1 << 27, 0],
];

function isWide(text: string): boolean {
  return /[漢한👍👨]/u.test(text);
}

/** A row from indices into the tables above; a wide character that does not fit becomes a blank. */
export function rowOf(cells: readonly (readonly [number, number])[]): Row {
  const words = new Uint32Array(cells.length * CELL_WORDS);
  const clusters = new Map<number, string>();
  for (let x = 0; x < cells.length; x++) {
    const [textIndex, lookIndex] = cells[x]!;
    let text: string = TEXTS[textIndex % TEXTS.length]!;
    const look =
      text === '' ? [0, LOOKS[lookIndex % LOOKS.length]![1] & 0x3ffffff, 0] : LOOKS[lookIndex % LOOKS.length]!;
    const wide = isWide(text) && x + 1 < cells.length;
    if (isWide(text) && !wide) text = 'x';
    const width = wide ? 2 : 1;
    const code = text === '' ? 0 : text.codePointAt(0)!;
    const single = text.length === (code > 0xffff ? 2 : 1) || text === '';
    words.set([(single ? code : CLUSTER) | (width << WIDTH_SHIFT), ...look], x * CELL_WORDS);
    if (!single) clusters.set(x, text);
    if (wide) words.set([0, ...look], ++x * CELL_WORDS);
  }
  return new Row(words, clusters);
}

const cell = fc.tuple(fc.nat(TEXTS.length - 1), fc.nat(LOOKS.length - 1));

export function cursorWithin(cols: number, rows: number): fc.Arbitrary<Cursor> {
  return fc.record({
    x: fc.nat(cols - 1),
    y: fc.nat(rows - 1),
    visible: fc.boolean(),
    shape: fc.constantFrom('default' as const, 'block' as const, 'underline' as const, 'bar' as const),
    blink: fc.boolean(),
  });
}

/** A screen of the given size. */
export function screenOf(cols: number, rows: number): fc.Arbitrary<Screen> {
  return fc
    .tuple(
      fc.array(fc.array(cell, { minLength: cols, maxLength: cols }), { minLength: rows, maxLength: rows }),
      cursorWithin(cols, rows),
      fc.constantFrom('', 'vim', 'a title'),
    )
    .map(([cells, cursor, title]) => ({
      size: { cols, rows },
      rows: cells.map(rowOf),
      wrapped: cells.map(() => false),
      cursor,
      title,
    }));
}

/** What may happen to a screen: rows scroll within a region, cells change, the cursor moves. */
export function changed(before: Screen): fc.Arbitrary<Screen> {
  const { cols, rows } = before.size;
  return fc
    .tuple(
      fc.nat(rows - 1),
      fc.integer({ min: 1, max: rows }),
      fc.integer({ min: -3, max: 3 }),
      fc.array(fc.tuple(fc.nat(rows - 1), fc.array(cell, { minLength: cols, maxLength: cols })), { maxLength: 3 }),
      cursorWithin(cols, rows),
    )
    .map(([top, length, by, redrawn, cursor]) => {
      const next = before.rows.slice();
      const bottom = Math.min(rows, top + length);
      for (let y = top; y < bottom; y++) {
        const from = y + by;
        if (from >= top && from < bottom) next[y] = before.rows[from]!;
      }
      for (const [y, cells] of redrawn) next[y] = rowOf(cells);
      return { ...before, rows: next, cursor };
    });
}

/** Two to five screens, each come from the one before or of another size. */
export const screens: fc.Arbitrary<readonly Screen[]> = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 10 }))
  .chain(([cols, rows]) => screenOf(cols, rows))
  .chain((first) => changed(first).chain((second) => changed(second).map((third) => [first, second, third])))
  .chain((list) =>
    fc.oneof(
      fc.constant(list),
      fc
        .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 10 }))
        .chain(([cols, rows]) => screenOf(cols, rows).map((other) => [...list, other])),
    ),
  );
