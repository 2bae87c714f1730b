/**
 * The edge: a child process that answers ssh and shows frames to observers. It gets frames that passed the wall and
 * sends keys back to the gate; it never sees raw bytes or the terminal. When the host is gone it ends.
 */
import { closeSync, readdirSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Links } from '../../access/links.js';
import type { Admission, Grant, Request } from '../../core/admission.js';
import { LecternError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { Room } from '../../core/room.js';
import { Recording } from '../../observers/recording.js';
import { type Attempt, type SshServer, serveSsh, type Visitor } from '../../observers/ssh/index.js';
import { outbox } from '../../observers/ssh/outbox.js';
import { followFrames } from './frames-socket.js';
import type { EdgeStart, FromEdge, RecordStart, ToEdge } from './messages.js';
import { practiseJoins } from './practice-joins.js';
import { practiceObserver } from './practice-observer.js';
import { Refusals } from './refusals.js';
import { rehearse, rehearseAgain } from './rehearsal.js';
import { compileForEchoes, optimizeAsUsual, optimizeForEchoes } from './tiers.js';
import { Visits } from './visits.js';

/** How long the last picture and the farewell may take to reach observers, in ms. */
const FAREWELL_MS = 400;
/** After this the process ends whatever is left to do, in ms. */
const END_MS = 1000;
/** How long the last frame is waited for after the host said that it is on its way, in ms. */
const LAST_FRAME_MS = 30;

class Edge {
  readonly #room = new Room();
  readonly #links: Links;
  readonly #visits: Visits;
  readonly #refusals = new Refusals((refusal) => tell({ type: 'refused', ...refusal }));
  readonly #start: EdgeStart;
  readonly #questions = new Map<number, (admission: Admission) => void>();
  #asked = 0;
  #hadVisitors = false;
  #server: SshServer | null = null;
  #recording: { readonly recording: Recording; readonly leave: () => void } | null = null;

  constructor(start: EdgeStart) {
    this.#start = start;
    this.#links = Links.from(start.links, (change) => tell({ type: 'links', change }));
    this.#visits = new Visits({
      room: this.#room,
      state: start.state,
      chat: start.chat,
      max: start.maxObservers,
      lobby: start.lobby,
      tell,
    });
  }

  async open(): Promise<void> {
    const { record, listen, hostKey, state, limits } = this.#start;
    if (record !== null) this.#resume(record);
    this.#server = await serveSsh<Grant>({
      listen,
      hostKey,
      limits,
      admit: (attempt) => this.#admit(attempt),
      arrived: (visitor) => this.#arrive(visitor),
      refused: (refusal) => this.#refusals.add(refusal),
    });
    followFrames(this.#start.framesSocket, (frame: Frame) => {
      outbox.together(() => this.#room.publish(frame));
    });
    tell({ type: 'listening', port: this.#server.port });
    void this.#practise(hostKey, state);
  }

  /** Joins first: the first observer may come before a key is typed. */
  async #practise(hostKey: EdgeStart['hostKey'], state: EdgeStart['state']): Promise<void> {
    await practiseJoins(hostKey, state, () => !this.#hadVisitors && this.#server?.connections === 0);
    optimizeForEchoes();
    rehearse({ play: practiceObserver(state), over: optimizeAsUsual });
  }

  #arrive(visitor: Visitor<Grant>): void {
    this.#visits.arrive(visitor);
    if (this.#hadVisitors) return;
    this.#hadVisitors = true;
    rehearseAgain({ play: practiceObserver(this.#start.state) });
  }

  /** @throws {LecternError} FAILED when it cannot begin; one that cannot be gone on with keeps no observer out. */
  #resume(record: RecordStart): void {
    try {
      this.#record(record);
    } catch (error) {
      if (!record.resume) throw error;
      tell({ type: 'recordingLost' });
    }
  }

  /** @throws {LecternError} FAILED when the file cannot be made. */
  #record(record: RecordStart): void {
    const lost = () => tell({ type: 'recordingLost' });
    const recording = new Recording({ ...record, title: this.#start.state.name, now: steadyWall, lost });
    this.#recording = { recording, leave: this.#room.join(recording) };
  }

  /** Begins or ends a recording in the middle of a session. */
  #changeRecording(record: RecordStart | null): void {
    this.#endRecording();
    let fault: string | null = null;
    try {
      if (record !== null) this.#record(record);
    } catch (error) {
      fault = error instanceof LecternError ? error.message : 'the recording could not be begun';
    }
    tell({ type: 'recording', fault });
  }

  #mark(text: string): void {
    try {
      this.#recording?.recording.mark(text);
    } catch {
      // The next picture finds the disk full as well, and tells.
    }
  }

  #endRecording(): void {
    const ended = this.#recording;
    this.#recording = null;
    ended?.leave();
    try {
      ended?.recording.close();
    } catch {
      // A full disk: what was written can be played.
    }
  }

  receive(message: Exclude<ToEdge, { type: 'start' }>): void {
    switch (message.type) {
      case 'state':
        return this.#visits.setState(message.state);
      case 'links':
        return this.#links.apply(message.change);
      case 'admit':
        return this.#visits.admit(message.id);
      case 'drop':
        return this.#visits.drop(message.ids, message.farewell);
      case 'roster':
        return this.#visits.roster(message.ask, message.text);
      case 'chat':
        return this.#visits.said(message.line);
      case 'pointers':
        return this.#visits.point(message.pointers);
      case 'prove':
        return this.#visits.prove(message.id);
      case 'measure':
        void this.#visits.measures().then((measures) => tell({ type: 'measures', measures }));
        return;
      case 'hold':
        return this.#visits.hold(message.on);
      case 'ping':
        return tell({ type: 'pong' });
      case 'ticket':
        this.#questions.get(message.ask)?.(message.admission);
        this.#questions.delete(message.ask);
        return;
      case 'record':
        return this.#changeRecording(message.record);
      case 'mark':
        return this.#mark(message.text);
      case 'end':
        void this.end();
    }
  }

  #admit({ token, key, exhausted }: Attempt): Admission | Promise<Admission> {
    // Said here in one sentence; held to where a visit begins.
    if (this.#visits.count >= this.#start.maxObservers) return { kind: 'refused', reason: 'full' };
    const proven = key === null ? null : { fingerprint: key.fingerprint, blob: key.blob.toString('base64') };
    const request = { token, key: proven, exhausted, now: Date.now() };
    return token.includes('.') ? this.#askHost(request) : this.#links.admit(request);
  }

  /** Signed tickets are checked where their key is. */
  #askHost(request: Request): Promise<Admission> {
    const ask = ++this.#asked;
    return new Promise((resolve) => {
      this.#questions.set(ask, resolve);
      tell({ type: 'ticket', ask, request });
    });
  }

  /** The last picture, a farewell, and out. */
  async end(): Promise<void> {
    setTimeout(() => process.exit(0), END_MS);
    await wait(LAST_FRAME_MS);
    this.#visits.farewell();
    this.#endRecording();
    await this.#visits.gone(FAREWELL_MS);
    await this.#server?.close();
    process.exit(0);
  }
}

