/** The observers that are at this edge now, and what the host says about them. */
import type { Grant } from '../../core/admission.js';
import type { Farewell } from '../../core/errors.js';
import type { Room } from '../../core/room.js';
import { CHAT_KEPT, type ChatLine, type Pointer, type SessionState } from '../../core/session.js';
import type { Desk } from '../../observers/ssh/desk.js';
import type { Visitor } from '../../observers/ssh/index.js';
import { Observer } from '../../observers/ssh/observer.js';
import { outbox } from '../../observers/ssh/outbox.js';
import { NO_PTY, NO_SUCH_VERB, PAUSED, screenText, type Verb, verbOf } from '../../observers/ssh/verbs.js';
import type { FromEdge, Measure } from './messages.js';

export interface VisitsOptions {
  readonly room: Room;
  readonly state: SessionState;
  readonly chat: readonly ChatLine[];
  /** Visitors at once. */
  readonly max: number;
  /** The presenter may want to be asked about who comes. */
  readonly lobby: boolean;
  readonly tell: (message: FromEdge) => void;
}

/**
 * How many watch is told to all of them at most so often, in ms: each who came would cost a packet for each who is there,
 * a thousand times forty microseconds. The more there are the later, so that it costs a quarter of a percent of a core
 * at most; who is shown a new picture before is told with it.
 */
const COUNT_MS = 300;
const COUNT_MS_EACH = 20;
/** Countdowns are told once a second, and only while there is one. */
const TICK_MS = 1000;
/** How long one who seems to have come back elsewhere has to show that he is still here, in ms. */
const PROVE_MS = 2000;
/** How long a client has to answer when somebody asks how observers fare, in ms: who is slower is told as slower. */
const PROBE_MS = 150;
/**
 * The roster is asked for at most so often, in ms, and who asks meanwhile gets the next one: the host makes it of all who
 * are here, and has more to do than that for each of a hundred who hold a key down.
 */
