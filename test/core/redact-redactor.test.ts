import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blankRow, Row, type Screen } from '../../src/core/cells.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { CLEAN, MASK, type Span } from '../../src/core/redact/masks.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { check } from '../../src/core/redact/report.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { reachesEdge } from '../../src/core/redact/views.js';
import { screens } from '../support/screens.js';
import { lay } from '../support/typed.js';

/** Masked when whole only: what is half there is another test's. */
const TAG: Rule = { id: 'tag', regex: 'tag-[a-z]{30}', keywords: ['tag-'], hold: 'off' };
const WORD = `tag-${'abcdefghij'.repeat(3)}`;
const wall = Redactor.of([TAG]);

function masked(screen: Screen, redactor = wall): string[] {
  return redactor.redact(screen).masks.map((spans) => spans.map(({ from, to }) => `${from}-${to}`).join(' '));
}

test('a wrapped flag that is wrong hides nothing: rows are searched alone too', () => {
  const { screen } = lay(`${WORD}\nprompt`, { cols: 40, rows: 3 });
  assert.deepEqual(masked({ ...screen, wrapped: [false, true, true] }), ['0-40', '', '']);
});

test('a wrapped flag on a row that is not full does join', () => {
  const { screen } = lay(`x ${WORD.slice(0, 20)}\n${WORD.slice(20)}`, { cols: 40, rows: 3 });
  assert.deepEqual(masked(screen), ['', '', '']);
  assert.deepEqual(masked({ ...screen, wrapped: [false, true, false] }), ['2-26', '0-16', '']);
});

test('text that continues indented or one column short of the edge is joined', () => {
  assert.deepEqual(masked(lay(`${WORD.slice(0, 19)}\n   ${WORD.slice(19)}`, { cols: 20, rows: 2 }).screen), [
    '0-20',
    '3-19',
  ]);
});

test('a rule stays blind to what only a wrong join would make', () => {
  assert.deepEqual(masked(lay(`${WORD.slice(0, 10)}\n${WORD.slice(10)}`, { cols: 40, rows: 2 }).screen), ['', '']);
});

test('marks, invisible characters and full-width letters do not hide a secret, and wide cells are masked whole', () => {
  const hidden = [...WORD].map((char, i) =>
    i % 3 === 0 && char !== '-' ? String.fromCodePoint(char.codePointAt(0)! + 0xfee0) : char,
  );
  const { screen, at } = lay(hidden.join(''), { cols: 80, rows: 1 });
  const last = at.at(-1)!;
  assert.deepEqual(masked(screen), [`0-${Math.ceil((last[1] + screen.rows[0]!.width(last[1])) / 8) * 8}`]);
  assert.equal(wall.text(`say ${[...WORD].join('\u200b')}!`).replaceAll(MASK, ''), 'say !');
});

test('blanks of any number count as one where a rule asks for one', () => {
  const rule: Rule = { id: 'pair', regex: 'user (\\w+) pass (\\w{5})', secretGroup: 2, keywords: ['user'] };
  const { screen } = lay('user   ann      pass   abcde', { cols: 40, rows: 1 });
  assert.deepEqual(masked(screen, Redactor.of([rule])), ['23-31']);
});

test('without a secretGroup the first unnamed group that holds something is the secret', () => {
  const rule: Rule = { id: 'either', regex: '(?P<how>k1|k2)=(?:(\\d{4})|(\\w{4}))' };
  assert.deepEqual(masked(lay('k1=1234 k2=abcd', { cols: 20, rows: 1 }).screen, Redactor.of([rule])), ['3-7 11-19']);
});

test('entropy and allowlists spare what gitleaks spares', () => {
  const base: Rule = { id: 'key', regex: 'key=(\\w+)', keywords: ['key'] };
  const spans = (rule: Partial<Rule>, text: string) => Redactor.of([{ ...base, ...rule }]).spansOf(text).length;
  assert.equal(spans({}, 'key=aaaaaaaa'), 1);
  assert.equal(spans({ entropy: 2 }, 'key=aaaaaaaa'), 0);
  assert.equal(spans({ entropy: 2 }, 'key=abcdefgh'), 1);
  assert.equal(spans({ allowlists: [{ stopwords: ['EXAM'] }] }, 'key=anexample'), 0);
  assert.equal(spans({ allowlists: [{ regexes: ['^key'] }] }, 'key=abcdefgh'), 1);
  assert.equal(spans({ allowlists: [{ regexes: ['^key'], regexTarget: 'match' }] }, 'key=abcdefgh'), 0);
  assert.equal(spans({ allowlists: [{ regexes: ['^doc:'], regexTarget: 'line' }] }, 'doc: key=abcdefgh'), 0);
  const both = { condition: 'AND', regexes: ['^abc'], stopwords: ['zzz'] } as const;
  assert.equal(spans({ allowlists: [both] }, 'key=abcdefgh'), 1);
  assert.equal(spans({ allowlists: [{ ...both, condition: 'OR' }] }, 'key=abcdefgh'), 0);
});

