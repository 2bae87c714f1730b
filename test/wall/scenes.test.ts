/**
 * Secrets that were whole once and stand there in part now, on the real emulator: as programs and people leave them.
 * The secret is told by its characters, which stand nowhere else. Made up, never printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELL_WORDS, type Screen } from '../../src/core/cells.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Stream } from '../../src/core/redact/stream.js';
import { Emulator } from '../../src/presenter/emulator.js';

const BODY = 'Q7zK2xW9vJ4kZ8qX5jV3wK7zQ2xJ9vW4kZ8q';
const TOKEN = `ghp_${BODY}`;

interface Eye {
  /** Prints, and looks: the most characters of the secret that stood side by side in the open in this look. */
  show(output: string): number;
  resize(cols: number, rows: number): number;
  print(output: string): void;
  /** What is in the open, row by row. */
  seen(): string;
}

/** A session as the screen thread runs it: the stream, the emulator, the wall. */
function eye(cols: number, rows: number, redactor = Redactor.of(BUILT_IN_RULES), seesStream = true): Eye {
  const emulator = new Emulator({ cols, rows });
  const stream = new Stream();
  const print = (output: string): void => {
    if (seesStream) stream.feed(Buffer.from(output), redactor);
    emulator.feed(Buffer.from(output));
  };
  const look = (): number => longestOpen(emulator.capture(null), redactor);
  const seen = (): string => openRows(emulator.capture(null), redactor).join('\n');
  return {
    print,
    seen,
    show(output) {
      print(output);
      return look();
    },
    resize(width, height) {
      emulator.resize({ cols: width, rows: height });
      return look();
    },
  };
}

/** The longest part of the secret that is readable in one row. */
function longestOpen(screen: Screen, redactor: Redactor): number {
  let longest = 0;
  openRows(screen, redactor).forEach((open) => {
    for (let from = 0; from < BODY.length; from++) {
      for (let to = from + longest + 1; to <= BODY.length && open.includes(BODY.slice(from, to)); to++)
        longest = to - from;
    }
  });
  return longest;
}

function openRows(screen: Screen, redactor: Redactor): readonly string[] {
  const { masks } = redactor.redact(screen);
  return screen.rows.map((row, y) =>
    Array.from({ length: row.words.length / CELL_WORDS }, (_, x) =>
      masks[y]!.some(({ from, to }) => from <= x && x < to) ? ' ' : row.text(x) || ' ',
    ).join(''),
  );
}

const SHOWN = `$ cat it\r\n${TOKEN}\r\n$ `;
const TAIL = BODY.slice(9, 30);

test('without memory the parts would be seen, so that these scenes can fail', () => {
  const blind = Redactor.ablated(BUILT_IN_RULES, [], { memory: true });
  const scene = eye(80, 6, blind);
  scene.show(SHOWN);
  assert.equal(scene.show(`echo ${TAIL}\r\n`), TAIL.length);
});

test('half of a wrapped secret that scrolled off', () => {
  const scene = eye(24, 5);
  assert.equal(scene.show(SHOWN), 0);
  for (let i = 0; i < 6; i++) assert.equal(scene.show('\r\nline'), 0);
  assert.ok(scene.show(`\r\n${BODY.slice(20)}`) < 6);
});

test('a popup over the beginning, the end and the middle', () => {
  const scene = eye(80, 6);
  assert.equal(scene.show(`\x1b[2J\x1b[2;1H${TOKEN}`), 0);
  assert.equal(scene.show('\x1b[2;1H+-----+'), 0);
  assert.equal(scene.show('\x1b[2;30H+-------------+'), 0);
  assert.equal(scene.show('\x1b[2;16H|'), 0);
  assert.ok(scene.show('\x1b[2;10H||') < 6);
});

test('a prefix that was deleted, character by character', () => {
  const scene = eye(80, 4);
  scene.show(`$ ${TOKEN}`);
  for (let i = 0; i < TOKEN.length; i++) assert.ok(scene.show('\x1b[3G\x1b[P') < 6, `after ${i + 1}`);
});

