/**
 * The settings: their names, types and defaults, and how each is written in the file and in the environment. Where
 * they are read from is in config.ts.
 */
import { z } from 'zod';
import { parsePrefix } from '../core/keys.js';
import { isLeaseTime } from '../core/lease.js';
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

/** What asciinema, dtach and abduco take as well: a key that shells and editors leave free. */
const DEFAULT_PREFIX = 'C-\\';
const prefix = text.refine((value) => parsePrefix(value) !== undefined, {
  error: 'must be "none", or "C-" and a letter or one of @\\]^_',
});

/** Longest time that screens may wait before they are shown: each second of it is kept in memory. */
const LONGEST_DELAY_MS = 30_000;
const delay = z
  .union([duration, z.literal('off')], { error: 'must be "off" or a duration in quotes, such as "3s"' })
  .refine((value) => value === 'off' || !isDuration(value) || parseDuration(value) <= LONGEST_DELAY_MS, {
    error: 'must be 30s at most',
  });
const KIB = 1024;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const atMost = (ms: number, told: string) =>
  duration.refine((value) => !isDuration(value) || parseDuration(value) <= ms, { error: `must be at most ${told}` });

const leaseTime = duration.refine((value) => !isDuration(value) || isLeaseTime(parseDuration(value)), {
  error: 'must be from 1s to 24h',
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
  idle_timeout: duration.optional(),
  max_duration: duration.optional(),
  join_timeout: duration.optional(),
  consensus: oneOf('none', 'all').optional(),
  record: text.optional(),
  redact: z.array(text, { error: 'must be a list of files' }).optional(),
  prefix: prefix.optional(),
  delay: delay.optional(),
};

const CONTROL = {
  preempt: flag.optional(),
  default_for: leaseTime.optional(),
  voters: z.array(text.min(1), { error: 'must be a list of names or key fingerprints' }).optional(),
  quorum: whole(0, MOST_OBSERVERS).optional(),
  vote_for: z.array(oneOf('grant', 'propose'), { error: 'must be a list of "grant" and "propose"' }).optional(),
  // Who put something to the vote waits for its end.
  vote_time: atMost(HOUR_MS, '1h').optional(),
};
const ROOM = { chat: flag.optional(), pointers: flag.optional(), hide_addresses: flag.optional() };
const PAUSE = { programs: z.array(text.min(1), { error: 'must be a list of program names' }).optional() };
const AUDIT = { input: oneOf('text', 'size', 'off').optional() };
/** How the presenter is told that somebody waits or asks. */
const NOTICE = {
  title: flag.optional(),
  bell: flag.optional(),
  tmux: flag.optional(),
  screen: flag.optional(),
  terminal: flag.optional(),
  desktop: flag.optional(),
};
const PACE = { min_interval_ms: whole(1, 10_000).optional() };
/** As sshd's MaxStartups: refuse at random from `start` on, `rate` percent of them, all from `full` on. */
const startups = text
  .regex(/^\d{1,5}:\d{1,3}:\d{1,5}$/, { error: 'must be "START:RATE:FULL", such as "30:30:200"', abort: true })
  .refine(isStartups, { error: 'START must be from 1 to FULL, and RATE from 1 to 100' });

function isStartups(value: string): boolean {
  const { start, rate, full } = startupsOf(value);
  return start >= 1 && start <= full && rate >= 1 && rate <= 100;
}

/** Or one source could shut the door for all others. */
function leavesRoom(limits: {
  readonly startups?: string | undefined;
  readonly per_source?: number | undefined;
}): boolean {
  if (limits.startups === undefined || limits.per_source === undefined) return true;
  return limits.per_source < startupsOf(limits.startups).start;
}

/** A day: what waits longer for new keys, or for a sign of life, does not wait but has forgotten. */
const upToADay = atMost(DAY_MS, '24h');
/** The names are those of sshd_config(5) where it has one. What is not set is the door's own affair. */
const LIMITS = {
  login_grace: upToADay.optional(),
  startups: startups.optional(),
  per_source: whole(1, 1000).optional(),
  waiting_per_source: whole(0, 1000).optional(),
  max_auth_tries: whole(1, 20).optional(),
  guesses_at_once: whole(1, 10_000).optional(),
  penalty: upToADay.optional(),
  penalty_max: upToADay.optional(),
  unused_timeout: upToADay.optional(),
  keepalive: upToADay.optional(),
  keepalive_count: whole(1, 100).optional(),
  inbound_kib_per_second: whole(1, 1_000_000).optional(),
  inbound_burst_kib: whole(64, 1_000_000).optional(),
  rekey_mib: whole(1, 65_536).optional(),
  rekey_after: upToADay.optional(),
  key_exchange_timeout: upToADay.optional(),
};

const table = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape, { error: 'must be a table' }).optional();