const ROSTER_MS = 200;
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
  /** Who wants the roster and is told its text: those for whom it is asked, and those who came since. */
  readonly #rosterAsked = new Map<number, readonly ((text: string) => void)[]>();
  #rosterWanted: ((text: string) => void)[] = [];
  #rosterPause: NodeJS.Timeout | null = null;
  /** Observers who wait for it: a key that is held down is asked for once. */
  readonly #awaitRoster = new Set<string>();
  readonly #chat: ChatLine[];
  #pointers: readonly Pointer[] = [];
  readonly #resizing = new Set<string>();
  readonly #desk: Desk;
  #state: SessionState;
  #asked = 0;
  #ticker: NodeJS.Timeout | null = null;
  #counting: NodeJS.Timeout | null = null;
  #emptied: (() => void) | null = null;
  /** What is typed waits for the program. */
  #keysWait = false;
  /** Whose input is held for that reason. */
  #held: string | null = null;

  constructor(options: VisitsOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#chat = [...options.chat];
    this.#desk = this.#makeDesk();
  }

  #makeDesk(): Desk {
    const { room, tell } = this.#options;
    return {
      room,
      state: () => this.#state,
      chat: () => this.#chat,
      pointers: () => this.#pointers,
      ask: (id) => tell({ type: 'ask', id }),
      withdraw: (id) => tell({ type: 'withdraw', id }),
      giveBack: (id) => tell({ type: 'giveBack', id }),
      press: (id, keys) => tell({ type: 'press', id, keys }),
      name: (id, name) => tell({ type: 'name', id, name }),
      suggest: (id, text, ready) => tell({ type: 'suggest', id, text, ready }),
      vote: (id, yes) => tell({ type: 'vote', id, yes }),
      say: (id, text) => tell({ type: 'chat', id, text }),
      point: (id, cell) => tell({ type: 'point', id, cell }),
      who: (id) => this.#showRoster(id),
      lag: (id, ms) => tell({ type: 'lag', id, ms }),
      now: Date.now,
      steady: () => performance.now(),
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
    const name = visitor.env.get('LECTERN_NAME') || null;
    if (this.#options.lobby) observer?.wait(name ?? '');
    this.#visits.set(visitor.id, { visitor, observer, verb });
    visitor.onClose((reason) => this.#left(visitor.id, reason));
    const { id, addr, client, grant, size } = visitor;
    const { jti, role } = grant;
    const once = grant.uses === 'once';
    this.#options.tell({
      type: 'arrived',
      arrival: { id, addr, client, jti, role, key: visitor.key?.fingerprint ?? null, size, name, once },
    });
  }

  /** The host lets him in. */
  admit(id: string): void {
    const visit = this.#visits.get(id);
    if (visit === undefined) return;
    const { verb, visitor } = visit;
    this.#guarded(visitor, () => visit.observer?.enter());
    if (verb === 'text') visitor.leave(0, Buffer.from(this.#text()));
    else if (verb === 'who')
      this.#askRoster((text) => this.#guarded(visitor, () => visitor.leave(0, Buffer.from(text))));
  }

  /** The host sends people away. One at whom that fails is ended, and the others go on. */
  drop(ids: readonly string[], farewell: Farewell): void {
    for (const id of ids) {
      const visit = this.#visits.get(id);
      if (visit === undefined) continue;
      const { visitor, observer } = visit;
      this.#guarded(visitor, () => (observer === null ? visitor.dismiss(farewell) : observer.farewell(farewell)));
    }
  }

  roster(ask: number, text: string): void {
    for (const answered of this.#rosterAsked.get(ask) ?? []) answered(text);
    this.#rosterAsked.delete(ask);
  }

  /** Ends a visit unless its client answers: somebody with the same key came in. */
  prove(id: string): void {
    const visitor = this.#visits.get(id)?.visitor;
    if (visitor === undefined) return;
    const timer = setTimeout(() => visitor.kill('replaced'), PROVE_MS);
    timer.unref();
    visitor.ack(() => clearTimeout(timer));
  }

  said(line: ChatLine): void {
    this.#chat.push(line);
    if (this.#chat.length > CHAT_KEPT) this.#chat.shift();
    this.#each((observer) => observer.said(line));
  }

  point(pointers: readonly Pointer[]): void {
    this.#pointers = pointers;
    this.#each((observer) => observer.pointersChanged());
  }

  /** How everybody fares: their sides are asked, and have a moment to answer. */
  async measures(): Promise<readonly Measure[]> {
    this.#each((observer) => observer.probe());
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    return [...this.#visits].flatMap(([id, { observer }]) => (observer === null ? [] : [{ id, ...observer.measure }]));
  }

  setState(state: SessionState): void {
    const countOnly = isCountOnly(this.#state, state);
    this.#state = state;
    this.#holdController();
    if (countOnly) this.#tellCountSoon();
    else this.#tellState();
    const { control, vote, pausedMs, endsMs, waiting } = state;
    const counts = control !== null || vote !== null || pausedMs !== null || endsMs !== null || waiting > 0;
    if (!counts && this.#ticker !== null) {
      clearInterval(this.#ticker);
      this.#ticker = null;
    } else if (counts) {
      this.#ticker ??= setInterval(() => this.#tick(), TICK_MS);
    }
  }

  /** The program does not take what is typed: who types for it is to send no more than is on its way. */
  hold(on: boolean): void {
    this.#keysWait = on;
    this.#holdController();
  }

  /** Only who has the keyboard: keys of the others are for us. */
  #holdController(): void {
    const { control } = this.#state;
    const id = this.#keysWait && control?.mode === 'full' ? control.id : null;
    if (id === this.#held) return;
    if (this.#held !== null) this.#visits.get(this.#held)?.visitor.holdInput(false);
    if (id !== null) this.#visits.get(id)?.visitor.holdInput(true);
    this.#held = id;
  }

  /** A crowd comes one by one: everybody is told how many are there once, and not once for each who came. */
  #tellCountSoon(): void {
    this.#counting ??= setTimeout(() => this.#tellState(), COUNT_MS + COUNT_MS_EACH * this.#visits.size);
  }

  #tellState(): void {
    if (this.#counting !== null) clearTimeout(this.#counting);
    this.#counting = null;
    this.#each((observer) => observer.stateChanged());
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
    visitor.onHeard((ms) => observer.heard(ms));
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
    this.#awaitRoster.delete(id);
    this.#options.tell({ type: 'left', id, reason });
    if (this.#visits.size === 0) this.#emptied?.();
  }

  #text(): string {
    return this.#state.pausedMs === null ? screenText(this.#options.room.now) : PAUSED;
  }

  #showRoster(id: string): void {
    if (this.#awaitRoster.has(id)) return;
    this.#awaitRoster.add(id);
    this.#askRoster((text) => {
      this.#awaitRoster.delete(id);
      const visit = this.#visits.get(id);
      if (visit !== undefined) this.#guarded(visit.visitor, () => visit.observer?.showRoster(text));
    });
  }

  #askRoster(answered: (text: string) => void): void {
    this.#rosterWanted.push(answered);
    if (this.#rosterPause === null) this.#askForAll();
  }

  #askForAll(): void {
    this.#rosterPause = null;
    if (this.#rosterWanted.length === 0) return;
    this.#rosterPause = setTimeout(() => this.#askForAll(), ROSTER_MS);
    const ask = ++this.#asked;
    this.#rosterAsked.set(ask, this.#rosterWanted);
    this.#rosterWanted = [];
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

  #each(act: (observer: Observer) => void): void {
    outbox.together(() => {
      for (const { visitor, observer } of this.#visits.values()) {
        if (observer !== null) this.#guarded(visitor, () => act(observer));
      }
    });
  }

  /** What fails for one observer ends his visit and no other. */
  #guarded(visitor: Visitor<Grant>, act: () => void): void {
    try {
      act();
    } catch {
      visitor.kill('protocol');
    }
  }

  #tick(): void {
    this.#each((observer) => observer.tick());
  }
}

/** Nothing but how many watch differs. */
function isCountOnly(before: SessionState, after: SessionState): boolean {
  const counted = { ...before, watching: after.watching };
  return before.watching !== after.watching && JSON.stringify(counted) === JSON.stringify(after);
}

function decline(visitor: Visitor<Grant>, sentence: string): void {
  visitor.stderr(sentence);
  visitor.leave(1);
}