test('case-sensitive keywords are compared with case, others without, and overlapping ones are all seen', () => {
  const rule = (id: string, keyword: string, caseSensitive = false): Rule => ({
    id,
    regex: '\\w+',
    keywords: [keyword],
    caseSensitive,
  });
  const ids = (text: string) => {
    const rules = [rule('loud', 'ASIA', true), rule('calm', 'asian'), rule('inner', 'sian'), rule('other', 'europe')];
    return new Set(
      Redactor.of(rules)
        .spansOf(text)
        .map((span) => span.rule),
    );
  };
  assert.deepEqual(ids('asians'), new Set(['calm', 'inner']));
  assert.deepEqual(ids('ASIANS'), new Set(['loud', 'calm', 'inner']));
});

test('known values are masked wherever they stand, line by line, as URLs and JSON write them too', () => {
  const value = ['first "line" é', 'second-line', 'tiny'].join('\n');
  const known = Redactor.of([], [{ name: 'V', value }]);
  assert.deepEqual(masked(lay('echo second-line', { cols: 12, rows: 2 }).screen, known), ['5-12', '0-8']);
  const rest = (text: string) => known.text(text).replaceAll(MASK, '');
  assert.equal(rest('<first "line" é>'), '<>');
  assert.equal(rest(`<${encodeURIComponent('first "line" é')}>`), '<>');
  assert.equal(rest('<first \\"line\\" é>'), '<>');
  assert.equal(rest('<tiny>'), '<tiny>', 'shorter than six characters');
  assert.deepEqual([...known.redact(lay('second-line', { cols: 20, rows: 1 }).screen).counts], [['value:V', 1]]);
});

test('a secret that rows, joins and several rules find is counted once, by the rule that begins first', () => {
  const wider: Rule = { id: 'wider', regex: 'x=tag-[a-z]{30}' };
  const { screen } = lay(`x=${WORD} ${WORD}`, { cols: 20, rows: 4, flags: true });
  const { counts } = Redactor.of([TAG, wider]).redact(screen);
  assert.deepEqual([...counts].sort(), [
    ['tag', 1],
    ['wider', 1],
  ]);
});

test('the title is masked like any line', () => {
  const { screen } = lay('', { cols: 10, rows: 1 });
  assert.equal(wall.redact({ ...screen, title: `vim ${WORD}` }).title, `vim ${MASK.repeat(34)}`);
});

test('rows without secrets share one object, and masks of rows that stay are the same objects', () => {
  const { screen } = lay(`${WORD}\nclean`, { cols: 40, rows: 3 });
  const first = wall.redact(screen);
  const second = wall.redact({ ...screen, rows: [screen.rows[0]!, blankRow(40), screen.rows[2]!] });
  assert.equal(first.masks[1], CLEAN);
  assert.equal(second.masks[0], first.masks[0]);
  assert.equal(Redactor.NONE.redact(screen).masks[0], CLEAN);
});

/** The columns that are masked, row by row. */
function columns(masks: readonly (readonly Span[])[]): ReadonlySet<string> {
  const list = masks.flatMap((spans, y) =>
    spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => `${y}:${from + i}`)),
  );
  return new Set(list);
}

test('what is remembered of rows never changes the answer, save that the end of a page may mask more on the next', () => {
  fc.assert(
    fc.property(screens, (list) => {
      const remembers = Redactor.of(LETTERS);
      let isPage = false;
      for (const screen of list) {
        const fresh = Redactor.of(LETTERS).redact({
          ...screen,
          rows: screen.rows.map((row) => new Row(row.words.slice(), row.clusters)),
        });
        const answer = remembers.redact(screen);
        if (!isPage) assert.deepEqual(answer, fresh);
        const masked = columns(answer.masks);
        for (const column of columns(fresh.masks)) assert.ok(masked.has(column), `${column} is open`);
        isPage ||= screen.rows.some((row) => reachesEdge(row, 0, screen.size.cols));
      }
    }),
    { numRuns: 60 },
  );
});

