/** Modes in which a secret is written where the cursor stands: by shells, line editors and programs that print. */
import { anySize, type Mode, WIDE_CHAR, wideSize } from './modes.js';
import { at, isLineEnd, RESET, type Script } from './script.js';

const LOOKS = [
  '\x1b[1m',
  '\x1b[4m',
  '\x1b[3m',
  '\x1b[7m',
  '\x1b[0m',
  '\x1b[22;24m',
  '\x1b[48;5;17m',
  '\x1b[49m',
] as const;
const INVISIBLE = ['\u200b', '\u200d', '\u0301', '\ufe0f', '\u2060', '\u0327', '\ufeff', '\u00ad'] as const;
const WIDE = [
  '\u6f22\u5b57 ',
  '\ud55c\uae00: ',
  '\u{1f511} ',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} ',
  '\uff21\uff22 ',
] as const;
const GREY = ' --help ghost abc123 && true';

function prompt(script: Script): void {
  script.talk(script.chance.pick(['\r\n$ ', '\r\n', '\r\n\r\n~/src> ', '\r\n\x1b[32mme@host\x1b[0m:~$ ']));
}

function word(script: Script): string {
  return script.chance.pick(['lorem', 'make all', '-rw-r--r--', 'ok', 'build 7', '/usr/lib']);
}

/** Erases and writes everything again at each key, as readline does when it is not sure. */
function redrawn(script: Script, start: string): void {
  const { secret } = script;
  for (let i = 0; i <= secret.chars.length; i++) {
    script.print(`${start}\x1b[J${RESET}${secret.lead}`);
    const middle = script.chance.below(i + 1);
    script.print(script.chars(0, middle));
    script.print(script.chars(middle, i));
  }
  script.talk(secret.trail);
}

/** Both insert modes of terminals, with text right of the cursor. */
function inserted(script: Script): void {
  const { chance, secret } = script;
  const [left, right] = [`${word(script)} `, chance.pick([' right of it', '" | tee log', 'glued', ' x'])];
  script.talk(left);
  script.print(`${right}\x1b[${right.length}D`);
  const mode = chance.maybe(0.5);
  if (mode) script.print('\x1b[4h');
  const insert = (char: string): string => (mode ? '' : `\x1b[${WIDE_CHAR.test(char) ? 2 : 1}@`);
  for (const char of secret.lead) script.print(insert(char) + char);
  secret.chars.forEach((char, i) => {
    script.print(isLineEnd(char) ? '\r\n\x1b[L' : insert(char) + script.char(i));
  });
  script.print(`${RESET}\x1b[4l`);
}

/** Types a part, goes to the line's begin, types there, comes back for the rest. */
function edited(script: Script): void {
  const { chance, secret } = script;
  const half = chance.below(secret.chars.length);
  const cells = secret.chars.slice(0, half).reduce((sum, char) => sum + (WIDE_CHAR.test(char) ? 2 : 1), 0);
  const home = word(script).length + 2;
  script.talk(`${'$'.padStart(home - 1)}  ${secret.lead}`);
  for (let i = 0; i < half; i++) script.print(script.char(i));
  script.print(`${RESET}\x1b[${home + 1}G`);
  for (const char of 'sudo ') script.print(`${chance.maybe(0.5) ? '\x1b[@' : '\x1b[1@'}${char}`);
  script.wait(chance.below(3000));
  script.print(`\x1b[${home + 1 + 'sudo '.length + 1 + secret.lead.length + cells}G`);
  for (let i = half; i < secret.chars.length; i++) script.print(script.char(i));
  script.print(RESET);
  script.talk(secret.trail);
}

/** Most columns of a number and a sign before a line that was moved. */
const SIGN_COLS = 6;
/** What an editor leaves of what was typed when it moves a line, in characters, at least. */
const KEPT = 5;

