/**
 * A program for tests: writes down every byte that it reads in raw mode, with the time, and turns on what it is told.
 * `node keylog.js FILE [MODES] [deaf|cooked]`: MODES is a JSON string to print. One that is `deaf` reads nothing until
 * SIGUSR1; `cooked` is deaf and leaves the terminal's line editing on until then. Its pid is in FILE.pid.
 */
import { appendFileSync, writeFileSync } from 'node:fs';

const [file, modes = '""', deaf] = process.argv.slice(2);

function listen(): void {
  process.stdin.setRawMode(true);
  process.stdin.on('data', (bytes: Buffer) => appendFileSync(file!, `${Date.now()} ${bytes.toString('hex')}\n`));
}

if (deaf !== 'cooked') process.stdin.setRawMode(true);
writeFileSync(file!, '');
writeFileSync(`${file!}.pid`, String(process.pid));
if (deaf === undefined) listen();
else process.on('SIGUSR1', listen);
process.stdout.write(`${JSON.parse(modes) as string}KEYLOG\r\n`);
// Nothing else keeps a deaf program alive.
setInterval(() => {}, 1000);