/** Rules that bite on the few letters of random screens. */
const LETTERS: readonly Rule[] = [
  { id: 'ab', regex: 'a[#b]+' },
  { id: 'bZ', regex: 'b\\s*(Z+)', keywords: ['z'] },
  { id: 'lines', regex: 'a\\n[^b]*?b' },
];

test('adding a rule or a value never unmasks a cell', () => {
  fc.assert(
    fc.property(screens, fc.nat(2), (list, left) => {
      const fewer = LETTERS.filter((_, i) => i !== left);
      const screen = list[0]!;
      const before = Redactor.of(fewer).redact(screen).masks;
      const after = Redactor.of([...LETTERS, { id: 'e', regex: 'é+' }], [{ name: 'v', value: 'aaaaaa' }]).redact(
        screen,
      ).masks;
      before.forEach((spans, y) => {
        for (const span of spans) assert.ok(after[y]!.some((one) => one.from <= span.from && span.to <= one.to));
      });
    }),
    { numRuns: 100 },
  );
});

test('redacting what was redacted adds nothing', () => {
  const wide = Redactor.of(BUILT_IN_RULES);
  const text = ['export API_TOKEN=abc123def456', 'curl -u me:pass1234 http://a', 'password: "hunter22"'].join('\n');
  const { screen } = lay(text, { cols: 60, rows: 4 });
  const first = wide.redact(screen);
  assert.equal(first.masks.filter((spans) => spans.length > 0).length, 3);
  const rows = screen.rows.map((row, y) => maskRow(row, first.masks[y]!));
  const again = wide.redact({ ...screen, rows });
  again.masks.forEach((spans, y) => {
    for (const span of spans) assert.ok(first.masks[y]!.some((one) => one.from <= span.from && span.to <= one.to));
  });
});

function maskRow(row: Row, spans: readonly Span[]): Row {
  const words = row.words.slice();
  for (const { from, to } of spans) for (let x = from; x < to; x++) words[x * 4] = MASK.codePointAt(0)! | (1 << 22);
  return new Row(words);
}

test('ordinary text stays as it is', () => {
  const text = [
    'drwxr-xr-x  4 root root   4096 Nov 21 02:24 .token-cache',
    '-rw-r--r--  1 root root  20738 Nov 21 02:24 package-lock.json',
    'static int password_check(const char *secret, size_t len) {',
    '    if (token == NULL || key != other->key) return parse_token(&secret);',
    '  --password=PASS  use PASS as the password; see also --token',
    'The password is read from the terminal. Tokens: see token(7).',
    'commit 41bfab19e0c2d3f4a5b6c7d8e9f00112233445566 (HEAD -> main)',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b',
    'export default { password: string, token: undefined };',
    'https://example.org:8080/path?key=value ssh://git@host/x',
    'PASSWORD=$OTHER ./run --token $TOKEN',
  ].join('\n');
  const { masks } = Redactor.of(BUILT_IN_RULES).redact(lay(text, { cols: 90, rows: 14 }).screen);
  assert.deepEqual(
    masks.flatMap((spans, y) => spans.map(({ rule }) => `${y}: ${rule}`)),
    [],
  );
});

test('a report of a text tells places and lengths, over lines too, and no text', () => {
  const lines: Rule = { id: 'lines', regex: 'open\\n(\\w+\\n\\w+)\\nshut' };
  const found = check(Redactor.of([TAG, lines]), `a ${WORD} ${WORD}\nopen\nxx\nyy\nshut\n`);
  assert.deepEqual(found, [
    { line: 1, column: 3, length: 34, rule: 'tag', held: false },
    { line: 1, column: 38, length: 34, rule: 'tag', held: false },
    { line: 3, column: 1, length: 5, rule: 'lines', held: false },
  ]);
});

test('a rule that matches the empty string is refused, be it only at a word or line edge', () => {
  for (const regex of ['', 'a*', '\\b', '^|x', '(?:ab)?$']) {
    assert.throws(() => Redactor.of([{ id: 'r', regex }]), /rule "r": the regex matches the empty string/);
  }
  assert.throws(() => Redactor.of([{ id: 'r', regex: '(?=x)' }]), /rule "r": the regex does not compile/);
});

test('a pattern made to hang others takes its time in proportion to the text', () => {
  const evil = Redactor.of([{ id: 'evil', regex: '^(a+)+$' }]);
  assert.equal(evil.spansOf(`${'a'.repeat(5000)}!`).length, 0);
});
