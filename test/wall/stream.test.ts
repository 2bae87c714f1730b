/** The text of what was printed, however it is cut, and what is learned of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { type Learner, Stream } from '../../src/core/redact/stream.js';
import { Stripper } from '../../src/core/redact/strip.js';

function strip(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const stripper = new Stripper();
  let text = '';
  let from = 0;
  for (const to of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
    stripper.feed(bytes.subarray(from, to), (piece) => {
      text += piece;
    });
    from = to;
  }
  return text;
}

const SEQUENCES: readonly (readonly [what: string, output: string, text: string])[] = [
  ['colours', 'gh\x1b[31mp_\x1b[38;5;3;1mab\x1b[0mc\x1b[mX\x1b[4:3mY', 'ghp_abcXY'],
  ['erasures and modes', 'a\x1b[Kb\x1b[0Jc\x1b[?25ld\x1b[?2004he\x1b[2 qf\x1b[Pg', 'abcdefg'],
  [
    'titles, links, images and clipboards',
    'a\x1b]0;ti tle\x07b\x1b]8;;http://x\x1b\\c\x1bPq#0\x1b\\d\x1b_G\x1b\\e',
    'abcde',
  ],
  ['a string that another sequence ends', 'a\x1b]0;title\x1b[31mb', 'ab'],
  ['line ends', 'a\r\nb\nc\rd\x0be', 'a\nb\nc\nd\ne'],
  [
    'backspace and cursor moves end what was said in one go',
    'a\bb\x1b[5;1Hc\x1b[Ad\x1b[3Ge\x1b8f\x1bMg',
    'a\nb\nc\nd\ne\nf\ng',
  ],
  ['the other screen', 'a\x1b[?1049hb\x1b[?1049lc', 'a\nb\nc'],
  ['a step to the right is a blank, and so is a tab', 'a\x1b[Cb\x1b[7Cc\td', 'a b c d'],
  ['repeated characters', 'xa\x1b[3bz\x1b[b', 'xaaaazz'],
  ['character sets, keypad, saved cursor', 'a\x1b(Bb\x1b=c\x1b7d\x1b#8e', 'abcde'],
  ['controls within sequences', 'a\x1b[3\x001mb\x1b[3\n1mc\x1b[31\x18d', 'ab\ncd'],
  ['an escape that begins anew', 'a\x1b[3\x1b[31mb\x1b\x1b[mc', 'abc'],
  ['characters beyond ASCII', 'é漢👍\u00a0z', 'é漢👍\u00a0z'],
  ['C1 controls', 'a\u009b31mb\u0085c\u009d0;t\u009cd', 'ab\nc'],
  ['bells and nothing', 'a\x07b\x00c\x7fd', 'abcd'],
];

for (const [what, output, text] of SEQUENCES) {
  test(`stripping: ${what}`, () => assert.equal(strip(Buffer.from(output)), text));
}

test('chunks may be cut anywhere', (t) => {
  const seed = Date.now() % 1e9;
  t.diagnostic(`seed ${seed}`);
  const piece = fc.constantFrom(...SEQUENCES.map(([, output]) => output), 'plain ', '\x1b', '[', '31', 'm', '👍');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(120), { maxLength: 30 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      assert.equal(
        strip(
          bytes,
          cuts.filter((cut) => cut < bytes.length),
        ),
        strip(bytes),
      );
    }),
    { seed, numRuns: 3000 },
  );
});

test('bytes that are no UTF-8 do no harm', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof strip(bytes) === 'string'));
});

test('text longer than a piece comes whole', () => {
  const long = 'abcdefghij'.repeat(20_000);
  assert.equal(strip(Buffer.from(`\x1b[1m${long}\x1b[m\r\n`)), `${long}\n`);
});

// What is learned ---------------------------------------------------------------------------------------------------

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const TAIL = TOKEN.slice(-9);

/** How many of the last nine characters of the token are masked when they stand alone, after `output` was printed. */
function maskedAfter(output: string | Uint8Array, chunk = 7): number {
  const redactor = Redactor.of(BUILT_IN_RULES);
  const stream = new Stream();
  const bytes = typeof output === 'string' ? Buffer.from(output) : output;
  for (let at = 0; at < bytes.length; at += chunk) stream.feed(bytes.subarray(at, at + chunk), redactor);
  return [...redactor.text(`x ${TAIL}`)].filter((char) => char === redactor.mask).length;
}

