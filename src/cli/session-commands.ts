/** The commands about running sessions: their names and options. What they do is in session.ts. */
import type { Command } from 'commander';
import type { Acting } from './acting.js';
import type { PrintOptions } from './output.js';

export function addSessions(program: Command, acting: Acting): void {
  const session = program.command('session').description('list, describe and stop running sessions');
  session
    .command('list')
    .description('list the running sessions')
    .option('--json', 'print one JSON object')
    .action(acting(async (options: PrintOptions) => (await import('./session.js')).list(options)));
  session
    .command('info')
    .description('print what a session is and how to join it')
    .argument('[id]', 'the session')
    .option('--json', 'print one JSON object')
    .action(
      acting(async (id: string | undefined, options: PrintOptions) => (await import('./session.js')).info(id, options)),
    );
  session
    .command('stop')
    .description('end a session')
    .argument('[id]', 'the session')
    .option('--json', 'print one JSON object')
    .action(
      acting(async (id: string | undefined, options: PrintOptions) => (await import('./session.js')).stop(id, options)),
    );
  program
    .command('who')
    .description('list who is watching')
    .argument('[id]', 'the session')
    .option('--json', 'print one JSON object')
    .action(
      acting(async (id: string | undefined, options: PrintOptions) => (await import('./session.js')).who(id, options)),
    );
}
