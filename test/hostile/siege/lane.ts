/**
 * One lane of the siege: a process of its own with a victim of its own, in which cases are run one after the other and
 * looked after. What became of each is told to the process that started it.
 */

import { casesOf, LANES, type LaneName, type Named } from './cases.js';
import { type Case, Siege, sleep, until } from './siege.js';
import type { Report } from './witness.js';

/** What a lane tells. After `ready` and after `done` it waits for a word: all lanes are at rest together. */
export type Told =
  | { readonly type: 'ready' | 'done' }
  | {
      readonly type: 'case';
      readonly group: string;
      readonly name: string;
      /** What went wrong, or null. */
      readonly fault: string | null;
      readonly figures: string;
      readonly ms: number;
      /** What was seen of the victim meanwhile; null when that says nothing. */
      readonly report: Report | null;
    }
  /** The presenter's echo while nothing happens, in ms. */
  | { readonly type: 'rest'; readonly echoMs: readonly number[] };

/** What is promised: the edge's event loop is never held for longer, in ms. */
const MOST_STALL_MS = 250;
/** And it never takes more memory beyond that at rest, in bytes. */
const MOST_GROWTH_BYTES = 64 << 20;
/** No case takes longer, in ms. */
const CASE_MS = 90_000;
/** Joins that warm the edge up before its memory counts. */
const WARM_JOINS = 40;
const QUIET_MS = 5000;
const MIB = 1 << 20;

function tell(told: Told): void {
  process.send?.(told);
}

async function main(lane: LaneName, words: readonly string[]): Promise<void> {
  const cases = casesOf(words).filter(LANES[lane]);
  if (cases.length === 0) return;
  const siege = await Siege.begin();
  await rest(siege);
  await pause(siege, 'ready');
  const [waiting, apart, others] = sorted(cases);
  await Promise.all([sideBySide(siege, waiting), oneByOne(apart, ({ attack }) => alone(siege, attack))]);
  await oneByOne(others, ({ attack }) => attempt(siege, attack));
  await pause(siege, 'done');
  await siege.end();
}

/** Those that wait, those with victims of their own, and all others. */
function sorted(cases: readonly Named[]): [Named[], Named[], Named[]] {
  const waits = cases.filter(({ attack }) => attack.waits === true);
  const apart = cases.filter(({ attack }) => attack.apart === true);
  return [waits, apart, cases.filter(({ attack }) => attack.waits !== true && attack.apart !== true)];
}

/** Warm, and with nobody there but the witness. */
async function rest(siege: Siege): Promise<void> {
  for (let i = 0; i < WARM_JOINS; i++) await siege.joins();
  await settled(siege);
  await siege.rest();
}

async function settled(siege: Siege): Promise<void> {
  await until('nothing is left of the attack', () => siege.sockets <= 1, 15_000);
}

/** Waits until all lanes have come so far, and then looks on for a while. */
async function pause(siege: Siege, type: 'ready' | 'done'): Promise<void> {
  const word = new Promise<void>((resolve) => process.once('message', () => resolve()));
  tell({ type });
  await word;
  await siege.report();
  await sleep(QUIET_MS);
  tell({ type: 'rest', echoMs: (await siege.report()).echoMs });
}

interface Outcome {
  readonly fault: string | null;
  readonly figures: string;
  readonly report: Report | null;
}

async function oneByOne(cases: readonly Named[], run: (named: Named) => Promise<Outcome>): Promise<void> {
  for (const named of cases) {
    const began = performance.now();
    let outcome = await run(named);
    // A machine that others use makes one wait: what is our own fault is so a second time.
    if (outcome.fault?.startsWith('stalled')) outcome = await run(named);
    report(named, outcome, began);
  }
}

function report({ group, attack: { name } }: Named, outcome: Outcome, began: number): void {
  tell({ type: 'case', group, name, ms: Math.round(performance.now() - began), ...outcome });
}

/** What all of them together do to the victim is one more case. */
async function sideBySide(siege: Siege, cases: readonly Named[]): Promise<void> {
  if (cases.length === 0) return;
  const began = performance.now();
  await siege.report();
  await Promise.all(cases.map(async (named) => report(named, await alone(siege, named.attack), began)));
  const attack: Case = { name: 'all that wait, at once', run: () => Promise.resolve() };
  report({ group: 'clocks', attack }, await aftermath(siege, attack), began);
}

async function alone(siege: Siege, attack: Case): Promise<Outcome> {
  try {
    const late = sleep(CASE_MS).then(() => Promise.reject(new Error('it never ended')));
    const figures = await Promise.race([attack.run(siege), late]);
    return { fault: null, figures: typeof figures === 'string' ? figures : '', report: null };
  } catch (error) {
    return { fault: (error as Error).message, figures: '', report: null };
  }
}

async function attempt(siege: Siege, attack: Case): Promise<Outcome> {
  await siege.report();
  const outcome = await alone(siege, attack);
  return outcome.fault === null ? { ...(await aftermath(siege, attack)), figures: outcome.figures } : outcome;
}

/** Whether everybody else is still served. */
async function aftermath(siege: Siege, attack: Case): Promise<Outcome> {
  try {
    await siege.joins();
    await settled(siege);
    const seen = await siege.report();
    if (attack.fatal !== true) return { fault: faultOf(seen), figures: '', report: seen };
    await rest(siege);
    return { fault: null, figures: '', report: null };
  } catch (error) {
    return { fault: (error as Error).message, figures: '', report: null };
  }
}

function faultOf(report: Report): string | null {
  if (report.foreign !== null) return `an observer got ${report.foreign}`;
  if (!report.sameEdge) return 'the edge died';
  if (report.lost > 0) return 'the witness lost his connection';
  if (report.stallMs > MOST_STALL_MS) return `stalled for ${Math.round(report.stallMs)} ms`;
  if (report.grownBytes > MOST_GROWTH_BYTES) return `grew by ${Math.round(report.grownBytes / MIB)} MB`;
  return null;
}

const [lane, ...words] = process.argv.slice(2);
await main(lane as LaneName, words);
process.exit();
