/**
 * Reads the settings: flags before `LECTERN_*` before the file before the defaults. Never searched for upward from the
 * current directory: a cloned repository must not be able to weaken redaction. Knows nothing of what settings do.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { LecternError } from '../core/errors.js';
import { systemCode } from '../core/system-errors.js';
import { faultsOf, refuse } from './faults.js';
import {
  SETTING_KEYS,
  SETTINGS_FILE,
  SETTINGS_TOP,
  type Settings,
  type SettingsFile,
  type SettingsTop,
  settingsOf,
} from './settings.js';
import { readToml } from './toml.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings may come from. */
export interface ConfigSources {
  /** `--config`. */
  readonly config?: string | undefined;
  readonly env: Environment;
  /** The user's home, for `~/.config` when `$XDG_CONFIG_HOME` is not set. */
  readonly home: string;
  /** What flags say; they win. `redact` is added to what others say. */
  readonly flags?: SettingsTop;
}

export interface LoadedConfig {
  readonly settings: Settings;
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
  /** Where rules would be read without being named: `redact.toml` beside the settings. It need not be there. */
  readonly rulesBeside: string;
}

/** A place where a settings file may be. One that was named must be there. */
export interface Candidate {
  readonly path: string;
  readonly from: '--config' | '$LECTERN_CONFIG' | 'user' | 'system';
  readonly named: boolean;
}

/** The places of the settings file, first the one that wins. */
export function candidates({ config, env, home }: ConfigSources): readonly Candidate[] {
  if (config !== undefined) return [{ path: resolve(config), from: '--config', named: true }];
  const own = env['LECTERN_CONFIG'];
  if (own) return [{ path: resolve(own), from: '$LECTERN_CONFIG', named: true }];
  const xdg = env['XDG_CONFIG_HOME'];
  // The XDG base directory specification has relative paths ignored.
  const base = xdg && isAbsolute(xdg) ? xdg : join(home, '.config');
  return [
    { path: join(base, 'lectern', 'config.toml'), from: 'user', named: false },
    { path: '/etc/lectern/config.toml', from: 'system', named: false },
  ];
}

/**
 * The settings in force.
 * @throws {LecternError} CONFIG with a line for each fault; USAGE when a flag is wrong.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const places = candidates(sources);
  const place = places.find(({ path, named }) => named || existsSync(path));
  const content = place === undefined ? {} : readSettings(place.path);
  const said = environmentSettings(sources.env);
  const flags = sources.flags ?? {};
  const top = { ...withoutTables(content), ...said, ...given(flags) };
  const path = (place ?? places[0])!.path;
  const redact = ruleFiles(path, content, said.redact ?? [], flags.redact ?? []);
  return { settings: settingsOf(top, content, redact), file: place?.path, rulesBeside: rulesBeside(path) };
}

/**
 * Reads and checks one settings file.
 * @throws {LecternError} CONFIG with a line for each fault.
 */
export function readSettings(file: string): SettingsFile {
  const document = readToml(readText(file));
  if ('what' in document) {
    refuse([{ file, ...document }]);
    return {};
  }
  const parsed = SETTINGS_FILE.safeParse(document.data);
  if (!parsed.success) refuse(faultsOf(file, document, parsed.error.issues, SETTING_KEYS));
  return parsed.data ?? {};
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = systemCode(cause);
    throw new LecternError('CONFIG', `${file}: the settings cannot be read (${code}): check the file's name and mode`, {
      cause,
    });
  }
}

function rulesBeside(file: string): string {
  return join(dirname(file), 'redact.toml');
}

/** `redact.toml` beside the settings, those that they name (relative to them), then those of the caller. */
function ruleFiles(
  file: string,
  content: SettingsFile,
  env: readonly string[],
  flags: readonly string[],
): readonly string[] {
  const folder = dirname(file);
  const beside = rulesBeside(file);
  const named = (content.redact ?? []).map((path) => resolve(folder, path));
  const here = [...env, ...flags].map((path) => resolve(path));
  return [...new Set([...(existsSync(beside) ? [beside] : []), ...named, ...here])];
}

/** The key of the file that a variable stands for: `LECTERN_READ_ONLY` is `read_only`. */
const BY_VARIABLE: ReadonlyMap<string, keyof SettingsTop> = new Map(
  (Object.keys(SETTINGS_TOP.shape) as (keyof SettingsTop)[]).map((key) => [`LECTERN_${key.toUpperCase()}`, key]),
);

/**
 * What the environment says. Variables of other names are not ours to judge: programs pass them down.
 * @throws {LecternError} CONFIG with a line for each variable that is wrong.
 */
function environmentSettings(env: Environment): SettingsTop {
  const raw: Record<string, unknown> = {};
  for (const [variable, key] of BY_VARIABLE) {
    const value = env[variable];
    if (value !== undefined && value !== '') raw[key] = typed(key, value);
  }
  const parsed = SETTINGS_TOP.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `LECTERN_${String(issue.path[0]).toUpperCase()}: ${issue.message}`);
  throw new LecternError('CONFIG', lines.join('\n'));
}

const FLAGS: ReadonlySet<string> = new Set(['once', 'read_only']);

/** A variable's text as the file's type. What does not fit is left as it is, for the schema to refuse. */
function typed(key: string, value: string): unknown {
  if (key === 'redact') return value.split(':').filter((path) => path !== '');
  if (key === 'max_observers') return Number(value);
  if (!FLAGS.has(key)) return value;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  return ['0', 'false', 'no', 'off'].includes(value) ? false : value;
}

function withoutTables(file: SettingsFile): SettingsTop {
  return Object.fromEntries(Object.entries(file).filter(([key]) => Object.hasOwn(SETTINGS_TOP.shape, key)));
}

/** Without the keys that are there but undefined: they would hide what the file says. */
function given(flags: SettingsTop): SettingsTop {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
