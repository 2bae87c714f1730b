/** Looking at the settings: whether they are right, and where they come from. */
import { existsSync } from 'node:fs';
import { candidates, loadConfig } from '../ops/config.js';
import { loadRules } from '../ops/rules.js';
import { homeFolder } from './folders.js';
import { print } from './output.js';

/**
 * Checks a settings file, or the ones in force, and the rules that they name. Resolves to the exit code.
 * @throws {LecternError} CONFIG with a line for each fault.
 */
export async function configCheck(file?: string): Promise<number> {
  const loaded = loadConfig({ config: file, env: process.env, home: homeFolder() });
  const { rules, values } = loadRules(loaded.settings.redact, process.env);
  print(loaded.file === undefined ? 'no settings file: the defaults are in force' : `${loaded.file}: ok`);
  for (const path of loaded.settings.redact) print(`${path}: ok`);
  print(`${rules.length} rules, ${values.length} values to mask`);
  return 0;
}

/** Prints where settings are looked for, first the one that wins, and which one is there. Resolves to the exit code. */
export async function configPath(): Promise<number> {
  const places = candidates({ env: process.env, home: homeFolder() });
  const found = places.find(({ path }) => existsSync(path));
  for (const place of places) {
    const state = place === found ? 'in force' : existsSync(place.path) ? 'not read: the one above wins' : 'not there';
    print(`${place.path}  ${state}`);
  }
  return 0;
}
