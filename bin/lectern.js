#!/usr/bin/env node
// Starts the command line; says what to do when it has not been built yet.
import { existsSync } from 'node:fs';

// Node.js would open a port at which everybody on the machine can run code in this process, from its first moment on.
process.on('SIGUSR1', () => {});

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: run } = await import(main.href);
  process.exitCode = await run(process.argv.slice(2));
} else {
  process.stderr.write('lectern: it is not built yet; run: npm run build\n');
  process.exitCode = 1;
}