test('a token that was printed in one go is learned, through colours and chunks', () => {
  assert.equal(maskedAfter(''), 0, 'unknown before');
  for (const chunk of [1, 3, 4096]) {
    assert.equal(maskedAfter(`$ cat x\r\n${TOKEN}\r\n`, chunk), 9);
    assert.equal(maskedAfter(`a line\r\n${TOKEN.slice(0, 12)}\x1b[31m\x1b[K${TOKEN.slice(12)}`, chunk), 9);
    assert.equal(maskedAfter(`${TOKEN.slice(0, 20)}\u200b${TOKEN.slice(20)}\r\n`, chunk), 9);
    assert.equal(maskedAfter(`${TOKEN}\r${' '.repeat(60)}`, chunk), 9, 'and wiped out at once');
  }
});

test('a token in the middle of a flood is learned', () => {
  const flood = `${'a line of a log 12:30 --key: pin\r\n'.repeat(4000)}`;
  assert.equal(maskedAfter(`${flood}id=${TOKEN};\r\n${flood}`, 65_536), 9);
  assert.equal(maskedAfter(`${'z'.repeat(100_000)} ${TOKEN} ${'z'.repeat(100_000)}`, 65_536), 9);
});

test('what the cursor parted is not taken for one text, but what came before is known for a beginning', () => {
  const [first, second] = ['ghp_Q7zK2xW9vJ4kZ8qX5j', 'V3wK7zQ2xJ9vW4kZ8qQQQQ'];
  const redactor = Redactor.of(BUILT_IN_RULES);
  new Stream().feed(Buffer.from(`${first}\x1b[9;9H${second}`), redactor);
  assert.equal(redactor.text(second), second);
  assert.equal(redactor.text(`x ${first.slice(-8)}${second} y`), `x ${redactor.mask.repeat(30)} y`);
});

/** A key that is made up, as it is printed. */
const DASHES = '-'.repeat(5);
const BODY = ['b3BlbnNzaC1rZXkt', 'djEAzZ9yXwVuTsRq'].map((line) => line.repeat(4));
const KEY_FILE = [
  `${DASHES}BEGIN OPENSSH PRIVATE${' KEY'}${DASHES}`,
  ...BODY,
  `${DASHES}END OPENSSH PRIVATE${' KEY'}${DASHES}`,
].join('\r\n');

test('the lines of a key are learned, whatever the chunks', () => {
  for (const chunk of [1, 50, 4096]) {
    const redactor = Redactor.of(BUILT_IN_RULES);
    const stream = new Stream();
    const bytes = Buffer.from(`$ cat k\r\n${KEY_FILE}\r\n$ `);
    for (let at = 0; at < bytes.length; at += chunk) stream.feed(bytes.subarray(at, at + chunk), redactor);
    for (const line of BODY)
      assert.equal(redactor.text(line.slice(5, 25)), redactor.mask.repeat(20), `chunks of ${chunk}`);
    assert.equal(redactor.text('PRIVATE OPENSSH'), 'PRIVATE OPENSSH');
  }
});

test('what a match over lines goes on with is learned too, when the first part of it was one already', () => {
  const rule = { id: 'keys', regex: 'KEYS\\n(?:[A-F0-9]{24}\\n){1,4}', keywords: ['KEYS'] };
  const lines = ['6E4142C1D378E0E9C596B5F6', '25D3189E4565C405E90D2820', '1D6C8016A733D82AAA849C6C'];
  for (const chunk of [1, 33, 35, 4096]) {
    const redactor = Redactor.of([rule]);
    const stream = new Stream();
    const bytes = Buffer.from(`a\r\nKEYS\r\n${lines.join('\r\n')}\r\nend\r\n`);
    for (let at = 0; at < bytes.length; at += chunk) stream.feed(bytes.subarray(at, at + chunk), redactor);
    for (const line of lines)
      assert.equal(redactor.text(line.slice(8, 20)), redactor.mask.repeat(12), `chunks of ${chunk}`);
  }
});

test('what could not be searched in its time is searched once more, and what follows is none the poorer', () => {
  let tries = 0;
  const redactor = Redactor.of(BUILT_IN_RULES);
  const busy: Learner = {
    nextLesson: (text, from, scope) => redactor.nextLesson(text, from, scope),
    learn: (text, scope) => {
      if (++tries === 1) throw new Error('no time');
      return redactor.learn(text, scope);
    },
  };
  const stream = new Stream();
  assert.throws(() => stream.feed(Buffer.from(`one ${TOKEN}\r\nghp_Q7zK2xW9`), busy));
  assert.equal(redactor.memory.size, 0);
  stream.again(busy);
  assert.equal(stream.givenUp, 0);
  assert.equal(redactor.text(TAIL), redactor.mask.repeat(9));
  stream.feed(Buffer.from('vJ4kZ8qX5jV3wK7zQ2xJ9vW4kZ8q\r\n'), busy);
  assert.equal(redactor.text('X5jV3wK7zQ'), redactor.mask.repeat(10));
});

