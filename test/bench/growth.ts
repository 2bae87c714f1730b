/** Growth: how the cost of a session goes with what its program prints, before observers of one number. */
import type { Bench } from './bench.js';
import { crowdOf, dismiss } from './contestant.js';
import { move, picturesOf } from './scale.js';
import type { Outcome, Result } from './table.js';

/** Pictures a second, and lines of 70 columns that change in each. */
const SCENES = [
  { fps: 10, lines: 15 },
  { fps: 30, lines: 15 },
  { fps: 60, lines: 15 },
  { fps: 30, lines: 1 },
  { fps: 30, lines: 20 },
] as const;
const US_PER_S = 1e6;

export async function growth(bench: Bench): Promise<Outcome> {
  const { growthObservers } = bench.measures;
  const ours = await bench.lectern;
  const crowd = await crowdOf(bench.crowd, ours, growthObservers);
  const results: Result[] = [];
  const wrong: string[] = [];
  for (const scene of SCENES) {
    const { cpuS, seconds, sights } = await move(bench, ours, crowd, scene);
    const what = `${scene.fps} pictures a second, ${scene.lines} lines`;
    const line = (name: string, unit: string, lectern: number) => {
      results.push({ part: 'growth', what: `${what}, ${name}`, unit, figures: { lectern } });
    };
    line('CPU', '% of a core', (cpuS / seconds) * 100);
    line('CPU per observer and picture', 'us', (cpuS * US_PER_S) / picturesOf(sights));
    line('shown', 'a second', picturesOf(sights) / growthObservers / seconds);
    if (sights.some(({ right }) => !right)) wrong.push(`growth: ${what}: an observer does not have the right screen`);
  }
  await dismiss(crowd);
  return { results, wrong };
}
