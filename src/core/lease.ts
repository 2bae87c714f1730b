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

export class Lease {
  readonly claims: LeaseClaims;
  readonly #endsAt: number;

  /** @param endsAt end by the monotonic clock, in milliseconds: what decides. */
  constructor(claims: LeaseClaims, endsAt: number) {
    this.claims = claims;
    this.#endsAt = endsAt;
  }

  /** True when `id` may type at `now`. */
  admits(id: string, now: number): boolean {
    return id === this.claims.sub && now < this.#endsAt;
  }

  /** Milliseconds left at `now`, at least 0. */
  leftMs(now: number): number {
    return Math.max(0, this.#endsAt - now);
  }
}
