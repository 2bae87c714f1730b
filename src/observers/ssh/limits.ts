/** What one door allows. Every number is a choice; sizes are bytes, times are milliseconds. Knows no socket. */

export interface Limits {
  /** From the TCP accept to a finished authentication. OpenSSH gives 120 s, tmate 20 s; people type nothing here but a code. */
  readonly loginGraceMs: number;
  /** From authentication to a shell or a command (OpenSSH's UnusedConnectionTimeout). */
  readonly unusedMs: number;
  /** Failed authentications on one connection (OpenSSH's MaxAuthTries). */
  readonly authTries: number;
  /** Connections under way to be authenticated: all pass below `start`, none from `full` on, in between `rate` % and more are dropped. */
  readonly maxStartups: { readonly start: number; readonly rate: number; readonly full: number };
  /** Connections of one source being authenticated at once. Must stay below `maxStartups.start`, or one source can shut the door. */
  readonly perSource: number;
  /** Connections of one source that wait, unread, for one of its places: a classroom behind one address, or a tunnel. */
  readonly waitingPerSource: number;
  /** Guesses at links of one source: this many at once, then one in {@link penaltyMs}. */
  readonly guessesAtOnce: number;
  /** What a wrong guess, or a login that broke off, costs its source: so long passes until it is forgiven. */
  readonly penaltyMs: number;
  /** More is not owed by anybody: behind one address there may be a tunnel, and honest people in it. */
  readonly penaltyMaxMs: number;
  /** Bytes a second that a client may send, and how many at once. Beyond it the socket is not read. */
  readonly inboundRate: number;
  readonly inboundBurst: number;
  /** A visitor is asked for a sign of life each time that so long is over; one who says nothing to `keepaliveCount` of them is dropped. */
  readonly keepaliveMs: number;
  readonly keepaliveCount: number;
  /** New keys after so many bytes (RFC 4253 section 9) or so long. */
  readonly rekeyBytes: number;
  readonly rekeyMs: number;
  /** A key exchange that takes longer is a client that holds it open. */
  readonly kexMs: number;
}

const KIB = 1024;

export const DEFAULT_LIMITS: Limits = {
  loginGraceMs: 20_000,
  unusedMs: 10_000,
  authTries: 6,
  maxStartups: { start: 30, rate: 30, full: 200 },
  perSource: 5,
  waitingPerSource: 100,
  guessesAtOnce: 6,
  penaltyMs: 1000,
  penaltyMaxMs: 60_000,
  inboundRate: 64 * KIB,
  inboundBurst: 256 * KIB,
  keepaliveMs: 15_000,
  keepaliveCount: 3,
  rekeyBytes: KIB ** 3,
  rekeyMs: 3_600_000,
  kexMs: 20_000,
};
