/**
 * The screen: a thread of its own that holds the emulator, asks the wall and makes frames. Whatever a program prints,
 * it is this thread that works on it; when it hangs, the host ends it and starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Screen } from '../../core/cells.js';
import { BLANK, type Frame } from '../../core/frame.js';
import { hidesText } from '../../core/hidden.js';
import type { Cover } from '../../core/redact/cover.js';
import { Memory } from '../../core/redact/memory.js';
import type { RuleSet } from '../../ops/rules.js';
import { Backlog, type Fed } from '../../presenter/backlog.js';
import { DelayLine } from '../../presenter/delay-line.js';
import { Emulator } from '../../presenter/emulator.js';
import { Taint } from '../../presenter/taint.js';
import { Ticker } from '../../presenter/ticker.js';
import { FrameServer } from './frames-socket.js';
import { Gate } from './gate.js';
import { inputModes } from './input-modes.js';
import { type FromScreen, type ScreenStart, TO_SCREEN, type ToScreen } from './messages.js';
import { rehearse } from './rehearsal.js';
import { type Kind, RingReader, ringMemory } from './ring.js';

/** More than this at once is a flood. */
const BURST_BYTES = 64 * 1024;
/**
 * Whatever comes so soon after the last gathers in the ring for so long, in ms: no frame would show it earlier, and to
 * wake for each of the kernel's 4 KiB costs the presenter more than all the rest.
 */
const GATHER_MS = 4;
/**
 * After output this thread blocks on the ring for so long, in ms, before it goes back to its event loop: the longest
 * pause of somebody who types. Whoever wants it meanwhile rouses it, save a new edge, which waits no longer than that.
 */
const DOZE_MS = 500;
/** A flood gathers for so long, in ms: some 300 KB of what a terminal can carry, a third of the ring. */
const GATHER_FLOOD_MS = 10;
/** A flood that has paused for so long is over, in ms: what is owed of its scrollback is parsed before a key is pressed. */
const OVER_MS = 60;
/** How long output is parsed before there is time for a picture, in ms: a file may be all of costly sequences. */
const PARSE_MS = 50;
/**
 * Parsed between two signs of life, in bytes: 85 ms of the costliest sequences at 200x60, so that only a machine that
 * is thirty times as slow is taken for a hang.
 */
const BEAT_BYTES = 1024;

/** Where frames go. */
type Frames = Pick<FrameServer, 'publish' | 'settled' | 'isBusy'>;

class ScreenWorker {
  readonly #emulator: Emulator;
  readonly #backlog: Backlog;
  readonly #gate: Gate;
  readonly #taint = new Taint();
  /** null when screens are shown at once. */
  readonly #line: DelayLine | null;
  readonly #frames: Frames;
  readonly #tell: (message: FromScreen) => void;
  readonly #ticker: Ticker;
  readonly #ring: RingReader;
  #gathering: NodeJS.Timeout | null = null;
  /** What is in the ring is being fetched. */
  #isTaking = false;
  /** Parses what is owed when a flood is over. */
  #settling: NodeJS.Timeout | null = null;
  /** When output was last taken from the ring. */
  #tookAt = Number.NEGATIVE_INFINITY;
  /** Messages that were received. */
  #heard = 0;
  #dozing: NodeJS.Immediate | null = null;
  #mayDoze = false;
  /** Parses what was left; nothing is fetched before. */
  #behind: NodeJS.Immediate | null = null;
  #screen: Screen | null = null;
  #frame: Frame = BLANK;
  #hidden = false;
  #again: NodeJS.Timeout | null = null;
  #release: NodeJS.Timeout | null = null;
  /** The screen is to be drawn though it did not change. */
  #isDue = false;
  /** Nothing leaves while it is down. */
  #down: boolean;

