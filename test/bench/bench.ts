/** What all parts of the bench share: the terminals, the crowd, who is compared, and how much is measured. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CROWD } from './compile.js';
import { type Contestant, lectern, script } from './contestant.js';
import type { Measures } from './measures.js';
import { others } from './others.js';
import { sleep, Terminals } from './terminals.js';
import { tmux } from './tmux.js';

/** Sessions end in good order in this time, in ms. */
const END_MS = 1500;

export class Bench {
  readonly measures: Measures;
  readonly folder = mkdtempSync(join(tmpdir(), 'lectern-bench-'));
  /** Programs in terminals: presenters, and observers with stock clients. */
  readonly all: Terminals;
  #crowd: Terminals | null = null;
  readonly #contestants = new Map<string, Contestant>();
  readonly #flags: readonly string[];

  /** @param flags for the node that runs lectern */
  constructor(measures: Measures, flags: readonly string[]) {
    this.measures = measures;
    this.#flags = flags;
    this.all = new Terminals(this.folder, this.#env);
  }

  /** Observers of lectern that cost next to nothing. */
  get crowd(): Terminals {
    this.#crowd ??= new Terminals(this.folder, this.#env, CROWD);
    return this.#crowd;
  }

  get lectern(): Promise<Contestant> {
    return this.#once('lectern', () => lectern(this.all, this.#flags));
  }

  get script(): Promise<Contestant> {
    return this.#once('script', () => script(this.all));
  }

  get tmux(): Promise<Contestant> {
    return this.#once('tmux', () => tmux(this.all, this.folder));
  }

  /** Everybody who can be watched: lectern, tmux, and who else is on this machine. */
  async watched(): Promise<readonly Contestant[]> {
    const more = [];
    for (const { name, open } of this.measures.others ? others() : [])
      more.push(await this.#once(name, () => open(this.all, this.folder)));
    return [await this.lectern, await this.tmux, ...more];
  }

  async close(): Promise<void> {
    for (const contestant of this.#contestants.values()) contestant.end();
    await sleep(END_MS);
    this.all.close();
    this.#crowd?.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #once(name: string, open: () => Promise<Contestant>): Promise<Contestant> {
    const contestant = this.#contestants.get(name) ?? (await open());
    this.#contestants.set(name, contestant);
    return contestant;
  }

  get #env(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return { PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color', HOME: this.folder, XDG_RUNTIME_DIR: this.folder };
  }
}
