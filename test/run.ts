/**
 * Runs tests and says what came of them: `node dist/test/run.js [WHERE…]`, where each word is a folder or a test's
 * name without `.test.ts`, and none means all but those that need a window (`desktop`). Ends in one line, `N passed, M failed`; the exit code is 1 when M is not
 * 0. A missing tool is a skip that is told; with LECTERN_NO_SKIP=1 it is a failure. (`node --test` has no patterns in
 * Node 20, and would run what was compiled from tests that are gone.)
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** A file that takes longer hangs: it is ended and has failed. Five minutes, in ms: the longest takes one. */
const FILE_LIMIT_MS = 300_000;
/** Tests that start programs with threads and processes of their own: more at once only wait for each other. */
const FILES_AT_ONCE = Math.min(2, availableParallelism());

interface Tally {
  passed: number;
  failed: number;
  ms: number;
}

const sources = fileURLToPath(new URL('../../test', import.meta.url));
const compiled = fileURLToPath(new URL('.', import.meta.url));
const forbidSkips = process.env['LECTERN_NO_SKIP'] === '1';

function testsIn(words: readonly string[]): readonly string[] {
  const names = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length))
    .filter((name) =>
      words.length === 0
        ? !name.startsWith('desktop/')
        : words.some((word) => name === word || name.startsWith(`${word}/`)),
    );
  // The largest first: a long file that begins last is waited for by all.
  const size = (name: string) => statSync(join(sources, `${name}.test.ts`)).size;
  return names.sort((a, b) => size(b) - size(a)).map((name) => join(compiled, `${name}.test.js`));
}

/** Resolves to the number of failures. */
async function main(words: readonly string[]): Promise<number> {
  const files = testsIn(words);
  if (files.length === 0) throw new Error(`no tests in ${words.join(' ')}`);
  const tallies = new Map<string, Tally>(files.map((file) => [file, { passed: 0, failed: 0, ms: 0 }]));
  const skips: string[] = [];
  const began = performance.now();
  for await (const event of run({ files: [...files], concurrency: FILES_AT_ONCE, timeout: FILE_LIMIT_MS })) {
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file = name, skip, details, nesting } = event.data;
    const where = relative(compiled, file).replace(/\.test\.js$/, '');
    const tally = tallies.get(file) ?? { passed: 0, failed: 0, ms: 0 };
    tallies.set(file, tally);
    if (nesting === 0) tally.ms += details.duration_ms;
    if (skip !== undefined && skip !== false) {
      skips.push(`${where}: ${name}${typeof skip === 'string' ? ` (${skip})` : ''}`);
    } else if (event.type === 'test:pass') {
      tally.passed++;
    } else {
      tally.failed++;
      console.log(
        `FAILED  ${where}: ${name}\n${inspect(event.data.details.error.cause ?? event.data.details.error)}\n`,
      );
    }
  }
  return report(tallies, skips, performance.now() - began);
}

function report(tallies: ReadonlyMap<string, Tally>, skips: readonly string[], ms: number): number {
  let passed = 0;
  let failed = forbidSkips ? skips.length : 0;
  for (const [file, tally] of [...tallies].sort(([a], [b]) => a.localeCompare(b))) {
    const where = relative(compiled, file).replace(/\.test\.js$/, '');
    // A file in which nothing ran was not tested, whatever node thinks.
    const empty = tally.passed + tally.failed === 0 && !skips.some((skip) => skip.startsWith(`${where}:`));
    if (empty) tally.failed++;
    passed += tally.passed;
    failed += tally.failed;
    const counts = `${String(tally.passed).padStart(4)} passed ${String(tally.failed).padStart(3)} failed`;
    console.log(`${where.padEnd(28)} ${counts} ${(tally.ms / 1000).toFixed(1).padStart(7)} s`);
  }
  for (const skip of skips) console.log(`${forbidSkips ? 'FAILED, skipped' : 'skipped'}  ${skip}`);
  const skipped = skips.length > 0 && !forbidSkips ? `, ${skips.length} skipped` : '';
  console.log(`${files(tallies.size)} in ${(ms / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed${skipped}`);
  return failed;
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

process.exitCode = (await main(process.argv.slice(2))) === 0 ? 0 : 1;
