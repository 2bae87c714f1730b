/**
 * The screen: a thread of its own that holds the emulator, asks the wall and makes frames. Whatever a program prints,
 * it is this thread that works on it; when it hangs, the host ends it and starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Screen } from '../../core/cells.js';
import { BLANK, Frame } from '../../core/frame.js';
import { Memory } from '../../core/redact/memory.js';
import { Redactor } from '../../core/redact/redactor.js';
import { Stream } from '../../core/redact/stream.js';
import type { InputModes } from '../../core/session.js';
import { Backlog, type Fed } from '../../presenter/backlog.js';
import { Emulator, type Modes } from '../../presenter/emulator.js';
import { Ticker } from '../../presenter/ticker.js';
import { FrameServer } from './frames-socket.js';
import { type FromScreen, type ScreenStart, TO_SCREEN } from './messages.js';
import { rehearse } from './rehearsal.js';
import { type Kind, RingReader, ringMemory } from './ring.js';

/** More than this at once is a flood: the next piece is fetched after a while, instead of waking for each line. */
const BURST_BYTES = 64 * 1024;
/** How long a flood gathers in the ring, in ms: some 200 KB of what a terminal can carry. */
const GATHER_MS = 4;
const MOUSE = { none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const;
const MOUSE_ENCODING = { default: 0, sgr: 1006, 'sgr-pixels': 1016 } as const;

/** Where frames go. */
type Frames = Pick<FrameServer, 'publish' | 'settled'>;

class ScreenWorker {
  readonly #emulator: Emulator;
  readonly #backlog: Backlog;
  readonly #redactor: Redactor;
  readonly #stream = new Stream();
  readonly #frames: Frames;
  readonly #tell: (message: FromScreen) => void;
  readonly #ticker: Ticker;
  readonly #ring: RingReader;
  #gathering: NodeJS.Timeout | null = null;
  #screen: Screen | null = null;
  #frame: Frame = BLANK;
  #counts = '{}';
  #withheld = 0;
  /** Why output could not be read by the wall: nothing is shown of it. */
  #unread: unknown;
  /** Runs while something is held that time alone lets go. */
  #settling: NodeJS.Timeout | null = null;
  #isSettled = false;

  constructor(start: ScreenStart, redactor: Redactor, frames: Frames, tell: (message: FromScreen) => void) {
    this.#frames = frames;
    this.#redactor = redactor;
    this.#tell = tell;
    this.#ring = new RingReader(start.ring, () => this.#tell({ type: 'taken' }));
    this.#emulator = new Emulator(start.size, {
      onModes: (modes) => this.#tell({ type: 'modes', modes: inputModes(modes), alternate: modes.alternate }),
      ...(start.answers && {
        onAnswer: (answer: string) => this.#tell({ type: 'answer', bytes: Buffer.from(answer) }),
      }),
    });
    this.#backlog = new Backlog(this.#readAlong());
    this.#ticker = new Ticker({ feed: () => this.#feed(), draw: () => this.#draw() }, start.minIntervalMs);
    this.#ticker.touch();
  }

  /** Something is in the ring. */
  wake(): void {
    if (this.#gathering !== null) return;
    do {
      const bytes = this.#take();
      if (bytes >= BURST_BYTES) {
        this.#gathering = setTimeout(() => this.#gathered(), GATHER_MS);
        return;
      }
    } while (!this.#ring.sleep());
  }

  #gathered(): void {
    this.#gathering = null;
    this.wake();
  }

  /** Fetches what is in the ring. The result is how many bytes the program had printed. */
  #take(): number {
    let printed = 0;
    this.#ring.take((kind, bytes) => {
      if (kind === TO_SCREEN.bytes) {
        printed += bytes.length;
        if (this.#backlog.add(bytes)) this.#ring.done();
      } else this.#do(kind, bytes);
    });
    if (printed > 0) this.#ticker.output(printed);
    return printed;
  }

  #do(kind: Kind, bytes: Uint8Array): void {
    this.#feed();
    if (kind === TO_SCREEN.resize) {
      const [cols = 0, rows = 0] = new Uint16Array(bytes.slice().buffer);
      this.#emulator.resize({ cols, rows });
    }
    this.#ticker.touch();
    if (kind !== TO_SCREEN.finish) return;
    this.#ticker.flush();
    void this.#frames.settled().then(() => this.#tell({ type: 'drawn' }));
  }

  /** Takes in and draws at once, without regard to pace. */
  perform(bytes: Uint8Array): void {
    this.#backlog.add(bytes);
    this.#feed();
    this.#draw();
  }

  /** The emulator; what it is fed the wall learns from first, so that no frame shows what is left of a secret. */
  #readAlong(): Fed {
    const emulator = this.#emulator;
    return {
      get size() {
        return emulator.size;
      },
      get skimmable() {
        return emulator.skimmable;
      },
      feed: (bytes) => {
        this.#learn(bytes);
        emulator.feed(bytes);
      },
    };
  }

  #learn(bytes: Uint8Array): void {
    try {
      this.#stream.feed(bytes, this.#redactor);
    } catch (error) {
      this.#unread = error;
    }
  }

  /** Parses all that waits. True in the middle of a synchronised picture. */
  #feed(): boolean {
    this.#backlog.feed();
    this.#ring.done();
    return this.#emulator.modes.synchronized;
  }

  /** The wall stands here: what fails in it is not shown. The result is about how many cells have changed. */
  #draw(): number {
    const screen = this.#emulator.capture(this.#screen);
    if (screen === this.#screen && !this.#isSettled) return 0;
    this.#screen = screen;
    this.#isSettled = false;
    const frame = this.#pass(screen);
    if (frame === null) return 0;
    const { runs } = frame.diffFrom(this.#frame).parts;
    this.#frame = frame;
    this.#frames.publish(frame);
    return runs.reduce((sum, run) => sum + run.words.length / 4, 0);
  }

  #pass(screen: Screen): Frame | null {
    try {
      const unread = this.#unread;
      this.#unread = undefined;
      if (unread !== undefined) throw unread;
      const report = (counts: ReadonlyMap<string, number>, settlesInMs: number | undefined): void => {
        this.#tellMasked(counts);
        this.#settleIn(settlesInMs);
      };
      return Frame.of(screen, this.#redactor, report, performance.now());
    } catch {
      // The error may quote the screen: only the count is told.
      this.#tell({ type: 'withheld', count: ++this.#withheld });
      this.#screen = null;
      return null;
    }
  }

  /** Draws the same screen again when what is held on it is let go. */
  #settleIn(ms: number | undefined): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    if (ms === undefined) return;
    this.#settling = setTimeout(() => {
      this.#isSettled = true;
      this.#ticker.touch();
    }, Math.ceil(ms));
  }

  #tellMasked(counts: ReadonlyMap<string, number>): void {
    const rules = Object.fromEntries(counts);
    const text = JSON.stringify(rules);
    if (text === this.#counts) return;
    this.#counts = text;
    this.#tell({ type: 'masked', count: [...counts.values()].reduce((sum, count) => sum + count, 0), rules });
  }
}

function inputModes(modes: Modes): InputModes {
  const { applicationCursor, applicationKeypad, bracketedPaste, focus } = modes;
  const mouse = MOUSE[modes.mouse];
  return {
    applicationCursor,
    applicationKeypad,
    bracketedPaste,
    focus,
    mouse,
    mouseEncoding: MOUSE_ENCODING[modes.mouseEncoding],
  };
}

function tell(message: FromScreen): void {
  parentPort!.postMessage(message);
}

const start = workerData as ScreenStart;
const frames = await FrameServer.listen(start.framesSocket);
const memory = new Memory(start.lessons, (lesson) => tell({ type: 'learned', lesson }));
const redactor = Redactor.of(start.rules.rules, start.rules.values, start.rules.mask, undefined, memory);
const worker = new ScreenWorker(start, redactor, frames, tell);
parentPort!.on('message', () => worker.wake());
tell({ type: 'ready' });
worker.wake();

let before: Frame = BLANK;
const nobody: Frames = {
  publish(frame) {
    frame.diffFrom(before).encode();
    before = frame;
  },
  settled: () => Promise.resolve(),
};
const understudy = new ScreenWorker({ ...start, ring: ringMemory() }, redactor, nobody, () => {});
rehearse((typed) => understudy.perform(typed));
