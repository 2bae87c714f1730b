/** Keys, one after the other, as somebody types who is in no hurry, and how long each takes to be seen. */
import { sleep, type Terminal } from './terminals.js';

/** Characters that stand in no control sequence and no status line. */
const KEYS = ['{', '}', '~', '^'];
/** After a crowd came: lectern says for some seconds who it was, in ms. */
export const CALM_MS = 1000;
/** Between two keys: a fast typist, and no beat that a timer could meet, in ms. */
const PAUSE_MS = 40;
const PAUSE_SPREAD_MS = 40;
const NS_PER_MS = 1e6;

/** The keys of one turn on a line of their own, with pauses in between. */
export async function* keysOf(stage: Terminal, count: number): AsyncGenerator<string> {
  await stage.type('\r');
  await sleep(PAUSE_MS * 3);
  for (let i = 0; i < count; i++) {
    yield KEYS[i % KEYS.length]!;
    await sleep(PAUSE_MS + Math.random() * PAUSE_SPREAD_MS);
  }
}

/** Types a key at `stage`. @returns how long it took until each of `terminals` had it, in ms. */
export async function press(stage: Terminal, terminals: readonly Terminal[], key: string): Promise<number[]> {
  for (const terminal of terminals) await terminal.clear();
  const seen = terminals.map((terminal) => terminal.mark(key));
  const typed = await stage.type(key);
  return (await Promise.all(seen)).map((ns) => Number(ns - typed) / NS_PER_MS);
}
