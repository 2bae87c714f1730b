/** A session that nobody types in: what it costs while it is watched. */
import type { Bench } from './bench.js';
import { crowdOf, dismiss, watchers } from './contestant.js';
import { cpuSeconds, memoryBytes, sleeps } from './processes.js';
import type { Outcome } from './table.js';
import { sleep } from './terminals.js';

/** Stock clients of each: what tmux costs with more of them is processes. */
const OBSERVERS = 10;
/** Until the status line that tells of the last arrival is gone, in ms. */
const CALM_MS = 6000;
const MB = 1 << 20;

export async function idle(bench: Bench): Promise<Outcome> {
  const { idleMs, idleObservers } = bench.measures;
  const ours = await bench.lectern;
  const theirs = await bench.tmux;
  const pair = [ours, theirs];
  const audience = [
    ...(await watchers(bench.all, ours, OBSERVERS)),
    ...(await watchers(bench.all, theirs, OBSERVERS)),
  ];
  const few = await look(pair, idleMs);
  const crowd = await crowdOf(bench.crowd, ours, idleObservers - OBSERVERS);
  const [many] = await look([ours], idleMs);
  await dismiss([...audience, ...crowd]);
  const [lectern, tmux] = few;
  const line = (what: string, unit: string, pick: (one: Cost) => number) => ({
    part: 'idle',
    what,
    unit,
    figures: { lectern: pick(lectern!), tmux: pick(tmux!) },
  });
  const alone = (what: string, unit: string, value: number, goal: number) => ({
    part: 'idle',
    what: `${what} with ${idleObservers} observers`,
    unit,
    figures: { lectern: value },
    goal,
  });
  return {
    results: [
      line(`CPU with ${OBSERVERS} observers`, '% of a core', (one) => one.share * 100),
      line(`memory with ${OBSERVERS} observers`, 'MB (PSS)', (one) => one.bytes / MB),
      alone('CPU', '% of a core', many!.share * 100, 0.5),
      alone('wake-ups', 'a second', many!.wakes, 2),
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

async function look(sessions: readonly { readonly pids: readonly number[] }[], ms: number): Promise<Cost[]> {
  await sleep(CALM_MS);
  const bytes = sessions.map(({ pids }) => memoryBytes(pids));
  const before = sessions.map(({ pids }) => ({ cpu: cpuSeconds(pids), sleeps: sleeps(pids) }));
  const started = performance.now();
  await sleep(ms);
  const seconds = (performance.now() - started) / 1000;
  return sessions.map(({ pids }, i) => ({
    share: (cpuSeconds(pids) - before[i]!.cpu) / seconds,
    wakes: (sleeps(pids) - before[i]!.sleeps) / seconds,
    bytes: bytes[i]!,
  }));
}
