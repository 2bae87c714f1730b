/**
 * Loads redaction rules: the built-in ones and those of files in gitleaks' format. Every fault of every file is told
 * at once; nothing is dropped silently. The result is plain data, for a structured clone to the thread that compiles it.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BUILT_IN_RULES } from '../core/redact/builtin.js';
import { MASK } from '../core/redact/masks.js';
import { type Allowlist, faultOf, type Rule } from '../core/redact/rule.js';
import type { SecretValue } from '../core/redact/values.js';
import { systemCode } from '../core/system-errors.js';
import { type Fault, faultsOf, refuse } from './faults.js';
import { type Lint, lintOf } from './lint.js';
import { type AllowlistEntry, RULE_FILE, RULE_KEYS, type RuleEntry, type RuleFile } from './rulefile.js';
import { DEFAULT_ENV, dotenvValues, envValues, fileValue } from './secrets.js';
import { type Document, type Path, readToml } from './toml.js';

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly values: readonly SecretValue[];
  /** What stands in place of a masked character. */
  readonly mask: string;
  readonly ruleFiles: readonly string[];
  /** Files that the rule files take values from. */
  readonly valueFiles: readonly string[];
  /** Advice on rules that work but could do better; only gathered when asked for. */
  readonly lints: readonly Lint[];
}

export interface LoadOptions {
  readonly lint?: boolean;
}

/** A rule file that has the right shape. */
interface Source {
  readonly file: string;
  readonly document: Document;
  readonly content: RuleFile;
  readonly global: readonly Global[];
}

/**
 * Loads the built-in rules and those of `files`, and the values that they and the environment name.
 * @throws {LecternError} CONFIG with one line for each fault, `file:line:column: rule "id": what`.
 */
export function loadRules(files: readonly string[], env: NodeJS.ProcessEnv, options: LoadOptions = {}): RuleSet {
  const faults: Fault[] = [];
  const sources = [...new Set(files)].flatMap((file) => open(file, faults));
  const own = sources.flatMap((source) => rulesOf(source, faults));
  refuseTwins(sources, faults);
  const values = valuesOf(sources, env, faults);
  refuse(faults);
  const builtIn = keptDefaults(sources);
  const ids = new Set(builtIn.map(({ id }) => id));
  return {
    ruleFiles: sources.map(({ file }) => file),
    valueFiles: sources.flatMap(valueFiles),
    rules: [...builtIn, ...own],
    values,
    mask: sources.findLast(({ content }) => content.mask?.char !== undefined)?.content.mask?.char ?? MASK,
    lints: options.lint === true ? sources.flatMap((source) => lintsOf(source, ids)) : [],
  };
}

function open(file: string, faults: Fault[]): readonly Source[] {
  const text = readRuleFile(file);
  if (typeof text !== 'string') {
    faults.push({ file, line: 1, column: 1, what: text.what });
    return [];
  }
  const document = readToml(text);
  if ('what' in document) {
    faults.push({ file, ...document });
    return [];
  }
  const parsed = RULE_FILE.safeParse(document.data);
  if (parsed.success) return [{ file, document, content: parsed.data, global: globalAllowlists(parsed.data) }];
  faults.push(...faultsOf(file, document, parsed.error.issues, RULE_KEYS, (path) => subjectOf(document, path)));
  faults.push(...brokenRegexes(file, document));
  return [];
}

/** Regexes that do not compile, of a file that is wrong in other ways too: everything is told at once. */
function brokenRegexes(file: string, document: Document): readonly Fault[] {
  const { rules } = document.data;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: { readonly id?: unknown; readonly regex?: unknown } | null, index) => {
    if (typeof rule?.regex !== 'string') return [];
    const fault = faultOf({ id: String(rule.id), regex: rule.regex });
    if (fault?.field !== 'regex') return [];
    const path = ['rules', index, 'regex'];
    return [{ file, ...document.at(path), what: `${subjectOf(document, path)}${fault.what}` }];
  });
}

function readRuleFile(file: string): string | { readonly what: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { what: `the rule file cannot be read (${systemCode(error)}): check its name and mode` };
  }
}

/** `rule "id": ` for a path into a rule; a rule without an id goes by its number. */
function subjectOf(document: Document, path: Path): string {
  const [table, index] = path;
  if (table !== 'rules' || typeof index !== 'number') return '';
  const rule = (document.data['rules'] as readonly { readonly id?: unknown }[])[index];
  return typeof rule?.id === 'string' ? `rule "${rule.id}": ` : `rule ${index + 1}: `;
}

function rulesOf(source: Source, faults: Fault[]): readonly Rule[] {
  const { file, document, content, global } = source;
  refuseBadAllowlists(source, faults);
  // Those that are wrong are told once, above.
  const sound = global.filter(({ lists }) => faultOf({ id: 'allowlist', regex: 'x', allowlists: lists }) === undefined);
  return (content.rules ?? []).flatMap((entry, index) => {
    const tell = (field: string, what: string): void => {
      faults.push({ file, ...document.at(['rules', index, field]), what: `rule "${entry.id}": ${what}` });
    };
    // A rule for names of files finds nothing on a screen.
    if (entry.regex === undefined && entry.path !== undefined) return [];
    if (entry.regex === undefined) {
      tell('id', 'has no regex: give it one');
      return [];
    }
    const rule = ruleOf(entry, entry.regex, file, sound);
    const fault = faultOf(rule);
    if (fault !== undefined) tell(fault.field, fault.what);
    return [rule];
  });
}

