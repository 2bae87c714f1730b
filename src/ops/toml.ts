/**
 * TOML with places: what a file says, and where each key and list element stands, so that a complaint about a value
 * can name line and column. Knows nothing of what the keys mean. Values are never put into messages: they may be
 * secrets.
 */
import { parse, TomlError } from 'smol-toml';

/** A way through a document: keys and list indices. */
export type Path = readonly (string | number)[];

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Document {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where a key or element stands; for one that does not, the nearest that it would be in. */
  at(path: Path): Place;
}

/** Why a text is no TOML. */
export interface SyntaxFault extends Place {
  readonly what: string;
}

/** Reads a document, or says why not. */
export function readToml(text: string): Document | SyntaxFault {
  let data: Readonly<Record<string, unknown>>;
  try {
    data = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { line: error.line, column: error.column, what: wordsOf(error) };
  }
  const offsets = new Locator(text).offsets();
  return { data, at: (path) => placeOf(text, nearest(offsets, path)) };
}

/** The library's first line is its reason; the lines after it quote the file, which may hold a secret. */
function wordsOf(error: TomlError): string {
  const reason = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
  return `not valid TOML: ${reason.replace(/["'`].*["'`]/g, '…')}`;
}

function nearest(offsets: ReadonlyMap<string, number>, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const offset = offsets.get(JSON.stringify(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return 0;
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

const BARE_KEY = /[A-Za-z0-9_-]/;

/** Walks the text of a document that is known to be valid, and notes where each path begins. */
class Locator {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  /** How many elements each list of tables has so far. */
  readonly #lists = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  offsets(): ReadonlyMap<string, number> {
    let table: Path = [];
    for (this.#blanks(); this.#at < this.#text.length; this.#blanks()) {
      if (this.#text[this.#at] === '[') table = this.#header();
      else this.#pair(table);
    }
    return this.#offsets;
  }

  #header(): Path {
    const start = this.#at;
    const list = this.#text[this.#at + 1] === '[';
    this.#at += list ? 2 : 1;
    const keys = this.#key();
    this.#at = this.#text.indexOf(']', this.#at) + (list ? 2 : 1);
    let path: Path = [];
    for (const key of keys.slice(0, -1)) path = this.#inList([...path, key]);
    path = [...path, keys.at(-1)!];
    if (!list) {
      this.#note(path, start);
      return path;
    }
    const name = JSON.stringify(path);
    const index = this.#lists.get(name) ?? 0;
    this.#lists.set(name, index + 1);
    this.#note(path, start);
    this.#note([...path, index], start);
    return [...path, index];
  }

  /** A header below a list of tables means its last element. */
  #inList(path: Path): Path {
    const count = this.#lists.get(JSON.stringify(path));
    return count === undefined ? path : [...path, count - 1];
  }

  #pair(table: Path): void {
    this.#spaces();
    const start = this.#at;
    const path = [...table, ...this.#key()];
    for (let length = table.length + 1; length <= path.length; length++) this.#note(path.slice(0, length), start);
    this.#at = this.#text.indexOf('=', this.#at) + 1;
    this.#value(path);
  }

  /** A key, dotted or not. */
  #key(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.#spaces();
      const char = this.#text[this.#at];
      const start = this.#at;
      if (char === '"' || char === "'") {
        this.#string();
        keys.push(this.#text.slice(start + 1, this.#at - 1));
      } else {
        while (BARE_KEY.test(this.#text[this.#at] ?? '')) this.#at++;
        keys.push(this.#text.slice(start, this.#at));
      }
      this.#spaces();
      if (this.#text[this.#at] !== '.') return keys;
      this.#at++;
    }
  }

  #value(path: Path): void {
    this.#spaces();
    const char = this.#text[this.#at];
    if (char === '"' || char === "'") this.#string();
    else if (char === '[') this.#array(path);
    else if (char === '{') this.#inline(path);
    else while (this.#at < this.#text.length && !/[\s,\]}#]/.test(this.#text[this.#at]!)) this.#at++;
  }

  #array(path: Path): void {
    this.#at++;
    for (let index = 0; ; index++) {
      this.#blanks();
      if (this.#ends(']')) return;
      this.#note([...path, index], this.#at);
      this.#value([...path, index]);
    }
  }

  #inline(path: Path): void {
    this.#at++;
    for (;;) {
      this.#blanks();
      if (this.#ends('}')) return;
      this.#pair(path);
    }
  }

  #ends(bracket: string): boolean {
    if (this.#at < this.#text.length && this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  /** A string of any of the four kinds. */
  #string(): void {
    const quote = this.#text[this.#at]!;
    const long = this.#text.startsWith(quote.repeat(3), this.#at);
    const close = long ? quote.repeat(3) : quote;
    this.#at += close.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(close, this.#at)) {
      this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += close.length;
    // Up to two quotes may stand right before the closing three.
    while (long && this.#text[this.#at] === quote) this.#at++;
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }

  /** Blanks, line ends, commas between elements, comments. */
  #blanks(): void {
    for (;;) {
      while (/[\s,]/.test(this.#text[this.#at] ?? '')) this.#at++;
      if (this.#text[this.#at] !== '#') return;
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
    }
  }

  #note(path: Path, at: number): void {
    const name = JSON.stringify(path);
    if (!this.#offsets.has(name)) this.#offsets.set(name, at);
  }
}
