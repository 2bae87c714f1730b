/**
 * The control room: joins the people of a session with the curtain, the clock that ends it, and the journal of who
 * typed. What the host does with all of them is done here; terminals, threads and processes it knows as functions.
 */
import type { EndReason, SessionEvent } from '../../core/events.js';
import { isTyped } from '../../core/reports.js';
import type { SessionState } from '../../core/session.js';
import type { InputRecord } from '../../ops/log.js';
import type { Pressure } from '../../presenter/keyboard.js';
import { CLOCK } from './clocks.js';
import { Curtain } from './curtain.js';
import { Deadlines } from './deadlines.js';
import { hear } from './hearing.js';
import { type Hints, hintsFor } from './hints.js';
import { type Echo, Journal } from './journal.js';
import type { FromEdge } from './messages.js';
import type { SessionOptions } from './options.js';
import { People, type PeopleOptions } from './people.js';

/** What the host does for the room. */
export interface RoomPort
  extends Pick<
    PeopleOptions,
    | 'sid'
    | 'isAlive'
    | 'type'
    | 'submit'
    | 'dropTyped'
    | 'closePaste'
    | 'masked'
    | 'edge'
    | 'emit'
    | 'notice'
    | 'changed'
  > {
  /** True: nothing of the screen may leave from now on. */
  readonly drop: (down: boolean) => void;
  /** What the program in the foreground is called. */
  readonly foreground: () => readonly string[];
  readonly echo: Echo;
  /** @param atMs when it was typed, in milliseconds since 1970. */
  readonly write: (record: InputRecord, atMs: number) => void;
  /** Sharing is over. */
  readonly over: (why: string) => void;
}

/** How long the edge is waited for when somebody asks how observers fare, in ms. */
const MEASURE_MS = 500;
const ENDINGS: Readonly<Record<EndReason, string>> = {
  'join-timeout': 'nobody came in',
  'idle-timeout': 'nothing happened',
  'max-duration': 'its time is over',
};

type RoomOptions = Pick<
  SessionOptions,
  | 'readOnly'
  | 'approve'
  | 'consensus'
  | 'room'
  | 'keys'
  | 'ends'
  | 'pausePrograms'
  | 'auditInput'
  | 'preempt'
  | 'prefix'
  | 'grantMs'
>;

export class ControlRoom {
  readonly people: People;
  readonly curtain: Curtain;
  readonly hints: Hints;
  readonly #options: RoomOptions;
  readonly #port: RoomPort;
  readonly #deadlines: Deadlines;
  readonly #journal: Journal;
  #endsMs: number | null = null;
  /** Those who wait for the edge to tell how observers fare. */
  #measuring: (() => void)[] = [];

  constructor(options: RoomOptions, port: RoomPort) {
    this.#options = options;
    this.#port = port;
    this.hints = hintsFor(options);
    const { drop, foreground, notice, echo, write } = port;
    const emit = (event: SessionEvent) => this.#emit(event);
    this.#journal = new Journal({ keep: options.auditInput, echo, write, wall: CLOCK.wall });
    this.people = this.#makePeople(emit);
    const lower = (down: boolean) => {
      drop(down);
      // Nobody types what he cannot see.
      if (down) this.people.takeBack();
      port.changed();
    };
    const programs = options.pausePrograms;
    const { hints } = this;
    this.curtain = new Curtain({ programs, hints, foreground, drop: lower, emit, notice, wall: CLOCK.wall });
    this.#deadlines = new Deadlines({
      limits: options.ends,
      clock: CLOCK,
      near: (reason, leftMs) => this.#near(reason, leftMs),
      over: (reason) => port.over(ENDINGS[reason]),
    });
  }

  /** What observers are told of people, pause and end. */
  get state(): People['state'] & Pick<SessionState, 'pausedMs' | 'endsMs'> {
    return { ...this.people.state, pausedMs: this.curtain.since, endsMs: this.#endsMs };
  }

  /** Takes what the edge tells of people; the result is what is about something else. */
  hear(message: FromEdge): FromEdge | null {
    const rest = hear(message, this.people);
    if (message.type === 'arrived') this.#deadlines.joined();
    if (message.type === 'refused') {
      const { reason, count } = message;
      this.#emit({ type: 'refuse', addr: this.people.told(message.addr), reason, count });
      return null;
    }
    if (message.type === 'measures') for (const done of this.#measuring.splice(0)) done();
    return rest;
  }

  /** Asks the edge how observers fare. Resolves when it has told, or when it takes too long. */
  measure(): Promise<void> {
    this.#port.edge({ type: 'measure' });
    return new Promise((resolve) => {
      this.#measuring.push(resolve);
      CLOCK.after(MEASURE_MS, resolve);
    });
  }

  /** The program runs: the time of the session begins. */
  start(): void {
    this.#deadlines.start();
  }

  /** Something is printed or typed. Before it is shown it is asked whether it may be. */
  touched(): void {
    this.#deadlines.active();
    this.curtain.look();
  }

  /**
   * The presenter typed. True when the keys are for the program.
   * @param type types them: before all else while nobody has the keyboard, as there is nothing to be answered or ended
   */
  presenterTyped(keys: Uint8Array, type: () => void): boolean {
    const { suggestions, lending } = this.people;
    const alone = lending.holder === null;
    if (alone) type();
    this.touched();
    const text = Buffer.from(keys).toString('latin1');
    if (suggestions.answered(text)) return false;
    if (this.#options.preempt && lending.isLent && isTyped(text)) lending.take('preempt');
    if (!alone) type();
    this.#journal.presenter(keys.length);
    return true;
  }

  /** So much of what was typed waits for the program: who has the keyboard holds, and the presenter is told of losses. */
  keysWait(pressure: Pressure): void {
    this.#port.edge({ type: 'hold', on: pressure !== 'low' });
    if (pressure === 'full') this.#port.notice('the program does not read: what is typed now is lost');
  }

  /** No timer runs any more, and everything is written. */
  close(): void {
    this.people.close();
    this.#deadlines.close();
    this.#journal.flush();
  }

  #makePeople(emit: (event: SessionEvent) => void): People {
    const { keys, room } = this.#options;
    const { edge } = this.#port;
    return new People({
      ...this.#port,
      ...this.#options,
      ...room,
      emit,
      clock: CLOCK,
      hints: this.hints,
      tickets: keys.tickets,
      said: (line) => edge({ type: 'chat', line }),
      pointed: (pointers) => edge({ type: 'pointers', pointers }),
      pressed: (participant, bytes) => {
        this.#journal.observer(participant, bytes);
        this.touched();
      },
    });
  }

  /** What was typed before an event stands before it in the log. */
  #emit(event: SessionEvent): void {
    this.#journal.flush();
    this.#port.emit(event);
  }

  #near(reason: EndReason, leftMs: number | null): void {
    const at = CLOCK.wall() + (leftMs ?? 0);
    this.#endsMs = leftMs === null ? null : at;
    if (leftMs !== null) {
      this.#emit({ type: 'ending', reason, at: new Date(at).toISOString() });
      this.#port.notice(`sharing ends in ${Math.ceil(leftMs / 1000)} s: ${ENDINGS[reason]}`);
    }
    this.#port.changed();
  }
}
