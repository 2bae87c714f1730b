/** The commands about observers and the keyboard: their names and options. What they do is in control.ts. */
import { type Command, Option } from 'commander';
import { LecternError } from '../core/errors.js';
import type { Acting } from './acting.js';
import type { GrantOptions, KickOptions, SessionOption } from './control.js';

const WHO = 'id or name, or its beginning; see: lectern who';
const SESSION = ['--session <id>', 'the session'] as const;

/** @param command the words after `--`. */
export function addControl(program: Command, acting: Acting, command: readonly string[]): void {
  program
    .command('grant')
    .description('hand the keyboard to an observer for a time')
    .argument('<who>', WHO)
    .requiredOption('--for <duration>', 'from 1s to 24h')
    .addOption(
      new Option('--mode <mode>', 'keys go through, or a line is suggested')
        .choices(['full', 'suggest'])
        .default('full'),
    )
    .option(...SESSION)
    .action(acting(async (who: string, options: GrantOptions) => (await import('./control.js')).grant(who, options)));
  program
    .command('revoke')
    .description('take the keyboard back')
    .argument('[who]', WHO)
    .option(...SESSION)
    .action(
      acting(async (who: string | undefined, options: SessionOption) =>
        (await import('./control.js')).revoke(who, options),
      ),
    );
  program
    .command('kick')
    .description('send an observer away')
    .argument('<who>', WHO)
    .option('--ban', 'and keep out, by address and key')
    .option(...SESSION)
    .action(acting(async (who: string, options: KickOptions) => (await import('./control.js')).kick(who, options)));
  program
    .command('approve')
    .description('let in an observer who waits')
    .argument('<who>', WHO)
    .option(...SESSION)
    .action(
      acting(async (who: string, options: SessionOption) => (await import('./control.js')).approve(who, options)),
    );
  program
    .command('deny')
    .description('send away an observer who waits')
    .argument('<who>', WHO)
    .option(...SESSION)
    .action(acting(async (who: string, options: SessionOption) => (await import('./control.js')).deny(who, options)));
  for (const [name, description] of [
    ['mute', 'let an observer do nothing but watch'],
    ['unmute', 'let a muted observer talk, point, ask and vote again'],
  ] as const) {
    program
      .command(name)
      .description(description)
      .argument('<who>', WHO)
      .option(...SESSION)
      .action(
        acting(async (who: string, options: SessionOption) => (await import('./control.js'))[name](who, options)),
      );
  }
  program
    .command('propose')
    .description('put a command to the vote of those who watch, and run it when all agree (with --consensus all)')
    .usage('[options] -- CMD ARG…')
    .option(...SESSION)
    .action(
      acting(async (options: SessionOption) => {
        return (await import('./control.js')).propose(commandLine(command), options);
      }),
    );
}

/** Words as one line for a shell. One word alone is a line already. */
function commandLine(words: readonly string[]): string {
  if (words.length === 0) throw new LecternError('USAGE', 'say which command: lectern propose -- CMD ARG…');
  if (words.length === 1) return words[0]!;
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(' ');
}
