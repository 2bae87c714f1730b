/** A session that nobody types in: what it costs while it is watched. */
import type { Bench } from './bench.js';
import { type Contestant, crowdOf, dismiss, watchers } from './contestant.js';
import type { Measures } from './measures.js';
import { cpuSeconds, memoryBytes, sleeps } from './processes.js';
import type { Outcome } from './table.js';
import { sleep } from './terminals.js';

const MB = 1 << 20;
const GOAL_PERCENT = 0.5;
const GOAL_WAKES = 2;

export async function idle(bench: Bench): Promise<Outcome> {
  const { idleObservers, stock } = bench.measures;
  const ours = await bench.lectern;
  const theirs = await bench.tmux;
  const audience = [
    ...(await watchers(bench.all, ours, stock)),
    ...(await watchers(bench.all, theirs, stock)),
    ...(await crowdOf(bench.crowd, ours, idleObservers - stock)),
  ];
  const [lectern, tmux] = await look([ours, theirs], bench.measures);
  await dismiss(audience);
  const line = (what: string, unit: string, pick: (one: Cost) => number) => ({
    part: 'idle',
    what,
    unit,
    figures: { lectern: pick(lectern!), tmux: pick(tmux!) },
  });
  const who = `${idleObservers} observers (tmux: ${stock})`;
  return {
    results: [
      { ...line(`CPU with ${who}`, '% of a core', (one) => one.share * 100), goal: GOAL_PERCENT },
      { ...line(`wake-ups with ${who}`, 'a second', (one) => one.wakes), goal: GOAL_WAKES },
      line(`memory with ${who}`, 'MB (PSS)', (one) => one.bytes / MB),
    ],
    wrong: [],
  };
}

interface Cost {
  /** Of a core, 0 to 1 and more. */
  readonly share: number;
  /** Threads that went to sleep, a second. */
  readonly wakes: number;
  readonly bytes: number;
}

async function look(sessions: readonly Contestant[], { calmMs, idleMs }: Measures): Promise<Cost[]> {
  await sleep(calmMs);
  const bytes = sessions.map(({ pids }) => memoryBytes(pids()));
  const before = sessions.map(({ pids }) => ({ cpu: cpuSeconds(pids()), sleeps: sleeps(pids()) }));
  const started = performance.now();
  await sleep(idleMs);
  const seconds = (performance.now() - started) / 1000;
  return sessions.map(({ pids }, i) => ({
    share: (cpuSeconds(pids()) - before[i]!.cpu) / seconds,
    wakes: (sleeps(pids()) - before[i]!.sleeps) / seconds,
    bytes: bytes[i]!,
  }));
}