/** The file. */
export const SETTINGS_FILE = z.strictObject({
  ...TOP,
  control: table(CONTROL),
  room: table(ROOM),
  pause: table(PAUSE),
  audit: table(AUDIT),
  notice: table(NOTICE),
  pace: table(PACE),
  limits: table(LIMITS).refine((limits) => limits === undefined || leavesRoom(limits), {
    error: 'must be below the START of startups',
    path: ['per_source'],
  }),
});
export type SettingsFile = z.infer<typeof SETTINGS_FILE>;

/** What `LECTERN_*` and flags may say: the keys of the file outside its tables. */
export const SETTINGS_TOP = z.strictObject(TOP);
export type SettingsTop = z.infer<typeof SETTINGS_TOP>;

/** All keys that there are, for guesses at misspelt ones. */
export const SETTING_KEYS: readonly string[] = [
  ...[TOP, CONTROL, ROOM, PAUSE, AUDIT, NOTICE, PACE, LIMITS],
  { control: 0, room: 0, pause: 0, audit: 0, notice: 0, pace: 0, limits: 0 },
].flatMap((shape) => Object.keys(shape));

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
  /** After which time the session ends by itself, in ms; null: it does not. */
  readonly ends: { readonly joinMs: number | null; readonly idleMs: number | null; readonly maxMs: number | null };
  readonly record: string | undefined;
  /** Rule files, in the order in which they are loaded. */
  readonly redact: readonly string[];
  /** The control character that begins a hotkey; null for none. */
  readonly prefix: number | null;
  /** How long a screen waits before observers see it, in ms; 0 for not at all. */
  readonly delayMs: number;
  readonly control: { readonly preempt: boolean; readonly defaultForMs: number };
  /** What is put to the vote, and who votes. */
  readonly consensus: {
    readonly on: boolean;
    /** Names or key fingerprints; empty for everybody who watches. */
    readonly voters: readonly string[];
    readonly quorum: number;
    readonly voteFor: readonly ('grant' | 'propose')[];
    readonly voteMs: number;
  };
  readonly room: { readonly chat: boolean; readonly pointers: boolean; readonly hideAddresses: boolean };
  /** Programs for which sharing pauses. */
  readonly pausePrograms: readonly string[];
  /** How much of an observer's keys is kept in the log. */
  readonly auditInput: 'text' | 'size' | 'off';
  /** Ways in which the presenter is told something beside the picture. */
  readonly notices: {
    /** The window's title; the bell. */
    readonly title: boolean;
    readonly bell: boolean;
    /** The status line of tmux, in a pane of it. */
    readonly tmux: boolean;
    /** The message line of GNU screen, in a window of it. */
    readonly screen: boolean;
    /** A notification by the terminal itself (OSC 9). */
    readonly terminal: boolean;
    /** notify-send. */
    readonly desktop: boolean;
  };
  readonly pace: { readonly minIntervalMs: number };
  /** What differs from the door's own limits: their names, and why they are what they are, stand there. */
  readonly limits: DoorLimits;
}

/** Limits of the ssh door, as far as they are set. Times are milliseconds, sizes bytes. */
export interface DoorLimits {
  readonly loginGraceMs?: number;
  readonly maxStartups?: { readonly start: number; readonly rate: number; readonly full: number };
  readonly perSource?: number;
  readonly waitingPerSource?: number;
  readonly authTries?: number;
  readonly guessesAtOnce?: number;
  readonly penaltyMs?: number;
  readonly penaltyMaxMs?: number;
  readonly unusedMs?: number;
  readonly keepaliveMs?: number;
  readonly keepaliveCount?: number;
  readonly inboundRate?: number;
  readonly inboundBurst?: number;
  readonly rekeyBytes?: number;
  readonly rekeyMs?: number;
  readonly kexMs?: number;
}

