/**
 * Secrets to hide: matches made by a random walk over a rule's own program, with the part of each that nobody may ever
 * see. What is public is counted here from the rule's text, not asked of the wall.
 */
import { programOf, sample } from '../../../src/core/redact/program.js';
import { Redactor } from '../../../src/core/redact/redactor.js';
import { compile, type Detector, type Rule } from '../../../src/core/redact/rule.js';
import type { SecretValue } from '../../../src/core/redact/values.js';
import type { Chance } from './chance.js';
import { privateKey } from './private-keys.js';

/** Longest secret that is played, in characters: longer ones only take longer. */
const MAX_LENGTH = 700;
/** Walks before a rule is given up: some end in allowlisted words nearly always. */
const MAX_WALKS = 20_000;
/** From how many characters on a match without keyword is held, unless its rule says so (`holdMin`). */
const HELD_FROM = 6;
/** Characters that may be seen of a value before it is held. */
const SEEN_OF_VALUE = 2;

/** A rule or value, and how to make secrets of it. */
export interface Kind {
  readonly id: string;
  /** What is always true of its secrets, and decides in which modes they can be promised to be hidden. */
  readonly keyword: boolean;
  readonly lines: boolean;
  /** Text beside its lines does not keep the rule from matching. */
  readonly gutters: boolean;
  /** It ends at a line's end: text behind it makes another text of it. */
  readonly anchored: boolean;
  readonly rule: Rule | undefined;
  readonly make: (chance: Chance) => Secret;
}

export interface Secret {
  readonly kind: Kind;
  /** The code points of a whole match. */
  readonly chars: readonly string[];
  /** The first and, exclusively, the last that may not be seen. */
  readonly from: number;
  readonly to: number;
  readonly lead: string;
  readonly trail: string;
}

const LEADS = ['$ ', 'say ', '', 'export X=', '> ', '  ', "echo '", 'x: "', '[1] (', '# '] as const;
const TRAILS = ['', '', '', ' ', ' && make', "'", '"', ' # done', ' | cat', ';', '):', ', x', '</b>'] as const;

export function kindOfRule(rule: Rule): Kind {
  const detector = compile(rule);
  const alone = Redactor.of([{ ...rule, minRows: 1 }]);
  const kind: Kind = {
    id: rule.id,
    keyword: (rule.keywords ?? []).length > 0,
    lines: detector.crossesLines,
    gutters: rule.id.startsWith('private-key'),
    anchored: rule.regex.endsWith('$'),
    rule,
    make: (chance) => surrounded(chance, alone, walk(chance, detector, alone, kind)),
  };
  return kind;
}

export function kindOfValue({ name, value }: SecretValue): Kind {
  const alone = Redactor.of([], [{ name, value }]);
  const chars = [...value];
  const bare = { chars, from: SEEN_OF_VALUE, to: chars.length };
  const kind: Kind = {
    id: `value:${name}`,
    keyword: false,
    lines: false,
    gutters: false,
    anchored: false,
    rule: undefined,
    make: (chance) => surrounded(chance, alone, { kind, ...bare }),
  };
  return kind;
}

type Bare = Omit<Secret, 'lead' | 'trail'>;

/** A match that the rule itself takes for a secret: not on its allowlist, and random enough. */
function walk(chance: Chance, detector: Detector, alone: Redactor, kind: Kind): Bare {
  for (let tries = 0; tries < MAX_WALKS; tries++) {
    const text = textOf(chance, detector);
    if (text === undefined || text.length > MAX_LENGTH || /[\t\r]/.test(text)) continue;
    const range = secretOf(detector, text);
    if (range === undefined || !covers(alone, text, range)) continue;
    const [from, to] = range.map((at) => [...text.slice(0, at)].length) as [number, number];
    if (from < to) return { kind, chars: [...text], from, to };
  }
  throw new Error(`no secret of ${kind.id} in ${MAX_WALKS} walks`);
}

/** Any text stands between BEGIN and END: a walk would never make a key of it. */
function textOf(chance: Chance, detector: Detector): string | undefined {
  if (['private-key', 'private-key-begin'].includes(detector.id)) return privateKey(chance);
  return sample(programOf(detector.pattern), chance.next);
}

/** UTF-16 units of a text that may not be seen; undefined when the pattern does not match all of it. */
function secretOf(detector: Detector, text: string): readonly [number, number] | undefined {
  const matcher = detector.pattern.matcher(text);
  if (!matcher.find(0)) return undefined;
  const group = detector.groups.find((one) => matcher.start(one) < matcher.end(one)) ?? 0;
  const [start, end] = [matcher.start(group), matcher.end(group)];
  const last = text.lastIndexOf('-----END');
  const stop = last < 0 ? end : Math.min(end, last);
  return [Math.min(Math.max(start, publicLength(detector.rule, text)), stop), stop];
}

/** What gives a secret away is public: up to the end of the first keyword; without any, what is seen before it is held. */
function publicLength(rule: Rule, text: string): number {
  const keywords = rule.keywords ?? [];
  if (keywords.length === 0) return (rule.holdMin ?? HELD_FROM) - 1;
  const search = rule.caseSensitive === true ? text : text.toLowerCase();
  const ends = keywords.flatMap((word) => {
    const at = search.indexOf(rule.caseSensitive === true ? word : word.toLowerCase());
    return at < 0 ? [] : [at + word.length];
  });
  return ends.length === 0 ? 0 : Math.min(...ends);
}

function covers(alone: Redactor, text: string, [from, to]: readonly [number, number]): boolean {
  const spans = [...alone.spansOf(text), ...alone.spansOver(text)];
  return spans.some((span) => span.from <= from && to <= span.to);
}

/** Puts ordinary text around a secret: such that it is still one. */
function surrounded(chance: Chance, alone: Redactor, bare: Bare): Secret {
  const [lead, trail] = [chance.pick(LEADS), chance.pick(TRAILS)];
  const text = bare.chars.join('');
  const before = lead.length + bare.chars.slice(0, bare.from).join('').length;
  const after = lead.length + bare.chars.slice(0, bare.to).join('').length;
  if (!bare.kind.lines && covers(alone, lead + text + trail, [before, after])) return { ...bare, lead, trail };
  return { ...bare, lead: bare.kind.lines ? '' : ' ', trail: '' };
}
