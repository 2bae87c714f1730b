/**
 * The benchmark: lectern beside a bare terminal, `script` and those who share terminals too, in the same run and in
 * turns, since machines are noisy: only figures of one run can be compared. Ends with 1 when something was wrong, never
 * because it was slow.
 *
 *   node dist/test/bench/main.js [--quick] [--only flood,echo,…] [--out FILE] [--keep] [--node FLAGS]
 */
import { parseArgs } from 'node:util';
import { badLink } from './bad-link.js';
import { Bench } from './bench.js';
import { echo } from './echo.js';
import { crowdFlood, flood, yes } from './flood.js';
import { growth } from './growth.js';
import { idle } from './idle.js';
import { join } from './join.js';
import { FULL, QUICK } from './measures.js';
import { missing } from './others.js';
import { presenter } from './presenter.js';
import { programs } from './programs.js';
import { Report } from './report.js';
import { scale } from './scale.js';
import { stopped } from './stopped.js';
import type { Outcome } from './table.js';
import { keep, slower } from './tolerance.js';
import { wall } from './wall.js';

/** In this order: the wall first, while nothing else runs. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Outcome> | Outcome>> = {
  wall,
  idle,
  join,
  presenter,
  echo,
  flood,
  yes,
  'crowd-flood': crowdFlood,
  stopped,
  programs,
  scale,
  growth,
  link: badLink,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string', default: 'bench-results.json' },
    keep: { type: 'boolean', default: false },
    node: { type: 'string', default: '' },
  },
});
const measures = values.quick ? QUICK : FULL;
const asked = new Set(values.only?.split(',') ?? Object.keys(PARTS).filter((name) => !measures.without.includes(name)));
const unknown = [...asked].filter((name) => !(name in PARTS));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);

const bench = new Bench(measures, values.node.split(' ').filter(Boolean));
const report = new Report(values.out, values.quick);
try {
  for (const [name, part] of Object.entries(PARTS)) {
    if (!asked.has(name)) continue;
    const started = performance.now();
    report.add(name, await part(bench));
    report.write();
    process.stderr.write(`${name} done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
} finally {
  await bench.close();
}

const { results, wrong } = report;
process.stdout.write(report.page);
for (const name of missing(measures)) process.stdout.write(`not measured: ${name}\n`);
for (const line of slower(results)) process.stdout.write(`SLOWER: ${line}\n`);
for (const fault of wrong) process.stdout.write(`WRONG: ${fault}\n`);
if (values.keep) keep(results);
process.exitCode = wrong.length > 0 ? 1 : 0;
