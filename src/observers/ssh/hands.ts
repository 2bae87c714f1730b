/**
 * What an observer does with his keys: commands while he watches, what he types at our prompts, where he points, and
 * the keys that go to the program while he has control. It draws nothing; what is seen of it is asked for by the
 * observer whose hands they are.
 */

import type { ControlMode } from '../../core/events.js';
import { SPLIT_MS } from '../../core/keys.js';
import { MouseKeys } from '../../core/mouse.js';
import { type InputModes, NO_INPUT_MODES } from '../../core/session.js';
import type { View } from '../../core/view.js';
import { Bucket } from './bucket.js';
import { type Command, ControlKeys, type Controlled, commands } from './command-keys.js';
import type { Desk } from './desk.js';
import { chatPage, helpPage, type Page } from './pages.js';
import { POINTING_MODES, Pointing } from './pointing.js';
import { Prompt } from './prompt.js';

/** The observer, as far as his hands need him. */
export interface Body {
  readonly id: string;
  readonly desk: Desk;
  readonly view: View;
  /** He waits to be let in; null when he does not. */
  readonly waiting: { name: string } | null;
  /** He sees the session. */
  readonly watches: boolean;
  /** A page that he has turned to, instead of the picture. */
  page: (() => Page) | null;
  /** Tells him something in the status line for a moment. */
  say(note: string): void;
  /** What he was told is no longer true. */
  hush(): void;
  /** Something worth telling has changed. */
  cover(): void;
  toggleStatus(): void;
  /** Everything is painted anew. */
  repaint(): void;
  /** What his terminal is to send. */
  mirror(modes: InputModes): void;
  /** Draws what has changed. */
  draw(): void;
  leave(): void;
}

/** Control can be asked for, or the wish withdrawn, once in this time, in ms; the same goes for another name. */
const ASK_EVERY_MS = 1000;
/**
 * So many lines, votes and beginnings to point of his are told at once, and so many a second in the long run: the host
 * takes fewer of them.
 */
const ACTS_AT_ONCE = 10;
const ACTS_PER_SECOND = 2;
/** Keys that are heard at once, and a second: a key that is held down comes thirty times, and each may be drawn. */
const KEYS_AT_ONCE = 256;
const KEYS_PER_SECOND = 100;
/** Who types on within this time, in ms, has not seen yet that the keyboard is no longer his. */
const TYPES_ON_MS = 1000;
/** What he composes and where he points is told at most so often, in ms. */
const TELL_EVERY_MS = 80;
/** Cells that one arrow key moves the part shown. */
const PAN_COLS = 8;
const PAN_ROWS = 4;
const CTRL_C = 0x03;
const MUTED = 'the presenter has muted you';

export class Hands {
  readonly #body: Body;
  readonly #controlKeys = new ControlKeys();
  readonly #mouse = new MouseKeys();
  #prompt: Prompt | null = null;
  #pointing: Pointing | null = null;
  #asking = false;
  #askAgainAt = 0;
  #nameAgainAt = 0;
  readonly #keys = new Bucket(KEYS_PER_SECOND, KEYS_AT_ONCE, 0);
  /** Each is a message to another process, which has more to do than to count how often somebody said yes. */
  readonly #acts = new Bucket(ACTS_PER_SECOND, ACTS_AT_ONCE, 0);
  /** His suggestion lies before the presenter. */
  #offered = false;
  /** In which mode he has control; null when he has not. */
  #mode: ControlMode | null = null;
  /** When he last typed with the keyboard in his hands, or went on as if he had it. */
  #typedAt = Number.NEGATIVE_INFINITY;
  /** The mode in which he had it then. */
  #typedIn: ControlMode | null = null;
  #splitTimer: NodeJS.Timeout | null = null;
  #tellTimer: NodeJS.Timeout | null = null;

  constructor(body: Body) {
    this.#body = body;
  }

  /** He has asked for control. */
  get asking(): boolean {
    return this.#asking;
  }

