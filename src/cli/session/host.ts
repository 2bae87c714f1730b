/**
 * A session, on the host's main thread: joins the program's terminal, the presenter's own, the screen thread, the edge,
 * the people and the links. It parses nothing and decides nothing that one of them can decide.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../access/codes.js';
import { clampSize, type Size } from '../../core/cells.js';
import type { SessionEvent } from '../../core/events.js';
import { PASTE_END } from '../../core/paste.js';
import { isTyped } from '../../core/reports.js';
import { type InputModes, NO_INPUT_MODES, type SessionState } from '../../core/session.js';
import { rosterText } from '../../observers/ssh/verbs.js';
import { type ControlServer, serveControl } from '../../ops/control-socket.js';
import { SessionLog, stamp } from '../../ops/log.js';
import { ensurePrivateFolder } from '../../ops/paths.js';
import type { MintedLink, SessionInfo } from '../../ops/session-api.js';
import { EchoWatch } from '../../presenter/echo-watch.js';
import { type Exit, type Program, Pty } from '../../presenter/pty.js';
import { Answers } from './answers.js';
import { EdgeProcess } from './edge-process.js';
import { act } from './hotkeys.js';
import { Invitations } from './invitations.js';
import type { EdgeStart, FromEdge, FromScreen } from './messages.js';
import type { SessionOptions } from './options.js';
import { People } from './people.js';
import { ScreenThread } from './screen-thread.js';
import type { Stage } from './stage.js';
import { Wall } from './wall.js';
import { within } from './within.js';

/** After a program's end the last picture must be with observers within this time, in ms. */
const LAST_PICTURE_MS = 1000;
/** How long a program may take to end when it is hung up, in ms. */
const STOP_MS = 2000;
/** Between the two resizes that make a full-screen program draw itself anew after the screen was rebuilt, in ms. */
const NUDGE_MS = 50;

