import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import headless from '@xterm/headless';
import { LINE_STYLE_SHIFT, type Screen, WIDTH_SHIFT } from '../../src/core/cells.js';
import { Emulator, type Modes } from '../../src/presenter/emulator.js';
import { randomFrom } from '../support/typed.js';

const SIZE = { cols: 20, rows: 4 };

function fed(text: string, size = SIZE): { emulator: Emulator; screen: Screen } {
  const emulator = new Emulator(size);
  emulator.feed(Buffer.from(text));
  return { emulator, screen: emulator.capture(null) };
}

const line = (screen: Screen, y = 0): string =>
  Array.from({ length: screen.size.cols }, (_, x) =>
    screen.rows[y]!.width(x) === 0 ? '' : screen.rows[y]!.text(x) || ' ',
  )
    .join('')
    .trimEnd();

const cell = (text: string): number[] => [...fed(`${text}x`).screen.rows[0]!.words.slice(0, 4)];

test('each style has its own bits, and colours of 16, 256 and 24 bits stay apart', () => {
  const glyph = 0x78 | (1 << WIDTH_SHIFT);
  const rows: [sgr: string, fg: number, bg: number, line: number][] = [
    ['', 0, 0, 0],
    ['1', 1 << 27, 0, 0],
    ['2', 0, 1 << 27, 0],
    ['3', 0, 1 << 26, 0],
    ['4', 1 << 28, 0, 1 << LINE_STYLE_SHIFT],
    ['21', 1 << 28, 0, 2 << LINE_STYLE_SHIFT],
    ['4:3', 1 << 28, 0, 3 << LINE_STYLE_SHIFT],
    ['4:4', 1 << 28, 0, 4 << LINE_STYLE_SHIFT],
    ['4:5', 1 << 28, 0, 5 << LINE_STYLE_SHIFT],
    ['4;58;5;9', 1 << 28, 0, (1 << LINE_STYLE_SHIFT) | (2 << 24) | 9],
    ['4;58;2;1;2;3', 1 << 28, 0, (1 << LINE_STYLE_SHIFT) | (3 << 24) | 0x010203],
    ['4;58;5;9;59', 1 << 28, 0, 1 << LINE_STYLE_SHIFT],
    ['58;5;9', 0, 0, 0],
    ['5', 1 << 29, 0, 0],
    ['7', 1 << 26, 0, 0],
    ['8', 1 << 30, 0, 0],
    ['9', 2 ** 31, 0, 0],
    ['53', 0, 1 << 30, 0],
    ['31', (1 << 24) | 1, 0, 0],
    ['91', (1 << 24) | 9, 0, 0],
    ['38;5;1', (2 << 24) | 1, 0, 0],
    ['48;2;9;8;7', 0, (3 << 24) | 0x090807, 0],
    ['31;39', 0, 0, 0],
  ];
  for (const [sgr, fg, bg, under] of rows) assert.deepEqual(cell(`\x1b[${sgr}m`), [glyph, fg, bg, under], sgr);
});

test('a link looks like its text', () => {
  assert.deepEqual(cell('\x1b]8;;https://example.org\x1b\\'), cell(''));
  assert.deepEqual(cell('\x1b[4m\x1b]8;id=a;https://example.org\x1b\\'), cell('\x1b[4m'));
});

test('no character is lost where chunks are cut, whatever they are cut into', () => {
  const text = '“quotes” – dash … 日本、語。 é 👨‍👩‍👧 end';
  const all = Buffer.from(text);
  const whole = line(fed(text, { cols: 80, rows: 2 }).screen);
  assert.ok(whole.includes('“quotes” – dash … 日本、語。') && whole.endsWith('end'), whole);
  for (let size = 1; size < all.length; size++) {
    const emulator = new Emulator({ cols: 80, rows: 2 });
    for (let at = 0; at < all.length; at += size) emulator.feed(all.subarray(at, at + size));
    assert.equal(line(emulator.capture(null)), whole, `pieces of ${size}`);
    emulator.dispose();
  }
  const long = Buffer.from('…'.repeat(100_000));
  const emulator = new Emulator({ cols: 500, rows: 300 });
  emulator.feed(long);
  assert.equal(emulator.capture(null).cursor.y, 199);
});

