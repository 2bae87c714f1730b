/**
 * Echo: from a key in the presenter's terminal to the character in an observer's. The program is `cat`, so that the
 * kernel echoes and nothing else of the session is measured.
 */
import type { Bench } from './bench.js';
import { type Contestant, dismiss, watchers } from './contestant.js';
import { CALM_MS, keysOf, press } from './keys.js';
import { cpuSeconds } from './processes.js';
import { type Outcome, quantile, type Result, ratio } from './table.js';
import { sleep, type Terminal } from './terminals.js';

const US_PER_S = 1e6;
/** Times tmux over sshd. */
const GOAL_ALONE = 1.5;
const GOAL_MANY = 0.7;
const GOAL_P99 = 1;
const FEW = 10;
const MANY = 50;

interface Side {
  readonly contestant: Contestant;
  readonly terminals: readonly Terminal[];
  readonly latenciesMs: number[];
  cpuS: number;
  keys: number;
}

export async function echo(bench: Bench): Promise<Outcome> {
  const results: Result[] = [];
  for (const count of bench.measures.echoObservers) results.push(...(await measure(bench, count)));
  return { results, wrong: [] };
}

async function measure(bench: Bench, count: number): Promise<Result[]> {
  const sides: Side[] = [];
  for (const contestant of await contestants(bench, count)) {
    const terminals = await watchers(bench.all, contestant, count);
    await contestant.stage.type('clear; cat\r');
    sides.push({ contestant, terminals, latenciesMs: [], cpuS: 0, keys: 0 });
  }
  await sleep(CALM_MS);
  const { keys, turnKeys } = bench.measures;
  for (let typed = 0; typed < keys; typed += turnKeys) for (const side of sides) await turn(side, turnKeys);
  for (const { contestant, terminals } of sides) {
    await contestant.stage.type('\x03');
    await dismiss(terminals);
  }
  return rows(sides, count);
}

/** Others than tmux are measured with a few: what they cost with many is not lectern's to compare with. */
async function contestants(bench: Bench, count: number): Promise<readonly Contestant[]> {
  const all = await bench.watched();
  return count <= FEW ? all : all.slice(0, 2);
}

async function turn(side: Side, keys: number): Promise<void> {
  const { stage, pids } = side.contestant;
  const before = cpuSeconds(pids());
  for await (const key of keysOf(stage, keys)) side.latenciesMs.push(...(await press(stage, side.terminals, key)));
  side.cpuS += cpuSeconds(pids()) - before;
  side.keys += keys;
}

function rows(sides: readonly Side[], count: number): Result[] {
  const who = count === 1 ? '1 observer' : `${count} observers`;
  const line = (name: string, unit: string, pick: (side: Side) => number | null, goal?: number): Result => {
    const figures: Result['figures'] = Object.fromEntries(sides.map((side) => [side.contestant.name, pick(side)]));
    return {
      part: 'echo',
      what: `${name}, ${who}`,
      unit,
      figures,
      ratio: ratio(figures.lectern, figures.tmux),
      ...(goal !== undefined && { goal }),
    };
  };
  const ms = (share: number) => (side: Side) => quantile(side.latenciesMs, share);
  const cpu = ({ cpuS, keys }: Side) => (cpuS * US_PER_S) / keys / count;
  return [
    line('p50', 'ms', ms(0.5), count === 1 ? GOAL_ALONE : count >= MANY ? GOAL_MANY : undefined),
    line('p90', 'ms', ms(0.9)),
    line('p99', 'ms', ms(0.99), GOAL_P99),
    line('CPU per key and observer', 'us', cpu),
  ];
}
