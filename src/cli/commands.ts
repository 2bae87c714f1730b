/**
 * The table of commands: names, options and their help. What a command does is in a file of its own, loaded when it is
 * called, so that `--help` and mistakes are answered at once.
 */
import { Command, CommanderError, Option } from 'commander';
import { LecternError } from '../core/errors.js';
import type { Acting } from './acting.js';
import { addBroadcast, addLog } from './broadcast-commands.js';
import { addControl } from './control-commands.js';
import { addLinks } from './link-commands.js';
import type { PresentOptions } from './present-options.js';
import type { RedactOptions } from './redact.js';
import { addSessions } from './session-commands.js';
import type { Words } from './words.js';

/**
 * Parses and runs.
 * @throws {LecternError} USAGE on words that make no command; whatever the command throws.
 * @throws {CommanderError} after help was printed.
 */
export async function runCommand(words: Words, version: string): Promise<number> {
  let exitCode = 0;
  const acting: Acting =
    (run) =>
    async (...args) => {
      exitCode = await run(...args);
    };
  const program = build(acting, version, words.program ?? []);
  if (words.program !== null && words.name !== 'present' && words.name !== 'propose') {
    throw new LecternError(
      'USAGE',
      `only "lectern present" and "propose" take a command after --; see: lectern --help`,
    );
  }
  await parse(program, words.own);
  return exitCode;
}

async function parse(program: Command, own: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(own, { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError && error.exitCode !== 0
      ? usageError(error, own, pathOf(program, own))
      : error;
  }
}

function build(acting: Acting, version: string, command: readonly string[]): Command {
  const program = new Command('lectern')
    .description('Share your terminal over plain ssh: live, read-only, with secrets masked.')
    .usage('[command] [options] [-- CMD ARG…]')
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    // Errors are told once, in one line, by the caller.
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
  const present = addPresent(program, acting, command);
  addLinks(program, acting);
  addSessions(program, acting);
  addControl(program, acting, command);
  addBroadcast(program, acting);
  addLog(program, acting);
  addConfig(program, acting);
  addRedact(program, acting);
  for (const leaf of leaves(program)) {
    if (leaf !== present) leaf.option('--verbose', 'say the cause of a failure');
  }
  return program.addHelpText(
    'after',
    () => `\nlectern present is what "lectern" alone means:\n\n${present.helpInformation()}`,
  );
}

function addPresent(program: Command, acting: Acting, command: readonly string[]): Command {
  return program
    .command('present')
    .description('share a new terminal running CMD (default: your shell)')
    .usage('[options] [-- CMD ARG…]')
    .option('--name <title>', 'what observers see (default: name of the directory)')
    .option('--listen <[host:]port>', 'where observers connect; port 0 takes a free one (default: :2222)')
    .option('--ttl <duration>', 'life of the watch link (default: 2h)')
    .option('--once', 'the watch link admits one observer')
    .addOption(
      new Option('--approve <when>', 'ask before an observer sees anything').choices(['none', 'first', 'each']),
    )
    .option('--authorized-keys <file>', 'an observer must also prove one of these SSH keys')
    .option('--read-only', 'no control can be granted in this session, ever')
    .addOption(
      new Option('--consensus <who>', 'control and proposed commands need the yes of all').choices(['none', 'all']),
    )
    .option('--max-observers <n>', 'how many may watch at once')
    .option('--idle-timeout <duration>', 'stop sharing when nothing happens for so long')
    .option('--max-duration <duration>', 'stop sharing after so long')
    .option('--join-timeout <duration>', 'stop sharing when nobody has come in for so long')
    .option('--size <colsxrows>', 'size of the terminal (default: this one)')
    .option('--record <file>', 'write what observers see as an asciicast v2 file')
    .option('--redact <file>', 'redaction rules, beside those of the settings (repeatable)', gather)
    .option('--delay <duration>', 'show everything so much later, masked with what was learned meanwhile')
    .option('--config <file>', 'settings')
    .option('--headless', 'no terminal of its own (CI, scripts)')
    .option('--json', 'with --headless: one JSON object a line on stdout')
    .option('--verbose', 'say the cause of a failure')
    .action(
      acting(async ({ redact = [], ...options }: TypedOptions) => {
        const { present } = await import('./present.js');
        return present({ ...options, redact, command });
      }),
    );
}

/** As commander hands them over: an option that was not given is not there. */
type TypedOptions = Omit<PresentOptions, 'command' | 'redact'> & Partial<Pick<PresentOptions, 'redact'>>;

function gather(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function addConfig(program: Command, acting: Acting): void {
  const config = program.command('config').description('check the settings');
  config
    .command('check')
    .description('check a settings file, or the ones in force')
    .argument('[file]')
    .action(acting(async (file?: string) => (await import('./config.js')).configCheck(file)));
  config
    .command('path')
    .description('print where the settings come from')
    .action(acting(async () => (await import('./config.js')).configPath()));
}

function addRedact(program: Command, acting: Acting): void {
  const redact = program.command('redact').description('try the redaction rules');
  const rules = (name: string, description: string) =>
    redact
      .command(name)
      .description(description)
      .option('--redact <file>', 'redaction rules, beside those of the settings (repeatable)', gather)
      .option('--config <file>', 'settings');
  rules('test', 'mask a file, or standard input; never prints a secret it found')
    .argument('[file]')
    .action(
      acting(async (file: string | undefined, options: RedactOptions) => {
        return (await import('./redact.js')).redactTest(file, options);
      }),
    );
  rules('lint', 'check rule files')
    .argument('[files...]')
    .action(
      acting(async (files: string[], options: RedactOptions) => {
        return (await import('./redact.js')).redactLint(files, options);
      }),
    );
  rules('list', 'list the rules in force').action(
    acting(async (options: RedactOptions) => (await import('./redact.js')).redactList(options)),
  );
}

/** Commands that do something themselves: those with children only lead on, save `link`, which has both. */
function leaves(command: Command): Command[] {
  const below = command.commands.flatMap(leaves);
  return command.commands.length === 0 || command.name() === 'link' ? [...below, command] : below;
}

/** One line that says what is wrong, with which command, and where to read on. */
function usageError(error: CommanderError, own: readonly string[], path: readonly string[]): LecternError {
  const what = whatOf(error, own)
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const lectern = ['lectern', ...path].join(' ');
  return new LecternError('USAGE', `${what}${programHint(error, own, path)}; see: ${lectern} --help`, { cause: error });
}

function whatOf({ message }: CommanderError, own: readonly string[]): string {
  if (message !== '(outputHelp)') return message;
  const about = own.indexOf('help') + 1;
  return about > 0 && about < own.length ? `unknown command '${own[about]}'` : 'say which: it has subcommands';
}

/** The words that are commands: the one that was meant, as far as it could be followed. */
function pathOf(program: Command, own: readonly string[]): readonly string[] {
  const path: string[] = [];
  for (let at: Command | undefined = program, next = 0; at !== undefined; next++) {
    at = at.commands.find((command) => command.name() === own[next]);
    if (at !== undefined) path.push(at.name());
  }
  return path;
}

/** Words where no words belong may be a program that somebody wants to share. */
function programHint({ code }: CommanderError, own: readonly string[], path: readonly string[]): string {
  const bare = own[0] === 'present' && code === 'commander.excessArguments';
  return bare || (code === 'commander.unknownCommand' && path.length === 0)
    ? '; to share a program: lectern -- CMD'
    : '';
}