test('a half of a wide character is a blank', () => {
  for (const text of [
    '日\x1b[1Gx',
    '日\x1b[2Gx',
    '日\x1b[1G\x1b[1P',
    '\x1b[20G\x1b[?7l日',
    '日\x1b[1G\x1b[4h\x1b[1@',
  ]) {
    const { screen } = fed(text);
    const row = screen.rows[0]!;
    for (let x = 0; x < 20; x++) {
      if (row.width(x) === 2) assert.equal(row.width(x + 1), 0, text);
      if (row.width(x) === 0) assert.equal(row.width(x - 1), 2, text);
    }
  }
});

test('rows that did not change are the same objects, also when they scroll, and so is a screen', () => {
  const { emulator, screen } = fed('one\r\n日本\r\ne\u0301 \x1b[4:3mx\x1b[m\r\nfour');
  assert.equal(emulator.capture(screen), screen);
  emulator.feed(Buffer.from('!'));
  const next = emulator.capture(screen);
  assert.deepEqual(
    next.rows.map((row, y) => row === screen.rows[y]),
    [true, true, true, false],
  );
  emulator.feed(Buffer.from('\r\n'));
  assert.deepEqual(
    emulator
      .capture(next)
      .rows.slice(0, 3)
      .map((row, y) => row === next.rows[y + 1]),
    [true, true, true],
  );
  emulator.feed(Buffer.from('\x1b[2;1He\u0302'));
  assert.equal(emulator.capture(next).rows[1]!.text(0), 'e\u0302', 'a cluster changed under the same words');
});

test('the cursor has a place, a shape and may be hidden; a wrap that waits leaves it in the last column', () => {
  assert.deepEqual(fed('ab').screen.cursor, { x: 2, y: 0, visible: true, shape: 'default', blink: true });
  assert.equal(fed('\x1b[2 q\x1b[ q\x1b[0 q').screen.cursor.shape, 'default', 'DECSCUSR 0 gives it back');
  assert.deepEqual(fed('\x1b[5 q\x1b[?25l').screen.cursor, { x: 0, y: 0, visible: false, shape: 'bar', blink: true });
  assert.deepEqual(fed('\x1b[4 q\x1b[?25l\x1bc').screen.cursor.visible, true);
  assert.equal(fed('x'.repeat(20)).screen.cursor.x, 19);
});

test('the title is kept to a length, comes back from the stack, and the bell is counted', () => {
  assert.equal(fed(`\x1b]2;${'t'.repeat(5000)}\x07`).screen.title.length, 256);
  assert.equal(fed('\x1b]0;mine\x1b\\\x1b[22;0t\x1b]2;vim\x07\x1b[23;0t').screen.title, 'mine');
  assert.equal(fed('\x07\x07\x1b]2;x\x07').emulator.bell, 2);
});

test('the modes are told when they change, and answers only to those who ask for them', () => {
  const told: Modes[] = [];
  const answers: string[] = [];
  const emulator = new Emulator(SIZE, { onModes: (modes) => told.push(modes), onAnswer: (text) => answers.push(text) });
  emulator.feed(Buffer.from('plain\x1b[6n'));
  assert.equal(told.length, 0);
  emulator.feed(Buffer.from('\x1b[?1;1002;1006;1004;2004;2026;1049h\x1b='));
  assert.deepEqual(told, [
    {
      applicationCursor: true,
      applicationKeypad: true,
      bracketedPaste: true,
      mouse: 'drag',
      mouseEncoding: 'sgr',
      focus: true,
      kitty: 0,
      otherKeys: 0,
      synchronized: true,
      alternate: true,
    },
  ]);
  emulator.feed(Buffer.from('\x1bc'));
  assert.equal(told.length, 2);
  assert.deepEqual(
    [emulator.modes.mouse, emulator.modes.alternate, emulator.modes.synchronized],
    ['none', false, false],
  );
  assert.deepEqual(answers, ['\x1b[1;6R']);
});

test('a name for the window of tmux or screen is not shown', () => {
  assert.equal(line(fed('a\x1bkmy títle 日本\x1b\\b').screen), 'ab');
  assert.equal(line(fed('a\x1b_apc é\x1b\\b').screen), 'ab');
});

test('a byte order mark or a lone accent takes no column', () => {
  assert.equal(line(fed('\ufefftext').screen), 'text');
  assert.equal(fed('\ufefftext').screen.cursor.x, 4);
  assert.equal(fed('\u0301').screen.cursor.x, 0);
  assert.equal(fed('e\x1b[31m\u0301').screen.rows[0]!.text(0), 'e\u0301');
});

