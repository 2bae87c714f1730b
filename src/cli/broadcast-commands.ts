/** The commands about all who watch, and about the log: their names and options. What they do is in broadcast.ts and log.ts. */
import type { Command } from 'commander';
import type { Acting } from './acting.js';
import type { SessionOption } from './control.js';
import type { PrintOptions } from './output.js';

const SESSION = ['--session <id>', 'the session'] as const;

export function addBroadcast(program: Command, acting: Acting): void {
  program
    .command('pause')
    .description('show observers that you have paused, and nothing else')
    .argument('[id]', 'the session')
    .action(acting(async (id?: string) => (await import('./broadcast.js')).pause(id)));
  program
    .command('resume')
    .description('show observers the terminal again')
    .argument('[id]', 'the session')
    .action(acting(async (id?: string) => (await import('./broadcast.js')).resume(id)));
  program
    .command('say')
    .description('say something to those who watch')
    .argument('<text...>')
    .option(...SESSION)
    .action(
      acting(async (text: string[], options: SessionOption) => (await import('./broadcast.js')).say(text, options)),
    );
  program
    .command('mark')
    .description('mark this moment in the recording and the log')
    .argument('[text...]', 'what it is called')
    .option(...SESSION)
    .action(
      acting(async (text: string[], options: SessionOption) => (await import('./broadcast.js')).mark(text, options)),
    );
  program.commands
    .find((command) => command.name() === 'session')!
    .command('set')
    .description('change a running session: pointers=true|false')
    .argument('<change...>')
    .option(...SESSION)
    .action(
      acting(async (changes: string[], options: SessionOption) => {
        return (await import('./broadcast.js')).set(changes, options);
      }),
    );
}

export function addLog(program: Command, acting: Acting): void {
  program
    .command('log')
    .description('look at the log of a session')
    .command('verify')
    .description('check that no line of a log was changed, taken out or moved')
    .argument('<id|file>', 'a session, also one that has ended, or a log file')
    .option('--json', 'print one JSON object')
    .action(acting(async (what: string, options: PrintOptions) => (await import('./log.js')).verify(what, options)));
}