  /** What he types at one of our prompts. */
  get prompt(): Prompt | null {
    return this.#prompt;
  }

  read(chunk: Uint8Array): void {
    const { control } = this.#body.desk.state();
    const mode = control?.id === this.#body.id ? control.mode : null;
    // In the midst of a word, a paste or a password: its q is no goodbye, and what follows is not for everybody.
    if (this.#typesOn(mode)) return;
    if (mode !== null) return this.#readInControl(chunk);
    if (this.#prompt !== null) return this.#readPrompt(this.#prompt, chunk);
    const text = Buffer.from(chunk).toString('utf8');
    if (this.#pointing !== null) return this.#readPointing(this.#pointing, text);
    for (const { command, rest } of commands(text)) {
      if (!this.#may(this.#keys) && command !== 'leave') continue;
      this.#obey(command);
      // What follows is no command any more.
      if (this.#prompt !== null || this.#pointing !== null)
        return rest === '' ? undefined : this.read(Buffer.from(rest));
    }
  }

  /** True for keys that follow, without a rest, those for the program or for a line when it is no longer that. */
  #typesOn(mode: ControlMode | null): boolean {
    const now = this.#body.desk.steady();
    const typesOn = mode !== this.#typedIn && now - this.#typedAt < TYPES_ON_MS;
    if (!typesOn) this.#typedIn = mode;
    if (mode !== null || typesOn) this.#typedAt = now;
    return typesOn;
  }

  /** He was not heard for `ms`, which is no rest of his: what he typed before comes only now. */
  heard(ms: number): void {
    this.#typedAt = Math.min(this.#typedAt + ms, this.#body.desk.steady());
  }

  /** He was let in. */
  entered(): void {
    this.#prompt = null;
  }

  stateChanged(): void {
    const { id, desk } = this.#body;
    const { control, modes, suggestion } = desk.state();
    const mode = control?.id === id ? control.mode : null;
    if (mode !== null) this.#asking = false;
    if (mode !== this.#mode) this.#controlChanged(mode);
    if (mode === 'suggest') this.#suggested(suggestion?.id === id && suggestion.ready);
    if (!desk.state().mayPoint) this.#endPointing();
    const pointing = this.#pointing === null ? NO_INPUT_MODES : POINTING_MODES;
    this.#body.mirror(mode === 'full' ? modes : pointing);
  }

  /** No timer runs any more. */
  rest(): void {
    for (const timer of [this.#splitTimer, this.#tellTimer]) if (timer !== null) clearTimeout(timer);
    this.#splitTimer = null;
    this.#tellTimer = null;
  }

  // In control -----------------------------------------------------------------------------------------------------

  #readInControl(chunk: Uint8Array): void {
    this.#control(this.#controlKeys.read(chunk, performance.now()));
  }

  #control({ keys, giveBack, help }: Controlled): void {
    const view = this.#body.view.viewport;
    if (this.#prompt?.purpose === 'suggest') this.#compose(this.#prompt, keys);
    else if (keys.length > 0 && view !== null)
      this.#press(this.#mouse.read(Buffer.from(keys).toString('latin1'), view));
    this.#awaitRest();
    if (giveBack) this.#giveBack();
    if (help) this.#body.say('every key goes to the program · C-\\ . gives control back');
  }

  /** He knows that what he types now is for us. */
  #giveBack(): void {
    this.#typedAt = Number.NEGATIVE_INFINITY;
    this.#body.desk.giveBack(this.#body.id);
  }

  /** Escape is a key as well as the beginning of a sequence: neither is kept for long. */
  #awaitRest(): void {
    if (this.#splitTimer !== null) clearTimeout(this.#splitTimer);
    const wait = Math.min(
      this.#controlKeys.due - performance.now(),
      this.#mouse.holds ? SPLIT_MS : Number.POSITIVE_INFINITY,
    );
    this.#splitTimer =
      wait === Number.POSITIVE_INFINITY ? null : setTimeout(() => this.#expire(), Math.max(0, Math.ceil(wait)));
  }

  #expire(): void {
    this.#control(this.#controlKeys.expire(performance.now()));
    this.#press(this.#mouse.rest());
  }

  /** @param keys one character a byte. */
  #press(keys: string): void {
    if (keys !== '') this.#body.desk.press(this.#body.id, Buffer.from(keys, 'latin1'));
  }

  // Watching -------------------------------------------------------------------------------------------------------

  #obey(command: Command): void {
    if (command === 'leave') return this.#body.leave();
    if (this.#body.waiting !== null) return command === 'enter' ? this.#beginNaming(this.#body.waiting) : undefined;
    if (!this.#body.watches) return;
    if (command === 'chat') return this.#beginChat();
    if (this.#body.page !== null) return this.#turnPage(null);
    if (this.#body.desk.state().pausedMs !== null) return;
    const act = this.#commands[command];
    if (act !== undefined) act();
    else this.#body.say(this.#body.desk.state().readOnly ? 'read only' : 'read only · r asks for control');
  }

  readonly #commands: Readonly<Partial<Record<Command, () => void>>> = {
    ask: () => this.#ask(),
    help: () => this.#turnPage(() => helpPage(this.#body.desk.state())),
    said: () =>
      this.#turnPage(() => chatPage(this.#body.desk.state(), this.#body.desk.chat(), this.#body.view.glass.rows)),
    who: () => this.#body.desk.who(this.#body.id),
    status: () => this.#body.toggleStatus(),
    repaint: () => this.#body.repaint(),
    live: () => this.#follow(),
    follow: () => this.#follow(),
    left: () => this.#pan(-PAN_COLS, 0),
    right: () => this.#pan(PAN_COLS, 0),
    up: () => this.#pan(0, -PAN_ROWS),
    down: () => this.#pan(0, PAN_ROWS),
    point: () => this.#beginPointing(),
    yes: () => this.#vote(true),
    no: () => this.#vote(false),
  };

  #follow(): void {
    this.#body.view.follow();
    this.#body.draw();
  }

  #ask(): void {
    if (this.#body.desk.state().readOnly) return this.#body.say('read only: control is never given in this session');
    if (this.#muted) return this.#body.say(MUTED);
    // Each change rings the presenter's bell and is logged.
    if (this.#body.desk.steady() < this.#askAgainAt) return;
    this.#askAgainAt = this.#body.desk.steady() + ASK_EVERY_MS;
    this.#asking = !this.#asking;
    if (this.#asking) this.#body.desk.ask(this.#body.id);
    else this.#body.desk.withdraw(this.#body.id);
    this.#body.cover();
    this.#body.draw();
  }

  get #mayAct(): boolean {
    return this.#may(this.#acts);
  }

  /** Takes one, when there is one. */
  #may(bucket: Bucket): boolean {
    const now = this.#body.desk.steady();
    return bucket.level(now) >= 1 && bucket.take(1, now) === 0;
  }

  get #muted(): boolean {
    return this.#body.desk.state().muted.includes(this.#body.id);
  }

  #vote(yes: boolean): void {
    const { vote } = this.#body.desk.state();
    const voter = vote?.voters.find(({ id }) => id === this.#body.id);
    if (vote === null) return this.#body.say('there is no vote now');
    if (voter === undefined || voter.ballot === 'abstain') return this.#body.say('you have no vote in this one');
    if (!this.#mayAct) return;
    this.#body.desk.vote(this.#body.id, yes);
    this.#body.say(yes ? 'you said yes' : 'you said no');
  }

  #beginNaming({ name }: { readonly name: string }): void {
    this.#prompt = new Prompt('name', name);
    this.#body.draw();
  }

  #beginChat(): void {
    if (!this.#body.desk.state().mayChat) return this.#body.say('the presenter has switched chat off');
    if (this.#muted) return this.#body.say(MUTED);
    this.#prompt = new Prompt('chat');
    this.#body.draw();
  }

  /** His name, or something to say. */
  #readPrompt(prompt: Prompt, chunk: Uint8Array): void {
    // C-c leaves, here as everywhere.
    if (chunk.includes(CTRL_C)) return this.#body.leave();
    const event = prompt.read(chunk);
    if (event === null) return;
    if (event !== 'edited') this.#prompt = null;
    const text = prompt.text.trim();
    if (event === 'entered' && text !== '') {
      if (prompt.purpose === 'chat' && this.#mayAct) this.#body.desk.say(this.#body.id, text);
      else if (this.#body.waiting !== null) this.#rename(this.#body.waiting, text);
    }
    this.#body.draw();
  }

  #rename(waiting: { name: string }, name: string): void {
    // Each change rings the presenter's bell and is logged.
    if (this.#body.desk.steady() < this.#nameAgainAt) return;
    this.#nameAgainAt = this.#body.desk.steady() + ASK_EVERY_MS;
    waiting.name = name;
    this.#body.desk.name(this.#body.id, name);
  }

  #beginPointing(): void {
    if (!this.#body.desk.state().mayPoint) return this.#body.say('the presenter has switched pointers off');
    if (this.#muted) return this.#body.say(MUTED);
    if (!this.#mayAct) return;
    const { x, y } = this.#body.desk.room.now.cursor;
    this.#pointing = new Pointing({ x, y });
    this.#body.mirror(POINTING_MODES);
    this.#body.say('you point: arrows or mouse · v ends');
    this.#tellSoon();
  }

  #readPointing(pointing: Pointing, keys: string): void {
    if (keys.includes('\x03')) return this.#body.leave();
    const view = this.#body.view.viewport;
    if (view !== null && pointing.read(keys, view, this.#body.desk.room.now.size)) return this.#tellSoon();
    this.#endPointing();
    this.#body.draw();
  }

  #endPointing(): void {
    if (this.#pointing === null) return;
    this.#pointing = null;
    this.#body.mirror(NO_INPUT_MODES);
    this.#body.hush();
    this.#body.desk.point(this.#body.id, null);
  }

  /** He was given control or has it no longer, or has it in another mode. */
  #controlChanged(mode: ControlMode | null): void {
    this.#mode = mode;
    this.#body.hush();
    this.#controlKeys.reset();
    this.#mouse.rest();
    this.#prompt = mode === 'suggest' ? new Prompt('suggest') : null;
    this.#offered = false;
    if (mode !== null) {
      this.#endPointing();
      this.#body.page = null;
    }
    this.#body.cover();
  }

  /** What he composed was answered: he begins anew. */
  #suggested(offered: boolean): void {
    if (this.#offered && !offered) this.#prompt?.clear();
    this.#offered = offered;
  }

  #compose(prompt: Prompt, keys: Uint8Array): void {
    // What lies before the presenter stays as it is.
    if (this.#offered) return;
    const event = prompt.read(keys);
    if (event === 'cancelled') prompt.clear();
    // Each is looked at by the wall: one that is empty, or Enter held down, is not told a hundred times.
    if (event === 'entered' && this.#mayAct) this.#body.desk.suggest(this.#body.id, prompt.text, true);
    else if (event !== null) this.#tellSoon();
    this.#body.draw();
  }

  /** Tells what he composes, or where he points: the newest of it, not all that was on the way. */
  #tellSoon(): void {
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null;
      if (this.#pointing !== null) this.#body.desk.point(this.#body.id, this.#pointing.cell);
      if (this.#prompt?.purpose === 'suggest' && !this.#offered)
        this.#body.desk.suggest(this.#body.id, this.#prompt.text, false);
    }, TELL_EVERY_MS);
  }

  #turnPage(page: (() => Page) | null): void {
    this.#body.page = page;
    this.#body.draw();
  }

  #pan(dx: number, dy: number): void {
    if (!this.#body.view.isCropped) return;
    this.#body.view.pan(dx, dy);
    this.#body.cover();
    this.#body.draw();
  }
}