test('rules without keywords are looked for in every line', () => {
  const redactor = Redactor.of([{ id: 'hex', regex: '[0-9a-f]{32}', learn: 'fragments' }]);
  new Stream().feed(Buffer.from('one\r\n\r\ntwo 0123456789abcdef0123456789abcdef\r\nthree'), redactor);
  assert.equal(redactor.memory.size, 1);
});

test('on a busy machine each try goes a step further, and what always fails is given up', () => {
  const redactor = Redactor.of(BUILT_IN_RULES);
  let [tries, left] = [0, 0];
  const busy: Learner = {
    nextLesson: (text, from, scope) => redactor.nextLesson(text, from, scope),
    learn: (text, scope) => {
      tries++;
      if (text.includes('never') || left-- <= 0) throw new Error('no time');
      return redactor.learn(text, scope);
    },
  };
  const stream = new Stream();
  const line = (digit: number) => `${digit} ${TOKEN.replace(/.$/, String(digit))}\r\n`;
  const text = `${[1, 2, 3].map(line).join('')}never ${TOKEN}\r\n${line(4)}`;
  assert.throws(() => stream.feed(Buffer.from(text), busy));
  let failed = 0;
  for (let done = false; !done && failed < 50; ) {
    left = 1;
    try {
      stream.again(busy);
      done = true;
    } catch {
      failed++;
    }
  }
  assert.equal(redactor.memory.size, 4, `${failed} tries in vain, ${tries} searches`);
  assert.ok(failed >= 20 && failed < 40, `${failed}`);
  assert.equal(stream.givenUp, `never ${TOKEN}\n`.length, 'and it says how much');
});

test('what always fails takes no time from what follows: each piece after it has a time of its own', () => {
  const redactor = Redactor.of(BUILT_IN_RULES);
  let isOver = true;
  const timed: Learner = {
    nextLesson: (text, from, scope) => redactor.nextLesson(text, from, scope),
    learn: (text, scope) => {
      // As the budget is: once it is over, whatever is searched fails, until it begins anew.
      isOver ||= text.includes('never');
      if (isOver) throw new Error('no time');
      return redactor.learn(text, scope);
    },
  };
  const stream = new Stream();
  const line = (digit: number) => `${digit} ${TOKEN.replace(/.$/, String(digit))}\r\n`;
  const text = `never ${TOKEN}\r\n${[1, 2, 3].map(line).join('')}`;
  assert.throws(() => stream.feed(Buffer.from(text), timed));
  let rounds = 0;
  for (let done = false; !done && rounds < 50; rounds++) {
    isOver = false;
    try {
      stream.again(timed);
      done = true;
    } catch {}
  }
  assert.equal(redactor.memory.size, 3, `${rounds} rounds`);
  assert.ok(rounds < 30, `${rounds} rounds`);
});

test('what could not be searched is found whole: with what stood before it, and over lines that have long gone by', () => {
  const redactor = Redactor.of(BUILT_IN_RULES);
  let busy = false;
  const learner: Learner = {
    nextLesson: (text, from, scope) => {
      if (busy) throw new Error('no time');
      return redactor.nextLesson(text, from, scope);
    },
    learn: (text, scope) => redactor.learn(text, scope),
  };
  const stream = new Stream();
  // Nothing in it comes twice: its beginning tells nothing of its end.
  const token = 'ghp_Q7mB2xW9vJ4kZ8qX5jT3wK7nR1yL6pD0sFhC';
  const tail = token.slice(-9);
  stream.feed(Buffer.from(`one ${token.slice(0, 20)}`), learner);
  busy = true;
  assert.throws(() => stream.feed(Buffer.from(`${token.slice(20)}\r\n${KEY_FILE}\r\n`), learner));
  busy = false;
  stream.feed(Buffer.from('nothing of it, for a long time\r\n'.repeat(2000)), learner);
  assert.equal(redactor.text(tail), tail, 'not yet');
  stream.again(learner);
  assert.equal(redactor.text(tail), redactor.mask.repeat(tail.length));
  for (const line of BODY) assert.equal(redactor.text(line.slice(8, 20)), redactor.mask.repeat(12));
});

test('of more output than is kept to be searched once more, the oldest is given up, and that is said', () => {
  const never: Learner = {
    nextLesson: () => {
      throw new Error('no time');
    },
    learn: () => 0,
  };
  const stream = new Stream();
  const feed = (text: string) => assert.throws(() => stream.feed(Buffer.from(text), never));
  feed('x'.repeat(1000));
  assert.equal(stream.givenUp, 0);
  feed('y'.repeat(80_000));
  assert.ok(stream.givenUp >= 81_000 - 65_536, `${stream.givenUp}`);
});
