/**
 * The budget of one screen, with clocks that only count: how long something took is nobody's business here, but whether
 * somebody looked at the clock in time, and what is left after a search that was ended.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from '../../src/cli/session/gate.js';
import type { FromScreen } from '../../src/cli/session/messages.js';
import { threadTime } from '../../src/cli/session/thread-time.js';
import { LecternError } from '../../src/core/errors.js';
import { Frame } from '../../src/core/frame.js';
import { Budget } from '../../src/core/redact/budget.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Memory } from '../../src/core/redact/memory.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { randomFrom } from '../support/typed.js';

const SIZE = { cols: 200, rows: 52 };
const SEED = 4041;

/** A clock that goes on by 1 with each look, and how often it was looked at. */
class Looks {
  count = 0;
  readonly budget: Budget;

  constructor(limit: number) {
    this.budget = new Budget(() => ++this.count, limit);
  }
}

test('how long the processor has worked is asked while nobody waits, and not again for what follows at once', () => {
  let [now, spent, asked] = [0, 0, 0];
  const budget = new Budget(
    () => now,
    36,
    () => {
      asked++;
      return spent;
    },
  );
  const isOver = () => endOf(() => budget.check()) !== 'done';
  budget.rest();
  asked = 0;
  [now, spent] = [1000, 0];
  budget.start();
  now += 1;
  budget.start();
  assert.equal(asked, 0);
  [now, spent] = [now + 100, 30];
  assert.equal(isOver(), false, '70 of them were for others');
  [now, spent] = [now + 1, 33];
  assert.equal(isOver(), true);
  asked = 0;
  budget.start();
  assert.equal(asked, 1, 'what was asked before is too old');
  [now, spent] = [now + 100, spent + 30];
  assert.equal(isOver(), false);
});

test('time that the processor gave to others is not counted, up to ten budgets of it', () => {
  let [now, spent] = [0, 0];
  const budget = new Budget(
    () => now,
    36,
    () => spent,
  );
  const isOver = () => endOf(() => budget.check()) !== 'done';
  [now, spent] = [100, 10];
  assert.equal(isOver(), false, 'it worked for 10 of 100 ms');
  [now, spent] = [100, 32];
  assert.equal(isOver(), true, 'the system may not have counted the last 4 ms yet');
  budget.start();
  assert.equal(isOver(), false);
  [now, spent] = [100 + 361, 33];
  assert.equal(isOver(), true, 'who waits for the picture waits no longer');
  budget.start(-18);
  [now, spent] = [now + 19, spent + 15];
  assert.equal(isOver(), true, 'half the time');
});

test('the system says how long the processor has worked for a thread', { skip: threadTime() === null }, () => {
  const spent = threadTime()!;
  const began = spent();
  const until = performance.now() + 60_000;
  for (let i = 0; spent() - began < 50 && performance.now() < until; i++) Math.sqrt(i);
  const worked = spent();
  assert.ok(worked - began >= 50);
  // Asleep it does not go on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  assert.ok(spent() - worked < 100, `${spent() - worked} ms`);
});

function screenOf(text: string) {
  const emulator = new Emulator(SIZE);
  emulator.feed(Buffer.from(text));
  return emulator.capture(null);
}

/** 10 KB that look like the beginning of a match until their last character. */
const ADVERSARIAL = `${'a'.repeat(10_239)}!`;
const EVIL = [
  '(a+)+$',
  '(a|aa)+$',
  '(.*a){20}',
  '(a?){100}a{100}',
  '\\b(\\w+\\s?){200}$',
  '([a-z]+)*\\d',
  '(a{1,100}){1,9}b',
] as const;

function ruleOf(regex: string, index: number): Rule {
  return { id: `evil-${index}`, regex };
}

function endOf(act: () => unknown): string {
  try {
    act();
    return 'done';
  } catch (error) {
    assert.ok(error instanceof LecternError);
    return error.code;
  }
}

