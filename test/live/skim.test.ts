import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Screen, Size } from '../../src/core/cells.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { skim } from '../../src/presenter/skim.js';

/** A small generator of numbers, so that a seed says everything (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const PIECES = ['word ', 'longer-word ', '日本', '🙂', 'é', 'e\u0301', '\t', '\b\b', '\x1b[K', '\x1b[1K', '─'];

function flood(pick: (below: number) => number, lines: number): Buffer {
  const out: string[] = [];
  for (let line = 0; line < lines; line++) {
    const pieces = pick(5) === 0 ? pick(60) : pick(12);
    for (let i = 0; i < pieces; i++) {
      const kind = pick(16);
      if (kind === 0) out.push(`\x1b[${pick(2)};${30 + pick(8)}m`);
      else if (kind === 5) out.push(`\x1b[${3 + pick(2)}8;5;${pick(256)}m`);
      else if (kind === 6) out.push(`\x1b[38;5;${pick(256)};1m\x1b[48;2;1;${pick(256)}m\x1b[38:5:9m`);
      else if (kind === 1) out.push(`\x1b[4${pick(8)}m`);
      else if (kind === 2) out.push(`\x1b[38;2;${pick(256)};1;2m\x1b[4:3m\x1b[58;5;${pick(256)}m`);
      else if (kind === 3) out.push(pick(4) === 0 ? '\x1b[m' : '\x1b[39m');
      else if (kind === 4 && pick(9) === 0) out.push('\r');
      else out.push(PIECES[pick(PIECES.length)]!);
    }
    out.push(pick(30) === 0 ? '\n' : '\r\n');
  }
  out.push('prompt $ \x1b[3');
  return Buffer.from(out.join(''));
}

function shown(screen: Screen): unknown {
  const rows = screen.rows.map((row) => [
    Buffer.from(row.words).toString('base64'),
    Array.from(row.words),
    [...row.clusters],
  ]);
  return { ...screen, rows };
}

function compare(seed: number, size: Size): void {
  const pick = random(seed);
  const before = flood(pick, pick(60)).subarray(0, -3);
  // Every other time the pen of the skipped part colours all that is kept.
  const coloured = flood(pick, 2 * size.rows + 520 + pick(400));
  const plain = Buffer.from(`m\r\n${'plain\tline \x1b[K\r\n'.repeat(2 * size.rows + 501)}prompt $ \x1b[3`);
  const bytes = seed % 2 === 0 ? coloured : Buffer.concat([flood(pick, 1 + pick(9)), plain]);
  const [whole, skimmed] = [new Emulator(size), new Emulator(size)];
  const start = pick(3) === 0 ? '\x1b[?1049h' : pick(3) === 0 ? '\x1b[4h' : pick(3) === 0 ? '\x1b[?7l' : '\x1b7';
  for (const emulator of [whole, skimmed]) {
    emulator.feed(before);
    emulator.feed(Buffer.from(start));
  }
  assert.ok(skimmed.skimmable);
  const short = skim(bytes, size.rows);
  assert.ok(short !== null && short.length < bytes.length, `seed ${seed}`);
  whole.feed(bytes);
  const cut = pick(short.length);
  skimmed.feed(short.subarray(0, cut));
  skimmed.feed(short.subarray(cut));
  const name = `seed ${seed}, ${size.cols}x${size.rows}`;
  // The pen, the saved cursor and the lines above show only later.
  for (const later of ['1mX\x1b[KY\x1b[3;3H\x1b[2Kz', '\x1b8W', '\x1b[?1049l']) {
    assert.deepEqual(shown(skimmed.capture(null)), shown(whole.capture(null)), name);
    for (const emulator of [whole, skimmed]) emulator.feed(Buffer.from(later));
  }
  for (const emulator of [whole, skimmed]) emulator.resize({ cols: size.cols, rows: size.rows + 20 });
  assert.deepEqual(shown(skimmed.capture(null)), shown(whole.capture(null)), `${name}, grown`);
  for (const emulator of [whole, skimmed]) emulator.dispose();
}

test('what is skimmed shows the same screen, cursor, pen and scrollback as everything', () => {
  const first = Number(process.env['SEED'] ?? 1);
  const sizes = [
    { cols: 80, rows: 24 },
    { cols: 200, rows: 50 },
    { cols: 20, rows: 5 },
    { cols: 7, rows: 3 },
  ];
  for (let seed = first; seed < first + 60; seed++) compare(seed, sizes[(seed >> 1) % sizes.length]!);
});

test('anything but lines of text, and anything short, is not skimmed', () => {
  const lines = 'some line of text\r\n'.repeat(2000);
  assert.ok(skim(Buffer.from(lines), 24) !== null);
  for (const odd of [
    '\x07',
    '\x0e',
    '\x1b[H',
    '\x1b[?25l',
    '\x1b]2;t\x07',
    '\x1b(0',
    '\x1b7',
    '\u009b',
    '\u0085',
    '\0',
    '\x0b',
    '\x1b[2 q',
    '\x1b[>4m',
    '\x1b[5b',
  ]) {
    assert.equal(skim(Buffer.from(odd + lines), 24), null, JSON.stringify(odd));
    assert.equal(skim(Buffer.from(lines + odd), 24), null, JSON.stringify(odd));
  }
  assert.equal(skim(Buffer.from('short\r\n'.repeat(100)), 24), null);
  assert.equal(skim(Buffer.from('bare line feeds\n'.repeat(2000)), 24), null);
  assert.equal(skim(Buffer.from('x'.repeat(100_000)), 24), null);
  assert.equal(skim(new Uint8Array(0), 24), null);
});

test('an emulator with a scroll region, or in the middle of something, says that it is not to be skimmed', () => {
  for (const state of ['\x1b[3;10r', '\x1b[3', '\x1b]2;ti', '\xe6', '\x1b[?45h']) {
    const emulator = new Emulator({ cols: 80, rows: 24 });
    assert.equal(emulator.skimmable, true);
    emulator.feed(Buffer.from(state, 'latin1'));
    assert.equal(emulator.skimmable, false, JSON.stringify(state));
    emulator.dispose();
  }
});