function ruleOf(entry: RuleEntry, regex: string, origin: string, global: readonly Global[]): Rule {
  const { id, description, secretGroup, keywords, entropy, hold, holdMin, learn } = entry;
  const shared = global.filter(({ targets }) => targets?.includes(id) ?? true).flatMap(({ lists }) => lists);
  const own = [...(entry.allowlist ? [entry.allowlist] : []), ...(entry.allowlists ?? [])];
  const allowlists = [...own.flatMap(allowlistOf), ...shared];
  return defined({
    ...{ id, description, regex, secretGroup, keywords, entropy, hold, holdMin, learn, allowlists, origin },
    caseSensitive: entry.case_sensitive,
    settleMs: entry.settle_ms,
  });
}

/** Without the keys that are undefined, as exact optional properties want it. */
function defined(rule: { readonly [K in keyof Rule]: Rule[K] | undefined }): Rule {
  const entries = Object.entries(rule).filter(([, value]) => value !== undefined);
  // `id` and `regex` are always given by the one caller above.
  return Object.fromEntries(entries) as unknown as Rule;
}

/**
 * What an allowlist says about texts. One that also asks for a path or commit (`AND`) can never hold on a screen, and
 * one that speaks of nothing else says nothing.
 */
function allowlistOf(entry: AllowlistEntry): readonly Allowlist[] {
  const { regexes, stopwords, regexTarget } = entry;
  const all = entry.condition?.toUpperCase() === 'AND' || entry.condition === '&&';
  if (all && (entry.paths ?? entry.commits) !== undefined) return [];
  if ((regexes ?? stopwords) === undefined) return [];
  return [
    {
      ...(regexes && { regexes }),
      ...(stopwords && { stopwords }),
      ...(regexTarget && { regexTarget }),
      ...(all && { condition: 'AND' as const }),
    },
  ];
}

/**
 * An allowlist of a whole file. Without targets it is for the rules of its own file: no file weakens another, or the
 * built-in rules, by accident.
 */
interface Global {
  readonly targets: readonly string[] | undefined;
  readonly lists: readonly Allowlist[];
  readonly path: Path;
}

function globalAllowlists({ allowlist, allowlists = [] }: RuleFile): readonly Global[] {
  const make = (entry: AllowlistEntry, path: Path): Global => ({
    targets: entry.targetRules,
    lists: allowlistOf(entry),
    path,
  });
  return [
    ...(allowlist ? [make(allowlist, ['allowlist', 'regexes'])] : []),
    ...allowlists.map((entry, index) => make(entry, ['allowlists', index, 'regexes'])),
  ];
}

/** Patterns of a file's own allowlists are checked here, and not once for each rule that they are for. */
function refuseBadAllowlists({ file, document, global }: Source, faults: Fault[]): void {
  for (const { lists, path } of global) {
    const fault = faultOf({ id: 'allowlist', regex: 'x', allowlists: lists });
    if (fault !== undefined) faults.push({ file, ...document.at(path), what: fault.what });
  }
}

function refuseTwins(sources: readonly Source[], faults: Fault[]): void {
  const first = new Map<string, string>();
  for (const { file, document, content } of sources) {
    content.rules?.forEach(({ id }, index) => {
      const place = document.at(['rules', index, 'id']);
      const before = first.get(id);
      if (before === undefined) first.set(id, `${file}:${place.line}`);
      else faults.push({ file, ...place, what: `rule "${id}": the id is taken by ${before}: rename one of them` });
    });
  }
}

/** The built-in rules that no file switched off, with what files allow by name. */
function keptDefaults(sources: readonly Source[]): readonly Rule[] {
  if (sources.some(({ content }) => content.extend?.useDefault === false)) return [];
  const off = new Set(sources.flatMap(({ content }) => content.extend?.disabledRules ?? []));
  const named = sources.flatMap(({ global }) => global).filter(({ targets }) => targets !== undefined);
  return BUILT_IN_RULES.filter(({ id }) => !off.has(id)).map((rule) => {
    const more = named.filter(({ targets }) => targets!.includes(rule.id)).flatMap(({ lists }) => lists);
    return more.length === 0 ? rule : { ...rule, allowlists: [...(rule.allowlists ?? []), ...more] };
  });
}

function valuesOf(sources: readonly Source[], env: NodeJS.ProcessEnv, faults: Fault[]): readonly SecretValue[] {
  const patterns = sources.flatMap(({ content }) => content.values?.env ?? []);
  const listed = sources.flatMap((source) => [
    ...read(source, 'dotenv', dotenvValues, faults),
    ...read(source, 'files', (path) => [fileValue(path)], faults),
  ]);
  return [...envValues(env, [...DEFAULT_ENV, ...patterns]), ...listed];
}

/** The files that a rule file takes values from; their names are relative to it. */
function valueFiles({ file, content }: Source): readonly string[] {
  const { dotenv = [], files = [] } = content.values ?? {};
  return [...dotenv, ...files].map((name) => resolve(dirname(file), name));
}

function read(
  { file, document, content }: Source,
  key: 'dotenv' | 'files',
  from: (path: string) => readonly SecretValue[],
  faults: Fault[],
): readonly SecretValue[] {
  return (content.values?.[key] ?? []).flatMap((name, index) => {
    try {
      return from(resolve(dirname(file), name));
    } catch (error) {
      const what = `${key}: the file cannot be read (${systemCode(error)}): check its name, which is relative to this file`;
      faults.push({ file, ...document.at(['values', key, index]), what });
      return [];
    }
  });
}

function lintsOf({ file, document, content, global }: Source, builtIn: ReadonlySet<string>): readonly Lint[] {
  return (content.rules ?? []).flatMap((entry, index) => {
    if (entry.regex === undefined) return [];
    const rule = ruleOf(entry, entry.regex, file, global);
    return lintOf(rule, builtIn).map(({ field, what }) => ({
      file,
      ...document.at(['rules', index, field]),
      what: `rule "${entry.id}": ${what}`,
    }));
  });
}
