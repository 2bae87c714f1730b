/**
 * Scale: a program moves most of its screen thirty times a second before more and more observers. What each picture
 * costs for each of them, how many they are shown, and how old; and what one who only is there costs in memory.
 */
import { execFileSync } from 'node:child_process';
import { animation } from './animate.js';
import type { Bench } from './bench.js';
import { compile, FLOOR } from './compile.js';
import { type Contestant, crowdOf, dismiss, watchers } from './contestant.js';
import { among, cpuSeconds, memoryBytes } from './processes.js';
import { screenAfter } from './screens.js';
import { drawn, type Sight, Sights } from './staleness.js';
import { type Outcome, quantile, type Result, ratio } from './table.js';
import { sleep, type Terminal } from './terminals.js';

const FPS = 30;
/** Some 1.2 KB of each picture change. */
const LINES = 15;
/** What came last has arrived by then, in ms. */
const AFTER_MS = 800;
const US_PER_S = 1e6;
const KB = 1024;
const GOAL_US = 20;
/** On the machine of that goal the program in C took 11 us. */
const GOAL_TIMES_FLOOR = 20 / 11;
const GOAL_P99_MS = 100;
const GOAL_KB = 45;
/** From so many observers on the session's own share of the cost is small. */
const MANY = 200;
const DONE = '@DONE@';

/** An animation, as it went. */
export interface Scene {
  readonly cpuS: number;
  /** Of that, what the processes took that answer ssh. */
  readonly edgeS: number;
  /** All that the audience was sent. */
  readonly bytes: number;
  readonly seconds: number;
  readonly sights: readonly Sight[];
}

export async function scale(bench: Bench): Promise<Outcome> {
  const ours = await bench.lectern;
  const results: Result[] = [];
  const wrong: string[] = [];
  let crowd: Terminal[] = [];
  for (const count of bench.measures.scaleObservers) {
    const empty = memoryBytes(ours.pids());
    const added = await crowdOf(bench.crowd, ours, count - crowd.length);
    const kb = (memoryBytes(ours.pids()) - empty) / KB / added.length;
    crowd = [...crowd, ...added];
    const scene = await move(bench, ours, crowd);
    results.push(...rows(scene, count, kb), besideFloor(bench, scene, count));
    const bad = scene.sights.filter(({ right }) => !right).length;
    if (bad > 0) wrong.push(`scale: ${bad} of ${count} observers do not have the right screen`);
  }
  await dismiss(crowd);
  return { results: [...results, ...(await beside(bench))], wrong };
}

/** tmux over sshd with as many observers as it can be asked for. */
async function beside(bench: Bench): Promise<Result[]> {
  const theirs = await bench.tmux;
  const { stock } = bench.measures;
  const empty = memoryBytes(theirs.pids());
  const audience = await watchers(bench.all, theirs, stock);
  const kb = (memoryBytes(theirs.pids()) - empty) / KB / stock;
  const scene = await move(bench, theirs, audience);
  await dismiss(audience);
  return rows(scene, stock, kb).map(({ figures, goal, ...rest }) => ({
    ...rest,
    what: `${rest.what} (tmux)`,
    figures: { tmux: figures.lectern! },
  }));
}

/** Plays an animation to an audience. @param fps pictures a second. @param lines that change in each of them */
export async function move(
  bench: Bench,
  { stage, glass, pids }: Contestant,
  audience: readonly Terminal[],
  { fps = FPS, lines = LINES } = {},
): Promise<Scene> {
  const before = await Promise.all(audience.map(async (terminal) => (await terminal.printed()).bytes));
  for (const terminal of audience) await terminal.clear();
  await stage.clear();
  const done = stage.mark(DONE);
  const edges = among(pids(), 'edge.js');
  const cpu = cpuSeconds(pids());
  const edge = cpuSeconds(edges);
  const started = performance.now();
  await stage.type(`${animation(fps, bench.measures.animationMs, lines)}\r`);
  await done;
  const seconds = (performance.now() - started) / 1000;
  const cpuS = cpuSeconds(pids()) - cpu;
  const edgeS = cpuSeconds(edges) - edge;
  await sleep(AFTER_MS);
  const printed = await stage.printed();
  const sights = new Sights(drawn(printed), screenAfter(stage.size, printed.bytes), glass);
  const seen: Sight[] = [];
  let bytes = 0;
  for (const [i, terminal] of audience.entries()) {
    const got = await terminal.printed();
    bytes += got.bytes.length;
    seen.push(sights.of(before[i]!, got));
  }
  return { cpuS, edgeS, bytes, seconds, sights: seen };
}

/** What the edge takes for a picture, beside a program in C that encrypts and sends as many bytes to as many sockets. */
function besideFloor(bench: Bench, { edgeS, bytes, sights }: Scene, count: number): Result {
  const pictures = picturesOf(sights);
  const words = [count, Math.round(bytes / pictures), bench.measures.animationMs].map(String);
  const told = execFileSync(compile(FLOOR, bench.folder), words, { encoding: 'utf8' });
  const floor = Number(told.split('\t')[1]);
  const lectern = (edgeS * US_PER_S) / pictures;
  const what = `${count} observers, the edge alone and a sender in C`;
  const figures = { lectern, floor };
  return {
    part: 'scale',
    what,
    unit: 'us',
    figures,
    ratio: ratio(lectern, floor),
    ...(count >= MANY && { goal: GOAL_TIMES_FLOOR }),
  };
}

/** How many pictures all of them were shown together. */
export function picturesOf(sights: readonly Sight[]): number {
  return sights.reduce((sum, sight) => sum + sight.pictures, 0);
}

function rows({ cpuS, seconds, sights }: Scene, count: number, kb: number): Result[] {
  const pictures = picturesOf(sights);
  const delays = sights.flatMap(({ delaysMs }) => delaysMs);
  const line = (what: string, unit: string, lectern: number | null, goal?: number): Result => ({
    part: 'scale',
    what: `${count} observers, ${what}`,
    unit,
    figures: { lectern },
    ...(goal !== undefined && { goal }),
  });
  return [
    line('CPU per observer and picture', 'us', (cpuS * US_PER_S) / pictures, count >= MANY ? GOAL_US : undefined),
    line('CPU', '% of a core', (cpuS / seconds) * 100),
    line('pictures shown', 'a second', pictures / count / seconds),
    line('age of a picture, p50', 'ms', quantile(delays, 0.5)),
    line('age of a picture, p99', 'ms', quantile(delays, 0.99), GOAL_P99_MS),
    line('memory per observer', 'KB', kb, count >= MANY ? GOAL_KB : undefined),
  ];
}