for (const regex of ['(a+)+$', '(.*a){20}', '\\b(\\w+\\s?){200}$']) {
  test(`one search of ${regex} over 10 KB is ended in its middle`, () => {
    const screen = screenOf(ADVERSARIAL);
    const looks = new Looks(4);
    const redactor = Redactor.of([ruleOf(regex, 0)], [], '#', looks.budget);
    assert.equal(
      endOf(() => Frame.of(screen, redactor)),
      'BUDGET',
    );
    // One look starts the time, one begins the search, and nothing goes on after the one that is too late.
    assert.ok(looks.count <= 4 + 3, `${looks.count} looks`);
  });
}

test('500 rules end at the first look that is too late', () => {
  const rules = Array.from({ length: 500 }, (_, i) => ruleOf(EVIL[i % EVIL.length]!, i));
  const looks = new Looks(100);
  const redactor = Redactor.of(rules, [], '#', looks.budget);
  const before = looks.count;
  assert.equal(
    endOf(() => Frame.of(screenOf(ADVERSARIAL), redactor)),
    'BUDGET',
  );
  assert.ok(looks.count - before <= 103, `${looks.count - before} looks`);
});

test('between two looks at the clock a search does no more than a fixed amount of work', () => {
  // All the states of these programs are alive at once, so that a step of the search costs as much as it can.
  for (const regex of EVIL) {
    const looks = new Looks(20);
    const redactor = Redactor.of([ruleOf(regex, 0)], [], '#', looks.budget);
    endOf(() => redactor.text(ADVERSARIAL));
    assert.ok(looks.count > 2, `${regex}: ${looks.count} looks`);
  }
});

test('what was half searched when the time was over is searched again: nothing wrong is remembered', (t) => {
  const random = randomFrom(SEED);
  const secret = () => `ghp_${Array.from({ length: 36 }, () => 'abcXYZ0189'[Math.floor(random() * 10)]).join('')}`;
  const lines = Array.from({ length: 50 }, (_, i) => {
    if (i % 3 === 0) return `token ${secret()}`;
    return i % 3 === 1 ? `password: "${secret().slice(4, 20)}"` : `${'x'.repeat(170)} ${secret()}`;
  });
  const screen = screenOf(lines.join('\r\n'));
  const expected = Redactor.of(BUILT_IN_RULES).redact(screen);
  assert.ok([...expected.counts.values()].reduce((sum, count) => sum + count, 0) >= 25);
  let thrown = 0;
  for (let limit = 0; limit < 400; limit += 1 + Math.floor(random() * 40)) {
    const looks = new Looks(limit);
    let left = 3;
    // Nothing but the first tries are short of time.
    const budget = new Budget(() => (left > 0 ? ++looks.count : 0), limit);
    const redactor = Redactor.of(BUILT_IN_RULES, [], undefined, budget);
    for (; left > 0; left--) if (endOf(() => redactor.redact(screen)) === 'BUDGET') thrown++;
    const found = redactor.redact(screen);
    assert.deepEqual(found.masks, expected.masks);
    assert.deepEqual([...found.counts], [...expected.counts]);
  }
  assert.ok(thrown > 8, `${thrown} of the searches were ended`);
  t.diagnostic(`seed ${SEED}: ${thrown} searches were ended`);
});

test('an allowlist is searched within the budget as well', () => {
  const looks = new Looks(4);
  const allowlists = [{ regexes: ['(.*a){20}b'] }];
  const redactor = Redactor.of([{ id: 'long', regex: 'a{1000}.*!', allowlists }], [], '#', looks.budget);
  assert.equal(
    endOf(() => redactor.text(ADVERSARIAL)),
    'BUDGET',
  );
  assert.ok(looks.count <= 4 + 3, `${looks.count} looks`);
});

