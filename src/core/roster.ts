/** Who is here: everybody who came in and did not leave yet, in the order in which they came. */

import type { Size } from './cells.js';
import type { Participant } from './events.js';
import { lookOf } from './lookalike.js';

export interface Present {
  /** Replaced when he takes another name; the id stays. */
  participant: Participant;
  /** The link he came by. */
  readonly jti: string;
  /** Fingerprint of the key that he proved. */
  readonly key: string | null;
  /** Milliseconds since 1970. */
  readonly joinedAt: number;
  /** Size of his terminal. */
  size: Size;
  /** False while he waits in the lobby: nothing is shown to him. */
  admitted: boolean;
  /** He watches and no more: he cannot chat, point, ask for control or vote. */
  muted: boolean;
  /** Time that his side took to acknowledge what was sent last, in ms; null before it was known. */
  lagMs: number | null;
  /** Bytes sent to him. */
  bytes: number;
}

export class Roster {
  readonly #present = new Map<string, Present>();
  /** Of a thousand who come, each is compared with all before him. */
  readonly #looks = new WeakMap<Participant, string>();
  /** Of 2, 3…: a thousand guests of one name are told apart by half a million of them. */
  readonly #numbers: string[] = [];

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

  /** The one of that id, when he sees the session. */
  watcher(id: string): Present | null {
    const present = this.#present.get(id);
    return present?.admitted === true ? present : null;
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

  /** A name that looks like nobody's here, save perhaps that of `id` himself: `ana`, then `ana-2`. */
  freeName(name: string, id?: string): string {
    const others = this.all.filter(({ participant }) => participant.id !== id);
    const taken = new Set(others.map(({ participant }) => this.#lookOf(participant)));
    const look = lookOf(name);
    if (!taken.has(look)) return name;
    for (let n = 2; ; n++) if (!taken.has(`${look}-${this.#lookOfNumber(n)}`)) return `${name}-${n}`;
  }

  #lookOfNumber(n: number): string {
    this.#numbers[n] ??= lookOf(String(n));
    return this.#numbers[n];
  }

  #lookOf(participant: Participant): string {
    const known = this.#looks.get(participant) ?? lookOf(participant.name);
    this.#looks.set(participant, known);
    return known;
  }
}
