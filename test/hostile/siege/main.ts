/**
 * The siege: `npm run test:hostile [WORD…]` attacks a victim as people run it, case by case, and looks after each one
 * whether everybody else is still served. With words only the cases whose names have one of them are run. Ends in
 * `N passed, M failed`; the exit code is 1 when M is not 0.
 *
 *   LECTERN_FUZZ_SECONDS   how long each seed of the fuzz goes on; default 4
 *   LECTERN_FUZZ_SEEDS     more seeds, with commas between them
 */
import { authCases } from './cases-auth.js';
import { channelCases } from './cases-channel.js';
import { exchangeCases } from './cases-exchange.js';
import { faultCases } from './cases-fault.js';
import { floodCases } from './cases-flood.js';
import { identCases } from './cases-ident.js';
import { inputCases } from './cases-input.js';
import { outputCases } from './cases-output.js';
import { peerCases } from './cases-peer.js';
import { wireCases } from './cases-wire.js';
import { type Case, Siege, sleep, until } from './siege.js';
import type { Report } from './witness.js';

/** What is promised: the edge's event loop is never held for longer, in ms. */
const MOST_STALL_MS = 250;
/** And it never takes more memory beyond that at rest, in bytes. */
const MOST_GROWTH_BYTES = 64 << 20;
/** No case takes longer, in ms. */
const CASE_MS = 120_000;
/** Joins that warm the edge up before its memory counts. */
const WARM_JOINS = 40;
const QUIET_MS = 5000;
const MIB = 1 << 20;

const GROUPS: readonly (readonly [string, readonly Case[]])[] = [
  ['before the identification', identCases],
  ['key exchange', exchangeCases],
  ['authentication', authCases],
  ['channels', channelCases],
  ['keys and sizes', inputCases],
  ['peers that are slow or gone', peerCases],
  ['on the wire', wireCases],
  ['what the program prints', outputCases],
  ['floods', floodCases],
  ['faults', faultCases],
];

/** In these the program prints a lot, and what the presenter types is echoed behind that: its echo says nothing of us. */
const PRINTING: ReadonlySet<string> = new Set(['peers that are slow or gone', 'what the program prints', 'faults']);

interface Worst {
  stallMs: number;
  stallIn: string;
  waitedMs: number;
  grownBytes: number;
  grownIn: string;
  readonly echoMs: number[];
}

const worst: Worst = { stallMs: 0, stallIn: '-', waitedMs: 0, grownBytes: 0, grownIn: '-', echoMs: [] };
let number = 0;
let failed = 0;

async function main(words: readonly string[]): Promise<void> {
  const siege = await Siege.begin();
  await rest(siege);
  const quiet = await echoAtRest(siege);
  for (const [group, cases] of GROUPS) {
    const chosen = cases.filter(
      ({ name }) => words.length === 0 || words.some((word) => `${group}: ${name}`.includes(word)),
    );
    for (const attack of chosen) await judge(siege, group, attack);
  }
  quiet.push(...(await echoAtRest(siege)));
  await siege.end();
  summary(quiet);
  console.log(`${number - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
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

async function echoAtRest(siege: Siege): Promise<number[]> {
  await siege.report();
  await sleep(QUIET_MS);
  return [...(await siege.report()).echoMs];
}

async function judge(siege: Siege, group: string, attack: Case): Promise<void> {
  const began = performance.now();
  let fault = await attempt(siege, group, attack);
  // A machine that others use makes one wait: what is our own fault is so a second time.
  if (fault?.startsWith('stalled')) fault = await attempt(siege, group, attack);
  number++;
  if (fault !== null) failed++;
  const took = `(${Math.round(performance.now() - began)} ms)`;
  console.log(`${fault === null ? 'ok    ' : 'FAILED'} ${String(number).padStart(3)} ${group}: ${attack.name} ${took}`);
  if (fault !== null) console.log(`           ${fault}`);
}

/** What went wrong, or null. */
async function attempt(siege: Siege, group: string, attack: Case): Promise<string | null> {
  let report: Report;
  try {
    await siege.report();
    await Promise.race([attack.run(siege), sleep(CASE_MS).then(() => Promise.reject(new Error('it never ended')))]);
    await siege.joins();
    await settled(siege);
    report = await siege.report();
  } catch (error) {
    return (error as Error).message;
  }
  if (attack.fatal === true) {
    await rest(siege);
    return null;
  }
  note(report, attack.name);
  if (!PRINTING.has(group)) worst.echoMs.push(...report.echoMs);
  if (report.foreign !== null) return `an observer got ${report.foreign}`;
  if (!report.sameEdge) return 'the edge died';
  if (report.lost > 0) return 'the witness lost his connection';
  if (report.stallMs > MOST_STALL_MS) return `stalled for ${Math.round(report.stallMs)} ms`;
  if (report.grownBytes > MOST_GROWTH_BYTES) return `grew by ${Math.round(report.grownBytes / MIB)} MB`;
  return null;
}

function note(report: Report, name: string): void {
  if (report.stallMs > worst.stallMs) Object.assign(worst, { stallMs: report.stallMs, stallIn: name });
  if (report.grownBytes > worst.grownBytes) Object.assign(worst, { grownBytes: report.grownBytes, grownIn: name });
  worst.waitedMs = Math.max(worst.waitedMs, report.waitedMs);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function summary(quiet: readonly number[]): void {
  console.log(
    `\nthe edge's longest computation while a question waited: ${worst.stallMs.toFixed(0)} ms (${worst.stallIn})`,
  );
  console.log(`the longest that a question waited, on this machine: ${worst.waitedMs.toFixed(0)} ms`);
  console.log(`the edge's memory grew by at most ${(worst.grownBytes / MIB).toFixed(1)} MB (${worst.grownIn})`);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const [calm, stormy] = [quantile(quiet, share), quantile(worst.echoMs, share)];
    const figures = `${calm.toFixed(2)} ms at rest, ${stormy.toFixed(2)} ms under attack`;
    console.log(`presenter's echo ${name}: ${figures}, ratio ${(stormy / calm).toFixed(2)}`);
  }
}

await main(process.argv.slice(2));
process.exit();