test('what is remembered is looked for within the budget as well', () => {
  const memory = new Memory();
  for (let length = 100; length < 500; length++) memory.learn({ rule: 'x', text: 'a'.repeat(length), grain: 'whole' });
  const looks = new Looks(200);
  const rule: Rule = { id: 'x', regex: 'zzz[0-9]{9}', keywords: ['zzz'] };
  const redactor = Redactor.of([rule], [], '#', looks.budget, memory);
  assert.equal(
    endOf(() => redactor.redact(screenOf(ADVERSARIAL))),
    'BUDGET',
  );
  assert.ok(looks.count <= 204, `${looks.count} looks`);
});

test('a title, too, is searched within the budget', () => {
  const looks = new Looks(4);
  const redactor = Redactor.of([ruleOf('(.*a){20}', 0)], [], '#', looks.budget);
  assert.equal(
    endOf(() => redactor.text(ADVERSARIAL)),
    'BUDGET',
  );
});

test('a picture that is withheld holds one sentence and no cell of any screen', () => {
  const frame = Frame.withheld({ cols: 80, rows: 24 });
  assert.ok(Frame.isFrame(frame));
  const text = frame.rows.map((row) => Array.from({ length: row.cols }, (_, x) => row.text(x)).join('')).join('');
  assert.equal(text, 'Picture withheld: the masking rules failed or took too long.'.replaceAll(' ', ' '));
  assert.equal(frame.cursor.visible, false);
  assert.deepEqual(Frame.withheld({ cols: 4, rows: 1 }).size, { cols: 4, rows: 1 });
});

test('output that needs most of the budget is searched in the first time that is left for it, and the screen after it', () => {
  const token = 'ghp_Q7mB2xW9vJ4kZ8qX5jT3wK7nR1yL6pD0sFhC';
  const tail = token.slice(-9);
  const printed = Buffer.from(`${'a b '.repeat(200)} ${token}\r\n`);
  const screen = screenOf('');
  const rules = { rules: BUILT_IN_RULES, values: [], mask: '*', ruleFiles: [], valueFiles: [], lints: [] };
  /** What is left unmasked of a token that could not be searched when it came, after one screen with `ms` for each look. */
  const afterOneScreen = (ms: number) => {
    let [now, step] = [0, 1000];
    const clock = () => {
      now += step;
      return now;
    };
    const gate = new Gate(rules, new Memory(), () => {}, new Budget(clock));
    gate.hear(printed);
    step = ms;
    const before = now;
    gate.pass(screen, null);
    const took = now - before;
    step = 0;
    return { took, left: gate.text(tail), next: gate.pass(screen, null) };
  };
  const free = afterOneScreen(0.001);
  assert.equal(free.left, '*'.repeat(tail.length));
  // Both together just need the budget: the output alone needs more than half of it.
  const { left, next } = afterOneScreen((0.001 * 36) / free.took);
  assert.equal(left, free.left);
  assert.ok(next !== null);
});

test('the wall tells that it gives something up: at once, and then whenever it is twice as much', () => {
  const told: number[] = [];
  let now = 0;
  // Every look at this clock is a second later: no time is enough for anything.
  const budget = new Budget(() => {
    now += 1000;
    return now;
  });
  const rules = { rules: BUILT_IN_RULES, values: [], mask: '*', ruleFiles: [], valueFiles: [], lints: [] };
  const tell = (message: FromScreen) => void (message.type === 'unsearched' && told.push(message.count));
  const gate = new Gate(rules, new Memory(), tell, budget);
  const screen = screenOf('');
  const line = `token = ${'x'.repeat(90)}\r\n`;
  for (let i = 0; i < 300; i++) {
    gate.hear(Buffer.from(line));
    gate.pass(screen, null);
  }
  let sum = 0;
  for (const count of told) {
    assert.ok(count >= sum, 'twice as much as before');
    sum += count;
  }
  assert.ok(told.length >= 2, `${told.length} times`);
});