export class Session {
  readonly id = newId();
  readonly #options: SessionOptions;
  readonly #people: People;
  readonly #invitations: Invitations;
  readonly #answers: Answers;
  readonly #log: SessionLog;
  readonly #framesSocket: string;
  readonly #startedMs = Date.now();
  #screen!: ScreenThread;
  readonly #wall: Wall;
  readonly #echo = new EchoWatch(() => this.#stateChanged());
  /** What the session is called, without secrets. */
  #name: string;
  #edge!: EdgeProcess;
  #control!: ControlServer;
  #pty: Pty | null = null;
  #stage: Stage | null = null;
  #link!: MintedLink;
  #size: Size;
  #modes: InputModes = NO_INPUT_MODES;
  #recorded = false;
  #held = { screen: false, stage: false };
  #stateDue = false;
  #logLost = false;
  #stop: () => void = () => {};

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#size = clampSize(options.size);
    this.#name = this.id;
    ensurePrivateFolder(options.runtimeFolder);
    this.#framesSocket = join(options.runtimeFolder, `${this.id}.frames`);
    this.#log = SessionLog.open(options.stateFolder, this.id);
    const { tickets } = options.keys;
    this.#people = new People({
      sid: this.id,
      readOnly: options.readOnly,
      approve: options.approve,
      isAlive: (jti) => this.#invitations.isAlive(jti),
      tickets,
      type: (keys) => void this.#pty?.type(keys),
      dropTyped: () => this.#pty?.dropTyped(),
      closePaste: () => this.#closePaste(),
      edge: (message) => this.#edge.send(message),
      emit: (event) => this.#emit(event),
      notice: (text) => this.#stage?.notice(text),
      changed: () => this.#stateChanged(),
    });
    this.#invitations = new Invitations({
      sid: this.id,
      tickets,
      listed: options.listed,
      watch: (token) => this.#watchLine(token),
      changed: (change) => this.#edge?.send({ type: 'links', change }),
    });
    this.#wall = new Wall({
      rules: options.rules,
      from: options.rulesFrom,
      setRules: (rules) => this.#screen.setRules(rules),
      emit: (event) => this.#emit(event),
      notice: (text) => this.#stage?.notice(text),
      changed: () => this.#stateChanged(),
    });
    this.#answers = new Answers({
      people: this.#people,
      invitations: this.#invitations,
      grantMs: options.grantMs,
      info: () => this.ready,
      panic: () => this.#screen.panic(),
      stop: () => this.stop(),
      emit: (event) => this.#emit(event),
    });
  }

  /** Reads the rule files again. */
  reloadRules(): void {
    this.#wall.reload();
  }

  /** Ends the session in good order: the program is hung up. */
  stop(): void {
    setImmediate(() => this.#stop());
  }

  /**
   * Opens the doors: screen, edge, control socket, the first link. The program does not run yet.
   * @throws {LecternError} PORT_TAKEN, FAILED… when one of them does not open; nothing is shared then.
   */
  static async open(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    try {
      await session.#open();
      return session;
    } catch (error) {
      await session.#close();
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { rules, headless, runtimeFolder, ttlMs, once, minIntervalMs, delayMs, name } = this.#options;
    const [size, framesSocket] = [this.#size, this.#framesSocket];
    const start = { size, rules, name, delayMs, framesSocket, answers: headless, minIntervalMs };
    this.#screen = new ScreenThread(start, {
      pressure: (high) => this.#hold('screen', high),
      message: (message) => this.#fromScreen(message),
      rebuilt: () => this.#rebuilt(),
    });
    this.#name = (await this.#screen.ready) ?? this.id;
    this.#edge = await EdgeProcess.open(() => this.#edgeStart(), {
      message: (message) => this.#fromEdge(message),
      lost: () => this.#edgeLost(),
    });
    // Told by `ready`, which is the first thing that scripts read.
    this.#link = await this.#invitations.mint({ role: 'observer', ttlMs, once, jwt: false, status: true });
    this.#control = await serveControl(runtimeFolder, this.id, this.#answers);
  }

  /** What `ready` tells. */
  get ready(): SessionInfo {
    const { publicHost, keys } = this.#options;
    const { masked, withheld, faults } = this.#wall;
    return {
      session: this.id,
      title: this.#name,
      host: publicHost,
      port: this.#edge.port,
      token: this.#link.token,
      watch: this.#link.watch,
      fingerprint: keys.fingerprint,
      socket: this.#control.path,
      expires: this.#link.expires,
      masked,
      withheld,
      ruleFaults: faults,
    };
  }

  /** What the shared program finds in its environment. The token is not in it. */
  get environment(): Readonly<Record<string, string>> {
    return { LECTERN: '1', LECTERN_SESSION: this.id, LECTERN_SOCKET: this.#control.path };
  }

  /**
   * Runs the program until it ends, or until the session is stopped.
   * @throws {LecternError} SPAWN when it cannot be started; nothing is shared then.
   */
  async run(program: Omit<Program, 'size'>, openStage: (() => Stage) | null): Promise<Exit> {
    try {
      const exit = await this.#play(program, openStage?.() ?? null);
      this.#emit({ type: 'end', code: exit.code });
      return exit;
    } finally {
      await this.#close();
    }
  }

  /** The terminal is opened before the program, so that the program inherits nothing of it. */
  #play(program: Omit<Program, 'size'>, stage: Stage | null): Promise<Exit> {
    this.#stage = stage;
    const pty = Pty.open({ ...program, size: this.#size });
    this.#pty = pty;
    this.#echo.follow(pty.path);
    this.#stop = () => {
      // The end of sharing must not depend on the program, which may not want to end.
      this.#answers.end();
      pty.kill('SIGHUP');
      setTimeout(() => pty.kill('SIGKILL'), STOP_MS).unref();
    };
    const exited = new Promise<Exit>((resolve) => pty.onExit(resolve));
    pty.onBytes((bytes) => this.#output(bytes));
    stage?.open({
      keys: (keys) => this.#presenterTyped(keys),
      action: (action) => act(action, this.#answers, (text) => this.#stage?.notice(text)),
      resize: (size) => this.#resize(size),
      drained: () => this.#hold('stage', false),
    });
    return exited;
  }

  // The walk of a byte -------------------------------------------------------------------------------------------

  /**
   * To the presenter's terminal and to the screen. The terminal gets all bytes of a turn of the event loop in one write
   * at its end, so the screen, which has the longer way, is told before: it costs the presenter 50 µs.
   */
  #output(bytes: Uint8Array): void {
    this.#screen.feed(bytes);
    this.#echo.touch();
    if (this.#stage !== null && !this.#stage.write(bytes)) this.#hold('stage', true);
  }

  #hold(who: 'screen' | 'stage', held: boolean): void {
    this.#held[who] = held;
    if (this.#held.screen || this.#held.stage) this.#pty?.pause();
    else this.#pty?.resume();
  }

  #fromScreen(message: FromScreen): void {
    switch (message.type) {
      case 'modes':
        this.#modes = message.modes;
        this.#stage?.setAlternate(message.alternate);
        return this.#stateChanged();
      case 'masked':
      case 'withheld':
      case 'ruled':
        return this.#wall.receive(message);
      case 'answer':
        this.#pty?.type(message.bytes);
    }
  }

  /** A program that draws full screens is made to draw once more; what a shell had printed is gone for observers. */
  #rebuilt(): void {
    this.#emit({ type: 'fault', part: 'screen', count: 1 });
    this.#stage?.notice('the picture for observers was lost and begins anew');
    const { cols, rows } = this.#size;
    this.#pty?.resize({ cols, rows: Math.max(1, rows - 1) });
    setTimeout(() => this.#pty?.resize(this.#size), NUDGE_MS);
  }

  // The walk of a key --------------------------------------------------------------------------------------------

  #presenterTyped(keys: Uint8Array): void {
    if (this.#options.preempt && this.#people.isLent && isTyped(Buffer.from(keys).toString('latin1')))
      this.#people.preempt();
    this.#pty?.type(keys);
    this.#echo.touch();
  }

  /** Without this a program would take all further keys, the presenter's too, as text of the paste. */
  #closePaste(): void {
    if (this.#modes.bracketedPaste) this.#pty?.type(Buffer.from(PASTE_END, 'latin1'));
  }

  #resize(window: Size): void {
    const size = clampSize(window);
    this.#size = size;
    this.#pty?.resize(size);
    this.#screen.resize(size);
    this.#emit({ type: 'resize', ...size });
  }

  // The edge -----------------------------------------------------------------------------------------------------

  #edgeStart(): EdgeStart {
    const { listen, keys, approve, maxObservers, record, limits } = this.#options;
    const resume = this.#recorded;
    this.#recorded = true;
    return {
      listen,
      hostKey: keys.pem,
      links: this.#invitations.snapshot(),
      framesSocket: this.#framesSocket,
      state: this.#state(),
      lobby: approve !== 'none',
      maxObservers,
      limits,
      record: record === null ? null : { path: record, resume },
    };
  }

  #fromEdge(message: FromEdge): void {
    const people = this.#people;
    switch (message.type) {
      case 'arrived':
        return people.arrived(message.arrival);
      case 'left':
        return people.left(message.id, message.reason);
      case 'refused':
        return this.#emit({ type: 'refuse', addr: message.addr, reason: message.reason, count: message.count });
      case 'resized':
        return people.resized(message.id, message.size);
      case 'ask':
        return people.ask(message.id);
      case 'withdraw':
        return people.withdraw(message.id);
      case 'giveBack':
        return people.giveBack(message.id);
      case 'press':
        return people.press(message.id, message.keys);
      case 'links':
        // An edge lets people in: of links it has nothing else to say.
        if (message.change.kind === 'used') this.#invitations.apply(message.change);
        return;
      case 'roster':
        return this.#edge.send({ type: 'roster', ask: message.ask, text: rosterText(people.rows()) });
      case 'ticket':
        void this.#invitations.judge(message.request).then((admission) => {
          this.#edge.send({ type: 'ticket', ask: message.ask, admission });
        });
        return;
      case 'failed':
        return this.#stage?.notice(`observers cannot come in: ${message.message}`);
    }
  }

  #edgeLost(): void {
    this.#emit({ type: 'fault', part: 'edge', count: 1 });
    this.#people.allLeft('lost');
  }

  // State and end --------------------------------------------------------------------------------------------------

  #state(): SessionState {
    return {
      name: this.#name,
      startedMs: this.#startedMs,
      watching: this.#people.watching,
      readOnly: this.#options.readOnly,
      control: this.#people.control,
      masked: this.#wall.count,
      echoOff: this.#echo.off,
      modes: this.#modes,
    };
  }

  /** Told once for all changes of a turn. */
  #stateChanged(): void {
    if (this.#stateDue) return;
    this.#stateDue = true;
    setImmediate(() => {
      this.#stateDue = false;
      const state = this.#state();
      this.#edge?.send({ type: 'state', state });
      this.#stage?.tell(state);
    });
  }

  #emit(event: SessionEvent): void {
    const logged = stamp(event, this.id, Date.now());
    if (!this.#log.write(logged) && !this.#logLost) {
      this.#logLost = true;
      this.#stage?.notice('the log cannot be written any more: the disk, or the log, is full');
    }
    this.#options.onEvent(logged);
  }

  #watchLine(token: string): string {
    const { publicHost } = this.#options;
    const { port } = this.#edge;
    return port === 22 ? `ssh ${token}@${publicHost}` : `ssh -p ${port} ${token}@${publicHost}`;
  }

  /** Everything that was opened is closed, in the order in which a last picture gets out. */
  async #close(): Promise<void> {
    this.#people.close();
    this.#wall.close();
    this.#echo.close();
    if (this.#pty !== null) await within(LAST_PICTURE_MS, this.#screen.finish());
    await this.#stage?.close();
    await this.#edge?.end();
    await this.#screen?.end();
    await this.#control?.close();
    rmSync(this.#framesSocket, { force: true });
    this.#log.close();
  }
}
