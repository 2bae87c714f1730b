/**
 * Finds the one that a person means by WHO: an id, a name, or the beginning of either. It knows nothing of rooms.
 */
import { LecternError } from './errors.js';

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Names in a message about several candidates; more would not be one readable line. */
const CANDIDATES_SHOWN = 5;

/**
 * All whom `who` can mean, by the strongest reading that fits anybody: an exact id, an exact name, the beginning of an
 * id or a name. One element is an answer, several are an ambiguity.
 */
export function matchWho<T extends Named>(people: readonly T[], who: string): readonly T[] {
  if (who === '') return [];
  const readings: ((one: T) => boolean)[] = [
    (one) => one.id === who,
    (one) => one.name === who,
    (one) => one.id.startsWith(who) || one.name.startsWith(who),
  ];
  for (const fits of readings) {
    const found = people.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The only one whom `who` can mean.
 * @throws {LecternError} FAILED when nobody fits, USAGE when several do; the message names them.
 */
export function pickWho<T extends Named>(people: readonly T[], who: string): T {
  const found = matchWho(people, who);
  const said = who.slice(0, 40);
  if (found.length === 0) throw new LecternError('FAILED', `nobody here is called "${said}"; see: lectern who`);
  if (found.length > 1) {
    throw new LecternError('USAGE', `"${said}" can mean ${candidates(found)}; give the id`);
  }
  return found[0]!;
}

function candidates(found: readonly Named[]): string {
  const named = found.slice(0, CANDIDATES_SHOWN).map((one) => `${one.name} (${one.id})`);
  const more = found.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
