/**
 * Random output of programs for property tests: everything that changes a picture, in small pieces, and among it what
 * a hostile program would print. Pieces are whole sequences; who wants them cut cuts the bytes.
 */
import fc from 'fast-check';

const WORDS = [
  'a',
  'lorem ipsum ',
  '\t',
  '\r\n',
  '\n',
  '\r',
  '\b',
  '    ',
  'x'.repeat(30),
  '漢字',
  '한',
  'ｆｕｌｌ',
  'é',
  'e\u0301',
  'a\u0308\u0323',
  '👍',
  '👍🏽',
  '👨‍👩‍👧',
  '🇩🇪',
  '❤️',
  '☃',
  '1️⃣',
  '─│┌┘',
  'नमस्ते',
  'ไทย',
  '\u00ad',
  '\u200b',
  '\u202e',
  '\ufeff',
];

const SGR = [
  ...['', '0', '1', '2', '3', '4', '5', '7', '8', '9', '21', '22', '23', '24', '25', '27', '28', '29', '53', '55'],
  ...['4:0', '4:1', '4:2', '4:3', '4:4', '4:5', '58:5:9', '58:2::1:2:3', '58;5;200', '58;2;9;8;7', '59'],
  ...['30', '37', '39', '41', '47', '49', '90', '97', '100', '107', '38;5;1', '38;5;208', '48;5;17', '48;5;255'],
  ...['38;2;1;2;3', '48;2;250;128;0', '38:2::9:9:9', '48:5:99', '1;2;31;44', '7;4;33', '2;9;53;46'],
];

const MODES = [
  '?25h',
  '?25l',
  '?7h',
  '?7l',
  '?6h',
  '?6l',
  '?1049h',
  '?1049l',
  '?47h',
  '?47l',
  '4h',
  '4l',
  '?12h',
  '?5h',
];

const HOSTILE = [
  '\x1b[c',
  '\x1b[>c',
  '\x1b[6n',
  '\x1b[?6n',
  '\x1b[5n',
  '\x1b[18t',
  '\x1b[21t',
  '\x1b[x',
  '\x1b[?2026$p',
  '\x1b]52;c;aGk=\x07',
  '\x1b]52;c;?\x07',
  '\x1b]10;?\x07',
  '\x1b]4;1;?\x1b\\',
  '\x1b]0;\x9b6n\x1b[c\u202e t\x07',
  '\x1b]2;one\nline\x07',
  '\x1b]8;;http://x\x07link\x1b]8;;\x07',
  '\x1b]1337;File=:AAAA\x07',
  '\x1bP$qm\x1b\\',
  '\x1bP+q544e\x1b\\',
  '\x1bPq#0;2;0;0;0~\x1b\\',
  '\x1b_Gi=1;AAAA\x1b\\',
  '\x1b^pm\x1b\\',
  '\x1bkname\x1b\\',
  '\x1b[?1000;1002;1003;1004;1006;2004h',
  '\x1b[=1u\x1b[>1u\x1b[?u',
  '\x05',
  '\x0e\x0f',
  '\u009b6n\u0090$q\u009c',
  '\x1b[9999999S',
  '\x1b[9999999b',
  '\x1b[',
  '\x1b]2;unended',
  '\x18',
  '\x7f\x00',
];

const number = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 30 }).map(String));

const edit = fc
  .tuple(number, fc.constantFrom(...'@ABCDEFGHIJKLMPSTXZdfbg'))
  .map(([count, final]) => `\x1b[${count}${final}`);

const place = fc.tuple(number, number).map(([y, x]) => `\x1b[${y};${x}H`);

const erase = fc
  .tuple(fc.constantFrom('', '0', '1', '2'), fc.constantFrom('J', 'K'))
  .map(([kind, final]) => `\x1b[${kind}${final}`);

const region = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 12 }))
  .map(([top, length]) => `\x1b[${top};${top + length}r`);

const other = fc.constantFrom(
  '\x1b7',
  '\x1b8',
  '\x1bM',
  '\x1bD',
  '\x1bE',
  '\x1bH',
  '\x1b#8',
  '\x1b(0qqx\x1b(B',
  '\x1bc',
);
const look = fc.constantFrom(...SGR).map((params) => `\x1b[${params}m`);
const shape = fc.nat(6).map((n) => `\x1b[${n} q`);
const title = fc.constantFrom('one', 'zwei', '三').map((text) => `\x1b]2;${text}\x07`);

const piece: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 8, arbitrary: look },
  { weight: 4, arbitrary: place },
  { weight: 4, arbitrary: edit },
  { weight: 3, arbitrary: erase },
  { weight: 1, arbitrary: region },
  { weight: 1, arbitrary: fc.constantFrom(...MODES).map((mode) => `\x1b[${mode}`) },
  { weight: 1, arbitrary: other },
  { weight: 1, arbitrary: shape },
  { weight: 1, arbitrary: title },
);

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: piece },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** Output in bursts; what stands after each burst is a screen. */
export const output: fc.Arbitrary<readonly string[]> = bursts(piece);

/** The same, from a program that wants more than to draw. */
export const hostileOutput: fc.Arbitrary<readonly string[]> = bursts(hostile);

function bursts(from: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  const burst = fc.array(from, { minLength: 1, maxLength: 25 }).map((pieces) => pieces.join(''));
  return fc.array(burst, { minLength: 1, maxLength: 6 });
}
