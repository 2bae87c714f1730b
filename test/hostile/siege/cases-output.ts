/**
 * What the program prints: sequences that make terminals answer, keep, freeze or lie. The witness sees what comes after
 * them, his bytes are of the closed vocabulary, and links can be revoked meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { EVIL } from '../../support/evil.js';
import { type Case, type Siege, sleep } from './siege.js';

const FINALS = Array.from({ length: 63 }, (_, i) => String.fromCharCode(0x40 + i));
const HUGE = [9_999_999, 2_147_483_647, 4_294_967_296, 99_999_999_999];

/** Every CSI with a huge number: alone, twice, private, with an intermediate. */
function csi(count: number): string {
  return FINALS.map(
    (final) => `\x1b[${count}${final}\x1b[${count};${count}${final}\x1b[?${count}${final}\x1b[${count} ${final}`,
  ).join('');
}

const letters = (count: number, text: string): string => text.repeat(count);

const OUTPUTS: readonly (readonly [string, () => string | Uint8Array])[] = [
  ...HUGE.map((count) => [`every CSI with ${count}`, () => csi(count)] as const),
  ['7 KB of scrolling a thousand times', () => letters(1000, '\x1b[9999S'.repeat(1000))],
  ['insertions and deletions without measure', () => letters(20_000, '\x1b[9999L\x1b[9999M\x1b[9999@\x1b[9999P')],
  ['repetitions without measure', () => letters(20_000, 'x\x1b[9999999b')],
  ['tabs without measure', () => letters(20_000, '\x1b[9999999I\x1b[9999999Z')],
  ['a title of 20 MB without an end', () => `\x1b]2;${letters(20 << 20, 'a')}`],
  ['a clipboard of 5 MB', () => `\x1b]52;c;${letters(5 << 20, 'a')}\x07`],
  ['device control of 5 MB', () => `\x1bP${letters(5 << 20, 'a')}\x1b\\`],
  [
    'pictures as sixel, iTerm and kitty have them',
    () =>
      `\x1bPq${letters(1 << 18, '#1~')}\x1b\\\x1b]1337;File=inline=1:${letters(1 << 20, 'a')}\x07\x1b_Ga=T,f=100;${letters(1 << 20, 'a')}\x1b\\`,
  ],
  [
    'privacy messages, application commands and strings without an end',
    () => `\x1b^${letters(1 << 20, 'a')}\x1b_${letters(1 << 20, 'b')}\x1bX${letters(1 << 20, 'c')}`,
  ],
  ['ten thousand titles', () => letters(10_000, '\x1b]0;one\x07\x1b]2;two\x07\x1b[22;0t\x1b[23;0t')],
  ['ten thousand alternate screens', () => letters(10_000, '\x1b[?1049h\x1b[?1049l\x1b[?47h\x1b[?47l')],
  ['ten thousand resets', () => letters(10_000, '\x1bc\x1b[!p')],
  [
    'scroll regions of every kind',
    () => Array.from({ length: 20_000 }, (_, i) => `\x1b[${i % 40};${(i * 7) % 40}r\n`).join(''),
  ],
  ['200,000 marks on one cell', () => `e${letters(200_000, '\u0301')}`],
  ['marks on every cell', () => letters(2000, `a${letters(40, '\u0489')}`)],
  ['text that runs both ways', () => letters(3000, '\u202eabc\u202c\u2066x\u2069\u200f\u061c')],
  ['hidden characters', () => letters(3000, '\u200b\u200c\u200d\u2060\ufeff\u00ad\u115f\u3164\u2800\u2028\u2029')],
  ['pictographs joined without end', () => letters(20_000, '\u{1f469}\u200d')],
  ['tags and variation selectors', () => letters(5000, '\u{1f3f4}\u{e0067}\u{e007f}\ufe0f\ufe0e\u{e0100}')],
  [
    'wide characters at every edge',
    () => Array.from({ length: 5000 }, (_, i) => `\x1b[${1 + (i % 24)};80H漢\x1b[1K`).join(''),
  ],
  ['C1 controls as single characters', () => letters(2000, '\u009b2J\u009d0;x\u009c\u0090q\u009c\u0085\u008d')],
  ['C1 controls as single bytes', () => Buffer.from(letters(2000, '\x9b2J\x9d0;x\x9c\x90q\x9c'), 'latin1')],
  [
    'UTF-8 that is cut, too long, or of surrogates',
    () => Buffer.from('c0af e08080 f0808080 eda080 f48fbfbf f7bfbfbf c3 e2 82'.repeat(5000).replaceAll(' ', ''), 'hex'),
  ],
  ['a megabyte of zeros', () => new Uint8Array(1 << 20)],
  ['a megabyte of deletions', () => Buffer.alloc(1 << 20, 0x7f)],
  ['a megabyte of bells', () => Buffer.alloc(1 << 20, 7)],
  ['a megabyte of half sequences', () => letters(200_000, '\x1b[1;')],
  ['parameters without number', () => letters(2000, `\x1b[${'1;'.repeat(200)}m`)],
  ['sub-parameters without number', () => letters(2000, `\x1b[38:${'2:'.repeat(200)}m`)],
  [
    'a million colours',
    () => Array.from({ length: 60_000 }, (_, i) => `\x1b[38;2;${i & 255};${(i >> 8) & 255};7mx`).join(''),
  ],
  ['a picture that is held back for ever', () => `\x1b[?2026h${letters(1000, 'held\n')}`],
  [
    'mouse, focus, paste and keyboard modes left on',
    () =>
      letters(
        100,
        '\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h\x1b[?1016h\x1b[?1004h\x1b[?2004h\x1b[>31u\x1b[>4;2m\x1b[?1h\x1b=',
      ),
  ],
  ['character sets turned over', () => letters(5000, '\x1b(0qqq\x0e\x1b)0xxx\x0f\x1b%@\x1b%G\x1b#8\x1b#3')],
  ['protected, invisible and blinking text', () => letters(3000, '\x1b[1"q\x1b[8;5;7mhide\x1b[m\x1b[0"q')],
  ...[1, 2, 3, 4].map((i) => [`noise, ${i}`, () => randomBytes(200_000)] as const),
];

/** Whoever came by a link is gone when it is revoked, also while the worst is printed. */
async function revokedMeanwhile(siege: Siege): Promise<string> {
  const terms = { role: 'observer', ttlMs: 60_000, once: false, jwt: false, status: true } as const;
  const link = await siege.asPresenter((api) => api.mintLink(terms));
  const client = await siege.raw({ honest: true }).shell(link.token);
  const printed = siege.prints(letters(1000, '\x1b[9999S'.repeat(1000)));
  await sleep(200);
  const began = performance.now();
  await siege.asPresenter((api) => api.revokeLink(link.jti));
  await client.ended();
  const figures = `gone ${Math.round(performance.now() - began)} ms after the link was revoked`;
  await printed;
  return figures;
}

export const outputCases: readonly Case[] = [
  ...OUTPUTS.map(([name, bytes]) => ({ name, run: (siege: Siege) => siege.prints(bytes()) })),
  ...EVIL.map(([name, bytes]) => ({ name, run: (siege: Siege) => siege.prints(bytes) })),
  { name: 'a link revoked while 7 KB of scrolling are printed a thousand times', run: revokedMeanwhile },
];
