/** The flood: a coloured log, always the same. */
import { writeFileSync } from 'node:fs';

/** Nothing that only some terminals know: mosh has no dim text, and a second name for each of the first sixteen colours. */
const LEVELS = ['\x1b[32mINFO\x1b[0m ', '\x1b[33mWARN\x1b[0m ', '\x1b[1;31mERROR\x1b[0m', '\x1b[38;5;244mDEBUG\x1b[0m'];
const MODULES = ['http', 'db.pool', 'auth', 'scheduler', 'cache', 'worker'];
const DID = ['request done', 'connection reused', 'retrying after timeout', 'cache miss', 'job finished'];

/** Writes a log of at least `bytes` bytes. @returns what it holds. */
export function writeLog(path: string, bytes: number): Buffer {
  const lines: string[] = [];
  let length = 0;
  for (const line of endless()) {
    if (length >= bytes) break;
    lines.push(line);
    length += line.length;
  }
  const log = Buffer.from(lines.join(''));
  writeFileSync(path, log);
  return log;
}

/** The first `count` lines of it. */
export function logLines(count: number): readonly string[] {
  const lines: string[] = [];
  for (const line of endless()) if (lines.push(line) >= count) break;
  return lines;
}

/** Lines of 60 to 110 columns. */
function* endless(): Generator<string> {
  let seed = 1;
  const next = (max: number) => {
    // A linear congruential generator (Numerical Recipes): the same log everywhere.
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % max;
  };
  for (let number = 0; ; number++) {
    const time = new Date(Date.UTC(2025, 0, 1) + number * 7).toISOString();
    const module = `\x1b[38;5;${17 + next(200)}m${MODULES[next(MODULES.length)]}\x1b[0m`;
    yield `${time} ${LEVELS[next(LEVELS.length)]} ${module} ${DID[next(DID.length)]} id=${next(1e6)} took=\x1b[36m${next(900)}ms\x1b[0m\n`;
  }
}
