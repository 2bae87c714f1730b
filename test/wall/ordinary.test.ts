/** Readability: ordinary text is not masked, neither while it is typed nor when it stands there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Screen } from '../../src/core/cells.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { shellLines } from '../support/shell-lines.js';

const SEED = Number(process.env['LECTERN_SEED'] ?? 20_262);
const PROMPT = 'dev@box:~/src/app (main) $ ';
/** Enough lines for 30,000 typed characters. */
const LINES = 800;

const encoder = new TextEncoder();

/** What of a screen is masked, as `rule: text`; blanks do not count. */
function maskedOn(screen: Screen, redactor: Redactor, nowMs: number): readonly string[] {
  return redactor.redact(screen, nowMs).masks.flatMap((spans, y) =>
    spans.flatMap(({ rule, from, to }) => {
      let text = '';
      for (let x = from; x < to; x++) text += screen.rows[y]!.text(x).trim();
      return text === '' ? [] : [`${rule}: ${text}`];
    }),
  );
}

test('nothing is masked while ordinary commands are typed', (t) => {
  const wall = Redactor.of(BUILT_IN_RULES);
  const emulator = new Emulator({ cols: 100, rows: 24 });
  let screen: Screen | null = null;
  let frames = 0;
  const masked = new Map<string, number>();
  for (const line of shellLines(LINES, SEED)) {
    emulator.feed(encoder.encode(PROMPT));
    for (const char of line) {
      emulator.feed(encoder.encode(char));
      screen = emulator.capture(screen);
      for (const what of maskedOn(screen, wall, frames * 150)) masked.set(`${what} in ${line}`, frames);
      frames++;
    }
    emulator.feed(encoder.encode('\r\n'));
  }
  t.diagnostic(`${frames} frames, seed ${SEED}`);
  assert.ok(frames >= 30_000, `${frames} frames`);
  assert.deepEqual([...masked.keys()], []);
});

test('the same test sees what is held, so that it can fail', () => {
  const emulator = new Emulator({ cols: 100, rows: 24 });
  emulator.feed(encoder.encode(`${PROMPT}git config x.password = h`));
  assert.deepEqual(maskedOn(emulator.capture(null), Redactor.of(BUILT_IN_RULES), 0), ['key-value-plain: h']);
});

/** Cells of a text that are masked when it is printed by the screenful. */
function maskedIn(text: string, redactor: Redactor): { readonly cells: number; readonly masked: readonly string[] } {
  const rows = 24;
  const emulator = new Emulator({ cols: 80, rows });
  const lines = text.split('\n');
  const masked: string[] = [];
  let cells = 0;
  let screen: Screen | null = null;
  for (let at = 0; at < lines.length; at += rows - 1) {
    const page = lines.slice(at, at + rows - 1).join('\r\n');
    emulator.feed(encoder.encode(`${page}\r\n`));
    screen = emulator.capture(screen);
    cells += page.replace(/\s/g, '').length;
    masked.push(...maskedOn(screen, redactor, at * 50));
  }
  return { cells, masked };
}

test('nothing is masked in the pages, listings, sources and logs kept for this test', () => {
  const folder = fileURLToPath(new URL('../../../test/wall/ordinary/', import.meta.url));
  for (const name of readdirSync(folder)) {
    assert.deepEqual(maskedIn(readFileSync(join(folder, name), 'utf8'), Redactor.of(BUILT_IN_RULES)).masked, [], name);
  }
});

/** Files of a folder, spread over all of it; none where it is not there. */
function someOf(folder: string, ending: string, count: number): readonly string[] {
  try {
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
    const step = Math.max(1, Math.floor(all.length / count));
    return all.sort().flatMap((name, i) => (i % step === 0 ? [join(folder, name)] : []));
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, 60_000);
  } catch {
    return '';
  }
}

test('nothing is masked in the C headers of this system', (t) => {
  const files = someOf('/usr/include', '.h', 80);
  if (files.length === 0) return t.skip('there are none');
  let cells = 0;
  for (const file of files) {
    const found = maskedIn(read(file), Redactor.of(BUILT_IN_RULES));
    cells += found.cells;
    assert.deepEqual(found.masked, [], file);
  }
  t.diagnostic(`${files.length} files, ${cells} cells`);
});

test('nothing is masked in a listing of this system', () => {
  const listing = execFileSync('ls', ['-l', '/etc', '/usr/bin', '/usr/lib'], { encoding: 'utf8', maxBuffer: 1 << 24 });
  assert.deepEqual(maskedIn(listing.slice(0, 200_000), Redactor.of(BUILT_IN_RULES)).masked, []);
});
