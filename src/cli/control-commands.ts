/** The commands about observers and the keyboard: their names and options. What they do is in control.ts. */
import { type Command, Option } from 'commander';
import type { Acting } from './acting.js';
import type { GrantOptions, KickOptions, SessionOption } from './control.js';

const WHO = 'id or name, or its beginning; see: lectern who';
const SESSION = ['--session <id>', 'the session'] as const;

export function addControl(program: Command, acting: Acting): void {
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
    .option('--ban', 'and let him not come back')
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
}
