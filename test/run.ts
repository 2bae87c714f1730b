/**
 * Runs tests and says what came of them: `node dist/test/run.js [WHERE…]`, where each word is a folder or a test's
 * name without `.test.ts`, and none means all but those that need a window (`desktop`). Ends in one line, `N passed, M
 * failed`; the exit code is 1 when M is not 0. A missing tool is a skip that is told; with LECTERN_NO_SKIP=1 it is a
 * failure. A file of which all failures are waits that ran out is run once more, alone, and that is told; with
 * LECTERN_ONE_TRY=1 it is not. (`node --test` has no patterns in Node 20, and would run what was compiled from tests
 * that are gone.)
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** A file that takes longer hangs, in ms: it is ended, and its wait ran out. The longest takes two and a half minutes. */
const FILE_LIMIT_MS = 240_000;
/** Tests that start programs with threads and processes of their own: more at once only wait for each other. */
const FILES_AT_ONCE = Math.min(2, availableParallelism());
/** These begin first: a long file that begins last is waited for by all. The others follow, the largest first. */
const LONG = [
  ...['wall/laws', 'wall/guarantee', 'live/panel-meanwhile', 'live/lease-end', 'live/panel-terminals'],
  ...['live/panel', 'live/links-live', 'live/moderation', 'live/endings', 'wall/scenes'],
];

interface Tally {
  passed: number;
  failed: number;
  /** Of the failures, those that no more time would have helped. */
  wrong: number;
  /** What was waited for in vain by the others. */
  readonly late: string[];
  readonly skips: string[];
  /** The test that ended last: behind it a file that does not end has stopped. */
  last: string;
  ms: number;
}

type Tallies = Map<string, Tally>;

/** What node tells of a failure: the test's own error is its cause. */
interface Failure {
  readonly failureType?: string;
  readonly cause?: unknown;
}

const sources = fileURLToPath(new URL('../../test', import.meta.url));
const compiled = fileURLToPath(new URL('.', import.meta.url));
const forbidSkips = process.env['LECTERN_NO_SKIP'] === '1';
const oneTry = process.env['LECTERN_ONE_TRY'] === '1';

function testsIn(words: readonly string[]): readonly string[] {
  const names = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length))
    .filter((name) =>
      words.length === 0
        ? !name.startsWith('desktop/')
        : words.some((word) => name === word || name.startsWith(`${word}/`)),
    );
  const rank = (name: string) => (LONG.indexOf(name) + LONG.length + 1) % (LONG.length + 1);
  const size = (name: string) => statSync(join(sources, `${name}.test.ts`)).size;
  names.sort((a, b) => rank(a) - rank(b) || size(b) - size(a));
  return names.map((name) => join(compiled, `${name}.test.js`));
}

function nameOf(file: string): string {
  return relative(compiled, file).replace(/\.test\.js$/, '');
}

async function tried(files: readonly string[], atOnce: number): Promise<Tallies> {
  const tallies: Tallies = new Map(files.map((file) => [file, blank()]));
  if (files.length === 0) return tallies;
  for await (const event of run({ files: [...files], concurrency: atOnce, timeout: FILE_LIMIT_MS })) {
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file = name, skip, details, nesting } = event.data;
    const tally = tallies.get(file) ?? blank();
    tallies.set(file, tally);
    if (nesting === 0) tally.ms += details.duration_ms;
    if (name !== file) tally.last = name;
    // What holds tests together is none.
    if (event.type === 'test:pass' && details.type === 'suite') continue;
    if (skip !== undefined && skip !== false) tally.skips.push(typeof skip === 'string' ? `${name} (${skip})` : name);
    else if (event.type === 'test:pass') tally.passed++;
    else failed(tally, `${nameOf(file)}: ${name}`, event.data.details.error);
  }
  return tallies;
}

function blank(): Tally {
  return { passed: 0, failed: 0, wrong: 0, late: [], skips: [], last: 'its beginning', ms: 0 };
}

function failed(tally: Tally, test: string, error: Failure): void {
  const { failureType, cause = error } = error;
  tally.failed++;
  // It fails with one inside of it, which says why.
  if (failureType === 'subtestsFailed') return;
  const isEndless = failureType === 'testTimeoutFailure';
  const wait = isEndless ? `its end, after: ${tally.last}` : waitOf(cause);
  if (wait === null) tally.wrong++;
  else tally.late.push(wait);
  console.log(`${wait === null ? 'FAILED' : 'LATE  '}  ${test}\n${isEndless ? wait : inspect(cause)}\n`);
}

/** What was waited for in vain; null for all other errors. */
function waitOf(error: unknown): string | null {
  const isLate = error instanceof Error && (error as NodeJS.ErrnoException).code === 'LATE';
  return isLate ? error.message.split('\n')[0]! : null;
}

/** Runs those files again, one at a time, in which nothing went wrong but that something took too long. */
async function triedAgain(tallies: Tallies): Promise<Tallies> {
  const slow = [...tallies].filter(([, { wrong, late }]) => wrong === 0 && late.length > 0);
  if (oneTry || slow.length === 0) return new Map();
  for (const [file, { late }] of slow) console.log(`AGAIN   ${nameOf(file)}: ${late.join('; ')}`);
  return tried(
    slow.map(([file]) => file),
    1,
  );
}

/** Resolves to the number of failures. */
async function main(words: readonly string[]): Promise<number> {
  const files = testsIn(words);
  if (files.length === 0) throw new Error(`no tests in ${words.join(' ')}`);
  const began = performance.now();
  const first = await tried(files, FILES_AT_ONCE);
  const second = await triedAgain(first);
  return report(new Map([...first, ...second]), [...second.keys()], performance.now() - began);
}

function report(tallies: Tallies, twice: readonly string[], ms: number): number {
  const all = { passed: 0, failed: 0 };
  const skips: string[] = [];
  for (const [file, tally] of [...tallies].sort(([a], [b]) => a.localeCompare(b))) {
    const name = nameOf(file);
    // A file in which nothing ran was not tested, whatever node thinks.
    if (tally.passed + tally.failed + tally.skips.length === 0) tally.failed++;
    all.passed += tally.passed;
    all.failed += tally.failed;
    skips.push(...tally.skips.map((skip) => `${name}: ${skip}`));
    const counts = `${String(tally.passed).padStart(4)} passed ${String(tally.failed).padStart(3)} failed`;
    const again = twice.includes(file) ? ', run twice' : '';
    console.log(`${name.padEnd(28)} ${counts} ${(tally.ms / 1000).toFixed(1).padStart(7)} s${again}`);
  }
  for (const skip of skips) console.log(`${forbidSkips ? 'FAILED, skipped' : 'skipped'}  ${skip}`);
  if (forbidSkips) all.failed += skips.length;
  const skipped = skips.length > 0 && !forbidSkips ? `, ${skips.length} skipped` : '';
  console.log(`${filesOf(tallies.size)} in ${(ms / 1000).toFixed(1)} s, ${twice.length} of them run twice`);
  console.log(`${all.passed} passed, ${all.failed} failed${skipped}`);
  return all.failed;
}

function filesOf(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

process.exitCode = (await main(process.argv.slice(2))) === 0 ? 0 : 1;
