/** From the words of `lectern present`, the environment and the settings to what a session is opened with. */
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { readAuthorizedKeys } from '../access/authorized-keys.js';
import { MAX_COLS, MAX_ROWS, type Size } from '../core/cells.js';
import { LecternError } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { loadConfig } from '../ops/config.js';
import { loadRules } from '../ops/rules.js';
import { SETTINGS_TOP, type Settings, type SettingsTop } from '../ops/settings.js';
import { CAN_TELL_FOREGROUND } from '../presenter/foreground.js';
import { currentFolder, homeFolder } from './folders.js';
import type { SessionOptions } from './session/options.js';

/** The options of `lectern present` as they were typed. */
export interface PresentOptions {
  readonly name?: string;
  readonly listen?: string;
  readonly ttl?: string;
  readonly once?: boolean;
  readonly approve?: string;
  readonly authorizedKeys?: string;
  readonly readOnly?: boolean;
  readonly maxObservers?: string;
  readonly idleTimeout?: string;
  readonly maxDuration?: string;
  readonly joinTimeout?: string;
  readonly consensus?: string;
  readonly size?: string;
  readonly record?: string;
  readonly redact: readonly string[];
  readonly delay?: string;
  readonly config?: string;
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** The words after `--`; empty for the user's shell. */
  readonly command: readonly string[];
}

/** Everything that `present` needs, checked. */
export interface Resolved
  extends Omit<SessionOptions, 'size' | 'keys' | 'runtimeFolder' | 'stateFolder' | 'onEvent' | 'onRemark'> {
  /** null: that of the presenter's terminal. */
  readonly size: Size | null;
  readonly json: boolean;
  /** How the presenter is told that somebody waits or asks. */
  readonly notices: Settings['notices'];
  readonly command: readonly string[];
}

/** Longest name that observers are shown, in characters. */
const MAX_NAME = 120;

/**
 * @throws {LecternError} USAGE for a wrong flag; CONFIG for settings or rules with a line for each fault; FAILED when a
 * file that was named cannot be read.
 */
export function resolveOptions(typed: PresentOptions, env: NodeJS.ProcessEnv): Resolved {
  const here = currentFolder();
  if (typed.json === true && typed.headless !== true) throw wrongFlag('--json', 'goes with --headless');
  const sources = { env, home: homeFolder(), flags: flagsOf(typed) };
  const { settings, rulesBeside } = loadConfig(
    typed.config === undefined ? sources : { ...sources, config: typed.config },
  );
  const { ttlMs, once, approve, readOnly, maxObservers, ends, consensus, room, limits } = settings;
  if (settings.pausePrograms.length > 0 && !CAN_TELL_FOREGROUND) {
    throw new LecternError('CONFIG', '[pause] programs: this system does not tell which program is in the foreground');
  }
  const listen = listenAddress(settings.listen);
  return {
    name: printable(settings.name ?? (basename(here) || '/'), MAX_NAME),
    listen,
    publicHost: publicName(listen.host),
    ttlMs,
    once,
    listed: settings.authorizedKeys === undefined ? null : readAuthorizedKeys(settings.authorizedKeys),
    approve,
    readOnly,
    maxObservers,
    ends,
    consensus,
    room,
    pausePrograms: settings.pausePrograms,
    auditInput: settings.auditInput,
    record: settings.record ?? null,
    rules: loadRules(settings.redact, env),
    rulesFrom: { config: typed.config, home: sources.home, flags: sources.flags, beside: rulesBeside },
    delayMs: settings.delayMs,
    size: typed.size === undefined ? null : parseSize(typed.size),
    headless: typed.headless === true,
    json: typed.json === true,
    prefix: settings.prefix,
    notices: settings.notices,
    preempt: settings.control.preempt,
    grantMs: settings.control.defaultForMs,
    minIntervalMs: settings.pace.minIntervalMs,
    limits,
    command: typed.command,
  };
}

/** Flags in the settings' own words, so that one schema judges both. */
function flagsOf(typed: PresentOptions): SettingsTop {
  const said = {
    name: typed.name,
    listen: typed.listen,
    ttl: typed.ttl,
    once: typed.once,
    approve: typed.approve,
    authorized_keys: typed.authorizedKeys,
    read_only: typed.readOnly,
    max_observers: typed.maxObservers === undefined ? undefined : Number(typed.maxObservers),
    idle_timeout: typed.idleTimeout,
    max_duration: typed.maxDuration,
    join_timeout: typed.joinTimeout,
    consensus: typed.consensus,
    record: typed.record,
    redact: typed.redact,
    delay: typed.delay,
  };
  const parsed = SETTINGS_TOP.safeParse(
    Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrongFlag(`--${String(issue!.path[0]).replace(/_/g, '-')}`, issue!.message);
}

function wrongFlag(flag: string, why: string): LecternError {
  return new LecternError('USAGE', `${flag} ${why}; see: lectern present --help`);
}

function parseSize(text: string): Size {
  const match = /^(\d{1,4})x(\d{1,4})$/.exec(text);
  const [cols, rows] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || cols < 2 || rows < 2 || cols > MAX_COLS || rows > MAX_ROWS) {
    throw wrongFlag('--size', `must be COLSxROWS such as 120x40, from 2x2 to ${MAX_COLS}x${MAX_ROWS}`);
  }
  return { cols, rows };
}

/** Reads `PORT`, `:PORT`, `HOST:PORT` or `[IPV6]:PORT`, of which the shape was checked. */
function listenAddress(text: string): { host: string | null; port: number } {
  const at = text.lastIndexOf(':');
  const host = at < 0 ? '' : text.slice(0, at).replace(/^\[|\]$/g, '');
  return { host: host === '' ? null : host, port: Number(text.slice(at + 1)) };
}

/** How others reach this machine: by the address that it listens on, or by its name when it listens on all. */
function publicName(host: string | null): string {
  return host === null || host === '::' || host === '0.0.0.0' ? hostname() : host;
}
