/** Trying redaction rules on text, listing them, checking them. Nothing here prints a secret that it found. */
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { LecternError } from '../core/errors.js';
import { BUILT_IN } from '../core/redact/builtin.js';
import { Redactor } from '../core/redact/redactor.js';
import { check } from '../core/redact/report.js';
import { systemCode } from '../core/system-errors.js';
import { loadConfig } from '../ops/config.js';
import { formatFault } from '../ops/faults.js';
import { loadRules, type RuleSet } from '../ops/rules.js';
import { homeFolder } from './folders.js';
import { print, printTable, say } from './output.js';

export interface RedactOptions {
  /** Rule files beside those of the settings. */
  readonly redact?: readonly string[];
  readonly config?: string;
}

/**
 * Prints `line:column rule length` for each secret in a file, or in standard input (no file, or `-`), with `held` behind
 * what is masked only because it may be the beginning of one, and how many there are. Resolves to the exit code: 0, found or not.
 * @throws {LecternError} CONFIG when the rules are wrong, FAILED when the file cannot be read.
 */
export async function redactTest(file?: string, options: RedactOptions = {}): Promise<number> {
  const { rules, values } = inForce(options);
  const text = file === undefined || file === '-' ? await readAll(process.stdin) : readText(file);
  const findings = check(Redactor.of(rules, values), text);
  print(
    ...findings.map(({ line, column, rule, length, held }) => {
      return `${line}:${column} ${rule} ${length}${held ? ' held' : ''}`;
    }),
  );
  const whole = findings.filter(({ held }) => !held).length;
  const held = findings.length - whole;
  say(`${whole === 1 ? '1 secret' : `${whole} secrets`}${held === 0 ? '' : `, ${held} held`}`);
  return 0;
}

/** Prints the rules in force: id, origin, description. Resolves to the exit code. */
export async function redactList(options: RedactOptions = {}): Promise<number> {
  const { rules, values } = inForce(options);
  const listed = rules.map((rule) => [rule.id, rule.origin ?? BUILT_IN, rule.description ?? '']);
  const names = values.map(({ name }) => [`value:${name}`, 'value', 'its text, wherever it stands']);
  printTable(['RULE', 'FROM', 'WHAT'], [...listed, ...names]);
  return 0;
}

/**
 * Checks rule files, or those in force: prints advice, if there is any. Resolves to the exit code.
 * @throws {LecternError} CONFIG with a line for each fault.
 */
export async function redactLint(files: readonly string[], options: RedactOptions = {}): Promise<number> {
  const { lints, rules } = inForceOr(files, options);
  print(...lints.map(formatFault));
  say(`${rules.length} rules, ${lints.length === 1 ? '1 piece' : `${lints.length} pieces`} of advice`);
  return 0;
}

function inForceOr(files: readonly string[], options: RedactOptions): RuleSet {
  return files.length > 0 ? loadRules(files, {}, { lint: true }) : inForce(options, true);
}

function inForce({ redact, config }: RedactOptions, lint = false): RuleSet {
  const flags = redact === undefined ? {} : { redact: [...redact] };
  const { settings } = loadConfig({ config, env: process.env, home: homeFolder(), flags });
  return loadRules(settings.redact, process.env, { lint });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LecternError('FAILED', `${file}: cannot be read (${systemCode(cause)})`, { cause });
  }
}
