/**
 * Gathers the values that are masked by their text: from the environment, .env files and whole files. Knows where
 * values are, not how they are found on a screen. Only names are ever told.
 */
import { readFileSync } from 'node:fs';
import { MIN_VALUE_LENGTH, type SecretValue } from '../core/redact/values.js';

/**
 * Names of variables whose values are masked unless excluded, after Buildkite's agent. On by default: a terminal
 * shows its environment sooner or later.
 */
export const DEFAULT_ENV: readonly string[] = [
  '*_PASSWORD',
  '*_SECRET',
  '*_TOKEN',
  '*_PRIVATE_KEY',
  '*_SSH_KEY',
  '*_ACCESS_KEY',
  '*_SECRET_KEY',
  '*_CONNECTION_STRING',
  '*_API_KEY',
];

/** Values of the variables that a pattern names and none excludes: `*` is any text, a leading `!` excludes. */
export function envValues(env: NodeJS.ProcessEnv, patterns: readonly string[]): readonly SecretValue[] {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(globOf);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => globOf(pattern.slice(1)));
  const named = (name: string): boolean => wanted.some((glob) => glob(name)) && !unwanted.some((glob) => glob(name));
  return Object.entries(env)
    .filter(([name, value]) => value !== undefined && value.length >= MIN_VALUE_LENGTH && named(name))
    .map(([name, value]) => ({ name, value: value! }));
}

/** Compares without a regular expression: the parts between the stars, in order. */
function globOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const [head, tail] = [parts[0]!, parts.at(-1)!];
  return (name) => {
    if (parts.length === 1) return name === pattern;
    if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
    let at = head.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - tail.length;
  };
}

/** One value for the whole of a file; its lines are masked one by one. Throws what reading throws. */
export function fileValue(path: string): SecretValue {
  return { name: path, value: readFileSync(path, 'utf8') };
}

/** `production`, `localhost`, `8080`: settings that stand in ordinary text. */
const PLAIN_SETTING = /^(?:[A-Za-z]{1,12}|\d{1,8}|\d{1,3}(?:\.\d{1,3}){3})$/;

/** The values of a .env file, without those that are a plain word or number. Throws what reading throws. */
export function dotenvValues(path: string): readonly SecretValue[] {
  return parseDotenv(readFileSync(path, 'utf8')).filter(({ value }) => !PLAIN_SETTING.test(value));
}

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:"((?:\\[\s\S]|[^"\\])*)"|'([^']*)'|([^\r\n]*))/gm;

/** Reads `NAME=value`, quoted or not, with `export` or without; quoted values may go over lines. */
export function parseDotenv(text: string): readonly SecretValue[] {
  return [...text.matchAll(ASSIGNMENT)].map(([, name, double, single, bare]) => {
    const value =
      double?.replace(/\\n/g, '\n').replace(/\\(["\\$])/g, '$1') ?? single ?? bare!.replace(/[ \t]+#.*$/, '').trim();
    return { name: name!, value };
  });
}
