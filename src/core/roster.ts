/** Who is here: everybody who came in and did not leave yet, in the order in which they came. */

import type { Size } from './cells.js';
import type { Participant } from './events.js';

export interface Present {
  readonly participant: Participant;
  /** The link he came by. */
  readonly jti: string;
  readonly joinedAt: number;
  /** Size of his terminal. */
  size: Size;
  /** False while he waits in the lobby: nothing is shown to him. */
  admitted: boolean;
}

export class Roster {
  readonly #present = new Map<string, Present>();

  /** Those who watch; who waits in the lobby does not. */
  get watching(): number {
    let count = 0;
    for (const { admitted } of this.#present.values()) if (admitted) count++;
    return count;
  }

  get all(): readonly Present[] {
    return [...this.#present.values()];
  }

  /** Those in the lobby, the one who waits longest first. */
  get waiting(): readonly Present[] {
    return this.all.filter((present) => !present.admitted);
  }

  get(id: string): Present | undefined {
    return this.#present.get(id);
  }

  arrive(present: Present): void {
    this.#present.set(present.participant.id, present);
  }

  /** The result is who left; undefined when he was not here. */
  leave(id: string): Present | undefined {
    const present = this.#present.get(id);
    this.#present.delete(id);
    return present;
  }

  /** A name that nobody here has: `ana`, then `ana-2`. */
  freeName(name: string): string {
    const taken = new Set(this.all.map(({ participant }) => participant.name));
    if (!taken.has(name)) return name;
    for (let n = 2; ; n++) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`;
  }
}