test('an editor that scrolls sideways, by one and by many columns', () => {
  for (const step of [1, 7, 20]) {
    const scene = eye(60, 4);
    for (let x = 0; x < TOKEN.length + 4; x += step) {
      assert.ok(scene.show(`\x1b[H\x1b[2J${`key ${TOKEN} # comment`.slice(x, x + 60)}`) < 6, `${x} columns`);
    }
  }
});

test('a line that never fitted stays masked while it is moved sideways, step by step', () => {
  for (const [cols, step] of [
    [24, 1],
    [24, 8],
    [36, 15],
  ] as const) {
    const scene = eye(cols, 4);
    const line = `key ${TOKEN} # comment`;
    for (let x = 0; x < line.length; x += step) {
      assert.ok(scene.show(`\x1b[H\x1b[2J${line.slice(x, x + cols)}`) < 6, `${cols} wide, ${x} columns`);
    }
  }
});

test('a token without a fixed length goes on when the line that is cut off is moved sideways', () => {
  const long = `github_pat_${BODY}${'Nd7Rm3Pb9Tc5'.repeat(4)}`;
  const shown = (text: string, wall: Redactor): string => {
    const scene = eye(60, 4, wall);
    scene.show(text);
    return scene.seen();
  };
  for (const step of [1, 8, 20]) {
    const wall = Redactor.of(BUILT_IN_RULES);
    const line = `${'some words '.repeat(2)}${long} and more text behind it`;
    for (let x = 0; x < line.length; x += step) {
      const seen = shown(line.slice(x, x + 60), wall);
      assert.doesNotMatch(seen, /Nd7Rm3|m3Pb9T|b9Tc5N|K2xW9v|8qX5jV/, `by ${step}, ${x} columns`);
    }
  }
});

test('a secret that wraps in the fourth and the fifth of five panes side by side', () => {
  for (const left of [60, 80]) {
    const scene = eye(100, 6);
    for (let y = 1; y <= 5; y++) for (const x of [20, 40, 60, 80]) scene.print(`\x1b[${y};${x}H\u2502`);
    scene.print(`\x1b[2;${left + 1}Hkey ${TOKEN.slice(0, 15)}`);
    assert.ok(scene.show(`\x1b[3;${left + 1}H${TOKEN.slice(15, 34)}\x1b[4;${left + 1}H${TOKEN.slice(34)}`) <= ONE);
  }
});

/** One character of it stands in ordinary text, too. */
const ONE = 1;

test('the rest of a line on the next page of a pager, of which no screen ever has the whole', () => {
  for (const half of [6, 20, 38]) {
    const scene = eye(40, 6);
    const line = `${'x'.repeat(39 - half)} ${TOKEN.slice(0, half)}`;
    assert.ok(scene.show(`\x1b[?1049h\x1b[Hone\r\ntwo\r\n\r\n\r\n${line} \b:`) <= ONE);
    assert.ok(scene.show(`\r\x1b[K${TOKEN.slice(half)} and more\r\nfive\r\nsix\r\nseven\r\neight\r\n:`) <= ONE);
    assert.ok(scene.show('\x1b[4;1Hclock') <= ONE, 'while the page stays');
    assert.ok(scene.show('\x1b[2;1H\x1b[M\x1b[5;1Hnine') < 6);
  }
});

test('a line that goes on behind its number once more, behind a sign, or after one', () => {
  for (const [cols, first, next] of [
    [30, '     13 ', '     13 '],
    [24, '', '>>> '],
    [24, '', '... '],
    [24, '  7 ', ' => '],
    [24, '* ', '* '],
    [24, '  4 ', '    \u21aa '],
  ] as const) {
    const at = cols - first.length;
    assert.ok(eye(cols, 4).show(`${first}${TOKEN.slice(0, at)}\r\n${next}${TOKEN.slice(at)} amet`) <= ONE);
  }
  assert.ok(eye(24, 4).show(`${TOKEN.slice(0, 23)}\\${TOKEN.slice(23)} amet`) <= ONE);
});

test('text with wide characters that do not fit the edge of a pane', () => {
  const rule = { id: 'pass', regex: '\uc554\ud638=[\uac00-\ud7a3]{6,10}', keywords: ['\uc554\ud638='] };
  const scene = eye(30, 5, Redactor.of([rule]));
  const secret = '\ubc95\uc5e0\ucacb\ucacb\ucb0f\ub010';
  scene.print('\x1b[1;14H\u2502\x1b[2;14H\u2502\x1b[3;14H\u2502');
  scene.show(`\x1b[1;15Hx \uc554\ud638=${secret.slice(0, 4)}\x1b[2;15H${secret.slice(4)}\x1b[5;1H`);
  for (const char of secret) assert.equal(scene.seen().includes(char), false);
});

test('a screen that is made narrower and wider', () => {
  const scene = eye(80, 8);
  scene.show(SHOWN);
  for (const cols of [60, 37, 20, 11, 30, 90]) assert.ok(scene.resize(cols, 8) < 6, `${cols} columns`);
});

test('the other screen cuts what does not fit', () => {
  const scene = eye(80, 8);
  scene.show(`\x1b[?1049h\x1b[2J\x1b[3;1H${TOKEN}`);
  assert.ok(scene.resize(25, 8) < 6);
  scene.show('\x1b[3;1H\x1b[10P');
  assert.ok(scene.resize(20, 8) < 6);
});

test('a secret that was wiped out before anybody looked, and comes back in part', () => {
  const scene = eye(80, 6);
  scene.print(`${TOKEN}\r\x1b[K`);
  assert.equal(scene.show('$ '), 0);
  assert.equal(scene.show(`echo ${TAIL}`), 0);
  const deaf = eye(80, 6, Redactor.of(BUILT_IN_RULES), false);
  deaf.print(`${TOKEN}\r\x1b[K`);
  assert.equal(deaf.show(`echo ${TAIL}`), TAIL.length, 'nothing but the stream could have known');
});

test('parts of what was learned are masked in titles and names', () => {
  const redactor = Redactor.of(BUILT_IN_RULES);
  const scene = eye(80, 6, redactor);
  scene.show(SHOWN);
  assert.equal(redactor.text(`vim ${TAIL}`).includes(TAIL.slice(0, 6)), false);
  assert.equal(redactor.text('vim notes.txt'), 'vim notes.txt');
});

test('memory outlives the rules that taught it', () => {
  const first = Redactor.of(BUILT_IN_RULES);
  eye(80, 6, first).show(SHOWN);
  const second = Redactor.of([], [], '*', undefined, first.memory);
  assert.equal(eye(80, 6, second).show(`echo ${TAIL}`), 0);
});

test('a known value is masked in part and in other forms, before it was ever whole', () => {
  const redactor = Redactor.of([], [{ name: 'DB', value: BODY }]);
  const scene = eye(80, 6, redactor);
  assert.equal(scene.show(`\x1b[H${BODY.slice(4, 20)}`), 0);
  assert.ok(redactor.text(Buffer.from(`user:${BODY}`).toString('base64')).includes(redactor.mask.repeat(40)));
});

test('memory makes nothing of a listing and a diff that stood beside secrets', () => {
  const redactor = Redactor.of(BUILT_IN_RULES);
  const scene = eye(100, 40, redactor);
  const secrets = [
    'DATABASE_URL=postgres://app:hunter2horse@db.internal/orders',
    '-token = "checkout_mirror_name"',
    `+token = "${TOKEN}"`,
    'password: production',
    "secret = 'staging'",
    `github_pat_${BODY}${BODY}`,
  ];
  scene.show(secrets.join('\r\n'));
  const plain = [
    'drwxr-xr-x  2 app app   4096 Nov 21 05:16 postgres',
    '-rw-r--r--  1 app app 123456 Nov 21 05:16 github_pages_staging.md',
    'diff --git a/checkout_mirror.ts b/checkout_mirror.ts',
    ' const mirror = checkout_mirror(production, staging);',
    'tokens of github, orders of the internal database',
  ];
  scene.show(`\x1b[H\x1b[2J${plain.join('\r\n')}`);
  for (const line of plain) assert.equal(redactor.text(line), line);
});

test('a prompt that ends as the command before it did is no line that was moved', () => {
  const scene = eye(60, 5);
  scene.show('\x1b[5;1H');
  for (const char of 'me@box:~$ curl -v https://me@box') scene.show(char);
  scene.show('\r\nout\r\nme@box:~$ ');
  for (const char of 'docker run -u 1000:1000 img') scene.show(char);
  assert.match(scene.seen(), /docker run -u 1000:1000 img/);
});

test('a keyword in the midst of the value of a variable is known with the rest of it', () => {
  for (const value of ['Qx7KEYv2Rt9Lm4Wp', 'Rt9Lm4WpTOKEN7vQx2', 'KEY2024hunter22']) {
    const scene = eye(60, 4);
    scene.show(`DB_PASSWORD=${value}\r\n`);
    scene.show(`\x1b[2J\x1b[Hecho ${value.slice(0, 8)} ${value}\r\n`);
    assert.ok(!scene.seen().includes(value.slice(-7)), value);
    if (value.length > 15) assert.ok(!scene.seen().includes(value.slice(0, 7)), value);
  }
});
