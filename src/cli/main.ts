/**
 * Where the command line begins: from words to an exit code. Each command's work is loaded when it is called.
 * It knows the rules of errors and exit codes, and nothing of what commands do.
 */
import { readFileSync } from 'node:fs';
import type { CommanderError } from 'commander';
import { EXIT, LecternError } from '../core/errors.js';

/** Exit code of `present` when lectern itself failed and not the program (as `docker run` and `env` have it). */
const PRESENT_FAILED = 125;

/**
 * Runs the command that `words` spell (without `node` and the script). Never rejects: failures are one line on stderr.
 */
export async function main(words: readonly string[]): Promise<number> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const { splitWords } = await import('./words.js');
  const split = splitWords(words);
  if (split.name !== 'present') outliveClosedPipes();
  try {
    const { runCommand } = await import('./commands.js');
    return await runCommand(split, version());
  } catch (error) {
    return report(error, split.name === 'present', split.own.includes('--verbose'));
  }
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Prints a failure as one line and says what the exit code is. */
function report(error: unknown, presenting: boolean, verbose: boolean): number {
  const ended = error as Partial<CommanderError>;
  if (ended.code?.startsWith('commander.') && ended.exitCode === 0) return 0;
  const failure =
    error instanceof LecternError ? error : new LecternError('FAILED', unexpected(error), { cause: error });
  for (const line of linesOf(failure)) process.stderr.write(`lectern: ${oneLine(line)}\n`);
  if (verbose && failure.cause !== undefined) process.stderr.write(`  because: ${describe(failure.cause)}\n`);
  const ownFault = presenting && failure.code !== 'USAGE' && failure.code !== 'CONFIG';
  return ownFault ? PRESENT_FAILED : EXIT[failure.code];
}

function unexpected(error: unknown): string {
  return `something broke that should not (${error instanceof Error ? error.message : 'no message'}); --verbose says more`;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** Settings and rules are told with a line for each fault; everything else is one line. */
function linesOf({ code, message }: LecternError): readonly string[] {
  return code === 'CONFIG' ? message.split('\n') : [message];
}

/** Arguments that people typed are quoted in messages: they may hold line breaks and escape sequences. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/\p{C}/gu, '?');
}

/**
 * `lectern who | head -1` closes our stdout early, which is no failure; a full disk behind `>` is one. `present` looks
 * after its own output: it has a program and a terminal to bring to an end first.
 */
function outliveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`lectern: cannot write the output (${error.code})\n`);
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
}
