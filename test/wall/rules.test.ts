/** Every built-in rule in every place where a secret may stand. Secrets are made up at run time and never printed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { programOf, sample } from '../../src/core/redact/program.js';
import { type Redaction, Redactor } from '../../src/core/redact/redactor.js';
import { compile, type Rule } from '../../src/core/redact/rule.js';
import { type Laid, type Layout, lay, randomFrom } from '../support/typed.js';

const SEED = 20_260;
const SAMPLES = 6;

/** Matches of a rule that stand on one line and that the rule itself takes for secret. */
function samplesOf(rule: Rule): readonly string[] {
  const random = randomFrom(SEED + rule.id.length);
  const program = programOf(compile(rule).pattern);
  const alone = Redactor.of([{ ...rule, minRows: 1 }]);
  const words: string[] = [];
  for (let tries = 0; words.length < SAMPLES && tries < 20_000; tries++) {
    const word = sample(program, random);
    if (word === undefined || word.length > 350 || /[^ -~]/.test(word)) continue;
    if (alone.spansOf(`say ${word}`).length > 0) words.push(word);
  }
  return words;
}

/** Characters of `laid` in `[from, to)`, blanks aside, that no mask covers. */
function inTheOpen(laid: Laid, redaction: Redaction, text: string, from: number, to: number): number {
  let open = 0;
  [...text].forEach((char, i) => {
    if (i < from || i >= to || char === ' ' || char === '\n') return;
    const [y, x] = laid.at[i]!;
    if (!redaction.masks[y]!.some((span) => span.from <= x && x < span.to)) open++;
  });
  return open;
}

const PLACES: readonly {
  readonly name: string;
  readonly before: string;
  readonly layout: (length: number) => Layout;
}[] = [
  { name: 'on one row', before: 'say ', layout: (length) => ({ cols: length + 10, rows: 3 }) },
  { name: 'after wide characters', before: '漢字 한 ', layout: (length) => ({ cols: length + 20, rows: 3 }) },
  { name: 'wrapped by the emulator', before: 'say ', layout: () => ({ cols: 37, rows: 14, flags: true }) },
  { name: 'wrapped without a flag', before: 'say ', layout: () => ({ cols: 41, rows: 14 }) },
  {
    name: 'wrapped in a pane',
    before: 'say ',
    layout: () => ({ cols: 90, rows: 14, left: 21, right: 64, beside: 'left pane text ' }),
  },
];

const ONE_LINE = BUILT_IN_RULES.filter(({ id, minRows }) => !id.startsWith('private-key') && minRows === undefined);

test('every built-in rule masks all of its secrets, wherever they stand', async (t) => {
  const wall = Redactor.of(BUILT_IN_RULES);
  for (const rule of ONE_LINE) {
    await t.test(rule.id, () => {
      const words = samplesOf(rule);
      assert.equal(words.length, SAMPLES, `found too few samples with seed ${SEED}`);
      for (const { name, before, layout } of PLACES) {
        words.forEach((word, index) => {
          const text = before + word;
          const spans = Redactor.of([rule]).spansOf(text);
          const laid = lay(text, layout(text.length));
          const redaction = wall.redact(laid.screen);
          for (const { from, to } of spans) {
            assert.equal(inTheOpen(laid, redaction, text, from, to), 0, `sample ${index} ${name}, seed ${SEED}`);
          }
        });
      }
    });
  }
});

test('the samples are in the open without rules, so that the test above can fail', () => {
  const rule = BUILT_IN_RULES.find(({ id }) => id === 'github-token')!;
  const text = `say ${samplesOf(rule)[0]!}`;
  const laid = lay(text, { cols: 41, rows: 14 });
  const [span] = Redactor.of([rule]).spansOf(text);
  const open = inTheOpen(laid, Redactor.NONE.redact(laid.screen), text, span!.from, span!.to);
  assert.equal(open, span!.to - span!.from);
});

/** A key file of `lines` rows of 64, made of a fixed alphabet walk: no key of anybody's. */
function keyFile(lines: number): { readonly begin: string; readonly body: readonly string[]; readonly end: string } {
  const random = randomFrom(SEED);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const row = (length: number) => Array.from({ length }, () => alphabet[Math.floor(random() * 64)]).join('');
  const dashes = '-'.repeat(5);
  const body = [...Array.from({ length: lines - 1 }, () => row(64)), `${row(22)}==`];
  return {
    begin: `${dashes}BEGIN OPENSSH PRIVATE${' KEY'}${dashes}`,
    body,
    end: `${dashes}END OPENSSH PRIVATE${' KEY'}${dashes}`,
  };
}

const GUTTERS: readonly [string, (line: string, i: number) => string][] = [
  ['as they are', (line) => line],
  ['numbered', (line, i) => `${String(i + 1).padStart(4)} ${line}`],
  ['as added in a diff', (line) => `+${line}`],
  ['quoted', (line) => `> ${line}`],
  ['indented', (line) => `        ${line}`],
];

test('the body of a private key is masked whole, with its ends in sight or not', async (t) => {
  const key = keyFile(6);
  const seen: readonly [string, readonly string[]][] = [
    ['whole', [key.begin, ...key.body, key.end]],
    ['without END', [key.begin, ...key.body]],
    ['without BEGIN', [...key.body, key.end]],
    ['first row only', [key.begin, key.body[0]!]],
  ];
  for (const [name, lines] of seen) {
    for (const [how, gutter] of GUTTERS) {
      for (const [where, layout] of [
        ['wide', { cols: 80, rows: 14 }],
        ['narrow', { cols: 50, rows: 26 }],
        ['pane', { cols: 100, rows: 14, left: 12, right: 90, beside: 'x y ' }],
      ] as const) {
        // Line numbers are not repeated on wrapped rows, so that narrow rows are not all base64: rows alone say less.
        if (where === 'narrow' && how !== 'as they are') continue;
        await t.test(`${name}, ${how}, ${where}`, () => {
          const text = ['$ cat key', ...lines.map(gutter), '$ '].join('\n');
          const laid = lay(text, layout);
          // Each with a wall of its own, that remembers nothing of the others.
          const redaction = Redactor.of(BUILT_IN_RULES).redact(laid.screen);
          for (const line of lines.filter((one) => !one.startsWith('--'))) {
            const from = text.indexOf(line);
            assert.equal(inTheOpen(laid, redaction, text, from, from + line.length), 0);
          }
          assert.equal(redaction.masks[0]!.length, 0, 'the command before it stays readable');
        });
      }
    }
  }
});

test('rows of base64 at one column are masked, one such row or rows of hex are not', () => {
  const wall = Redactor.of(BUILT_IN_RULES);
  const { body } = keyFile(5);
  const masked = (text: string) =>
    wall.redact(lay(text, { cols: 80, rows: 8 }).screen).masks.filter((row) => row.length > 0).length;
  assert.equal(masked(body[0]!), 0);
  assert.equal(masked(body.slice(0, 4).join('\n')), 4);
  assert.equal(masked(body[0]!), 1, 'once it was seen to be part of a block it is remembered');
  const hex = body.map((line) =>
    [...line]
      .map((char) => (char.charCodeAt(0) % 16).toString(16))
      .join('')
      .padEnd(64, '0'),
  );
  assert.equal(masked(hex.join('\n')), 0);
});
