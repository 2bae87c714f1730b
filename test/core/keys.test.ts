import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyAction, Keys, parsePrefix, prefixName, SECOND_KEY_MS, SPLIT_MS } from '../../src/core/keys.js';
import { randomFrom } from '../support/typed.js';

const COMMANDS = new Set(['g', 'G', 'x', '!', '?', 'esc']);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What came of it: bytes as they are, commands as <g>, the panel as <panel>. */
function told(actions: readonly KeyAction[]): string {
  return actions
    .map((action) => {
      if (action.type === 'send') return new TextDecoder().decode(action.bytes);
      return action.type === 'command' ? `<${action.key}>` : '<panel>';
    })
    .join('');
}

/** All of `input` at once, then nothing for long. */
function typed(input: string, prefix: number | null = 0x1c): string {
  const keys = new Keys(prefix, COMMANDS);
  return told(keys.feed(bytes(input), 1000)) + told(keys.expire(1000 + SPLIT_MS)) + told(keys.expire(5000));
}

const P = '\x1c';
const KITTY = '\x1b[92;5u';
const XTERM = '\x1b[27;5;92~';
const PASTE = `\x1b[200~a${P}g${KITTY}\x1b[201~`;

const TABLE: readonly (readonly [name: string, input: string, expected: string])[] = [
  ['text', 'ls -l\r', 'ls -l\r'],
  ['a command', `${P}g`, '<g>'],
  ['a command in the middle of text', `a${P}xb`, 'a<x>b'],
  ['an upper-case command', `${P}G`, '<G>'],
  ['twice is once', P + P, P],
  ['three times and a command', `${P + P + P}g`, `${P}<g>`],
  ['an unknown second key goes with the prefix', `${P}\x0e`, `${P}\x0e`],
  ['an unknown letter too', `${P}zg`, `${P}zg`],
  ['a letter that is not ASCII too', `${P}éa`, `${P}éa`],
  ['nothing after it opens the panel', P, '<panel>'],
  ['the Escape key after it', `${P}\x1b`, '<esc>'],
  ['the Escape key alone', '\x1b', '\x1b'],
  ['an arrow after it', `${P}\x1b[A`, `${P}\x1b[A`],
  ['a function key of the old kind after it', `${P}\x1bOP`, `${P}\x1bOP`],
  ['alt with the prefix is not the prefix', `\x1b${P}g`, `\x1b${P}g`],
  ['kitty', `${KITTY}g`, '<g>'],
  ['kitty, second key spelled out', `${KITTY}\x1b[103u`, '<g>'],
  ['kitty, upper case', `${KITTY}\x1b[103;2u`, '<G>'],
  ['kitty, upper case by alternate key', `${KITTY}\x1b[103:71;2u`, '<G>'],
  ['kitty, shifted sign by alternate key', `${KITTY}\x1b[49:33;2u`, '<!>'],
  ['kitty, shifted sign by text', `${KITTY}\x1b[49;2;33u`, '<!>'],
  ['kitty with Num Lock', '\x1b[92;133ug', '<g>'],
  ['kitty with Caps Lock and a text', '\x1b[92;69;92ug', '<g>'],
  ['kitty with alternate keys', '\x1b[92:124;5ug', '<g>'],
  ['kitty, event told', '\x1b[92;5:1ug', '<g>'],
  ['kitty, releases', '\x1b[92;5:1u\x1b[92;5:3u\x1b[103;1:1u\x1b[103;1:3ua', '<g>a'],
  ['kitty, control let go first', '\x1b[92;5:1u\x1b[57442;5:3u\x1b[92;1:3u\x1b[103;1:1u', '\x1b[57442;5:3u<g>'],
  ['kitty, the key held down', '\x1b[92;5:1u\x1b[92;5:2u\x1b[92;5:2ug', '<g>'],
  ['kitty, shift pressed before the second key', '\x1b[92;5u\x1b[57441;2u\x1b[103;2u', '\x1b[57441;2u<G>'],
  ['kitty, twice', KITTY + KITTY, KITTY],
  ['kitty, unknown second key', `${KITTY}\x1b[122u`, `${KITTY}\x1b[122u`],
  ['kitty, another modifier', '\x1b[92;7ug', '\x1b[92;7ug'],
  ['kitty, Escape', `${KITTY}\x1b[27u`, '<esc>'],
  ['xterm', `${XTERM}g`, '<g>'],
  ['xterm, twice', XTERM + XTERM, XTERM],
  ['xterm, second key spelled out', `${XTERM}\x1b[27;2;71~`, '<G>'],
  ['xterm, alone', XTERM, '<panel>'],
  ['a paste', PASTE, PASTE],
  ['a command after a paste', `${PASTE}${P}g`, `${PASTE}<g>`],
  ['an answer of the terminal does not come between', `${P}\x1b[3;4R\x1b[?1;2c\x1b[Ig`, '\x1b[3;4R\x1b[?1;2c\x1b[I<g>'],
  ['a mouse report does not come between', `${P}\x1b[<0;3;4Mg`, '\x1b[<0;3;4M<g>'],
  ['an endless sequence', `\x1b[${'1;'.repeat(100)}`, `\x1b[${'1;'.repeat(100)}`],
];

