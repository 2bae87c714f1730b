/**
 * The way into a terminal that takes only some bytes at a time, or none: all that is typed comes whole and in order, and
 * who reads again is soon served. A named pipe stands for the terminal, and the clock is turned by hand.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HIGH_WATER_BYTES, Keyboard, MAX_WAITING_BYTES, type Pressure } from '../../src/presenter/keyboard.js';
import { randomFrom } from '../support/typed.js';

/** More than a pipe holds, in bytes. */
const PLENTY = 256 * 1024;
/** Longer than any wait between two tries, in ms. */
const LONG_MS = 100;

interface Pipe {
  readonly keyboard: Keyboard;
  /** What was told of how much waits, in order. */
  readonly told: Pressure[];
  /** Takes at most `count` bytes out. */
  readonly take: (count: number) => Buffer;
}

function pipe(t: TestContext): Pipe {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-keyboard-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const out = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const into = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const told: Pressure[] = [];
  const keyboard = new Keyboard(into, (pressure) => told.push(pressure));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => {
    keyboard.close();
    closeSync(into);
    closeSync(out);
    rmSync(folder, { recursive: true });
  });
  return { keyboard, told, take: (count) => taken(out, count) };
}

function taken(fd: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let size = 0;
  try {
    while (size < count) size += readSync(fd, bytes, size, count - size, null);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
  }
  return bytes.subarray(0, size);
}

test('what is typed comes whole and in order, however little is taken at a time', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  const { keyboard, take } = pipe(t);
  const typed: Buffer[] = [];
  const came: Buffer[] = [];
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.alloc(Math.floor(random() * (random() < 0.2 ? PLENTY : 9)), i);
    if (keyboard.type(bytes)) typed.push(Buffer.from(bytes));
    // Who typed may use his buffer again.
    bytes.fill(0xff);
    if (random() < 0.5) came.push(take(Math.floor(random() * PLENTY)));
    if (random() < 0.3) keyboard.nudge();
    if (random() < 0.3) t.mock.timers.tick(LONG_MS);
  }
  // What waits is tried again before the pipe counts as empty.
  do {
    t.mock.timers.tick(LONG_MS);
    came.push(take(PLENTY));
  } while (came.at(-1)!.length > 0);
  assert.ok(Buffer.concat(typed).equals(Buffer.concat(came)), `seed ${seed}`);
});

test('a reader who had stopped is not waited for any longer once he has read, and what was dropped never comes', (t) => {
  const { keyboard, take } = pipe(t);
  keyboard.type(Buffer.alloc(PLENTY, 'x'));
  for (let i = 0; i < 10; i++) t.mock.timers.tick(LONG_MS);
  keyboard.drop();
  assert.ok(take(PLENTY).length < PLENTY);
  keyboard.type(Buffer.from('a'));
  assert.equal(String(take(PLENTY)), 'a');
  keyboard.type(Buffer.alloc(PLENTY, 'b'));
  take(PLENTY);
  t.mock.timers.tick(1);
  assert.match(String(take(PLENTY)), /^b+$/);
});

test('who types is told when much waits, once when no more is taken, and when most of it was read', (t) => {
  const { keyboard, told, take } = pipe(t);
  const bytes = Buffer.alloc(PLENTY, 'x');
  let waiting = 0;
  for (; waiting <= HIGH_WATER_BYTES; waiting += PLENTY) assert.ok(keyboard.type(bytes));
  // What the pipe took itself does not wait.
  assert.ok(keyboard.type(bytes));
  assert.deepEqual(told, ['high']);
  while (keyboard.type(bytes)) waiting += PLENTY;
  assert.ok(waiting >= MAX_WAITING_BYTES - PLENTY);
  assert.equal(keyboard.type(bytes), false);
  assert.equal(keyboard.type(Buffer.from('little')), false, 'there must be no hole');
  assert.deepEqual(told, ['high', 'full']);
  let read = 0;
  while (told.length < 3) {
    read += take(PLENTY).length;
    t.mock.timers.tick(LONG_MS);
  }
  assert.deepEqual(told, ['high', 'full', 'low']);
  assert.ok(read > waiting - HIGH_WATER_BYTES && read < waiting, `${read} bytes were read`);
  while (keyboard.type(bytes));
  keyboard.drop();
  assert.deepEqual(told.slice(3), ['high', 'full', 'low']);
});
