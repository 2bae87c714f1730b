/**
 * Who may begin to authenticate: OpenSSH's MaxStartups and PerSourceMaxStartups. Decisions only: knows no socket and no
 * clock, and the chance of a drop is decided by the number handed in.
 */

import type { Limits } from './limits.js';

/** `enter`: go on. `wait`: leave it unread until {@link Startups.leave} names its ticket. `drop`: close it. */
export type Entrance = 'enter' | 'wait' | 'drop';

/** All the connections that wait, of all sources: each costs about 10 KiB. */
const MAX_WAITING = 400;

type StartupLimits = Pick<Limits, 'maxStartups' | 'perSource' | 'waitingPerSource'>;

/** The places at the door. `T` is whatever stands for one connection. */
export class Startups<T> {
  readonly #limits: StartupLimits;
  readonly #active = new Map<string, number>();
  readonly #waiting = new Map<string, T[]>();
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
  arrive(source: string, connection: T, chance: number): Entrance {
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
}
