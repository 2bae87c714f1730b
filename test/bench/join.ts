/** Join: from the start of a stock ssh client to the right screen, alone and among others, and what it costs. */
import type { Bench } from './bench.js';
import { type Contestant, crowdOf, dismiss, watchers } from './contestant.js';
import { cpuSeconds } from './processes.js';
import { Eye, screenAfter } from './screens.js';
import { type Outcome, quantile, type Result } from './table.js';
import { SIGTERM, settled, sleep, type Terminal, type Terminals } from './terminals.js';

/** The picture that is joined to is there after that, in ms. */
const PICTURE_MS = 1200;
/** A client that prints nothing for so long has come to what it will show, in ms. */
const QUIET_MS = 600;
/** One that has printed nothing at all after that never will, in ms. */
const PATIENCE_MS = 5000;
const LEAVE_MS = 150;
/** How long a session at rest is looked at before each join, in ms. */
const REST_MS = 1000;
/** Sorts behind all that came. */
const NEVER = Number.POSITIVE_INFINITY;
const NS_PER_MS = 1e6;
const MS_PER_S = 1000;
/** Stock clients that a multiplexer can be asked to have beside each other on a small machine. */
const MOST_STOCK = 50;
const GOAL_ALONE_MS = 100;
const GOAL_AMONG_MS = 150;
const GOAL_FIRST_MS = 30;
const GOAL_CPU_MS = 6;
/** What is drawn first on any terminal begins so. */
const FIRST = Buffer.from('\x1b[');
/** A screen full of colours; of the palette of 256 none of the first sixteen, which have two names. */
const PICTURE =
  "clear; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do printf '\\033[3%dm%s\\033[0m \\033[48;5;%dm %s \\033[0m\\n' $((i % 8)) a-line-of-text-in-colour $((i * 11 + 16)) and-a-second-one; done\r";

interface Join {
  /** Null: nothing was printed. */
  readonly firstMs: number | null;
  readonly rightMs: number | null;
  readonly cpuMs: number;
}

type Joins = ReadonlyMap<Contestant, readonly Join[]>;

export async function join(bench: Bench): Promise<Outcome> {
  const results: Result[] = [];
  const wrong: string[] = [];
  for (const others of bench.measures.joinOthers) {
    const joins = await among(bench, others);
    results.push(...rows(joins, others));
    for (const [{ name }, list] of joins) {
      if (name === 'lectern' && list.some(({ rightMs }) => rightMs === null))
        wrong.push(`join: among ${others} an observer did not get the right screen`);
    }
  }
  return { results, wrong };
}

async function among(bench: Bench, others: number): Promise<Joins> {
  const contestants = (await bench.watched()).filter(({ user }) => user !== null || others <= MOST_STOCK);
  const there: Terminal[] = [];
  const joins = new Map<Contestant, Join[]>();
  for (const contestant of contestants) {
    const list =
      contestant.user === null ? watchers(bench.all, contestant, others) : crowdOf(bench.crowd, contestant, others);
    there.push(...(await list));
    joins.set(contestant, []);
    await contestant.stage.clear();
    await contestant.stage.type(PICTURE);
  }
  await sleep(PICTURE_MS);
  for (let i = 0; i < bench.measures.joins; i++) {
    for (const [contestant, list] of joins) list.push(await once(bench.all, contestant));
  }
  await dismiss(there);
  return joins;
}

async function once(all: Terminals, { stage, glass, watch, pids }: Contestant): Promise<Join> {
  const wanted = screenAfter(stage.size, (await stage.printed()).bytes);
  // A session takes its time while nobody joins, too: what it takes in a rest before is left out.
  const resting = cpuSeconds(pids());
  await sleep(REST_MS);
  const before = cpuSeconds(pids());
  const began = performance.now();
  const terminal = await all.open(glass, watch);
  await settled([terminal], QUIET_MS, PATIENCE_MS);
  const share = (before - resting) / REST_MS;
  const cpuMs = (cpuSeconds(pids()) - before - share * (performance.now() - began)) * MS_PER_S;
  const printed = await terminal.printed();
  await terminal.kill(SIGTERM);
  await sleep(LEAVE_MS);
  const since = (ns: bigint) => Number(ns - terminal.startedNs) / NS_PER_MS;
  const at = printed.bytes.indexOf(FIRST);
  const first = at < 0 ? undefined : printed.readings.find(({ end }) => end > at)?.ns;
  const right = new Eye(glass).watch(printed, wanted, terminal.startedNs);
  return { firstMs: first === undefined ? null : since(first), rightMs: right === null ? null : since(right), cpuMs };
}

function finite(value: number | null): number | null {
  return value === NEVER ? null : value;
}

function rows(joins: Joins, others: number): Result[] {
  const where = others === 0 ? 'alone' : `among ${others}`;
  const line = (what: string, share: number, pick: (join: Join) => number | null, goal?: number): Result => ({
    part: 'join',
    what: `${what} ${where}`,
    unit: 'ms',
    figures: Object.fromEntries(
      [...joins].map(([{ name }, list]) => [
        name,
        finite(
          quantile(
            list.map((one) => pick(one) ?? NEVER),
            share,
          ),
        ),
      ]),
    ),
    ...(goal !== undefined && { goal }),
  });
  return [
    line('first bytes, p50', 0.5, ({ firstMs }) => firstMs, others === 0 ? GOAL_FIRST_MS : undefined),
    line('right screen, p50', 0.5, ({ rightMs }) => rightMs, others === 0 ? GOAL_ALONE_MS : GOAL_AMONG_MS),
    line('right screen, p90', 0.9, ({ rightMs }) => rightMs),
    line("server's CPU", 0.5, ({ cpuMs }) => cpuMs, GOAL_CPU_MS),
  ];
}
