/** Join: from the start of a stock ssh client to the right screen, alone and among others. */
import { type Contestant, dismiss, GLASS, watchers } from './contestant.js';
import { Eye, screenAfter } from './screens.js';
import { quantile, type Result, ratio } from './table.js';
import { SIGTERM, sleep, type Terminals } from './terminals.js';

/** Time that a client gets to come to the right screen, in ms. */
const PATIENCE_MS = 1200;
const LEAVE_MS = 150;
const NS_PER_MS = 1e6;
const GOAL_MS = 200;
/** A screen full of colours. */
const PICTURE =
  "clear; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do printf '\\033[3%dm%s\\033[0m \\033[48;5;%dm %s \\033[0m\\n' $((i % 8)) a-line-of-text-in-colour $((i * 11)) and-a-second-one; done\r";

/** @param others counts of observers that are there already */
export async function join(
  all: Terminals,
  pair: readonly [Contestant, Contestant],
  others: readonly number[],
  joins: number,
): Promise<{ results: Result[]; wrong: string[] }> {
  const results: Result[] = [];
  const wrong: string[] = [];
  for (const count of others) {
    const audiences = [await watchers(all, pair[0], count), await watchers(all, pair[1], count)];
    const times: [number[], number[]] = [[], []];
    for (const { stage } of pair) await stage.clear();
    for (const { stage } of pair) await stage.type(PICTURE);
    await sleep(PATIENCE_MS);
    for (let i = 0; i < joins; i++) {
      for (const side of [0, 1] as const) {
        const ms = await once(all, pair[side]);
        if (ms !== null) times[side].push(ms);
        else if (side === 0) wrong.push('join: an observer did not get the right screen');
      }
    }
    for (const terminals of audiences) await dismiss(terminals);
    results.push(...rows(times, count));
  }
  return { results, wrong };
}

async function once(all: Terminals, { stage, watch }: Contestant): Promise<number | null> {
  const wanted = screenAfter(stage.size, (await stage.printed()).bytes);
  const terminal = await all.open(GLASS, watch);
  await sleep(PATIENCE_MS);
  const rightNs = new Eye(GLASS).watch(await terminal.printed(), wanted, terminal.startedNs);
  await terminal.kill(SIGTERM);
  await sleep(LEAVE_MS);
  return rightNs === null ? null : Number(rightNs - terminal.startedNs) / NS_PER_MS;
}

function rows([ours, theirs]: readonly [number[], number[]], count: number): Result[] {
  const where = count === 0 ? 'alone' : `among ${count}`;
  return [0.5, 0.9].map((share) => {
    const [lectern, tmux] = [quantile(ours, share), quantile(theirs, share)] as const;
    return {
      part: 'join',
      what: `p${share * 100} ${where}`,
      unit: 'ms',
      lectern,
      tmux,
      ratio: share === 0.5 ? undefined : ratio(lectern, tmux),
      ...(share === 0.5 && { goal: GOAL_MS }),
    } as Result;
  });
}
