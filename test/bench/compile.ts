/** The bench's own programs in C: built into the folder of the run. Knows nothing of what they do. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../../test/bench/', import.meta.url));

/** One program: its sources, the first of which names it, and what it is linked with. */
export interface Program {
  readonly sources: readonly [string, ...string[]];
  readonly libraries: readonly string[];
}

/** Programs in terminals of their own. */
export const TERMINALS: Program = { sources: ['terminals.c'], libraries: ['-lutil'] };
/** Observers of lectern, a thousand in one process. */
export const CROWD: Program = { sources: ['crowd.c', 'ssh.c'], libraries: ['-lcrypto'] };
/** A link with delay, rate and loss. */
export const LINK: Program = { sources: ['link.c'], libraries: [] };
/** An observer of ttyd, in a terminal. */
export const WEBSOCKET: Program = { sources: ['websocket.c'], libraries: [] };

/** The least that a picture can cost the one who sends it. */
export const FLOOR: Program = { sources: ['floor.c'], libraries: ['-lcrypto'] };

/** @returns the path of the program */
export function compile({ sources, libraries }: Program, folder: string): string {
  const program = join(folder, sources[0].replace('.c', ''));
  execFileSync('gcc', ['-O2', '-o', program, ...sources.map((name) => join(SOURCES, name)), ...libraries]);
  return program;
}
