/**
 * The settings: their names, types and defaults, and how each is written in the file and in the environment. Where
 * they are read from is in config.ts.
 */
import { z } from 'zod';
import { parseDuration } from './durations.js';

const text = z.string({ error: 'must be a text' });
const flag = z.boolean({ error: 'must be true or false' });
const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.map((value) => `"${value}"`).join(', ')}` });

const duration = z.string({ error: 'must be a duration in quotes, such as "90s" or "2h"' }).refine(isDuration, {
  error: 'must be a duration such as "90s", "15m", "2h" or "1h30m", up to 30d',
});

function isDuration(value: string): boolean {
  try {
    return parseDuration(value) > 0;
  } catch {
    return false;
  }
}

/** `PORT`, `:PORT` or `HOST:PORT`, an IPv6 host in brackets. */
const listen = z
  .union([z.int(), z.string()], { error: 'must be a port, ":PORT" or "HOST:PORT"' })
  .transform(String)
  .refine(isListen, { error: 'must be a port from 0 to 65535, ":PORT" or "HOST:PORT"' });

function isListen(value: string): boolean {
  const match = /^(?:(?:\[[0-9A-Fa-f:.%\w]+\]|[^\s:[\]]*):)?(\d{1,5})$/.exec(value);
  return match !== null && Number(match[1]) <= 65535;
}

/** `C-` and a letter or one of `\ ] ^ _ @ [`, or `none`. */
const prefix = text.regex(/^(?:none|C-[a-z@[\\\]^_])$/, {
  error: 'must be "none", or "C-" and a small letter or one of @[\\]^_',
});

/** Longest time that screens may wait before they are shown: each second of it is kept in memory. */
const LONGEST_DELAY_MS = 30_000;
const delay = z
  .union([duration, z.literal('off')], { error: 'must be "off" or a duration in quotes, such as "3s"' })
  .refine((value) => value === 'off' || !isDuration(value) || parseDuration(value) <= LONGEST_DELAY_MS, {
    error: 'must be 30s at most',
  });

/** At most this many at once: a session's memory and sockets are sized for it. */
const MOST_OBSERVERS = 10_000;

/** The keys of the file that a flag or `LECTERN_*` may also give. */
const TOP = {
  name: text.min(1, { error: 'must not be empty' }).max(120, { error: 'must have 120 characters at most' }).optional(),
  listen: listen.optional(),
  ttl: duration.optional(),
  once: flag.optional(),
  approve: oneOf('none', 'first', 'each').optional(),
  authorized_keys: text.optional(),
  read_only: flag.optional(),
  max_observers: whole(1, MOST_OBSERVERS).optional(),
  record: text.optional(),
  redact: z.array(text, { error: 'must be a list of files' }).optional(),
  prefix: prefix.optional(),
  delay: delay.optional(),
};

const CONTROL = { preempt: flag.optional(), default_for: duration.optional() };
const PACE = { min_interval_ms: whole(1, 10_000).optional() };
/** As sshd's MaxStartups: refuse at random from `start` on, `rate` percent of them, all from `full` on. */
const startups = text.regex(/^\d{1,5}:\d{1,3}:\d{1,5}$/, { error: 'must be "START:RATE:FULL", such as "30:30:200"' });
const LIMITS = {
  login_grace: duration.optional(),
  startups: startups.optional(),
  per_source: whole(1, 1000).optional(),
  max_auth_tries: whole(1, 20).optional(),
};

const table = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape, { error: 'must be a table' }).optional();

/** The file. */
export const SETTINGS_FILE = z.strictObject({
  ...TOP,
  control: table(CONTROL),
  pace: table(PACE),
  limits: table(LIMITS),
});
export type SettingsFile = z.infer<typeof SETTINGS_FILE>;

/** What `LECTERN_*` and flags may say: the keys of the file outside its tables. */
export const SETTINGS_TOP = z.strictObject(TOP);
export type SettingsTop = z.infer<typeof SETTINGS_TOP>;

/** All keys that there are, for guesses at misspelt ones. */
export const SETTING_KEYS: readonly string[] = [TOP, CONTROL, PACE, LIMITS, { control: 0, pace: 0, limits: 0 }].flatMap(
  (shape) => Object.keys(shape),
);

/** The settings in force. Times are milliseconds; what is off is undefined. */
export interface Settings {
  readonly name: string | undefined;
  /** `[HOST:]PORT` as written. */
  readonly listen: string;
  readonly ttlMs: number;
  readonly once: boolean;
  readonly approve: 'none' | 'first' | 'each';
  readonly authorizedKeys: string | undefined;
  readonly readOnly: boolean;
  readonly maxObservers: number;
  readonly record: string | undefined;
  /** Rule files, in the order in which they are loaded. */
  readonly redact: readonly string[];
  readonly prefix: string;
  /** How long a screen waits before observers see it, in ms; 0 for not at all. */
  readonly delayMs: number;
  readonly control: { readonly preempt: boolean; readonly defaultForMs: number };
  readonly pace: { readonly minIntervalMs: number };
  readonly limits: {
    readonly loginGraceMs: number;
    readonly startups: { readonly start: number; readonly rate: number; readonly full: number };
    readonly perSource: number;
    readonly maxAuthTries: number;
  };
}

/** Fills in the defaults. */
export function settingsOf(top: SettingsTop, file: SettingsFile, redact: readonly string[]): Settings {
  const { control = {}, pace = {}, limits = {} } = file;
  // Figures of `startups` and `per_source`: 20 of 20 honest joins got in during a flood of 500 connections.
  const [start, rate, full] = (limits.startups ?? '30:30:200').split(':').map(Number) as [number, number, number];
  return {
    name: top.name,
    listen: top.listen ?? ':2222',
    ttlMs: parseDuration(top.ttl ?? '2h'),
    once: top.once ?? false,
    approve: top.approve ?? 'none',
    authorizedKeys: top.authorized_keys,
    readOnly: top.read_only ?? false,
    maxObservers: top.max_observers ?? 300,
    record: top.record,
    redact,
    prefix: top.prefix ?? 'C-\\',
    delayMs: top.delay === undefined || top.delay === 'off' ? 0 : parseDuration(top.delay),
    control: { preempt: control.preempt ?? true, defaultForMs: parseDuration(control.default_for ?? '60s') },
    // mosh and the eye agree: more than 50 frames a second are not seen.
    pace: { minIntervalMs: pace.min_interval_ms ?? 20 },
    limits: {
      // 20 s as tmate has it: unauthenticated connections cost memory, OpenSSH's 120 s six times as much.
      loginGraceMs: parseDuration(limits.login_grace ?? '20s'),
      startups: { start, rate, full },
      perSource: limits.per_source ?? 5,
      // As OpenSSH's MaxAuthTries.
      maxAuthTries: limits.max_auth_tries ?? 6,
    },
  };
}
