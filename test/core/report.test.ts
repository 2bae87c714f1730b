/** `lectern redact test` and a session say the same of the same text. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { programOf, sample } from '../../src/core/redact/program.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { check, type Finding } from '../../src/core/redact/report.js';
import { compile } from '../../src/core/redact/rule.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { randomFrom } from '../support/typed.js';

const SEED = 5511;
const COLS = 180;
const ROUNDS = 40;
/** Long after anything that is held for a time. */
const LATER_MS = 1e9;

function privateKey(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-key-'));
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
    return readFileSync(join(folder, 'id'), 'utf8').trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `row,column` of each visible character that a session masks. */
function maskedOnScreen(lines: readonly string[]): ReadonlySet<string> {
  const emulator = new Emulator({ cols: COLS, rows: lines.length + 1 });
  emulator.feed(Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
  const screen = emulator.capture(null);
  const redactor = Redactor.of(BUILT_IN_RULES);
  redactor.redact(screen, 0);
  const { masks } = redactor.redact(screen, LATER_MS);
  const masked = new Set<string>();
  masks.forEach((spans, y) => {
    for (const { from, to } of spans) {
      for (let x = from; x < to; x++) if (screen.rows[y]!.text(x).trim() !== '') masked.add(`${y},${x}`);
    }
  });
  return masked;
}

function maskedInReport(lines: readonly string[], findings: readonly Finding[]): ReadonlySet<string> {
  const masked = new Set<string>();
  for (const { line, column, length } of findings) {
    let [y, x] = [line - 1, column - 1];
    for (let left = length; left > 0; left--) {
      if (x >= lines[y]!.length) [y, x] = [y + 1, 0];
      else {
        if (lines[y]![x]!.trim() !== '') masked.add(`${y},${x}`);
        x++;
      }
    }
  }
  return masked;
}

test('what is told of a text is what a session masks of it', (t) => {
  const random = randomFrom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const key = privateKey();
  const line = (): readonly string[] => {
    const rule = pick(BUILT_IN_RULES);
    const word = sample(programOf(compile(rule).pattern), random) ?? '';
    const plain = word.length < 120 && !/[^ -~]/.test(word) ? word : 'nothing';
    const all = [
      [`say ${plain}`],
      [plain.slice(0, Math.floor(plain.length * random()))],
      [`${pick(['password', 'the file', 'x'])}: ${plain.slice(0, 12)}`],
      ['ordinary text of a program', ''],
      key,
      key.slice(2, 2 + Math.floor(random() * 5)),
    ];
    return pick(all);
  };
  let masked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = Array.from({ length: 12 }, line).flat();
    const onScreen = maskedOnScreen(lines);
    const told = maskedInReport(lines, check(Redactor.of(BUILT_IN_RULES), lines.join('\n')));
    masked += onScreen.size;
    // Places and counts alone: what stands there is secret.
    const missing = [...onScreen].filter((place) => !told.has(place));
    const more = [...told].filter((place) => !onScreen.has(place));
    assert.deepEqual({ missing, more }, { missing: [], more: [] }, `seed ${SEED}, round ${round}`);
  }
  assert.ok(masked > 5000, `${masked} masked characters`);
  t.diagnostic(`seed ${SEED}: ${masked} masked characters in ${ROUNDS} texts`);
});

test('rows of a key without its BEGIN line are told, and what is only half there is told as held', () => {
  const key = privateKey();
  const lines = ['x', ...key.slice(2, 5), 'y'];
  const body = check(Redactor.of(BUILT_IN_RULES), lines.join('\n'));
  assert.deepEqual([...new Set(body.map(({ rule, held }) => `${rule} ${held}`))], ['base64-block false']);
  const rows = [...maskedInReport(lines, body)].map((place) => Number(place.split(',')[0]));
  assert.deepEqual([...new Set(rows)], [1, 2, 3]);
  const half = check(Redactor.of(BUILT_IN_RULES), 'token ghp_abcd and more');
  assert.deepEqual(half, [{ line: 1, column: 11, length: 4, rule: 'github-token', held: true }]);
});

test('a long text is searched page by page, and nothing is lost or told twice at their edges', () => {
  const lines = Array.from({ length: 2000 }, (_, i) => (i % 7 === 0 ? `id_${String(i).padStart(8, '0')}` : 'x'));
  const rules = [{ id: 'id', regex: 'id_[0-9]{8}', keywords: ['id_'] }];
  const found = check(Redactor.of(rules), lines.join('\n'));
  assert.deepEqual(
    found.map(({ line }) => line),
    lines.flatMap((text, i) => (text === 'x' ? [] : [i + 1])),
  );
  const over = [{ id: 'over', regex: 'BEGIN\\n(?:z\\n){80}END' }];
  const block = `${'x\n'.repeat(250)}BEGIN\n${'z\n'.repeat(80)}END\n`;
  assert.deepEqual(
    check(Redactor.of(over), block).map(({ line, length }) => ({ line, length })),
    [{ line: 251, length: 169 }],
  );
});
