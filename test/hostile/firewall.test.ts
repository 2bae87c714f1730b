import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Room } from '../../src/core/room.js';
import { type InputModes, NO_INPUT_MODES, type SessionState } from '../../src/core/session.js';
import { Recording } from '../../src/observers/recording.js';
import { type Glass, Observer } from '../../src/observers/ssh/observer.js';
import { screenText } from '../../src/observers/ssh/verbs.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { EVIL } from '../support/evil.js';
import { foreign } from '../support/vocabulary.js';

const SEED = Number(process.env['LECTERN_FIREWALL_SEED'] ?? 20_261_121);
const RUNS = Number(process.env['LECTERN_FIREWALL_RUNS'] ?? 400);
const ID = 'a1b2c3d4';
const PAGE: Size = { cols: 40, rows: 12 };
const ALL_MODES: InputModes = {
  applicationCursor: true,
  applicationKeypad: true,
  bracketedPaste: true,
  mouse: 1003,
  mouseEncoding: 1006,
  focus: true,
  kitty: 1,
  otherKeys: 2,
};
/** Beside the vocabulary, for who has control: the modes in which he is to send his keys. */
const MODES = /\x1b(?:\[\?(?:1|9|1000|1002|1003|1004|1006|2004)[hl]|\[>4;[0-2]m|\[[<>=]\d*(?:;\d)?u|[=>])/g;

/** One session without processes: what a program prints goes in, what an observer's terminal gets comes out. */
class Show {
  readonly #emulator = new Emulator(PAGE);
  readonly #room = new Room();
  readonly #observers: { readonly observer: Observer; bytes: string }[] = [];
  #screen: Screen | null = null;
  #state: SessionState;

  constructor(name: string, glasses: readonly Size[]) {
    this.#state = {
      name,
      startedMs: 0,
      watching: 1,
      readOnly: false,
      control: null,
      typing: null,
      suggestion: null,
      vote: null,
      pausedMs: null,
      endsMs: null,
      waiting: 0,
      mayChat: true,
      mayPoint: true,
      muted: [],
      masked: 0,
      hidden: true,
      echoOff: false,
      modes: NO_INPUT_MODES,
    };
    for (const size of glasses) this.#add(size);
  }

  get room(): Room {
    return this.#room;
  }

  print(bytes: Uint8Array): void {
    this.#emulator.feed(bytes);
    this.#screen = this.#emulator.capture(this.#screen);
    this.#room.publish(Frame.of(this.#screen, Redactor.NONE));
  }

  resize(size: Size): void {
    for (const { observer } of this.#observers) observer.resize(size);
  }

  type(keys: string): void {
    for (const { observer } of this.#observers) observer.read(Buffer.from(keys));
  }

  /** Lends control to all of them, or takes it away. */
  lend(name: string | null): void {
    const control = name === null ? null : { id: ID, name, untilMs: 60_000, mode: 'full' as const };
    this.#state = { ...this.#state, control, modes: name === null ? NO_INPUT_MODES : ALL_MODES };
    for (const { observer } of this.#observers) observer.stateChanged();
  }

  /** Everything that each of them got, to the end. */
  end(): readonly string[] {
    for (const { observer } of this.#observers) observer.farewell('ended');
    return this.#observers.map(({ bytes }) => bytes);
  }

  #add(size: Size): void {
    const write = (bytes: Uint8Array): void => {
      entry.bytes += Buffer.from(bytes).toString();
    };
    const glass: Glass = {
      id: ID,
      size,
      writable: true,
      write,
      writeAcked(bytes, done) {
        write(bytes);
        done();
      },
      leave: (_, bytes) => write(bytes),
      dismiss: (_, bytes) => write(bytes),
    };
    const desk = {
      room: this.#room,
      state: () => this.#state,
      chat: () => [{ name: this.#state.name, text: this.#state.name, atMs: 0 }],
      pointers: () => [{ id: 'x', name: this.#state.name, x: 1, y: 1 }],
      ...{ ask() {}, withdraw() {}, giveBack() {}, press() {}, name() {}, suggest() {}, vote() {}, say() {} },
      ...{ point() {}, who() {}, lag() {} },
      now: () => 1000,
      steady: () => 1000,
    };
    const entry = { observer: new Observer(glass, desk, true), bytes: '' };
    this.#observers.push(entry);
    entry.observer.enter();
  }
}

const size = fc.record({ cols: fc.integer({ min: 2, max: 60 }), rows: fc.integer({ min: 2, max: 20 }) });
const strange = fc.constantFrom(
  ...[
    '\u202e',
    '\u2066',
    '\u200d',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\u115f',
    '\u3164',
    '\u2028',
    '\u0301',
    '\u0489',
    '\ufe0f',
  ],
  ...[
    '\u009b',
    '\u009d',
    '\u0085',
    '\u{1f469}',
    '\u{1f3fd}',
    '\u{e0067}',
    '\ud800',
    '\u05d0',
    '漢',
    '각',
    '\u1160',
    'e',
    ' ',
  ],
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(strange, { maxLength: 30 }).map((chars) => chars.join('')),
);
const csi = fc
  .tuple(
    fc.constantFrom('', '?', '>', '=', '!'),
    fc.array(fc.nat(9999), { maxLength: 4 }),
    fc.constantFrom('', ' ', '$', '"'),
    fc.integer({ min: 0x40, max: 0x7e }),
  )
  .map(([mark, numbers, between, final]) => `\x1b[${mark}${numbers.join(';')}${between}${String.fromCharCode(final)}`);
const osc = fc.tuple(fc.nat(2000), text).map(([number, words]) => `\x1b]${number};${words}\x07`);
const title = text.map((words) => `\x1b]2;${words}\x07`);
const output = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .oneof(text, csi, osc, title, fc.constantFrom(...EVIL.map(([, bytes]) => bytes)))
    .map((words) => Buffer.from(words)),
);
const step = fc.oneof(
  { weight: 6, arbitrary: output.map((bytes) => (show: Show) => show.print(bytes)) },
  { weight: 1, arbitrary: size.map((glass) => (show: Show) => show.resize(glass)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('?', ' ', 't', '\x0c', 'x', '\x1b[C', '\x1b[B', 'f', 'r')
      .map((key) => (show: Show) => show.type(key)),
  },
  { weight: 1, arbitrary: fc.option(text).map((name) => (show: Show) => show.lend(name)) },
);

test('whatever a program prints, observers get the closed vocabulary and nothing else', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(size, { minLength: 1, maxLength: 3 }),
      fc.array(step, { maxLength: 25 }),
      (name, glasses, steps) => {
        const show = new Show(name, glasses);
        for (const act of steps) act(show);
        for (const bytes of show.end()) assert.equal(foreign(bytes.replace(MODES, '')), null);
        assert.equal(foreign(screenText(show.room.now)), null);
      },
    ),
    { seed: SEED, numRuns: RUNS, verbose: true },
  );
});

test('who loses control is left in no mode that he was not in before', () => {
  const show = new Show('demo', [PAGE]);
  show.print(Buffer.from('text'));
  show.lend('ana');
  const [bytes] = show.end();
  for (const mode of [1, 1003, 1004, 1006, 2004]) {
    assert.ok(bytes!.lastIndexOf(`\x1b[?${mode}l`) > bytes!.indexOf(`\x1b[?${mode}h`), `mode ${mode}`);
  }
  assert.ok(bytes!.lastIndexOf('\x1b>') > bytes!.indexOf('\x1b='));
});

test('a recording of the worst holds the closed vocabulary and nothing else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-firewall-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'evil.cast');
  const show = new Show('demo', []);
  let now = 0;
  const options = { path, title: 'demo', startedMs: 0, now: () => now++, resume: false, lost: () => assert.fail() };
  const recording = new Recording(options);
  show.room.join(recording);
  for (const [, bytes] of EVIL) show.print(Buffer.from(`${bytes}text\n`));
  recording.close();
  const [, ...events] = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(events.length > EVIL.length / 2);
  for (const [, kind, data] of events) assert.equal(kind === 'o' ? foreign(data) : null, null);
});

test('the vocabulary knows what is not in it', () => {
  for (const [what, bytes] of EVIL) assert.notEqual(foreign(bytes), null, what);
  for (const bytes of [
    'a\u202eb',
    'e\u0301\u0301\u0301\u0301\u0301',
    'a\u200db',
    '\u3164',
    '\x1b[6n',
    '\t',
    '\x07',
    '\u009b',
  ]) {
    assert.notEqual(foreign(bytes), null, JSON.stringify(bytes));
  }
});
