/**
 * The first look at the words of a command line: which command is meant, and what belongs to the program behind `--`.
 * It knows no command but the default one.
 */

export interface Words {
  /** The command's name; `present` when none is given. */
  readonly name: string;
  /** Everything before `--`, with the command's name. */
  readonly own: readonly string[];
  /** Everything behind `--`; null when there is no `--`. */
  readonly program: readonly string[] | null;
}

/** Options of lectern itself, which must not be taken as options of the default command. */
const TOP_LEVEL: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-V']);

/** Takes the words apart. Whoever names no command means `present`. */
export function splitWords(words: readonly string[]): Words {
  const cut = words.indexOf('--');
  const own = cut === -1 ? words : words.slice(0, cut);
  const program = cut === -1 ? null : words.slice(cut + 1);
  const first = own[0];
  if (first !== undefined && (!first.startsWith('-') || TOP_LEVEL.has(first))) return { name: first, own, program };
  return { name: 'present', own: ['present', ...own], program };
}