  constructor(start: ScreenStart, memory: Memory, frames: Frames, tell: (message: FromScreen) => void) {
    this.#frames = frames;
    this.#down = start.down;
    this.#gate = new Gate(start.rules, memory, tell);
    this.#line = start.delayMs === 0 ? null : new DelayLine(start.delayMs);
    this.#tell = tell;
    this.#ring = new RingReader(start.ring, () => this.#tell({ type: 'taken' }));
    this.#emulator = new Emulator(start.size, {
      onModes: (modes) => this.#tell({ type: 'modes', modes: inputModes(modes), alternate: modes.alternate }),
      ...(start.answers && {
        onAnswer: (answer: string) => this.#tell({ type: 'answer', bytes: Buffer.from(answer) }),
      }),
    });
    // What the emulator is fed the wall learns from first, so that no frame shows what is left of a secret.
    this.#backlog = new Backlog(this.#beating(), (bytes) => this.#gate.hear(bytes));
    const draw = (): number => {
      const cells = this.#draw();
      this.#rest();
      return cells;
    };
    const work = { fetch: () => this.#fetch(), feed: () => this.#feed(), draw };
    this.#ticker = new Ticker(work, start.minIntervalMs);
    this.#ticker.touch();
  }

  receive(message: ToScreen): void {
    this.wake();
    if (message === 0) return;
    this.#heard++;
    if (message.type === 'rules') this.#rule(message.rules);
    else if (message.type === 'mask') this.#tell({ type: 'text', ask: message.ask, text: this.text(message.text) });
    else this.#panic();
  }

  /** Something is in the ring. */
  wake(): void {
    if (this.#gathering !== null || this.#behind !== null) return;
    do {
      const bytes = this.#take();
      if (this.#backlog.isFull) return this.#catchUp();
      if (bytes === 0) continue;
      const before = this.#tookAt;
      this.#tookAt = performance.now();
      if (bytes >= BURST_BYTES) return this.#gather(GATHER_FLOOD_MS);
      if (this.#tookAt - before < GATHER_MS) return this.#gather(GATHER_MS);
    } while (!this.#ring.sleep());
    this.#rest();
  }

  /** There is no practice any more that needs the event loop. */
  mayDoze(): void {
    this.#mayDoze = true;
  }

  /** Waits for the next key where it comes soonest, once the event loop has dealt with all that there is. */
  #rest(): void {
    if (this.#dozing !== null || !this.#mayDoze || performance.now() - this.#tookAt > DOZE_MS) return;
    this.#dozing = setImmediate(() => {
      this.#dozing = null;
      if (this.#isExpected) return;
      this.#gate.rest();
      this.#ring.doze(DOZE_MS, this.#heard);
      this.wake();
    });
  }

  /** The event loop will call: it must not be blocked. */
  get #isExpected(): boolean {
    const timers = [this.#gathering, this.#settling, this.#behind, this.#again, this.#release];
    return timers.some((timer) => timer !== null) || this.#ticker.isWaiting || this.#frames.isBusy;
  }

  #gather(ms: number): void {
    this.#gathering = setTimeout(() => this.#gathered(), ms);
  }

  /** Before a picture is drawn; not when it is drawn because of what is just being fetched. */
  #fetch(): void {
    if (!this.#isTaking && this.#behind === null && !this.#backlog.isFull) this.#take();
  }

  #gathered(): void {
    this.#gathering = null;
    this.wake();
  }

  /** Fetches what is in the ring, or so much that there is enough to do. The result is how many bytes the program had printed. */
  #take(): number {
    let printed = 0;
    let waits = false;
    this.#isTaking = true;
    this.#ring.take((kind, bytes) => {
      waits = kind === TO_SCREEN.bytes;
      if (!waits) return this.#do(kind, bytes);
      printed += bytes.length;
      if (this.#backlog.add(bytes)) this.#ring.done();
      return !this.#backlog.isFull;
    });
    this.#isTaking = false;
    // The last record counts as taken only now. Nobody feeds again when the program prints nothing.
    if (!waits) this.#ring.done();
    if (printed > 0) this.#ticker.output(printed);
    return printed;
  }

  #do(kind: Kind, bytes: Uint8Array): void {
    if (kind === TO_SCREEN.curtain) this.#drop(bytes[0] === 1);
    this.#backlog.feed();
    this.#backlog.settle();
    if (kind === TO_SCREEN.snapshot) this.#tellSnapshot(new Uint32Array(bytes.slice().buffer)[0]!);
    if (kind === TO_SCREEN.resize) {
      const [cols = 0, rows = 0] = new Uint16Array(bytes.slice().buffer);
      this.#emulator.resize({ cols, rows });
    }
    this.#ticker.touch();
    if (kind !== TO_SCREEN.finish) return;
    this.#ticker.flush();
    void this.#frames.settled().then(() => this.#tell({ type: 'drawn' }));
  }

  /** For the presenter's own terminal: it does not pass the wall. */
  #tellSnapshot(ask: number): void {
    this.#tell({ type: 'snapshot', ask, snapshot: this.#emulator.snapshot() });
  }

  /** @param down nothing of what stands on the screen or waits to be shown leaves until it is raised. */
  #drop(down: boolean): void {
    this.#down = down;
    if (down) this.#line?.clear();
    else this.#isDue = true;
  }

  /** A text that is shown beside the picture, without secrets; null when it cannot be searched. */
  text(line: string): string | null {
    return this.#gate.text(line);
  }

  /** Takes in and draws at once, without regard to pace. */
  perform(bytes: Uint8Array): void {
    this.#backlog.add(bytes);
    this.#feed();
    this.#draw();
  }

  /** The emulator, with a sign of life now and then. */
  #beating(): Fed {
    const emulator = this.#emulator;
    return {
      get size() {
        return emulator.size;
      },
      get skimmable() {
        return emulator.skimmable;
      },
      get pen() {
        return emulator.pen;
      },
      rewind: (pen) => emulator.rewind(pen),
      feed: (bytes) => {
        for (let at = 0; at < bytes.length; at += BEAT_BYTES) {
          emulator.feed(bytes.subarray(at, at + BEAT_BYTES));
          this.#ring.beat();
        }
      },
    };
  }

  /** Parses what waits, for a while; the rest soon. True in the middle of a synchronised picture. */
  #feed(): boolean {
    const until = performance.now() + PARSE_MS;
    this.#backlog.feed(() => performance.now() > until);
    if (this.#backlog.isEmpty) this.#ring.done();
    else this.#catchUp();
    if (this.#backlog.owes) this.#settleSoon();
    return this.#emulator.modes.synchronized;
  }

  #settleSoon(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = null;
      if (performance.now() - this.#tookAt >= OVER_MS) this.#backlog.settle();
      else if (this.#backlog.owes) this.#settleSoon();
    }, OVER_MS);
  }

  /** Parses the rest in other turns of the event loop, so that pictures of it are drawn meanwhile. */
  #catchUp(): void {
    this.#behind ??= setImmediate(() => {
      this.#behind = null;
      this.#feed();
      this.#ticker.touch();
      this.wake();
    });
  }

  /** The wall stands here: what fails in it is not shown. The result is about how many cells have changed. */
  #draw(): number {
    if (this.#down) return 0;
    const screen = this.#emulator.capture(this.#screen);
    if (screen === this.#screen && !this.#isDue) return 0;
    this.#screen = screen;
    this.#isDue = false;
    const cover = this.#taint.follow(screen);
    return this.#line === null ? this.#show(screen, cover) : this.#keep(this.#line, screen, cover);
  }

  #show(screen: Screen, cover: Cover | null): number {
    if (this.#down) return 0;
    const frame = this.#gate.pass(screen, cover);
    this.#tryAgain();
    if (frame === null) return 0;
    const patch = frame.diffFrom(this.#frame);
    this.#frame = frame;
    this.#frames.publish(frame);
    this.#tellHidden(screen);
    return patch.parts.runs.reduce((sum, run) => sum + run.words.length / 4, 0);
  }

  #tellHidden({ rows }: Screen): void {
    const hidden = rows.some(hidesText);
    if (hidden !== this.#hidden) this.#tell({ type: 'hidden', hidden });
    this.#hidden = hidden;
  }

  #keep(line: DelayLine, screen: Screen, cover: Cover | null): number {
    const masks = this.#gate.study(screen);
    if (masks === null) this.#tryAgain();
    else line.add(screen, masks, cover, performance.now());
    this.#awaitRelease(line);
    return 0;
  }

  #awaitRelease(line: DelayLine): void {
    if (this.#release !== null || line.due === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(0, Math.ceil(line.due - performance.now()));
    this.#release = setTimeout(() => {
      this.#release = null;
      const waiting = line.take(performance.now());
      if (waiting !== null) this.#show(waiting.screen, waiting.cover);
      this.#awaitRelease(line);
    }, wait);
  }

  /** What failed, or is held for a time, is drawn once more after a while, also when nothing changes. */
  #tryAgain(): void {
    const { againInMs } = this.#gate;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = againInMs === null ? null : setTimeout(() => this.#drawAgain(), againInMs);
  }

  #drawAgain(): void {
    this.#again = null;
    this.#drawAnew();
  }

  #drawAnew(): void {
    this.#isDue = true;
    this.#ticker.touch();
  }

  /** What waits is masked by the new rules when it leaves. */
  #rule(rules: RuleSet): void {
    try {
      this.#gate.setRules(rules);
    } catch {
      return this.#tell({ type: 'ruled', taken: false });
    }
    this.#tell({ type: 'ruled', taken: true });
    this.#drawAnew();
  }

  /** All that was printed before is on the screen first, however long that takes: what is not there is not covered. */
  #panic(): void {
    do this.#backlog.feed();
    while (this.#take() > 0);
    this.#feed();
    this.#backlog.settle();
    this.#line?.clear();
    this.#taint.begin(this.#emulator.capture(null));
    this.#drawAnew();
  }
}

function tell(message: FromScreen): void {
  parentPort!.postMessage(message);
}

const start = workerData as ScreenStart;
const frames = await FrameServer.listen(start.framesSocket);
const memory = new Memory(start.lessons, (lesson) => tell({ type: 'learned', lesson }));
const worker = new ScreenWorker(start, memory, frames, tell);
parentPort!.on('message', (message: ToScreen) => worker.receive(message));
tell({ type: 'ready', name: worker.text(start.name) });
worker.wake();

let before: Frame = BLANK;
const nobody: Frames = {
  publish(frame) {
    frame.diffFrom(before).encode();
    before = frame;
  },
  settled: () => Promise.resolve(),
  isBusy: false,
};
const understudy = new ScreenWorker({ ...start, ring: ringMemory(), delayMs: 0 }, new Memory(), nobody, () => {});
rehearse({
  play: (printed) => understudy.perform(printed),
  floods: true,
  over: () => worker.mayDoze(),
});
