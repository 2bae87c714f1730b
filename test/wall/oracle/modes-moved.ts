/** Modes in which a secret was whole once and is then only there in part: what memory is for. */
import { MAX_COLS } from '../../../src/core/cells.js';
import { anySize, type Mode, rowsFor, wideSize } from './modes.js';
import { at, RESET, type Script } from './script.js';

const SCROLLED_ROWS = 8;

const shortSize: Mode['size'] = (chance, secret) => {
  const cols = chance.between(15, 100);
  return { cols, rows: rowsFor(secret, cols) };
};

/** Shows the secret whole: typed, or all at once. */
function show(script: Script): void {
  script.talk('$ ');
  if (script.chance.maybe(0.5)) {
    script.type();
  } else {
    script.talk(script.secret.lead);
    script.print(script.chars());
    script.talk(script.secret.trail);
  }
}

function scroll(script: Script): void {
  show(script);
  for (let y = 0; y < script.rows + SCROLLED_ROWS; y++) script.talk(`\r\nline ${y}`);
}

function resize(script: Script): void {
  show(script);
  script.talk('\r\n$ ');
  for (let i = 0; i < 3; i++) {
    script.resize({ cols: script.chance.between(15, 160), rows: script.chance.between(4, script.rows + 4) });
    script.talk(script.chance.pick(['x', '\r\n$ ', 'make ', '\r\n\r\n\r\n']));
  }
}

/** Takes the row's first characters away, a few at a time. */
function deleted(script: Script): void {
  show(script);
  const length = script.secret.chars.length + script.secret.lead.length + 2;
  for (let gone = 0; gone < length; ) {
    const some = script.chance.between(1, 4);
    script.print(`\r\x1b[${some}P`);
    gone += some;
  }
}

/** Takes characters out of the middle. */
function holed(script: Script): void {
  show(script);
  for (let i = 0; i < 5; i++) {
    script.print(
      `\x1b[${script.chance.between(1, script.secret.chars.length + 4)}G\x1b[${script.chance.between(1, 6)}P`,
    );
  }
}

/** Boxes over both ends of each row: what stands between them stays. */
function popup(script: Script): void {
  show(script);
  const { cols, rows, chance } = script;
  for (let i = 0; i < 6; i++) {
    const left = chance.between(1, Math.max(1, cols >> 1));
    const right = chance.between(left, cols - 1);
    for (let y = 0; y < rows; y++) {
      script.print(
        `${RESET}${at(y, 0)}${'.'.repeat(left - 1)}\u2502${at(y, right)}\u2502${'.'.repeat(cols - right - 1)}`,
      );
    }
  }
}

/** One long line under a window that moves to the right, as in editors and pagers that do not wrap. */
function pan(script: Script): void {
  const { chance, secret, cols } = script;
  const lead = ' '.repeat(chance.below(8)) + secret.lead;
  const trail = secret.kind.anchored ? secret.trail : `${secret.trail} and more behind it`;
  const length = lead.length + secret.chars.length + trail.length;
  const cells = Array.from({ length }, (_, i) => {
    const n = i - lead.length;
    if (n >= 0 && n < secret.chars.length) return script.char(n);
    return RESET + (n < 0 ? lead[i]! : trail[n - secret.chars.length]!);
  });
  let gone = 0;
  for (; gone < length; gone += chance.between(1, Math.max(1, cols >> 1))) {
    script.print(`${RESET}${at(1, 0)}\x1b[K${cells.slice(gone, gone + cols).join('')}${RESET}${at(0, 0)}`);
  }
  for (let back = length; back > 0; back -= chance.between(1, cols)) {
    script.print(`${RESET}${at(1, 0)}\x1b[K${cells.slice(back, back + cols).join('')}${RESET}${at(0, 0)}`);
  }
}

/** Printed and gone before anybody looks; later parts of it are drawn again. */
function glimpsed(script: Script): void {
  const { chance, secret } = script;
  script.talk('$ \r\n');
  script.unseen(() => script.print(`${secret.lead}${script.chars()}${secret.trail}\r\n\x1b[2J\x1b[3J${at(0, 0)}`));
  pieces(script, chance.between(4, 8));
}

/**
 * Parts of the secret at places all over the screen. None goes on where another ends: two that are too short to be
 * known would be read as one, whatever is between them.
 */
function pieces(script: Script, count: number): void {
  const { chance, secret, cols, rows } = script;
  const [begins, ends] = [new Set<number>(), new Set<number>()];
  for (let i = 0; i < count; i++) {
    const from = chance.below(secret.chars.length);
    const to = Math.min(secret.chars.length, from + chance.between(4, 24));
    const place = at(chance.below(rows), chance.below(Math.max(1, cols - 30)));
    if (ends.has(from) || begins.has(to)) continue;
    begins.add(from);
    ends.add(to);
    script.print(place + script.chars(from, to).replaceAll('\r\n', ' '));
  }
}

/** From the last character to the first; only when it is whole can it be known. */
function backwards(script: Script): void {
  const { secret } = script;
  script.unseen(() => {
    for (let i = secret.chars.length - 1; i >= 0; i--) script.print(at(1, 2 + secret.lead.length + i) + script.char(i));
    script.print(RESET + at(1, 2) + secret.lead);
  });
  script.talk(`${at(3, 0)}$ `);
  for (let i = 0; i < 8; i++) script.print(`${at(1, 0)}\x1b[${script.chance.between(1, 9)}P`);
}

/** A line that a narrower alternate screen cuts, and a wider one does not bring back. */
function truncated(script: Script): void {
  script.print(`\x1b[?1049h${at(0, 0)}`);
  show(script);
  for (let i = 0; i < 3; i++) {
    script.resize({ cols: script.chance.between(15, MAX_COLS), rows: script.rows });
    script.talk(`${at(script.rows - 1, 0)}~`);
  }
}

export const MOVED_MODES: readonly Mode[] = [
  { name: 'scroll', size: shortSize, atCursor: true, write: scroll },
  { name: 'resize', size: shortSize, atCursor: true, write: resize },
  { name: 'deleted prefix', size: wideSize(8), atCursor: true, lines: false, write: deleted },
  { name: 'deleted middle', size: wideSize(8), atCursor: true, lines: false, write: holed },
  { name: 'popup', size: anySize, atCursor: true, write: popup },
  { name: 'horizontal scroll', size: anySize, atCursor: false, lines: false, oneRow: true, write: pan },
  { name: 'glimpsed', size: anySize, atCursor: false, write: glimpsed },
  {
    name: 'pieces',
    size: anySize,
    atCursor: true,
    write: (script) => {
      show(script);
      script.print(`${RESET}\x1b[2J`);
      pieces(script, 8);
    },
  },
  { name: 'backwards', size: wideSize(8), atCursor: false, lines: false, write: backwards },
  { name: 'truncated', size: shortSize, atCursor: true, write: truncated },
];
