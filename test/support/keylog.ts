/**
 * A program for tests: writes down every byte that it reads in raw mode, with the time, and turns on what it is told.
 * `node keylog.js FILE [MODES] [deaf]`: MODES is a JSON string to print; `deaf` reads nothing until SIGUSR1.
 */
import { appendFileSync, writeFileSync } from 'node:fs';

const [file, modes = '""', deaf] = process.argv.slice(2);

function listen(): void {
  process.stdin.on('data', (bytes: Buffer) => appendFileSync(file!, `${Date.now()} ${bytes.toString('hex')}\n`));
}

process.stdin.setRawMode(true);
writeFileSync(file!, '');
process.stdout.write(`${JSON.parse(modes) as string}KEYLOG\r\n`);
if (deaf === undefined) listen();
else process.on('SIGUSR1', listen);
// Nothing else keeps a deaf program alive.
setInterval(() => {}, 1000);
