/** The observers that are at this edge now, and what the host says about them. */
import type { Grant } from '../../core/admission.js';
import type { Farewell } from '../../core/errors.js';
import type { Room } from '../../core/room.js';
import type { SessionState } from '../../core/session.js';
import type { Visitor } from '../../observers/ssh/index.js';
import { type Desk, Observer } from '../../observers/ssh/observer.js';
import { NO_PTY, NO_SUCH_VERB, screenText, type Verb, verbOf } from '../../observers/ssh/verbs.js';
import type { FromEdge } from './messages.js';

export interface VisitsOptions {
  readonly room: Room;
  readonly state: SessionState;
  /** Visitors at once. */
  readonly max: number;
  /** The presenter may want to be asked about who comes. */
  readonly lobby: boolean;
  readonly tell: (message: FromEdge) => void;
}

/** Countdowns are told once a second, and only while there is one. */
const TICK_MS = 1000;
/** Sizes of one visitor are told at most so often, in ms. */
const RESIZE_MS = 250;

interface Visit {
  readonly visitor: Visitor<Grant>;
  /** null for one who came with a verb. */
  readonly observer: Observer | null;
  readonly verb: Verb | null;
}

export class Visits {
  readonly #options: VisitsOptions;
  readonly #visits = new Map<string, Visit>();
  readonly #rosterAsked = new Map<number, Visitor<Grant>>();
  readonly #resizing = new Set<string>();
  readonly #desk: Desk;
  #state: SessionState;
  #asked = 0;
  #ticker: NodeJS.Timeout | null = null;
  #emptied: (() => void) | null = null;

  constructor(options: VisitsOptions) {
    this.#options = options;
    this.#state = options.state;
    const { room, tell } = options;
    this.#desk = {
      room,
      state: () => this.#state,
      ask: (id) => tell({ type: 'ask', id }),
      withdraw: (id) => tell({ type: 'withdraw', id }),
      giveBack: (id) => tell({ type: 'giveBack', id }),
      press: (id, keys) => tell({ type: 'press', id, keys }),
      now: Date.now,
    };
  }

  get count(): number {
    return this.#visits.size;
  }

  /** Somebody was authenticated and asked for a shell or a command. */
  arrive(visitor: Visitor<Grant>): void {
    const verb = visitor.command === null ? null : verbOf(visitor.command);
    if (visitor.command !== null && verb === null) return decline(visitor, NO_SUCH_VERB);
    if (visitor.command === null && !visitor.hasPty) return decline(visitor, NO_PTY);
    if (this.#visits.size >= this.#options.max) return visitor.dismiss('full');
    const observer = verb === null ? this.#observe(visitor) : null;
    if (this.#options.lobby) observer?.wait();
    this.#visits.set(visitor.id, { visitor, observer, verb });
    visitor.onClose((reason) => this.#left(visitor.id, reason));
    const { id, addr, client, grant, size } = visitor;
    const { jti, role } = grant;
    this.#options.tell({
      type: 'arrived',
      arrival: { id, addr, client, jti, role, key: visitor.key?.fingerprint ?? null, size },
    });
  }

  /** The host lets him in. */
  admit(id: string): void {
    const visit = this.#visits.get(id);
    if (visit === undefined) return;
    visit.observer?.enter();
    if (visit.verb === 'text') visit.visitor.leave(0, Buffer.from(screenText(this.#options.room.now)));
    else if (visit.verb === 'who') this.#askRoster(visit.visitor);
  }

  drop(id: string, farewell: Farewell): void {
    const visit = this.#visits.get(id);
    if (visit === undefined) return;
    if (visit.observer === null) visit.visitor.dismiss(farewell);
    else visit.observer.farewell(farewell);
  }

  roster(ask: number, text: string): void {
    this.#rosterAsked.get(ask)?.leave(0, Buffer.from(text));
    this.#rosterAsked.delete(ask);
  }

  setState(state: SessionState): void {
    this.#state = state;
    this.#each((observer) => observer.stateChanged());
    if (state.control === null && this.#ticker !== null) {
      clearInterval(this.#ticker);
      this.#ticker = null;
    } else if (state.control !== null) {
      this.#ticker ??= setInterval(() => this.#tick(), TICK_MS);
    }
  }

  /** The session has ended: everybody is told. */
  farewell(): void {
    this.#each((observer) => observer.farewell('ended'));
  }

  /** Resolves when nobody is here any more, or after `timeoutMs`. */
  gone(timeoutMs: number): Promise<void> {
    if (this.#visits.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
      setTimeout(resolve, timeoutMs);
    });
  }

  #observe(visitor: Visitor<Grant>): Observer {
    const status = visitor.grant.status && visitor.env.get('LECTERN_STATUS') !== 'off';
    const observer = new Observer(visitor, this.#desk, status);
    visitor.onData((bytes) => observer.read(bytes));
    visitor.onWritable(() => observer.writable());
    visitor.onResize((size) => {
      observer.resize(size);
      this.#tellSize(visitor);
    });
    return observer;
  }

  #left(id: string, reason: string): void {
    this.#visits.get(id)?.observer?.gone();
    this.#visits.delete(id);
    this.#options.tell({ type: 'left', id, reason });
    if (this.#visits.size === 0) this.#emptied?.();
  }

  #askRoster(visitor: Visitor<Grant>): void {
    const ask = ++this.#asked;
    this.#rosterAsked.set(ask, visitor);
    this.#options.tell({ type: 'roster', ask });
  }

  /** A window that is dragged has a new size many times a second: the host is told the last of them. */
  #tellSize(visitor: Visitor<Grant>): void {
    if (this.#resizing.has(visitor.id)) return;
    this.#resizing.add(visitor.id);
    setTimeout(() => {
      this.#resizing.delete(visitor.id);
      if (this.#visits.has(visitor.id)) this.#options.tell({ type: 'resized', id: visitor.id, size: visitor.size });
    }, RESIZE_MS).unref();
  }

  /** What fails for one observer ends his visit and no other. */
  #each(act: (observer: Observer) => void): void {
    for (const { visitor, observer } of this.#visits.values()) {
      try {
        if (observer !== null) act(observer);
      } catch {
        visitor.kill('protocol');
      }
    }
  }

  #tick(): void {
    this.#each((observer) => observer.tick());
  }
}

function decline(visitor: Visitor<Grant>, sentence: string): void {
  visitor.stderr(sentence);
  visitor.leave(1);
}
