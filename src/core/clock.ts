/** The clocks that decisions about people are made by, as they are handed in. Nothing here tells the time. */

export interface Clock {
  /** Monotonic milliseconds: what decides. */
  now(): number;
  /** Milliseconds since 1970: what people are told. */
  wall(): number;
  /** Calls back once, `ms` from now. The result calls it off. */
  after(ms: number, then: () => void): () => void;
}