for (const [name, input, expected] of TABLE) {
  test(`keys: ${name}`, () => assert.equal(typed(input), expected));
}

test('all of this comes out the same when it is read in two pieces, cut anywhere, or byte by byte', () => {
  for (const [name, input, expected] of TABLE) {
    const all = bytes(input);
    for (let cut = 1; cut < all.length; cut++) {
      const keys = new Keys(0x1c, COMMANDS);
      const out = told([
        ...keys.feed(all.subarray(0, cut), 1000),
        ...keys.feed(all.subarray(cut), 1000 + SPLIT_MS - 1),
        ...keys.expire(1000 + 2 * SPLIT_MS),
        ...keys.expire(5000),
      ]);
      // Halves of a character cannot be told as text; whole results can.
      if (!out.includes('\ufffd')) assert.equal(out, expected, `${name}, cut at ${cut}`);
    }
  }
});

test('what passes by need not be fed: all comes out as if it had been', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  const text = ['a', 'ls -l\r', 'é', '\x03', 'g', '1~', ''];
  const pieces = [...text, '\x1b', '[A', P, KITTY, '\x1b[200~', '\x1b[201~', '\x1b[20'];
  let passed = 0;
  for (let round = 0; round < 300; round++) {
    const [fed, spared] = [new Keys(0x1c, COMMANDS), new Keys(0x1c, COMMANDS)];
    for (let i = 0, now = 1000; i < 12; i++, now += SPLIT_MS / 2) {
      const piece = pieces[Math.floor(random() * pieces.length)]!;
      const passes = spared.passes(bytes(piece));
      if (passes) passed++;
      const out = passes ? piece : told(spared.feed(bytes(piece), now));
      assert.equal(out, told(fed.feed(bytes(piece), now)), `seed ${seed}`);
      assert.equal(spared.due, fed.due, `seed ${seed}`);
    }
  }
  assert.ok(passed > 300, `only ${passed} passed, seed ${seed}`);
});

test('of a chunk of ten thousand keys each byte is put together once', (t) => {
  let copied = 0;
  const { set } = Uint8Array.prototype;
  t.mock.method(Uint8Array.prototype, 'set', function (this: Uint8Array, from: ArrayLike<number>, at?: number) {
    copied += from.length;
    set.call(this, from, at);
  });
  const arrows = bytes('\x1b[A'.repeat(10_000));
  const [sent, ...more] = new Keys(0x1c, COMMANDS).feed(arrows, 0);
  assert.deepEqual(more, []);
  assert.deepEqual(sent, { type: 'send', bytes: arrows });
  assert.equal(copied, arrows.length);
});

test('without a prefix everything passes by', () => {
  assert.equal(new Keys(null, COMMANDS).passes(bytes(`${P}g\x1b`)), true);
});

test('a cut sequence is waited for only as long as said', () => {
  const keys = new Keys(0x1c, COMMANDS);
  assert.equal(told(keys.feed(bytes('\x1b[9'), 1000)), '');
  assert.equal(keys.due, 1000 + SPLIT_MS);
  assert.equal(told(keys.expire(1000 + SPLIT_MS)), '\x1b[9');
  assert.equal(keys.due, Number.POSITIVE_INFINITY);
});

test('the panel opens after the wait and not before, also when the next key was faster than the timer', () => {
  const keys = new Keys(0x1c, COMMANDS);
  keys.feed(bytes(P), 1000);
  assert.equal(keys.due, 1000 + SECOND_KEY_MS);
  assert.equal(told(keys.expire(1000 + SECOND_KEY_MS - 1)), '');
  assert.equal(told(keys.feed(bytes('g'), 1000 + SECOND_KEY_MS)), '<panel>g');
});

test('without a prefix everything goes to the program', () => {
  assert.equal(typed(`${P}g${KITTY}`, null), `${P}g${KITTY}`);
});

test('another prefix works in all spellings, and the usual one is then a key like others', () => {
  for (const input of ['\x01g', '\x1b[97;5ug', '\x1b[27;5;97~g']) assert.equal(typed(input, 0x01), '<g>');
  assert.equal(typed(`${P}g`, 0x01), `${P}g`);
});

test('a prefix is written as C- and a key, or none', () => {
  const rows: [string, number | null | undefined][] = [
    ['C-\\', 0x1c],
    ['C-a', 1],
    ['C-A', 1],
    ['C-]', 0x1d],
    ['C-@', 0],
    ['none', null],
    ['C-[', undefined],
    ['C-1', undefined],
    ['M-x', undefined],
    ['', undefined],
  ];
  for (const [text, code] of rows) assert.equal(parsePrefix(text), code, text);
});

test('a prefix is told as it is written', () => {
  for (const text of ['C-\\', 'C-a', 'C-z', 'C-]', 'C-^', 'C-_', 'C-@'])
    assert.equal(prefixName(parsePrefix(text)!), text);
});
