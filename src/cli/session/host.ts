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
import { type InputModes, NO_INPUT_MODES, type SessionState } from '../../core/session.js';
import { rosterText } from '../../observers/ssh/verbs.js';
import { type ControlServer, serveControl } from '../../ops/control-socket.js';
import { ensurePrivateFolder } from '../../ops/paths.js';
import type { MintedLink, SessionInfo } from '../../ops/session-api.js';
import { EchoWatch } from '../../presenter/echo-watch.js';
import { foregroundNames } from '../../presenter/foreground.js';
import { type Exit, type Program, Pty, statusOf } from '../../presenter/pty.js';
import { Answers } from './answers.js';
import { Chronicle } from './chronicle.js';
import { ControlRoom } from './control-room.js';
import { Desk } from './desk.js';
import { EdgeProcess } from './edge-process.js';
import { Invitations } from './invitations.js';
import type { EdgeStart, FromEdge, FromScreen, ToEdge } from './messages.js';
import { oncePerTurn } from './once-per-turn.js';
import type { SessionOptions } from './options.js';
import { Recorder } from './recorder.js';
import { ScreenThread } from './screen-thread.js';
import type { Stage } from './stage.js';
import { Wall } from './wall.js';
import { within } from './within.js';

/** After a program's end the last picture must be with observers within this time, in ms. */
const LAST_PICTURE_MS = 1000;
/** How long a program may take to end when it is hung up, in ms. */
const STOP_MS = 2000;

