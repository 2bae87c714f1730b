/** The commands about links: their names and options. What they do is in link.ts. */
import { type Command, Option } from 'commander';
import type { Acting } from './acting.js';
import type { LinkOptions, ListOptions, RevokeLinkOptions } from './link.js';

export function addLinks(program: Command, acting: Acting): void {
  const link = program
    .command('link')
    .description('mint another link to a running session')
    .argument('[id]', 'the session')
    // Or else "link list --json" would give --json to "link".
    .enablePositionalOptions()
    .addOption(
      new Option('--role <role>', 'how who comes by it is listed; either may be given control')
        .choices(['observer', 'peer'])
        .default('observer'),
    )
    .option('--ttl <duration>', 'life of the link', '2h')
    .option('--once', 'admits one observer')
    .option('--jwt', 'a signed ticket instead of a short code')
    .option('--no-status', 'whoever comes by it sees no status line')
    .option('--json', 'print one JSON object')
    .action(
      acting(async (id: string | undefined, options: LinkOptions) => (await import('./link.js')).mint(id, options)),
    );
  link
    .command('list')
    .description('list the links of a session')
    .argument('[id]', 'the session')
    .option('--json', 'print one JSON object')
    .action(
      acting(async (id: string | undefined, options: ListOptions) => (await import('./link.js')).list(id, options)),
    );
  link
    .command('revoke')
    .description('end a link and the visits that came by it')
    .argument('[jti]', 'the link, as in: lectern link list')
    .option('--all', 'every link of the session')
    .option('--session <id>', 'the session')
    .action(
      acting(async (jti: string | undefined, options: RevokeLinkOptions) =>
        (await import('./link.js')).revoke(jti, options),
      ),
    );
}
