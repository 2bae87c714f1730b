/** A session that nobody types in: what it costs while it is watched, and what an observer costs in memory. */
import { type Contestant, dismiss, watchers } from './contestant.js';
import { cpuSeconds, memoryBytes } from './processes.js';
import type { Result } from './table.js';
import { sleep, type Terminals } from './terminals.js';

const OBSERVERS = 10;
/** Until the status line that tells of the last arrival is gone, in ms. */
const CALM_MS = 6000;
const KB = 1024;

/** @param ms how long is looked */
export async function idle(all: Terminals, pair: readonly [Contestant, Contestant], ms: number): Promise<Result[]> {
  // What the start of a session left behind is given back by then.
  await sleep(CALM_MS);
  const empty = pair.map(({ pids }) => memoryBytes(pids));
  const audiences = [await watchers(all, pair[0], OBSERVERS), await watchers(all, pair[1], OBSERVERS)];
  await sleep(CALM_MS);
  const full = pair.map(({ pids }) => memoryBytes(pids));
  const before = pair.map(({ pids }) => cpuSeconds(pids));
  const started = performance.now();
  await sleep(ms);
  const seconds = (performance.now() - started) / 1000;
  const [lectern, tmux] = pair.map(({ pids }, i) => ((cpuSeconds(pids) - before[i]!) / seconds) * 100);
  const [ours, theirs] = pair.map((_, i) => (full[i]! - empty[i]!) / OBSERVERS / KB);
  for (const terminals of audiences) await dismiss(terminals);
  return [
    {
      part: 'idle',
      what: `CPU with ${OBSERVERS} observers`,
      unit: '% of a core',
      lectern: lectern!,
      tmux: tmux!,
      goal: 0.5,
    },
    { part: 'idle', what: 'memory of an observer', unit: 'KB (PSS)', lectern: ours!, tmux: theirs! },
    {
      part: 'idle',
      what: 'memory of a session without observers',
      unit: 'MB (PSS)',
      lectern: empty[0]! / KB / KB,
      tmux: empty[1]! / KB / KB,
    },
  ];
}
