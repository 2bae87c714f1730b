/**
 * What a TypeScript source says of other files: its imports, re-exports, `require` calls and entries of threads and
 * processes. Reads text, not syntax trees: TypeScript 7 has no stable interface for these yet. What it cannot read it
 * reports instead of skipping. Knows no rule about who may import whom.
 */
import { posix } from 'node:path';

/** Sources by their path from the repository's root, such as `src/core/cells.ts`. */
export type Sources = Readonly<Record<string, string>>;

/** One file leads to another. */
export interface Arrow {
  /** A source's path, a package's name, or `node:…`. */
  readonly to: string;
  /** `types` is gone after compilation; `entry` is a file that a thread or a process begins with. */
  readonly kind: 'value' | 'types' | 'entry';
}

export interface Reading {
  readonly arrows: readonly Arrow[];
  /** The source with its comments blanked. */
  readonly code: string;
  /** Places that look like imports and are none that can be read. */
  readonly unread: readonly string[];
}

const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const STRING = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|${'`'}(?:\\[\s\S]|[^${'`'}\\])*${'`'}`;
/** A slash begins a regular expression only where no operand stands before it. */
const REGEX = String.raw`(?<=(?:[=(,:!&|?{};[\n]|=>|return)\s*)\/(?![*\/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/`;
const TOKEN = new RegExp(`(?<comment>${COMMENT})|(?<text>${STRING})|${REGEX}`, 'g');

/** `import … from '`, `export … from '` and `import '`. */
const STATEMENT =
  /\b(?:import|export)\s*(type\s+(?!from\b))?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}\s*|\*\s*(?:as\s+[\w$]+\s*)?)?(?:from\s*)?['"]/g;
const CALL = /\b(?:import|require(?:\.resolve)?)\s*\(\s*['"]/g;
const ENTRY = /\bnew URL\(\s*['"](?=[^'"]*['"],\s*import\.meta\.url)/g;
const ANY_IMPORT = /\bimport\b(?!\.meta)|\brequire\s*\(/g;

/** Reads one source. */
export function read(file: string, source: string): Reading {
  const code = blanked(source, ({ comment }) => comment !== undefined);
  // Same length as `code`, with nothing inside of strings: what looks like an import in here is one.
  const bones = blanked(source, ({ comment, text }) => comment !== undefined || text !== undefined);
  const arrows: Arrow[] = [];
  const understood = new Set<number>();
  for (const [form, kind] of [
    [STATEMENT, 'value'],
    [CALL, 'value'],
    [ENTRY, 'entry'],
  ] as const) {
    for (const match of bones.matchAll(form)) {
      understood.add(match.index);
      const start = match.index + match[0].length;
      const name = /^[^'"]*/.exec(code.slice(start))![0];
      // Data beside the code, such as package.json, is not an arrow.
      if (kind === 'entry' && !name.endsWith('.js')) continue;
      arrows.push({ to: target(file, name), kind: match[1] === undefined ? kind : 'types' });
    }
  }
  const unread = [...bones.matchAll(ANY_IMPORT)]
    .filter(({ index }) => !understood.has(index))
    .map(({ index }) => source.slice(index).split('\n')[0]!);
  return { arrows, code, unread };
}

function blanked(source: string, goes: (groups: Readonly<Record<string, string | undefined>>) => boolean): string {
  return source.replace(TOKEN, (token, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    if (!goes(groups)) return token;
    if (groups['comment'] !== undefined) return token.replace(/[^\n]/g, ' ');
    return token[0] + token.slice(1, -1).replace(/[^\n]/g, ' ') + token.at(-1);
  });
}

/** `./b.js` as the source that it is compiled from; `ssh2/lib/x.js` as the package `ssh2`. */
function target(file: string, name: string): string {
  if (name.startsWith('.')) return posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts');
  if (name.startsWith('node:')) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