/** Keeps the line on one row: when the cursor comes to the edge, the beginning of the line goes out at the left. */
function movedSideways(script: Script): void {
  const { chance, secret, cols } = script;
  const sign = chance.pick(['<', '$ 5 ', '   7 <', ''] as const);
  const plain = [...`${word(script)} ${secret.lead}`].map((char) => [char, RESET + char] as const);
  const tagged = secret.chars.map((char, i) => [char, script.char(i)] as const);
  const more = secret.kind.anchored ? '' : ' and more';
  const after = [...secret.trail, ...more].map((char) => [char, RESET + char] as const);
  const line = [...plain, ...tagged, ...after];
  const jump = chance.pick([Math.floor(cols / 3), Math.floor(cols / 2), cols]);
  const widthOf = (char: string): number => (WIDE_CHAR.test(char) ? 2 : 1);
  let [first, x] = [0, 0];
  line.forEach(([char, drawn], i) => {
    x += widthOf(char);
    if (x < cols - 1) script.print(drawn);
    else {
      first = Math.min(first + jump, i - KEPT);
      const shown = line.slice(first, i + 1);
      x = sign.length + shown.reduce((sum, [one]) => sum + widthOf(one), 0);
      script.print(`\r${RESET}${sign}${shown.map(([, one]) => one).join('')}\x1b[K`);
    }
    // Somebody looks at each key.
    script.wait(chance.below(200));
  });
}

