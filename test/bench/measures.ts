/** How much is measured: everything, or as much as tells within a minute whether something is badly wrong. */

export interface Measures {
  /** A flood in bytes, how often it is repeated, and with how many observers. */
  readonly floodBytes: number;
  readonly rounds: number;
  readonly crowdRounds: number;
  readonly floodObservers: readonly number[];
  /** Keys of an echo, and with how many observers. */
  readonly keys: number;
  readonly echoObservers: readonly number[];
  readonly presenterObservers: readonly number[];
  readonly idleMs: number;
  readonly idleObservers: number;
  /** Joins, and how many are there already. */
  readonly joins: number;
  readonly joinOthers: readonly number[];
  /** Observers of an animation, and how long it is. */
  readonly scaleObservers: readonly number[];
  readonly animationMs: number;
  /** Bytes of the flood over a bad link. */
  readonly linkBytes: number;
  readonly linkRounds: number;
  /** Recordings that are played: so many of them. */
  readonly recordings: number;
}

export const FULL: Measures = {
  floodBytes: 20e6,
  rounds: 5,
  crowdRounds: 2,
  floodObservers: [0, 3],
  keys: 200,
  echoObservers: [1, 10, 50],
  presenterObservers: [0, 10, 50, 300],
  idleMs: 15_000,
  idleObservers: 100,
  joins: 10,
  joinOthers: [0, 10, 50, 200],
  scaleObservers: [10, 50, 200, 500, 1000],
  animationMs: 5000,
  linkBytes: 2e6,
  linkRounds: 3,
  recordings: Number.POSITIVE_INFINITY,
};

export const QUICK: Measures = {
  floodBytes: 5e6,
  rounds: 1,
  crowdRounds: 1,
  floodObservers: [3],
  keys: 20,
  echoObservers: [1],
  presenterObservers: [0, 50],
  idleMs: 2000,
  idleObservers: 50,
  joins: 3,
  joinOthers: [0],
  scaleObservers: [100],
  animationMs: 2000,
  linkBytes: 200e3,
  linkRounds: 1,
  recordings: 1,
};
