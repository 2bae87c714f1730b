/**
 * The report of a run: JSON, and beside it a page of tables. Parts that were not run this time keep what the file says of
 * them: what is compared always stands in one part.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { isMet, type Outcome, type Result, table } from './table.js';

interface Part extends Outcome {
  readonly part: string;
  readonly at: string;
  readonly quick: boolean;
}

export class Report {
  readonly #path: string;
  readonly #quick: boolean;
  readonly #before: readonly Part[];
  readonly #parts: Part[] = [];

  /** @param path of the JSON; the page is the same with `.md` */
  constructor(path: string, quick: boolean) {
    this.#path = path;
    this.#quick = quick;
    this.#before = partsOf(path);
  }

  add(part: string, { results, wrong }: Outcome): void {
    this.#parts.push({ part, at: new Date().toISOString(), quick: this.#quick, results, wrong });
  }

  /** Of this run. */
  get results(): readonly Result[] {
    return this.#parts.flatMap(({ results }) => results);
  }

  /** Of this run. */
  get wrong(): readonly string[] {
    return this.#parts.flatMap(({ wrong }) => wrong);
  }

  /** The tables of this run. */
  get page(): string {
    return pageOf(this.#parts);
  }

  write(): void {
    const now = new Set(this.#parts.map(({ part }) => part));
    const all = [...this.#before.filter(({ part }) => !now.has(part)), ...this.#parts];
    const parts = all.map((part) => ({
      ...part,
      results: part.results.map((result) => ({ ...result, met: isMet(result) })),
    }));
    writeFileSync(this.#path, `${JSON.stringify({ machine: machine(), parts }, null, 2)}\n`);
    writeFileSync(this.#path.replace(/(\.json)?$/, '.md'), `${lineOf(machine())}\n\n${pageOf(all)}`);
  }
}

function pageOf(parts: readonly Part[]): string {
  return parts.map(({ results }) => `${table(results)}\n\n`).join('');
}

function partsOf(path: string): readonly Part[] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { parts?: Part[] }).parts ?? [];
  } catch {
    return [];
  }
}

function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? '',
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    tmux: execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim(),
  };
}

function lineOf({ cpu, cores, kernel, node, tmux }: ReturnType<typeof machine>): string {
  return `${cores} cores of ${cpu}, Linux ${kernel}, Node ${node.slice(1)}, ${tmux}`;
}