export const TYPED_MODES: readonly Mode[] = [
  {
    name: 'plain',
    size: anySize,
    atCursor: true,
    write: (script) => {
      prompt(script);
      script.type();
      prompt(script);
      script.talk(word(script));
    },
  },
  {
    name: 'colour',
    size: anySize,
    atCursor: true,
    write: (script) => {
      script.type(() => (script.chance.maybe(0.5) ? script.chance.pick(LOOKS) : ''));
      prompt(script);
    },
  },
  {
    name: 'zero width',
    size: anySize,
    atCursor: true,
    write: (script) => {
      // A mark makes another letter of one that a rule which is not ASCII may be about.
      const isAscii = /^[ -~\n]*$/.test(script.secret.chars.join(''));
      const marks = isAscii ? INVISIBLE : INVISIBLE.filter((char) => !/\p{M}/u.test(char));
      script.type((i) => (i > 0 && script.chance.maybe(0.4) ? script.chance.pick(marks) : ''));
      prompt(script);
    },
  },
  {
    name: 'after wide',
    size: anySize,
    atCursor: true,
    write: (script) => {
      for (let i = script.chance.between(1, 4); i > 0; i--) script.print(script.chance.pick(WIDE));
      script.type();
    },
  },
  { name: 'insert', size: wideSize(40), atCursor: true, gutters: true, write: inserted },
  {
    name: 'pauses',
    size: anySize,
    atCursor: true,
    write: (script) => {
      script.type(() => {
        if (script.chance.maybe(0.3)) script.wait(script.chance.below(4000));
        return '';
      });
      script.wait(5000);
      script.print('\r\n');
    },
  },
  {
    name: 'corrected',
    size: wideSize(40),
    atCursor: true,
    write: (script) => {
      script.type(() => {
        if (script.chance.maybe(0.2)) script.print(`${RESET}${script.chance.pick(['x', 'Q', '7', '_'])}`);
        else return '';
        return '\b \b';
      });
    },
  },
  { name: 'edited', size: wideSize(40), atCursor: false, lines: false, write: edited },
  {
    name: 'moved sideways',
    size: (chance) => ({ cols: chance.between(SIGN_COLS + 30, 90), rows: 12 }),
    whole: true,
    atCursor: true,
    lines: false,
    write: movedSideways,
  },
  { name: 'redrawn', size: anySize, atCursor: true, write: (script) => redrawn(script, at(1, 0)) },
  {
    name: 'suggestion',
    size: wideSize(80),
    // A shell draws a key and its suggestion in one go; halfway the cursor stands behind the suggestion.
    whole: true,
    atCursor: true,
    write: (script) => {
      const ghost = (i: number): string => `\x1b7${RESET}\x1b[90m${GREY.slice(i % GREY.length)}\x1b8`;
      script.type((i) => ghost(i), '\x1b[K\r\n');
      script.print('\x1b[K');
    },
  },
  {
    name: 'saved cursor',
    size: wideSize(40),
    atCursor: true,
    write: (script) => {
      const [save, back] = script.chance.pick([['\x1b7', '\x1b8'] as const, ['\x1b[s', '\x1b[u'] as const]);
      const clock = (i: number): string => `${save}${RESET}${at(script.rows - 1, 0)}12:00:${i % 60} ${back}`;
      prompt(script);
      script.type((i) => (script.chance.maybe(0.5) ? clock(i) : ''));
    },
  },
  {
    name: 'tabs',
    size: anySize,
    atCursor: true,
    write: (script) => {
      script.talk('a\tbc\t');
      if (script.chance.maybe(0.5)) script.print('\x1b[3g');
      script.type();
      if (!script.secret.kind.anchored) script.talk('\tend\t|');
    },
  },
  {
    name: 'repeat',
    size: anySize,
    atCursor: true,
    write: (script) => {
      const { chars, lead, trail } = script.secret;
      script.talk(lead);
      for (let i = 0; i < chars.length; ) {
        const first = i;
        while (chars[i] === chars[first]) i++;
        if (isLineEnd(chars[first]!)) script.print('\r\n'.repeat(i - first));
        else script.print(script.char(first) + (i - first > 1 ? `\x1b[${i - first - 1}b` : ''));
      }
      script.talk(trail);
    },
  },
  {
    name: 'scroll region',
    size: anySize,
    atCursor: true,
    write: (script) => {
      script.talk('top\r\n');
      script.print(`\x1b[2;${script.rows - 1}r${at(2, 0)}`);
      script.type();
      script.print(`\x1b[r${at(0, 0)}`);
      script.talk(word(script));
    },
  },
  {
    name: 'alternate screen',
    size: anySize,
    atCursor: true,
    write: (script) => {
      script.print(`\x1b[?1049h\x1b[2J${at(0, 0)}`);
      script.type();
      script.print('\x1b[?1049l');
    },
  },
  {
    name: 'completed',
    size: anySize,
    atCursor: true,
    write: (script) => {
      const half = script.chance.below(script.secret.chars.length);
      script.talk(script.secret.lead);
      script.print(script.chars(0, half));
      script.wait(script.chance.below(3000));
      script.print(script.chars(half));
      prompt(script);
    },
  },
  {
    name: 'over other text',
    size: anySize,
    atCursor: true,
    gutters: true,
    write: (script) => {
      for (let y = 0; y < script.rows - 1; y++)
        script.talk(`${'lorem ipsum dolor sit amet '.repeat(20).slice(y, y + script.cols - 1)}\r\n`);
      script.print(at(1, script.chance.below(script.cols)));
      script.talk(' ');
      script.type();
    },
  },
  {
    name: 'stale wrap',
    size: anySize,
    atCursor: true,
    gutters: true,
    write: (script) => {
      const { cols, chance } = script;
      script.talk(`${at(1, 0)}${'wrapped'.repeat(cols).slice(0, cols * chance.between(2, 4))}`);
      script.print(at(chance.between(2, 3), 0) + chance.pick(['', '\x1b[K', '\x1b[1K', '\x1b[2K']));
      script.type();
    },
  },
  {
    name: 'right prompt',
    size: wideSize(60),
    atCursor: true,
    gutters: true,
    write: (script) => {
      script.print(`${at(0, script.cols - 9)}[12:00]${at(0, 0)}`);
      script.type();
    },
  },
  {
    name: 'no wrap',
    size: (chance, secret) => {
      const { cols, rows } = anySize(chance, secret);
      return { cols: Math.max(cols, 2 * (secret.lead.length + secret.from)), rows };
    },
    atCursor: false,
    write: (script) => {
      script.print('\x1b[?7l');
      script.type();
      script.print('\x1b[?7h');
      prompt(script);
    },
  },
];