test('one cell does not collect marks without end', () => {
  assert.ok(fed(`a${'\u0301'.repeat(100_000)}`).screen.rows[0]!.text(0).length <= 64);
});

test('lines that scrolled off come back when the screen grows, and long lines wrap anew', () => {
  const { emulator } = fed('1\r\n2\r\n3\r\n4\r\n5\r\n6');
  emulator.resize({ cols: 20, rows: 6 });
  assert.equal(line(emulator.capture(null), 0), '1');
  const long = fed(`${'x'.repeat(30)}\r\n`);
  assert.deepEqual(long.screen.wrapped.slice(0, 2), [false, true]);
  long.emulator.resize({ cols: 40, rows: 4 });
  assert.equal(line(long.emulator.capture(null)), 'x'.repeat(30));
});

test('huge counts do what the largest useful ones do', () => {
  const text = Array.from({ length: 4 }, (_, y) => `line ${y}`).join('\r\n');
  for (const final of ['S', 'T', 'L', 'M', 'I', 'Z', '@', 'P', 'X', ' @', ' A', "'}", "'~"]) {
    const huge = fed(`${text}\x1b[44m\x1b[2;3H\x1b[2147483647${final}`).screen;
    const large = fed(`${text}\x1b[44m\x1b[2;3H\x1b[${/[STLM]/.test(final) ? 4 : 20}${final}`).screen;
    assert.deepEqual(huge, large, final);
  }
  assert.equal(fed('ab\x1b[2147483647b').screen.cursor.y, 1);
});

test('lines moved in one go end where xterm moves them step by step', () => {
  const text = Array.from({ length: 9 }, (_, y) => `\x1b[3${y % 8}mline ${y}`).join('\r\n');
  for (const final of ['S', 'T', 'L', 'M']) {
    for (const count of ['', 0, 1, 2, 3, 5, 6]) {
      for (const place of [
        '\x1b[4;9H',
        '\x1b[2;7r\x1b[4;9H',
        '\x1b[2;7r\x1b[9;2H',
        '\x1b[2;7r\x1b[1;2H',
        '\x1b[8;9H',
      ]) {
        const bytes = `${text}\r\n\n\x1b[45m${place}\x1b[${count}${final}|`;
        const plain = new headless.Terminal({ cols: 20, rows: 9, allowProposedApi: true, logLevel: 'off' });
        (plain as unknown as { _core: { writeSync(text: string): void } })._core.writeSync(bytes);
        const ours = fed(bytes, { cols: 20, rows: 9 }).screen;
        const { active } = plain.buffer;
        for (let y = 0; y < 9; y++) {
          const theirs = active.getLine(active.baseY + y)!;
          assert.equal(line(ours, y), theirs.translateToString(true).trimEnd(), `${JSON.stringify(bytes)} row ${y}`);
          const background = theirs.getCell(19)!.isBgDefault() ? 0 : (1 << 24) | theirs.getCell(19)!.getBgColor();
          assert.equal(ours.rows[y]!.words[19 * 4 + 2], background, `${JSON.stringify(bytes)} row ${y}`);
        }
        assert.deepEqual([ours.cursor.x, ours.cursor.y], [active.cursorX, active.cursorY]);
      }
    }
  }
});

test('a string without an end is not kept', () => {
  for (const start of ['\x1b]2;', '\x1b]52;c;', '\x1bP$q', '\x1bPq', '\x1b_', '\x1bk']) {
    const { emulator } = fed(start);
    const chunk = Buffer.alloc(1 << 16, 'x');
    for (let i = 0; i < 64; i++) emulator.feed(chunk);
    emulator.feed(Buffer.from('\x1b\\after\x1b]2;title\x07'));
    assert.equal(line(emulator.capture(null)), 'after', start);
    assert.equal(emulator.capture(null).title, 'title', start);
  }
});

const SAMPLES: readonly string[] = [
  ...[
    '日本',
    '한글',
    '😀',
    '🥱',
    '👨‍👩‍👧',
    '🏳️‍🌈',
    '👍🏽',
    '👩🏽‍💻',
    '🇩🇪',
    '❤️',
    '1️⃣',
    'e\u0301\u0323',
    '\u1112\u1161\u11ab',
  ],
  ...[
    'a\u200bb',
    'a\u00adb',
    'กี่',
    'กำ',
    'नमस्ते',
    'कि',
    'か\u3099',
    '§±×',
    '─│',
    '\ue0b0',
    'ｱ',
    'Ａ',
    '☰',
    '①',
    '→',
    'a\u2060b',
  ],
];

