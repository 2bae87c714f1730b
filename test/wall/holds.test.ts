/** What is only half there is masked already, in scenes with the real emulator. The secrets are made up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Screen } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { MASK } from '../../src/core/redact/masks.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { Emulator } from '../../src/presenter/emulator.js';

const TOKEN: Rule = { id: 'acme', regex: 'acme_[a-z0-9]{20}', keywords: ['acme_'] };
const OPEN: Rule = { ...TOKEN, id: 'open', hold: 'open' };
const BLIND: Rule = { id: 'hex', regex: '[0-9a-f]{32}' };
const SECRET = 'q7w8e9r0t1y2u3i4o5p6';

/** A terminal with a wall before it. */
class Stage {
  readonly #emulator: Emulator;
  readonly #wall: Redactor;
  #screen: Screen | null = null;
  nowMs = 0;
  settlesInMs: number | undefined;

  constructor(rules: readonly Rule[] | Redactor, cols = 60, rows = 8) {
    this.#wall = rules instanceof Redactor ? rules : Redactor.of(rules);
    this.#emulator = new Emulator({ cols, rows });
  }

  print(text: string): this {
    this.#emulator.feed(new TextEncoder().encode(text));
    return this;
  }

  frame(): Frame {
    this.#screen = this.#emulator.capture(this.#screen);
    const report = (_: unknown, settlesInMs: number | undefined): void => {
      this.settlesInMs = settlesInMs;
    };
    return Frame.of(this.#screen, this.#wall, report, this.nowMs);
  }

  /** What stands on a row, without the blanks at its end. */
  row(y: number): string {
    const row = this.frame().rows[y]!;
    return Array.from({ length: row.cols }, (_, x) => (row.width(x) === 0 ? '' : row.text(x) || ' '))
      .join('')
      .trimEnd();
  }

  /** Prints character by character and looks after each. */
  type(text: string, look: (typed: string, stage: Stage) => void): this {
    for (let i = 0; i < text.length; i++) {
      this.print(text[i]!);
      look(text.slice(0, i + 1), this);
    }
    return this;
  }
}

/** `text` with all after `open` characters masked, up to a length that is a multiple of eight. */
function held(text: string, open: number): string {
  return text.slice(0, open) + MASK.repeat(Math.ceil((text.length - open) / 8) * 8);
}

test('a token is masked from the first character after its keyword on', () => {
  new Stage([TOKEN]).print('$ ').type(`acme_${SECRET}`.slice(0, -1), (typed, stage) => {
    assert.equal(stage.row(0), `$ ${typed.length <= 5 ? typed : held(typed, 5)}`);
  });
});

test('without holds it is in the open up to its last character, so that the test above can fail', () => {
  const stage = new Stage(Redactor.ablated([TOKEN], [], { holds: true }));
  assert.equal(stage.print(`$ acme_${SECRET.slice(0, 19)}`).row(0), `$ acme_${SECRET.slice(0, 19)}`);
});

test('hold "always" masks half a token wherever it ends: before other text, at an edge, under a popup', () => {
  const half = `acme_${SECRET.slice(0, 11)}`;
  assert.equal(new Stage([TOKEN]).print(`${half}! and more\r\nnext\r\n$ `).row(0), `acme_${MASK.repeat(11)}! and more`);
  assert.equal(new Stage([TOKEN], 16).print(`\x1b[?7l${half}${SECRET}\r\n\r\n$ `).row(0), held(half, 5).slice(0, 16));
  assert.equal(
    new Stage([TOKEN]).print(`${half}\x1b[1;10H│menu│\r\n\r\n$ `).row(0).includes(SECRET.slice(0, 1)),
    false,
  );
});

test('hold "open" masks it only where more can be written: at the cursor, or where the last text ends', () => {
  const half = `acme_${SECRET.slice(0, 8)}`;
  const shut = new Stage([OPEN]).print(`${half} and more\r\nnext\r\n$ `);
  assert.equal(shut.row(0), `${half} and more`);
  assert.equal(new Stage([OPEN]).print(`${half}\r\nnext\r\n$ `).row(0), half, 'the writer went on to the next line');
  assert.equal(new Stage([OPEN]).print(half).row(0), held(half, 5), 'at the cursor');
  assert.equal(new Stage([OPEN]).print(`echo "" && ls\x1b[7G\x1b[4h${half}`).row(0).includes('q7'), false, 'in a line');
  const parked = new Stage([OPEN]).print('\x1b[3;5Hx\x1b[H');
  parked.print(`\x1b[3;5H${half}\x1b[H`);
  assert.equal(parked.row(2), `    ${held(half, 5)}`, 'the cursor elsewhere');
  assert.equal(
    new Stage([OPEN], 13).print(`\x1b[?7l${half}zz\r\nnext\r\n$ `).row(0),
    `acme_${MASK.repeat(8)}`,
    'at the edge',
  );
});

test('moving the cursor back into half a token opens nothing', () => {
  const stage = new Stage([OPEN]).print(`acme_${SECRET.slice(0, 8)}; ls\x1b[14G`);
  assert.equal(stage.row(0), `acme_${MASK.repeat(8)}; ls`);
  assert.equal(stage.print('\x1b[3D').row(0), `acme_${MASK.repeat(8)}; ls`);
});

test('a value is masked from where its group opens, and what is around it stays readable', () => {
  new Stage(BUILT_IN_RULES).print('$ mysql.password = ').type('hunter2x', (typed, stage) => {
    assert.equal(stage.row(0), `$ mysql.password = ${held(typed, 0)}`);
  });
  const rule: Rule = { id: 'pair', regex: 'pw=(\\w{4,}) host=\\w+', secretGroup: 1, keywords: ['pw='] };
  assert.equal(new Stage([rule]).print('pw=abcde host=').row(0), `pw=${MASK.repeat(5)} host=`);
});

test('a rule whose secret comes before its keyword holds like one without a keyword', () => {
  const late: Rule = { id: 'late', regex: '([a-z0-9]{12})@acme', secretGroup: 1, keywords: ['@acme'] };
  new Stage([late]).print('$ ').type('q7w8e9r0t1y2@acm', (typed, stage) => {
    const shown = typed.length < 6 ? typed : held(typed.slice(0, 12), 0) + typed.slice(12);
    assert.equal(stage.row(0).replaceAll(MASK, ''), `$ ${shown}`.replaceAll(MASK, ''));
  });
});

test('a rule without keywords holds from its sixth character on at the cursor, without a clock', () => {
  const stage = new Stage([BLIND]).print('$ ');
  stage.type('0a1b2c3d4e', (typed, { row }) => {
    stage.nowMs += 60_000;
    assert.equal(row.call(stage, 0), `$ ${typed.length < 6 ? typed : held(typed, 0)}`);
  });
  assert.equal(stage.settlesInMs, undefined, 'nothing runs');
});

test('away from the cursor it is held until it settles, and then let go without a change', () => {
  const stage = new Stage([{ ...BLIND, settleMs: 500 }]).print('\x1b[H');
  stage.frame();
  stage.nowMs = 1000;
  stage.print('\x1b[4;3H0a1b2c3d\x1b[H');
  assert.equal(stage.row(3), `  ${MASK.repeat(8)}`);
  assert.equal(stage.settlesInMs, 500);
  stage.nowMs = 1499;
  assert.equal(stage.row(3), `  ${MASK.repeat(8)}`);
  assert.equal(stage.settlesInMs, 1);
  stage.nowMs = 1500;
  assert.equal(stage.row(3), '  0a1b2c3d');
  assert.equal(stage.settlesInMs, undefined);
});

test('the beginning of a known value is held at the cursor from its third character on', () => {
  const stage = new Stage(Redactor.of([], [{ name: 'V', value: 'correct-horse' }])).print('$ ');
  stage.type('correct-hors', (typed) => {
    assert.equal(stage.row(0), `$ ${typed.length < 3 ? typed : held(typed, 0)}`);
  });
  // Six characters of a value are a secret of their own; fewer are let go.
  assert.doesNotMatch(stage.print('\r\n$ ').row(0), /corre/);
  stage.print('corre');
  assert.doesNotMatch(stage.row(1), /corre/);
  assert.equal(stage.print('\r\n$ ').row(1), '$ corre', 'it was something else');
});

for (const [where, cols, before] of [
  ['at any width', 17, '$ '],
  ['in a pane without flags', 40, ''],
] as const) {
  test(`half a token that wraps is masked on all of its rows, ${where}`, () => {
    const stage = new Stage([TOKEN], cols);
    if (before === '') for (let y = 1; y <= 8; y++) stage.print(`\x1b[${y};9H│\x1b[${y};24H│`);
    stage.print(before);
    const word = `say acme_${SECRET}`;
    for (let i = 0; i < word.length; i++) {
      const at = before === '' ? `\x1b[${2 + Math.floor(i / 14)};${10 + (i % 14)}H` : '';
      stage.print(`${at}${word[i]}${before === '' ? '\x1b[H' : ''}`);
      const seen = Array.from({ length: 8 }, (_, y) => stage.row(y)).join('');
      assert.doesNotMatch(seen, /[q7w8r0t1u3i4p6]/, `after ${i + 1} characters`);
    }
  });
}

test('a private key is masked from the first character of its body on, while it is typed', () => {
  const dashes = '-'.repeat(5);
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';
  const stage = new Stage(BUILT_IN_RULES).print(`$ cat key\r\n${dashes}BEGIN RSA PRIVATE${' KEY'}${dashes}\r\n`);
  stage.type(body, () => assert.match(stage.row(2), /^█*$/));
  const line = new Stage(BUILT_IN_RULES, 120).print(`KEY="${dashes}BEGIN RSA PRIVATE${' KEY'}${dashes}`);
  line.type(body, () => assert.match(line.row(0), /-----█*$/));
});

test('masks grow by eights into the blanks beside them, and the cursor does not tell their length', () => {
  const stage = new Stage([TOKEN]).print('$ acme_');
  const seen = new Set<string>();
  stage.type(SECRET.slice(0, 16), (typed) => {
    const { cursor } = stage.frame();
    seen.add(`${stage.row(0).length} ${cursor.x}`);
    assert.equal(cursor.x, 7 + Math.ceil(typed.length / 8) * 8);
  });
  assert.deepEqual([...seen], ['15 15', '23 23']);
});

test('an allowlist that nothing to come can change lets go at once, another one only of what is whole', () => {
  const rule = (regex: string): Rule => ({ ...OPEN, regex: 'acme_(\\S{4,})', allowlists: [{ regexes: [regex] }] });
  assert.equal(new Stage([rule('^\\$')]).print('acme_$HOME').row(0), 'acme_$HOME');
  assert.equal(new Stage([rule('^[a-z]+$')]).print('acme_words').row(0), held('acme_words', 5));
  assert.equal(new Stage([rule('^[a-z]+$')]).print('acme_words \r\nx\r\n').row(0), 'acme_words');
});

test('adding a rule unmasks nothing that is held', () => {
  const half = `$ acme_${SECRET.slice(0, 9)}`;
  const alone = new Stage([TOKEN]).print(half).row(0);
  assert.equal(new Stage([TOKEN, OPEN, BLIND, ...BUILT_IN_RULES]).print(half).row(0), alone);
});

test('the end of a title is open', () => {
  const wall = Redactor.of([OPEN]);
  assert.equal(wall.text('vim acme_q7'), `vim acme_${MASK.repeat(2)}`);
  assert.equal(wall.text('vim acme_q7 (2)'), 'vim acme_q7 (2)');
});
