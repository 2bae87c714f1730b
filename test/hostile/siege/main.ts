/**
 * The siege: `npm run test:hostile [-- WORD…]` attacks victims as people run them, case by case, and looks after each one
 * whether everybody else is still served. With words only the cases whose names have one of them are run. Ends in
 * `N passed, M failed`; the exit code is 1 when M is not 0.
 *
 *   LECTERN_FUZZ_SECONDS     how long each seed of the fuzz goes on; default 4
 *   LECTERN_FUZZ_SEEDS       more seeds, with commas between them
 *   LECTERN_STOPPED_SECONDS  how long clients are stopped during a flood; default 3
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { casesOf, LANES, type LaneName, PRINTING } from './cases.js';
import type { Told } from './lane.js';
import { quantile, Siege } from './siege.js';
import type { Report } from './witness.js';

const MIB = 1 << 20;
const LANE = fileURLToPath(new URL('./lane.js', import.meta.url));

interface Worst {
  stallMs: number;
  stallIn: string;
  waitedMs: number;
  grownBytes: number;
  grownIn: string;
}

const worst: Worst = { stallMs: 0, stallIn: '-', waitedMs: 0, grownBytes: 0, grownIn: '-' };
/** The presenter's echo, in ms: of who is attacked, and of one beside him whom nobody attacks. */
const echo = { rest: [] as number[], attacked: [] as number[], beside: [] as number[], besideRest: [] as number[] };
let number = 0;
let failed = 0;

async function main(words: readonly string[]): Promise<void> {
  const bystander = await Siege.begin();
  const lanes = (Object.keys(LANES) as LaneName[]).filter((lane) => casesOf(words).some(LANES[lane]));
  const children = lanes.map((lane) => fork(LANE, [lane, ...words], { serialization: 'advanced' }));
  let waiting: ChildProcess[] = [];
  const follow = async (child: ChildProcess, lane: LaneName): Promise<void> => {
    let told = Promise.resolve();
    child.on('message', (message: Told) => {
      if (message.type === 'case' || message.type === 'rest') {
        told = told.then(async () => hear(message, lane === 'main' ? (await bystander.report()).echoMs : []));
        return;
      }
      waiting.push(child);
      if (waiting.length < lanes.length) return;
      told = told.then(async () => void (await bystander.report()));
      for (const other of waiting) other.send('on');
      waiting = [];
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    await told;
    if (code !== 0) throw new Error(`the lane ${lane} ended before its cases`);
  };
  await Promise.all(children.map((child, i) => follow(child, lanes[i]!)));
  await bystander.end();
  summary();
  console.log(`${number - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && number > 0 ? 0 : 1;
}

/** @param beside the echo of the bystander meanwhile */
function hear(told: Exclude<Told, { type: 'ready' | 'done' }>, beside: readonly number[]): void {
  if (told.type === 'rest') {
    echo.rest.push(...told.echoMs);
    echo.besideRest.push(...beside);
    return;
  }
  const { group, name, fault, figures, ms, report } = told;
  number++;
  if (fault !== null) failed++;
  console.log(`${fault === null ? 'ok    ' : 'FAILED'} ${String(number).padStart(3)} ${group}: ${name} (${ms} ms)`);
  for (const line of [figures, fault ?? '']) if (line !== '') console.log(`           ${line}`);
  if (report === null) return;
  note(report, name);
  if (PRINTING.has(group) || beside.length === 0) return;
  echo.attacked.push(...report.echoMs);
  echo.beside.push(...beside);
}

function note(report: Report, name: string): void {
  if (report.stallMs > worst.stallMs) Object.assign(worst, { stallMs: report.stallMs, stallIn: name });
  if (report.grownBytes > worst.grownBytes) Object.assign(worst, { grownBytes: report.grownBytes, grownIn: name });
  worst.waitedMs = Math.max(worst.waitedMs, report.waitedMs);
}

function summary(): void {
  console.log(
    `\nthe edge's longest computation while a question waited: ${worst.stallMs.toFixed(0)} ms (${worst.stallIn})`,
  );
  console.log(`the longest that a question waited, on this machine: ${worst.waitedMs.toFixed(0)} ms`);
  console.log(`the edge's memory grew by at most ${(worst.grownBytes / MIB).toFixed(1)} MB (${worst.grownIn})`);
  if (echo.attacked.length === 0) return;
  for (const [name, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const ratio = (busy: readonly number[], calm: readonly number[]) => quantile(busy, share) / quantile(calm, share);
    const figures = [quantile(echo.rest, share), quantile(echo.attacked, share)].map((ms) => ms.toFixed(2));
    const [own, other] = [ratio(echo.attacked, echo.rest), ratio(echo.beside, echo.besideRest)];
    console.log(
      `presenter's echo ${name}: ${figures[0]} ms at rest, ${figures[1]} ms under attack, ratio ${own.toFixed(2)}; ` +
        `of a session beside it that nobody attacks ${other.toFixed(2)}; so the attack itself ${(own / other).toFixed(2)}`,
    );
  }
}

await main(process.argv.slice(2));
process.exit();