function tell(message: FromEdge): void {
  // A host that is gone needs no telling: 'disconnect' ends this process.
  if (process.connected) process.send!(message, undefined, undefined, () => {});
}

/** The time of day as it was when this process began, and what went by since: setting the clock does not change it. */
function steadyWall(): number {
  return performance.timeOrigin + performance.now();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One throw that nobody caught: nothing here can be trusted any more. The host starts another edge. */
const EX_SOFTWARE = 70;

/**
 * The program's terminal and the presenter's are open in the host without close-on-exec, so an edge that is started
 * again inherits them. It must not hold them: the trust boundary is this process.
 */
function dropTerminals(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd > 2 && isatty(fd)) closeSync(fd);
  }
}

function main(): void {
  compileForEchoes();
  if (process.platform === 'linux') dropTerminals();
  let edge: Edge | null = null;
  process.on('message', (message: ToEdge) => {
    if (message.type === 'start') {
      edge = new Edge(message);
      edge.open().catch((error: unknown) => {
        const known = error instanceof LecternError ? error : new LecternError('FAILED', String(error));
        tell({ type: 'failed', code: known.code, message: known.message });
      });
    } else {
      edge?.receive(message);
    }
  });
  // The host was killed: observers get their terminals back all the same.
  process.on('disconnect', () => (edge === null ? process.exit(0) : void edge.end()));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(EX_SOFTWARE);
  });
  // The terminal's signals are for the host and the program in it; by SIGUSR1 Node.js would open a debugger's port.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGTSTP', 'SIGUSR1'] as const) process.on(signal, () => {});
}

main();
