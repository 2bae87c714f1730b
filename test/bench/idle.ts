/** A session that nobody types in: what it costs while it is watched. */
import { type Contestant, dismiss, watchers } from './contestant.js';
import { cpuSeconds, memoryBytes } from './processes.js';
import type { Result } from './table.js';
import { sleep, type Terminals } from './terminals.js';

const OBSERVERS = 10;
/** Until the status line that tells of the last arrival is gone, in ms. */
const CALM_MS = 6000;
const MB = 1 << 20;

/** @param ms how long is looked */
export async function idle(all: Terminals, pair: readonly [Contestant, Contestant], ms: number): Promise<Result[]> {
  const audiences = [await watchers(all, pair[0], OBSERVERS), await watchers(all, pair[1], OBSERVERS)];
  await sleep(CALM_MS);
  const full = pair.map(({ pids }) => memoryBytes(pids));
  const before = pair.map(({ pids }) => cpuSeconds(pids));
  const started = performance.now();
  await sleep(ms);
  const seconds = (performance.now() - started) / 1000;
  const [lectern, tmux] = pair.map(({ pids }, i) => ((cpuSeconds(pids) - before[i]!) / seconds) * 100);
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
    {
      part: 'idle',
      what: `memory with ${OBSERVERS} observers`,
      unit: 'MB (PSS)',
      lectern: full[0]! / MB,
      tmux: full[1]! / MB,
    },
  ];
}
