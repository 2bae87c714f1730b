/** `lectern log`: where the log of a session is, and whether it is whole. */
import { readFileSync } from 'node:fs';
import { LecternError } from '../core/errors.js';
import { systemCode } from '../core/system-errors.js';
import { verify as verifyChain } from '../ops/chain.js';
import { logPath } from '../ops/log.js';
import { isSessionId, runtimeFolder, stateFolder } from '../ops/paths.js';
import { runningSessions } from '../ops/sockets.js';
import { homeFolder } from './folders.js';
import { type PrintOptions, printJson, say } from './output.js';

/**
 * Follows the chain of a log. The exit code is 1 when it is broken, or when its end is missing although the session does
 * not run any more.
 * @param what a file, or the id of a session.
 */
export async function verify(what: string, { json = false }: PrintOptions): Promise<number> {
  const path = isSessionId(what) ? logPath(stateFolder(process.env, homeFolder()), what) : what;
  const { lines, head, broken, ended } = verifyChain(readLog(path));
  const cut = broken === null && !ended && !(await isRunning(path));
  const good = broken === null && !cut;
  if (json) printJson({ good, lines, head, broken, ended });
  else if (broken !== null) say(`  broken: line ${broken.line} of ${path} ${broken.reason}`);
  else if (cut) say(`  cut off: ${path} ends after line ${lines}, before the end of its session`);
  else say(`  whole: ${lines} lines, up to ${head}`);
  return good ? 0 : 1;
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LecternError(
      'FAILED',
      `cannot read the log ${path} (${systemCode(error)}); give a file, or the id of a session`,
    );
  }
}

/** A session that still runs goes on writing. */
async function isRunning(path: string): Promise<boolean> {
  const running = await runningSessions(runtimeFolder(process.env), Date.now());
  return [...running.keys()].some((id) => path.endsWith(`${id}.jsonl`));
}
