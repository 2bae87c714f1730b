/**
 * A wall clock that jumps: loaded before a program (`node --import`), it moves what `Date` says by the milliseconds that
 * stand in a file, whenever they change. The file is named by the query of this module's URL. Node.js processes that the
 * program forks get the same clock; monotonic clocks go on as they are.
 */
import childProcess, { type ForkOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const here = import.meta.url;
const file = decodeURIComponent(new URL(here).search.slice(1));
const Original = Date;
const trueNow = Date.now;

function now(): number {
  return trueNow() + Number(readFileSync(file, 'utf8'));
}

class Jumping extends Original {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [now()] : args) as [number]));
  }

  static override now(): number {
    return now();
  }
}

globalThis.Date = Jumping as DateConstructor;
if (isMainThread) {
  const { fork } = childProcess;
  childProcess.fork = ((entry: string, args: readonly string[], options: ForkOptions = {}) =>
    fork(entry, args, {
      ...options,
      execArgv: [...(options.execArgv ?? []), '--import', here],
    })) as typeof childProcess.fork;
  syncBuiltinESMExports();
}
