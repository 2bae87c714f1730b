/**
 * Who may begin to authenticate: OpenSSH's MaxStartups and PerSourceMaxStartups, and a slow-down for sources that fail.
 * Decisions only: knows no socket and no clock, and the chance of a drop is decided by the number handed in.
 */

import { isIPv6 } from 'node:net';
import { Bucket } from './bucket.js';
import type { Limits } from './limits.js';

/** `enter`: go on. `wait`: leave it unread until {@link Startups.leave} names its ticket. `drop`: close it. */
export type Entrance = 'enter' | 'wait' | 'drop';

/** All the connections that wait, of all sources: each costs about 10 KiB. */
const MAX_WAITING = 400;
/** Failures of one source that are forgiven a second, once its burst is spent. */
const FAILURES_PER_SECOND = 1;
/** Sources whose failures are remembered. Full buckets are forgotten first. */
const MAX_SOURCES = 10_000;

type StartupLimits = Pick<Limits, 'maxStartups' | 'perSource' | 'waitingPerSource' | 'failureBurst'>;

/** What counts as one source: an IPv4 address, or the /64 of an IPv6 address, which is what one customer gets. */
export function sourceOf(addr: string): string {
  if (!isIPv6(addr)) return addr;
  const [head = '', tail = ''] = addr.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = addr.includes('::') ? new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

/** The places at the door. `T` is whatever stands for one connection. */
export class Startups<T> {
  readonly #limits: StartupLimits;
  readonly #active = new Map<string, number>();
  readonly #waiting = new Map<string, T[]>();
  readonly #failures = new Map<string, Bucket>();
  #activeCount = 0;
  #waitingCount = 0;

  constructor(limits: StartupLimits) {
    this.#limits = limits;
  }

  /** Connections that are being authenticated now. */
  get active(): number {
    return this.#activeCount;
  }

  /** Connections that wait for a place of their source. */
  get waiting(): number {
    return this.#waitingCount;
  }

  /** Decides on a new connection. `chance` is a random number from 0 to 1. */
  arrive(source: string, connection: T, now: number, chance: number): Entrance {
    if (this.#failures.get(source)?.has(now) === false) return 'drop';
    if ((this.#active.get(source) ?? 0) >= this.#limits.perSource) return this.#line(source, connection);
    if (chance < this.#dropRate()) return 'drop';
    this.#enter(source);
    return 'enter';
  }

  /** A connection that had entered is authenticated or gone. Returns the one that waited longest for its place. */
  leave(source: string): T | undefined {
    const left = (this.#active.get(source) ?? 0) - 1;
    if (left < 0) return undefined;
    this.#activeCount--;
    if (left === 0) this.#active.delete(source);
    else this.#active.set(source, left);
    const next = this.#waiting.get(source)?.[0];
    if (next === undefined) return undefined;
    this.abandon(source, next);
    this.#enter(source);
    return next;
  }

  /** A connection that waited is gone. */
  abandon(source: string, connection: T): void {
    const line = this.#waiting.get(source);
    const at = line?.indexOf(connection) ?? -1;
    if (line === undefined || at < 0) return;
    line.splice(at, 1);
    this.#waitingCount--;
    if (line.length === 0) this.#waiting.delete(source);
  }

  /** An authentication of this source failed. */
  failed(source: string, now: number): void {
    let bucket = this.#failures.get(source);
    if (bucket === undefined) {
      if (this.#failures.size >= MAX_SOURCES) this.#forget(now);
      bucket = new Bucket(FAILURES_PER_SECOND, this.#limits.failureBurst, now);
      this.#failures.set(source, bucket);
    }
    bucket.take(1, now);
  }

  #enter(source: string): void {
    this.#activeCount++;
    this.#active.set(source, (this.#active.get(source) ?? 0) + 1);
  }

  #line(source: string, connection: T): Entrance {
    const line = this.#waiting.get(source) ?? [];
    if (line.length >= this.#limits.waitingPerSource || this.#waitingCount >= MAX_WAITING) return 'drop';
    line.push(connection);
    this.#waiting.set(source, line);
    this.#waitingCount++;
    return 'wait';
  }

  /** 0 below `start`, then from `rate` percent in a straight line to 1 at `full`, as sshd_config(5) has it. */
  #dropRate(): number {
    const { start, rate, full } = this.#limits.maxStartups;
    if (this.#activeCount < start) return 0;
    if (this.#activeCount >= full) return 1;
    return (rate + ((100 - rate) * (this.#activeCount - start)) / (full - start)) / 100;
  }

  #forget(now: number): void {
    for (const [source, bucket] of this.#failures) if (bucket.isFull(now)) this.#failures.delete(source);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size >= MAX_SOURCES && !oldest.done) this.#failures.delete(oldest.value);
  }
}
