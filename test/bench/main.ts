/**
 * The benchmark: lectern beside `script` and beside tmux over sshd, in the same run and in turns, since machines are
 * noisy: only figures of one run can be compared. Ends with 1 when something was wrong, never because it was slow.
 *
 *   node dist/test/bench/main.js [--quick] [--only flood,echo,idle,join,wall] [--out FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contestant, lectern, script, tmux } from './contestant.js';
import { echo } from './echo.js';
import { flood } from './flood.js';
import { idle } from './idle.js';
import { join } from './join.js';
import { isMet, type Result, table } from './table.js';
import { sleep, Terminals } from './terminals.js';
import { wall } from './wall.js';

const FULL = { bytes: 20e6, rounds: 7, keys: 200, counts: [1, 50], idleMs: 15_000, others: [0, 50], joins: 20 };
const QUICK = { bytes: 20e6, rounds: 2, keys: 40, counts: [1, 10], idleMs: 10_000, others: [0], joins: 5 };

/** Sessions end in good order in this time, in ms. */
const END_MS = 1500;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'flood,echo,idle,join,wall' },
    out: { type: 'string', default: 'bench-results.json' },
    node: { type: 'string', default: '' },
  },
});
const measures = values.quick ? QUICK : FULL;
const only = new Set(values.only.split(','));
const folder = mkdtempSync(joinPath(tmpdir(), 'lectern-bench-'));
const env = {
  PATH: process.env['PATH'],
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  HOME: folder,
  XDG_RUNTIME_DIR: folder,
};
const all = new Terminals(folder, env);
const results: Result[] = [];
const wrong: string[] = [];
const contestants: Contestant[] = [];

try {
  // First, while nothing else runs.
  if (only.has('wall')) tell(wall());
  const ours = await lectern(all, values.node.split(' ').filter(Boolean));
  const theirs = await tmux(all, folder);
  contestants.push(ours, theirs);
  const pair = [ours, theirs] as const;
  if (only.has('idle')) tell(await idle(all, pair, measures.idleMs));
  if (only.has('join')) {
    const joined = await join(all, pair, measures.others, measures.joins);
    tell(joined.results, joined.wrong);
  }
  if (only.has('echo')) tell(await echo(all, pair, measures.counts, measures.keys));
  if (only.has('flood')) {
    const bare = await script(all);
    contestants.push(bare);
    const flooded = await flood(all, [ours, bare, theirs], { ...measures, folder });
    tell(flooded.results, flooded.wrong);
  }
} finally {
  for (const contestant of contestants) contestant.end();
  await sleep(END_MS);
  all.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, kernel: release(), node: process.version };
writeFileSync(
  values.out,
  `${JSON.stringify({ machine, measures, wrong, results: results.map((result) => ({ ...result, met: isMet(result) })) }, null, 2)}\n`,
);
process.stdout.write(`${table(results)}\n`);
for (const fault of wrong) process.stdout.write(`WRONG: ${fault}\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;

function tell(rows: readonly Result[], faults: readonly string[] = []): void {
  results.push(...rows);
  wrong.push(...faults);
  process.stderr.write(`${rows[0]?.part ?? ''} done\n`);
}