function hasTmux(): boolean {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).startsWith('tmux 3');
  } catch {
    return false;
  }
}

test('columns are counted as tmux counts them', { skip: !hasTmux() && 'tmux 3 is not installed' }, () => {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TMUX: '' };
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', `lectern-widths-${process.pid}`, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env,
    });
  const ours = SAMPLES.map((text) => [text, fed(`[${text}]`).screen.cursor.x]);
  tmux('new-session', '-d', '-x', '20', '-y', '3', 'sleep 60');
  try {
    const theirs = SAMPLES.map((text) => {
      const id = tmux('new-window', '-d', '-P', '-F', '#{pane_id}', `printf '%s' '[${text}]'; sleep 60`).trim();
      let x = '0';
      for (let i = 0; i < 200 && x === '0'; i++) x = tmux('display-message', '-p', '-t', id, '#{cursor_x}').trim();
      return [text, Number(x)];
    });
    assert.deepEqual(ours, theirs);
  } finally {
    try {
      tmux('kill-server');
    } catch {
      // It ended by itself.
    }
  }
});

test('erasing up to the last cell of the last row erases all and ends nothing', () => {
  const { screen } = fed('one\r\ntwo\x1b[?1049h\x1b[999;999Hx\x1b[41m\x1b[1J');
  for (const row of screen.rows) assert.equal(row.words[2], screen.rows[3]!.words[19 * 4 + 2]);
  assert.equal(line(screen, 3), '');
  assert.equal(screen.cursor.x, 19);
});

test('an alternate screen that becomes narrower has rows of the new width, and what was cut stays away', () => {
  const { emulator } = fed(`\x1b[?1049h\x1b[H${'x'.repeat(20)}`);
  emulator.resize({ cols: 8, rows: 4 });
  assert.deepEqual([...new Set(emulator.capture(null).rows.map((row) => row.cols))], [8]);
  emulator.resize(SIZE);
  assert.equal(line(emulator.capture(null)), 'x'.repeat(8));
});

/** Text as it is typed, and what makes a terminal put it elsewhere. */
const TYPED = [
  ...['a', 'b ', '{', 'xyz', ' ', 'q', 'q', 'a longer word', '0123456789012345678901234567890123456789'],
  ...['\r', '\n', '\b', '\r\n', '\x1b[2;5H', '\x1b[4h', '\x1b[4l', '\x1b[?7l', '\x1b[?7h', '\x1b(0', '\x1b(B'],
  ...[
    '\x1b[1;3r',
    '\x1b[r',
    '\x1b[?6h',
    '\x1b[?6l',
    '\x1b[31m',
    '\x1b[m',
    '\x1b[K',
    '\x1b[J',
    '\x1b[L',
    '\x1b[M',
    '\x1b[S',
  ],
  ...[
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b[?25l',
    '\x1b[?25h',
    '\x1b',
    '[',
    'c',
    '\x1b]2;t',
    '\x07',
    '日',
    'e\u0301',
    '\u200d',
    '\u0600',
  ],
  ...['\xe6\x97', '\xa5'].map((half) => Buffer.from(half, 'latin1')),
];

test('a screen that is captured key by key is the one that is captured as a whole', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  for (let run = 0; run < 150; run++) {
    const [kept, whole] = [new Emulator(SIZE), new Emulator(SIZE)];
    let screen: Screen | null = null;
    for (let step = 0; step < 120; step++) {
      const piece = TYPED[Math.trunc(random() * TYPED.length)]!;
      for (const emulator of [kept, whole]) emulator.feed(Buffer.from(piece as string));
      if (random() < 0.3) continue;
      if (random() < 0.05) kept.capture(null);
      if (random() < 0.02) for (const emulator of [kept, whole]) emulator.resize({ cols: 10 + (step % 20), rows: 4 });
      screen = kept.capture(screen);
      assertSame(screen, whole.capture(null), `seed ${seed}, run ${run}, step ${step}`);
    }
    for (const emulator of [kept, whole]) emulator.dispose();
  }
});

function assertSame(a: Screen, b: Screen, where: string): void {
  assert.deepEqual([a.size, a.wrapped, a.cursor, a.title], [b.size, b.wrapped, b.cursor, b.title], where);
  a.rows.forEach((row, y) => {
    assert.ok(row.equals(b.rows[y]!), `row ${y}: ${where}`);
  });
}
