/** How much is measured: everything, or as much as tells within a minute whether something is badly wrong. */

export interface Measures {
  /** Parts that have to be asked for. */
  readonly without: readonly string[];
  /** A flood in bytes, how often it is repeated, and with how many observers. */
  readonly floodBytes: number;
  readonly rounds: number;
  readonly crowd: number;
  readonly crowdRounds: number;
  readonly floodObservers: readonly number[];
  /** Observers who get nothing for half of it after a flood, in ms, have what there was for them: far more than the goal. */
  readonly afterMs: number;
  /** Keys of an echo, and with how many observers. */
  readonly keys: number;
  /** Keys typed to one contestant before it is the other's turn. */
  readonly turnKeys: number;
  readonly echoObservers: readonly number[];
  readonly presenterObservers: readonly number[];
  /** Before a session counts as idle: the last arrival is told, and V8 has put away what it left. */
  readonly calmMs: number;
  readonly idleMs: number;
  readonly idleObservers: number;
  /** Stock clients of tmux in comparisons of what one of them costs. */
  readonly stock: number;
  /** Joins, and how many are there already. */
  readonly joins: number;
  readonly joinOthers: readonly number[];
  /** Observers of an animation, and how long it is. */
  readonly scaleObservers: readonly number[];
  readonly animationMs: number;
  /** Observers of animations of several speeds and sizes. */
  readonly growthObservers: number;
  /** Bytes of the flood over a bad link, and how long nothing is on its way that is not there by then, in ms. */
  readonly linkBytes: number;
  readonly linkMs: number;
  readonly linkRounds: number;
  /** Recordings that are played: so many of them, the shortest first. */
  readonly recordings: number;
  /** Whether more than tmux and `script` are measured beside lectern. */
  readonly others: boolean;
  /** Screens made to hold the wall up. */
  readonly evilScreens: number;
}

export const FULL: Measures = {
  without: [],
  floodBytes: 20e6,
  rounds: 5,
  crowd: 50,
  crowdRounds: 2,
  afterMs: 1000,
  floodObservers: [0, 3],
  keys: 200,
  turnKeys: 20,
  echoObservers: [1, 10, 50, 200],
  presenterObservers: [0, 10, 50, 300],
  calmMs: 20_000,
  idleMs: 15_000,
  idleObservers: 100,
  stock: 10,
  joins: 6,
  joinOthers: [0, 10, 50, 200],
  scaleObservers: [10, 50, 200, 500, 1000],
  animationMs: 5000,
  growthObservers: 50,
  linkBytes: 2e6,
  linkMs: 2500,
  linkRounds: 3,
  recordings: Number.POSITIVE_INFINITY,
  others: true,
  evilScreens: 20,
};

export const QUICK: Measures = {
  without: ['idle', 'yes', 'crowd-flood', 'growth'],
  floodBytes: 1e6,
  rounds: 1,
  crowd: 10,
  crowdRounds: 1,
  afterMs: 300,
  floodObservers: [3],
  keys: 10,
  turnKeys: 10,
  echoObservers: [1],
  presenterObservers: [0],
  calmMs: 2500,
  idleMs: 1500,
  idleObservers: 50,
  stock: 3,
  joins: 1,
  joinOthers: [0],
  scaleObservers: [20],
  animationMs: 800,
  growthObservers: 10,
  linkBytes: 50e3,
  linkMs: 400,
  linkRounds: 1,
  recordings: 1,
  others: false,
  evilScreens: 4,
};
