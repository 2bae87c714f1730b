/**
 * Echo: from a key in the presenter's terminal to the character in an observer's. The program is `cat`, so that the
 * kernel echoes and nothing else of the session is measured.
 */
import { type Contestant, dismiss, watchers } from './contestant.js';
import { cpuSeconds } from './processes.js';
import { quantile, type Result, ratio } from './table.js';
import { sleep, type Terminal, type Terminals } from './terminals.js';

/** Characters that stand in no control sequence and no status line. */
const KEYS = ['{', '}', '~', '^'];
/** Keys typed to one contestant before it is the other's turn. */
const TURN_KEYS = 20;
/** Between two keys: a fast typist, and no beat that a timer could meet, in ms. */
const PAUSE_MS = 40;
const PAUSE_SPREAD_MS = 40;
const NS_PER_MS = 1e6;
const US_PER_S = 1e6;

interface Side {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly latenciesMs: number[];
  cpuS: number;
  keys: number;
}

/** @param counts how many observers, one measurement each */
export async function echo(
  all: Terminals,
  pair: readonly [Contestant, Contestant],
  counts: readonly number[],
  keys: number,
) {
  const results: Result[] = [];
  for (const count of counts) results.push(...(await measure(all, pair, count, keys)));
  return results;
}

async function measure(all: Terminals, pair: readonly [Contestant, Contestant], count: number, keys: number) {
  const sides: Side[] = [];
  for (const contestant of pair) {
    const terminals = await watchers(all, contestant, count);
    await contestant.stage.type('clear; cat\r');
    sides.push({ contestant, terminals, latenciesMs: [], cpuS: 0, keys: 0 });
  }
  // lectern says who came for some seconds.
  await sleep(1000);
  for (let typed = 0; typed < keys; typed += TURN_KEYS) for (const side of sides) await turn(side);
  for (const { contestant, terminals } of sides) {
    await contestant.stage.type('\x03');
    await dismiss(terminals);
  }
  return rows(sides[0]!, sides[1]!, count);
}

async function turn(side: Side): Promise<void> {
  const { stage, pids } = side.contestant;
  await stage.type('\r');
  await sleep(PAUSE_MS * 3);
  const before = cpuSeconds(pids);
  for (let i = 0; i < TURN_KEYS; i++) {
    side.latenciesMs.push(...(await press(stage, side.terminals, KEYS[i % KEYS.length]!)));
    await sleep(PAUSE_MS + Math.random() * PAUSE_SPREAD_MS);
  }
  side.cpuS += cpuSeconds(pids) - before;
  side.keys += TURN_KEYS;
}

async function press(stage: Terminal, terminals: readonly Terminal[], key: string): Promise<number[]> {
  for (const terminal of terminals) await terminal.clear();
  const seen = terminals.map((terminal) => terminal.mark(key));
  const typed = await stage.type(key);
  return (await Promise.all(seen)).map((ns) => Number(ns - typed) / NS_PER_MS);
}

function rows(ours: Side, theirs: Side, count: number): Result[] {
  const who = count === 1 ? '1 observer' : `${count} observers`;
  const line = (name: string, share: number): Result => {
    const lectern = quantile(ours.latenciesMs, share);
    const tmux = quantile(theirs.latenciesMs, share);
    return { part: 'echo', what: `${name}, ${who}`, unit: 'ms', lectern, tmux, ratio: ratio(lectern, tmux) };
  };
  const cpu = ({ cpuS, keys }: Side) => (cpuS * US_PER_S) / keys / count;
  return [
    { ...line('p50', 0.5), goal: count === 1 ? 2.5 : 1 },
    line('p90', 0.9),
    line('p99', 0.99),
    {
      part: 'echo',
      what: `CPU per key and observer, ${who}`,
      unit: 'us',
      lectern: cpu(ours),
      tmux: cpu(theirs),
      ratio: ratio(cpu(ours), cpu(theirs)),
    },
  ];
}
