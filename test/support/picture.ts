/**
 * What a terminal shows, as cells, read from tmux's `capture-pane -peN`: looks that are equal compare equal, however
 * tmux spells them. It knows nothing of lectern's own cells: it is a second opinion.
 */

/** One line of cells: each is its text and its look; the right half of a wide character is not there. */
export interface Picture {
  readonly cols: number;
  /** `lines[y][x]`: a cell as `text|look`; the cell after a wide character is `''`. */
  readonly lines: readonly (readonly string[])[];
  /** `x,y` when it is visible, else 'hidden'. */
  readonly cursor: string;
}

/** DEC special graphics, which tmux writes between SO and SI. */
const GRAPHICS: Readonly<Record<string, string>> = Object.fromEntries(
  [...'`afgijklmnopqrstuvwxyz{|}~'].map((char, i) => [char, [...'◆▒°±␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·'][i]!]),
);
const TOKEN = /\x1b\[([\d;:]*)m|\x0e|\x0f|[^\x1b\x0e\x0f]/gu;
const JOINS = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11FF]$/u;

/** The look that SGR parameters have added up to. */
class Look {
  #flags = new Map<string, string>();

  apply(params: string): void {
    const list = params === '' ? ['0'] : params.split(';');
    for (let i = 0; i < list.length; i++) {
      const param = list[i]!;
      if (/^[345]8$/.test(param)) {
        const length = list[i + 1] === '5' ? 2 : 4;
        this.#set(`${param}`, list.slice(i + 1, i + 1 + length).join(','));
        i += length;
      } else if (/^[345]8:/.test(param)) {
        const parts = param.split(':').slice(1);
        this.#set(param.slice(0, 2), parts.filter((part) => part !== '').join(','));
      } else this.#one(param);
    }
  }

  #one(param: string): void {
    const [number, kind] = param.split(':').map(Number) as [number, number?];
    if (number === 0) this.#flags.clear();
    else if (number === 4 || number === 21) this.#set('4', kind === 0 ? null : String(kind ?? (number === 21 ? 2 : 1)));
    else if (number === 22) for (const flag of ['1', '2']) this.#set(flag, null);
    else if (number === 6) this.#set('5', '');
    else if (number === 55) this.#set('53', null);
    else if (number >= 23 && number <= 29) this.#set(String(number - 20), null);
    else if (number === 39 || number === 49 || number === 59) this.#set(String(number - 1), null);
    else if (number >= 30 && number < 50) this.#set(number < 40 ? '38' : '48', `p${number % 10}`);
    else if (number >= 90 && number < 108) this.#set(number < 98 ? '38' : '48', `p${(number % 10) + 8}`);
    else this.#set(String(number), '');
  }

  #set(flag: string, value: string | null): void {
    if (value === null) this.#flags.delete(flag);
    else this.#flags.set(flag, value);
  }

  toString(): string {
    return [...this.#flags]
      .map(([flag, value]) => (value === '' ? flag : `${flag}=${value}`))
      .sort()
      .join(' ');
  }
}

const PLAIN = ' |';

/** @param capture what `capture-pane -peN` printed; the look goes on from line to line. */
export function pictureOf(capture: string, cols: number, cursor: string): Picture {
  const look = new Look();
  let graphics = false;
  const lines = capture
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const cells: string[] = [];
      for (const [token, params] of line.matchAll(TOKEN)) {
        if (params !== undefined) look.apply(params);
        else if (token === '\x0e' || token === '\x0f') graphics = token === '\x0e';
        else if (cells.length > 0 && (JOINS.test(token) || joinsLast(cells)))
          cells[cells.length - 1] = joined(cells.at(-1)!, token);
        else cells.push(`${graphics ? (GRAPHICS[token] ?? token) : token}|${look}`);
      }
      while (cells.at(-1) === PLAIN) cells.pop();
      return cells;
    });
  return { cols, lines, cursor };
}

function joinsLast(cells: readonly string[]): boolean {
  return cells.at(-1)!.split('|')[0]!.endsWith('\u200d');
}

function joined(cell: string, char: string): string {
  const at = cell.lastIndexOf('|');
  return cell.slice(0, at) + char + cell.slice(at);
}

/**
 * tmux prints a line up to the last cell that was ever written: a background that was left by erasing (BCE) beyond it
 * is on the screen but not in the capture, so such a tail says nothing.
 */
function sameCell(a: string | undefined, b: string | undefined): boolean {
  return a === b || /^ \|48=\S+$|^ \|$/.test(a === undefined ? (b ?? '') : b === undefined ? a : '');
}

/** Where two pictures differ, in words for a person; '' when they are equal. */
export function difference(expected: Picture, seen: Picture): string {
  const out: string[] = [];
  if (expected.cursor !== seen.cursor) out.push(`cursor ${seen.cursor} instead of ${expected.cursor}`);
  for (let y = 0; y < Math.max(expected.lines.length, seen.lines.length) && out.length < 8; y++) {
    const a = expected.lines[y] ?? [];
    const b = seen.lines[y] ?? [];
    const x = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, i) => !sameCell(a[i], b[i]));
    if (x < 0) continue;
    const part = (cells: readonly string[]) => JSON.stringify(cells.slice(x, x + 6));
    out.push(`row ${y}, cell ${x}: ${part(b)} instead of ${part(a)}`);
  }
  return out.join('\n');
}

/** The cells of a picture from column `x` and row `y` on; wide characters that an edge cuts are blank. */
export function part(whole: Picture, x: number, y: number, cols: number, rows: number): Picture {
  const lines = Array.from({ length: rows }, (_, i) => {
    const columns = inColumns(whole.lines[y + i] ?? []);
    const kept = columns.slice(x, x + cols).flatMap((cell, at) => {
      if (cell === '') return at === 0 ? [blanked(columns[x - 1]!)] : [];
      return [at === cols - 1 && isWide(cell) ? blanked(cell) : cell];
    });
    while (kept.at(-1) === PLAIN) kept.pop();
    return kept;
  });
  if (whole.cursor === 'hidden') return { cols, lines, cursor: 'hidden' };
  const [cx, cy] = whole.cursor.split(',').map(Number) as [number, number];
  return { cols, lines, cursor: `${cx - x},${cy - y}` };
}

/** A cell without its text. */
function blanked(cell: string): string {
  return ` ${cell.slice(cell.lastIndexOf('|'))}`;
}

const WIDE = /^[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFF01-\uFF60\u{1F300}-\u{1FAFF}]/u;

function isWide(cell: string): boolean {
  return WIDE.test(cell);
}

/** One entry for each column: '' for the right half of a wide character. */
function inColumns(cells: readonly string[]): string[] {
  return cells.flatMap((cell) => (isWide(cell) ? [cell, ''] : [cell]));
}