export class Session {
  readonly id = newId();
  readonly #options: SessionOptions;
  readonly #room: ControlRoom;
  readonly #invitations: Invitations;
  readonly #answers: Answers;
  readonly #recorder: Recorder;
  readonly #desk: Desk;
  readonly #chronicle: Chronicle;
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
  #held = { screen: false, stage: false };
  #stop: () => void = () => {};

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#size = clampSize(options.size);
    this.#name = this.id;
    ensurePrivateFolder(options.runtimeFolder);
    this.#framesSocket = join(options.runtimeFolder, `${this.id}.frames`);
    const notice = (text: string, shown?: () => void) => this.#stage?.notice(text, shown);
    this.#chronicle = new Chronicle({ ...options, sid: this.id, notice: this.#remark });
    const emit = (event: SessionEvent) => this.#chronicle.emit(event);
    const toEdge = (message: ToEdge) => this.#edge.send(message);
    this.#room = new ControlRoom(options, {
      sid: this.id,
      isAlive: (jti) => this.#invitations.isAlive(jti),
      type: (keys) => void this.#pty?.type(keys),
      submit: (line) => this.#submit(line),
      dropTyped: () => this.#pty?.dropTyped(),
      closePaste: () => this.#closePaste(),
      drop: (down) => this.#screen.curtain(down),
      foreground: () => (this.#pty === null ? [] : foregroundNames(this.#pty.pid)),
      echo: this.#echo,
      masked: (text) => this.#screen.masked(text),
      edge: toEdge,
      emit,
      write: (record, atMs) => this.#chronicle.typed(record, atMs),
      notice,
      changed: () => this.#stateChanged(),
      over: (why) => this.#sharingOver(why),
    });
    this.#invitations = new Invitations({
      sid: this.id,
      tickets: options.keys.tickets,
      listed: options.listed,
      host: options.publicHost,
      port: () => this.#edge.port,
      changed: (change) => this.#edge?.send({ type: 'links', change }),
    });
    this.#wall = new Wall({
      rules: options.rules,
      from: options.rulesFrom,
      setRules: (rules) => this.#screen.setRules(rules),
      emit,
      notice: this.#remark,
      changed: () => this.#stateChanged(),
    });
    this.#recorder = new Recorder(options.record, this.#startedMs, { edge: toEdge, emit, notice: this.#remark });
    this.#answers = new Answers({
      room: this.#room,
      recorder: this.#recorder,
      invitations: this.#invitations,
      state: () => this.#state(),
      maskedRules: () => this.#wall.masked,
      masked: (text) => this.#screen.masked(text),
      submit: (line) => this.#submit(line),
      grantMs: options.grantMs,
      info: () => this.ready,
      panic: () => this.#screen.panic(),
      stop: () => this.stop(),
      emit,
    });
    this.#desk = new Desk({
      session: this.#answers,
      recorder: this.#recorder,
      hints: this.#room.hints,
      info: () => this.ready,
      size: () => this.#size,
      ttlMs: options.ttlMs,
      copy: (text) => this.#stage?.copy(text),
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
    const { rules, headless: answers, runtimeFolder, ttlMs, once, minIntervalMs, delayMs, name } = this.#options;
    const start = { rules, name, delayMs, answers, minIntervalMs, size: this.#size, framesSocket: this.#framesSocket };
    this.#screen = new ScreenThread(start, {
      pressure: (high) => this.#hold('screen', high),
      message: (message) => this.#fromScreen(message),
      rebuilt: () => this.#rebuilt(),
    });
    const named = this.#screen.ready.then((name) => {
      this.#name = name ?? this.id;
    });
    const events = { message: (message: FromEdge) => this.#fromEdge(message), lost: () => this.#edgeLost() };
    this.#edge = await EdgeProcess.open(() => this.#edgeStart(), events, named);
    // Told by `ready`, which is the first thing that scripts read.
    this.#link = await this.#invitations.mint({ role: 'observer', ttlMs, once, jwt: false, status: true });
    this.#control = await serveControl(runtimeFolder, this.id, this.#answers);
  }

  /** What `ready` tells. */
  get ready(): SessionInfo {
    const { publicHost: host, keys } = this.#options;
    const { token, watch, expires } = this.#link;
    return {
      ...{ session: this.id, title: this.#name, host, port: this.#edge.port },
      ...{ token, watch, fingerprint: keys.fingerprint, socket: this.#control.path, expires },
      ...this.#wall.info,
    };
  }

  /** What is to be said of the log before the session begins, or null. */
  get logRemark(): string | null {
    return this.#chronicle.remark;
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
      this.#chronicle.emit({ type: 'end', code: statusOf(exit) });
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
    this.#room.start();
    const exited = new Promise<Exit>((resolve) => pty.onExit(resolve));
    pty.onPressure((pressure) => this.#room.keysWait(pressure));
    pty.onBytes((bytes) => this.#output(bytes));
    stage?.open({
      keys: (keys) => this.#presenterTyped(keys),
      act: (act) => this.#desk.act(act),
      view: () => this.#desk.view(),
      refresh: () => void this.#room.measure(),
      snapshot: () => this.#screen.snapshot(),
      resize: (size) => this.#resize(size),
      drained: () => this.#hold('stage', false),
    });
    return exited;
  }

  // The walk of a byte -------------------------------------------------------------------------------------------

  /**
   * To the presenter's terminal, and then to the screen: a thread that is woken often takes the processor of the one
   * that wakes it, and the presenter would wait for it.
   */
  #output(bytes: Uint8Array): void {
    const flowing = this.#stage?.write(bytes) ?? true;
    this.#room.touched();
    this.#screen.feed(bytes);
    this.#echo.printed(bytes);
    if (!flowing) this.#hold('stage', true);
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
      case 'hidden':
      case 'withheld':
      case 'unsearched':
      case 'ruled':
        return this.#wall.receive(message);
      case 'answer':
        this.#pty?.type(message.bytes);
    }
  }

  /** A program that draws full screens is made to draw once more; what a shell had printed is gone for observers. */
  #rebuilt(): void {
    this.#chronicle.emit({ type: 'fault', part: 'screen', count: 1 });
    this.#wall.beginAnew();
    this.#remark('the picture for observers was lost and begins anew');
    this.#pty?.nudge(this.#size);
  }

  // The walk of a key --------------------------------------------------------------------------------------------

  #presenterTyped(keys: Uint8Array): void {
    const type = () => void this.#pty?.type(keys);
    if (this.#room.presenterTyped(keys, type)) this.#echo.typed(keys);
  }

  /** A line that the presenter or all who had to agree said yes to. */
  #submit(line: string): void {
    this.#pty?.type(Buffer.from(`${line}\r`));
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
    this.#chronicle.emit({ type: 'resize', ...size });
  }

  // The edge -----------------------------------------------------------------------------------------------------

  #edgeLost(): void {
    this.#chronicle.emit({ type: 'fault', part: 'edge', count: 1 });
    this.#room.people.allLeft('lost');
  }

  #edgeStart(): EdgeStart {
    const { listen, keys, approve, maxObservers, limits } = this.#options;
    return {
      listen,
      hostKey: keys.pem,
      links: this.#invitations.snapshot(),
      framesSocket: this.#framesSocket,
      state: this.#state(),
      chat: this.#room.people.talk.lines,
      lobby: approve !== 'none',
      maxObservers,
      limits,
      record: this.#recorder.start,
    };
  }

  #fromEdge(message: FromEdge): void {
    const rest = this.#room.hear(message);
    switch (rest?.type) {
      case 'links':
        // An edge lets people in: of links it has nothing else to say.
        if (rest.change.kind === 'used') this.#invitations.apply(rest.change);
        return;
      case 'roster':
        return this.#edge.send({ type: 'roster', ask: rest.ask, text: rosterText(this.#answers.rows()) });
      case 'ticket':
        void this.#invitations.judge(rest.request).then((admission) => {
          this.#edge.send({ type: 'ticket', ask: rest.ask, admission });
        });
        return;
      case 'recording':
      case 'recordingLost':
        return this.#recorder.heard(rest);
      case 'failed':
        return this.#remark(`observers cannot come in: ${rest.message}`);
    }
  }

  // State and end --------------------------------------------------------------------------------------------------

  #state(): SessionState {
    return {
      name: this.#name,
      startedMs: this.#startedMs,
      readOnly: this.#options.readOnly,
      ...this.#room.state,
      ...this.#wall.state,
      echoOff: this.#echo.off,
      modes: this.#modes,
    };
  }

  /** What has no terminal of its own ends with its program; the presenter's own shell stays his. */
  #sharingOver(why: string): void {
    if (this.#stage === null) return this.stop();
    this.#answers.unshare();
    this.#stage.notice(`sharing has ended: ${why}`);
  }

  /** What goes wrong is told also where there is no terminal of the presenter's. */
  readonly #remark = (text: string): void =>
    this.#stage === null ? this.#options.onRemark(text) : this.#stage.notice(text);

  readonly #stateChanged = oncePerTurn(() => {
    const state = this.#state();
    this.#edge?.send({ type: 'state', state });
    this.#stage?.tell(state);
  });

  /** Everything that was opened is closed, in the order in which a last picture gets out. */
  async #close(): Promise<void> {
    this.#room.close();
    this.#wall.close();
    this.#echo.close();
    if (this.#pty !== null) await within(LAST_PICTURE_MS, this.#screen.finish());
    await this.#stage?.close();
    await this.#edge?.end();
    await this.#screen?.end();
    await this.#control?.close();
    rmSync(this.#framesSocket, { force: true });
    this.#chronicle.close();
  }
}
