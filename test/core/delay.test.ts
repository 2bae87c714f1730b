/** Screens that wait: what is masked on them because of what came later, what a panic hides, and how many wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Screen } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import type { Cover } from '../../src/core/redact/cover.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { DelayLine } from '../../src/presenter/delay-line.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { Taint } from '../../src/presenter/taint.js';

const SIZE = { cols: 40, rows: 6 };
const DELAY_MS = 3000;
/** Without a keyword nothing is known of it before it is whole. */
const WALL = Redactor.of([{ id: 'number', regex: '[0-9]{8}', hold: 'off' }]);

/** A program's screen, captured after each piece of output. */
class Scene {
  readonly #emulator = new Emulator(SIZE);
  screen: Screen = this.#emulator.capture(null);

  print(text: string): Screen {
    this.#emulator.feed(Buffer.from(text));
    this.screen = this.#emulator.capture(this.screen);
    return this.screen;
  }
}

function textOf(screen: Screen, cover: Cover | null): string {
  const { rows } = Frame.of(screen, WALL, undefined, 0, cover);
  return rows
    .map((row) =>
      Array.from({ length: row.cols }, (_, x) => row.text(x) || ' ')
        .join('')
        .trimEnd(),
    )
    .join('\n')
    .trimEnd();
}

test('a secret that is whole within the delay is masked from its first character', () => {
  const scene = new Scene();
  const line = new DelayLine(DELAY_MS);
  const shown: string[] = [];
  const look = (now: number) => {
    const waiting = line.take(now);
    if (waiting !== null) shown.push(textOf(waiting.screen, waiting.cover));
  };
  let now = 0;
  for (const piece of ['id ', ...'12345678', '\r\nnext', '\r\na\r\nb\r\nc\r\nd\r\ne']) {
    const screen = scene.print(piece);
    line.add(screen, WALL.redact(screen).masks, null, now);
    look(now);
    now += 200;
  }
  for (; line.due < Number.POSITIVE_INFINITY; now += 100) look(now);
  assert.equal(shown.length, 11, 'each screen was shown');
  assert.ok(shown[3]!.startsWith('id ██'), 'what was typed is seen as a mask');
  for (const text of shown) assert.doesNotMatch(text, /[0-9]/);
  assert.ok(shown.at(-1)!.includes('next'));
});

test('without hindsight the same secret would have been seen: the test before can fail', () => {
  const scene = new Scene();
  const texts = ['id ', ...'12345678'].map((piece) => textOf(scene.print(piece), null));
  assert.ok(texts.some((text) => text.includes('1234567')));
});

test('a secret that is whole only after it has scrolled is masked on the screens before', () => {
  const scene = new Scene();
  const line = new DelayLine(DELAY_MS);
  let now = 0;
  const keep = (piece: string) => {
    const screen = scene.print(piece);
    now += 200;
    line.add(screen, WALL.redact(screen).masks, null, now);
  };
  keep('one\r\ntwo\r\nthree\r\nfour\r\nid 1234');
  keep('\x1b7\r\n\r\nafter\x1b8');
  keep('\x1b[4;8H5678');
  assert.ok(textOf(scene.screen, null).includes('id ████████'));
  const first = line.take(200 + DELAY_MS)!;
  assert.ok(textOf(first.screen, null).includes('id 1234'), 'it was there');
  assert.ok(textOf(first.screen, first.cover).includes('id ████'), textOf(first.screen, first.cover));
});

test('at most ten screens a second wait, the last of each tenth, and each for the whole delay', () => {
  const scene = new Scene();
  const line = new DelayLine(DELAY_MS);
  for (let now = 0; now < 1000; now += 10) line.add(scene.print('x'), [], null, now);
  let shown = 0;
  for (let now = 1000; line.due < Number.POSITIVE_INFINITY; now = line.due) {
    const waiting = line.take(now);
    if (waiting === null) continue;
    assert.ok(now >= DELAY_MS);
    shown++;
  }
  assert.equal(shown, 10);
});

test('an endless flood is shown all the same', () => {
  const scene = new Scene();
  const line = new DelayLine(DELAY_MS);
  let shown = 0;
  for (let now = 0; now < 10_000; now += 20) {
    line.add(scene.print('x'), [], null, now);
    if (line.take(now) !== null) shown++;
  }
  assert.ok(shown >= 69 && shown <= 71, `${shown} screens`);
});

test('what a panic drops is never shown', () => {
  const scene = new Scene();
  const line = new DelayLine(DELAY_MS);
  line.add(scene.print('x'), [], null, 0);
  line.clear();
  assert.equal(line.due, Number.POSITIVE_INFINITY);
  assert.equal(line.take(1e9), null);
});

test('what stood on the screen at a panic is masked until it is gone, also when it scrolls or is typed on', () => {
  const scene = new Scene();
  const taint = new Taint();
  taint.begin(scene.print('\x1b]2;my title\x07$ hunter\r\nother'));
  const seen = (piece: string) => {
    const screen = scene.print(piece);
    return textOf(screen, taint.follow(screen));
  };
  const first = seen(' words');
  assert.doesNotMatch(first, /hunter|other/);
  assert.match(first, /words/);
  const scrolled = seen('\r\na\r\nb\r\nc\r\nd\r\ne');
  assert.doesNotMatch(scrolled, /hunter|other/);
  assert.match(scrolled, /a\nb\nc\nd\ne/);
  assert.equal(seen('\x1b[2J\x1b[Hnew'), 'new');
  assert.equal(seen('\x1b[2J\x1b[Hother'), 'other', 'what is written later may be seen');
});

test('after a panic a resize shows nothing of what stood there', () => {
  const emulator = new Emulator(SIZE);
  emulator.feed(Buffer.from(`${'secret '.repeat(9)}\r\n`));
  const taint = new Taint();
  taint.begin(emulator.capture(null));
  emulator.resize({ cols: 23, rows: 6 });
  const screen = emulator.capture(null);
  assert.match(textOf(screen, null), /secret/);
  assert.doesNotMatch(textOf(screen, taint.follow(screen)), /[a-z]/);
});

test('the title that stood there at a panic is not shown while it is the same', () => {
  const scene = new Scene();
  const taint = new Taint();
  taint.begin(scene.print('\x1b]2;my secret\x07'));
  const title = (piece: string) => {
    const screen = scene.print(piece);
    return Frame.of(screen, WALL, undefined, 0, taint.follow(screen)).title;
  };
  assert.equal(title('x'), '');
  assert.equal(title('\x1b]2;vim\x07'), 'vim');
});