function doorLimits(limits: NonNullable<SettingsFile['limits']>): DoorLimits {
  const ms = (value: string | undefined) => (value === undefined ? undefined : parseDuration(value));
  const times = (value: number | undefined, unit: number) => (value === undefined ? undefined : value * unit);
  const all = {
    loginGraceMs: ms(limits.login_grace),
    maxStartups: limits.startups === undefined ? undefined : startupsOf(limits.startups),
    perSource: limits.per_source,
    waitingPerSource: limits.waiting_per_source,
    authTries: limits.max_auth_tries,
    guessesAtOnce: limits.guesses_at_once,
    penaltyMs: ms(limits.penalty),
    penaltyMaxMs: ms(limits.penalty_max),
    unusedMs: ms(limits.unused_timeout),
    keepaliveMs: ms(limits.keepalive),
    keepaliveCount: limits.keepalive_count,
    inboundRate: times(limits.inbound_kib_per_second, KIB),
    inboundBurst: times(limits.inbound_burst_kib, KIB),
    rekeyBytes: times(limits.rekey_mib, KIB * KIB),
    rekeyMs: ms(limits.rekey_after),
    kexMs: ms(limits.key_exchange_timeout),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function startupsOf(text: string): NonNullable<DoorLimits['maxStartups']> {
  const [start, rate, full] = text.split(':').map(Number) as [number, number, number];
  return { start, rate, full };
}

function optionalMs(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text);
}

/** Fills in the defaults. */
export function settingsOf(top: SettingsTop, file: SettingsFile, redact: readonly string[]): Settings {
  const { control = {}, room = {}, pace = {}, limits = {} } = file;
  return {
    name: top.name,
    listen: top.listen ?? ':2222',
    ttlMs: parseDuration(top.ttl ?? '2h'),
    once: top.once ?? false,
    approve: top.approve ?? 'none',
    authorizedKeys: top.authorized_keys,
    readOnly: top.read_only ?? false,
    maxObservers: top.max_observers ?? 300,
    ends: {
      joinMs: optionalMs(top.join_timeout),
      idleMs: optionalMs(top.idle_timeout),
      maxMs: optionalMs(top.max_duration),
    },
    record: top.record,
    redact,
    prefix: parsePrefix(top.prefix ?? DEFAULT_PREFIX) ?? null,
    delayMs: top.delay === undefined || top.delay === 'off' ? 0 : parseDuration(top.delay),
    control: { preempt: control.preempt ?? true, defaultForMs: parseDuration(control.default_for ?? '60s') },
    consensus: {
      on: top.consensus === 'all',
      voters: control.voters ?? [],
      quorum: control.quorum ?? 0,
      voteFor: control.vote_for ?? ['grant', 'propose'],
      // Long enough to read a command and ask about it.
      voteMs: parseDuration(control.vote_time ?? '60s'),
    },
    room: {
      chat: room.chat ?? true,
      pointers: room.pointers ?? true,
      hideAddresses: room.hide_addresses ?? false,
    },
    pausePrograms: file.pause?.programs ?? [],
    // Keys may be a secret, and a log outlives the session.
    auditInput: file.audit?.input ?? 'size',
    notices: { ...NOTICES, ...stated(file.notice ?? {}) },
    // mosh and the eye agree: more than 50 frames a second are not seen.
    pace: { minIntervalMs: pace.min_interval_ms ?? 20 },
    limits: doorLimits(limits),
  };
}

/** What is on is seen by the presenter alone; the others may go to a screen that he does not look at. */
const NOTICES: Settings['notices'] = {
  title: true,
  bell: true,
  tmux: true,
  screen: true,
  terminal: false,
  desktop: false,
};

/** Without the keys that the file does not say anything of. */
function stated<T extends object>(table: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined)) as never;
}
