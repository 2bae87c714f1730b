/**
 * The way in: who asks for the keyboard, who has it, and the one gate through which keys of others reach the program.
 * It is decided here, beside the terminal, at the moment of writing. It knows no transport and no clock of its own.
 */
import { Lease, type LeaseClaims } from './lease.js';

export interface ControlOptions {
  /** Nobody can ever be given control. */
  readonly readOnly: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Writes to the program. */
  readonly type: (keys: Uint8Array) => void;
}

export class Control {
  readonly #options: ControlOptions;
  /** Since when each one asks, by the wall clock. */
  readonly #asking = new Map<string, number>();
  #lease: Lease | null = null;

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  get readOnly(): boolean {
    return this.#options.readOnly;
  }

  /** The lease that holds now; null also when it ran out and nobody said so yet. */
  get lease(): Lease | null {
    const lease = this.#lease;
    return lease !== null && lease.leftMs(this.#options.now(), this.#options.wall()) > 0 ? lease : null;
  }

  /** Ids of those who ask, the one who waits longest first. */
  get asking(): readonly string[] {
    return [...this.#asking.keys()];
  }

  /** Since when `id` asks, in milliseconds since 1970; null when he does not. */
  askedAt(id: string): number | null {
    return this.#asking.get(id) ?? null;
  }

  /** `id` asks for control. False when it changes nothing: nobody may have it, he has it, or he asked already. */
  ask(id: string): boolean {
    if (this.readOnly || this.#asking.has(id) || this.lease?.claims.sub === id) return false;
    this.#asking.set(id, this.#options.wall());
    return true;
  }

  /** `id` no longer asks. */
  withdraw(id: string): boolean {
    return this.#asking.delete(id);
  }

  /**
   * Opens a lease of `ttlMs` from now. One at a time: the result is the lease that ended by it, if any. A lease of the
   * same one in the same mode does not end, it goes on until then.
   * @throws {RangeError} in a read-only session: the callers ask {@link readOnly} first, this is the bolt behind them.
   */
  grant(claims: LeaseClaims, ttlMs: number): Lease | null {
    if (this.readOnly) throw new RangeError('control cannot be granted in a read-only session');
    const ended = this.extends(claims) ? null : this.end();
    this.#asking.delete(claims.sub);
    this.#lease = new Lease(claims, this.#options.now() + ttlMs);
    return ended;
  }

  /** True when a grant of these claims would prolong the lease that holds. */
  extends({ sub, mode }: LeaseClaims): boolean {
    const lease = this.lease;
    return lease !== null && lease.claims.sub === sub && lease.claims.mode === mode;
  }

  /** Ends the lease, whatever it has left. The result is what ended. */
  end(): Lease | null {
    const lease = this.#lease;
    this.#lease = null;
    return lease;
  }

  /** `id` is gone. The result is his lease, if he had it. */
  left(id: string): Lease | null {
    this.#asking.delete(id);
    return this.#lease?.claims.sub === id ? this.end() : null;
  }

  /** The one gate: `keys` of `id` reach the program only while his lease holds. True when they did. */
  press(id: string, keys: Uint8Array): boolean {
    const lease = this.#lease;
    if (lease?.claims.mode !== 'full' || !lease.admits(id, this.#options.now(), this.#options.wall())) return false;
    this.#options.type(keys);
    return true;
  }
}
