/** Reads the rules again, in a thread that ends with it: to check a large rule file takes as long as twenty frames. */
import { parentPort, workerData } from 'node:worker_threads';
import { LecternError } from '../../core/errors.js';
import { loadConfig } from '../../ops/config.js';
import { loadRules } from '../../ops/rules.js';
import type { FromRules, RulesStart } from './messages.js';

function read({ known, beside: _, ...sources }: RulesStart): FromRules {
  try {
    const { settings } = loadConfig({ ...sources, env: process.env });
    return { rules: loadRules([...settings.redact, ...known], process.env) };
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    return { faults: error.message.split('\n') };
  }
}

parentPort!.postMessage(read(workerData as RulesStart));
