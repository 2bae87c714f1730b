/** Control for a time: who may type, and until when. The clock is handed in; it must be monotonic. */
import type { ControlMode } from './events.js';

/** The claims of a control ticket whose signature was checked. */
export interface LeaseClaims {
  readonly jti: string;
  /** Participant. */
  readonly sub: string;
  /** Session. */
  readonly sid: string;
  readonly mode: ControlMode;
  /** End by the wall clock, milliseconds since 1970: what people are told. */
  readonly untilMs: number;
}

/** Shorter ends before a hand reaches the keyboard; longer is no loan any more. In ms. */
const LEAST_MS = 1000;
const MOST_MS = 86_400_000;

/** True for a time, in ms, for which control may be given: 1 s to 24 h. */
export function isLeaseTime(ms: number): boolean {
  return ms >= LEAST_MS && ms <= MOST_MS;
}

/** Clocks are set by small steps all the time: what is less than a second is not sleep. */
const WALL_LEEWAY_MS = 1000;

export class Lease {
  readonly claims: LeaseClaims;
  readonly #endsAt: number;

  /** @param endsAt end by the monotonic clock, in milliseconds: what decides. */
  constructor(claims: LeaseClaims, endsAt: number) {
    this.claims = claims;
    this.#endsAt = endsAt;
  }

  /** True when `id` may type. */
  admits(id: string, now: number, wall: number): boolean {
    return id === this.claims.sub && this.leftMs(now, wall) > 0;
  }

  /**
   * Milliseconds left, at least 0.
   * @param now monotonic clock; it stands still while the machine sleeps, so the wall clock may only shorten a lease.
   * @param wall milliseconds since 1970.
   */
  leftMs(now: number, wall: number): number {
    return Math.max(0, Math.min(this.#endsAt - now, this.claims.untilMs + WALL_LEEWAY_MS - wall));
  }
}
