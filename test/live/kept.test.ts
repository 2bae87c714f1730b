/** The program's output is read into one piece of memory again and again: whoever keeps some of it has to copy it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScreenThread } from '../../src/cli/session/screen-thread.js';
import { loadRules } from '../../src/ops/rules.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { Ground } from '../../src/presenter/ground.js';
import { Overlay } from '../../src/presenter/overlay.js';
import { Recent } from '../../src/presenter/recent.js';
import { Tail } from '../../src/presenter/tail.js';
import { House } from '../support/house.js';

const SIZE = { cols: 80, rows: 24 };
const READ_BYTES = 4095;
const BLOCK = Buffer.alloc(READ_BYTES);

/** Hands `text` over as it is read, and writes over each piece of it as soon as it was taken. */
function readInto(text: string | Buffer, take: (bytes: Uint8Array) => void): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += READ_BYTES) {
    const length = bytes.copy(BLOCK, 0, at);
    take(BLOCK.subarray(0, length));
    BLOCK.fill('#');
  }
}

test('a popup that holds output back has it afterwards as it was printed', async () => {
  const written: Buffer[] = [];
  const program = new Emulator(SIZE);
  const overlay = new Overlay({
    write: (bytes) => written.push(Buffer.from(bytes)) > 0,
    ground: new Ground(),
    snapshot: () => Promise.resolve(program.snapshot()),
    drained: () => {},
    hasAlternate: true,
  });
  assert.equal(await overlay.open(), true);
  const text = Array.from({ length: 2000 }, (_, i) => `held back ${i}\r\n`).join('');
  readInto(text, (bytes) => overlay.output(bytes));
  await overlay.close();
  assert.ok(Buffer.concat(written).toString().endsWith(text));
});

test('what a screen begins anew with is what was printed', () => {
  const recent = new Recent();
  const text = `\x1b[2J${'a screen of text. '.repeat(300)}`;
  // Often enough that its memory is used again.
  for (let i = 0; i < 40; i++) readInto(`${i} ${text}`, (bytes) => recent.add(bytes));
  assert.equal(Buffer.from(recent.take()).toString(), text);
  assert.equal(recent.take().length, 0, 'once');
  readInto('x'.repeat(100_000), (bytes) => recent.add(bytes));
  recent.add(Buffer.concat([Buffer.alloc(50_000, 'y'), Buffer.from('\x1bcafter')]));
  assert.equal(Buffer.from(recent.take()).toString(), '\x1bcafter');
});

test('the beginning of a mark that is none is passed on as it was read', () => {
  const tail = new Tail(Buffer.from('1234567890'));
  const passed: Buffer[] = [];
  for (const text of ['abc12345', '678', 'def123'])
    readInto(text, (bytes) => passed.push(Buffer.from(tail.pass(bytes))));
  assert.equal(Buffer.concat([...passed, tail.rest()]).toString(), 'abc12345678def123');
});

test('output for which the screen has no room yet is shown as it was printed', async (t) => {
  const house = new House(t);
  const thread = new ScreenThread(
    {
      size: SIZE,
      rules: loadRules([], {}),
      name: 'demo',
      delayMs: 0,
      framesSocket: join(house.home, 'frames'),
      answers: false,
      minIntervalMs: 20,
    },
    { pressure: () => {}, message: () => {}, rebuilt: () => {} },
  );
  house.after(() => thread.end());
  await thread.ready;
  // Within one turn, and more than there is room for: the last of it waits.
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i} of what was printed\r\n`).join('');
  readInto(lines, (bytes) => thread.feed(bytes));
  const snapshot = await thread.snapshot();
  const shown = new Emulator(SIZE);
  shown.feed(Buffer.from(snapshot!.picture));
  const whole = new Emulator(SIZE);
  whole.feed(Buffer.from(lines));
  const [a, b] = [whole.capture(null), shown.capture(null)];
  for (const [y, row] of a.rows.entries()) assert.ok(b.rows[y]!.equals(row), `row ${y} differs`);
});
