/**
 * The screen: a thread of its own that holds the emulator, asks the wall and makes frames. Whatever a program prints,
 * it is this thread that works on it; when it hangs, the host ends it and starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Screen } from '../../core/cells.js';
import { BLANK, Frame } from '../../core/frame.js';
import { Redactor } from '../../core/redact/redactor.js';
import type { InputModes } from '../../core/session.js';
import { Backlog } from '../../presenter/backlog.js';
import { Emulator, type Modes } from '../../presenter/emulator.js';
import { Ticker } from '../../presenter/ticker.js';
import { FrameServer } from './frames-socket.js';
import type { FromScreen, ScreenStart, ToScreen } from './messages.js';
import { rehearse } from './rehearsal.js';

/** The host is told of what was taken in when it is so much, or after so long (ms): each word wakes its thread. */
const TELL_AT_BYTES = 16 * 1024;
const TELL_AFTER_MS = 200;
const MOUSE = { none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const;
const MOUSE_ENCODING = { default: 0, sgr: 1006, 'sgr-pixels': 1016 } as const;

/** Where frames go. */
type Frames = Pick<FrameServer, 'publish' | 'settled'>;

class ScreenWorker {
  readonly #emulator: Emulator;
  readonly #backlog: Backlog;
  readonly #redactor: Redactor;
  readonly #frames: Frames;
  readonly #tell: (message: FromScreen) => void;
  readonly #ticker: Ticker;
  /** Taken in, and the host does not know it yet. */
  #taken = 0;
  #telling: NodeJS.Timeout | null = null;
  #screen: Screen | null = null;
  #frame: Frame = BLANK;
  #counts = '{}';
  #withheld = 0;
  /** Nothing leaves while it is down. */
  #down: boolean;

  constructor(start: ScreenStart, redactor: Redactor, frames: Frames, tell: (message: FromScreen) => void) {
    this.#frames = frames;
    this.#down = start.down;
    this.#redactor = redactor;
    this.#tell = tell;
    this.#emulator = new Emulator(start.size, {
      onModes: (modes) => this.#tell({ type: 'modes', modes: inputModes(modes), alternate: modes.alternate }),
      ...(start.answers && {
        onAnswer: (answer: string) => this.#tell({ type: 'answer', bytes: Buffer.from(answer) }),
      }),
    });
    this.#backlog = new Backlog(this.#emulator);
    this.#ticker = new Ticker({ feed: () => this.#feed(), draw: () => this.#draw() }, start.minIntervalMs);
    this.#ticker.touch();
  }

  receive(message: ToScreen): void {
    switch (message.type) {
      case 'bytes':
        this.#tellTaken(this.#backlog.add(message.bytes));
        return this.#ticker.output(message.bytes.length);
      case 'resize':
        this.#feed();
        this.#emulator.resize(message.size);
        return this.#ticker.touch();
      case 'snapshot':
        this.#feed();
        return this.#tell({ type: 'snapshot', ask: message.ask, snapshot: this.#emulator.snapshot() });
      case 'curtain':
        this.#down = message.down;
        return this.#ticker.touch();
      case 'mask':
        return this.#tell({ type: 'text', ask: message.ask, text: this.#mask(message.text) });
      case 'finish':
        this.#feed();
        this.#ticker.touch();
        this.#ticker.flush();
        void this.#frames.settled().then(() => this.#tell({ type: 'drawn' }));
    }
  }

  /** Takes in and draws at once, without regard to pace. */
  perform(bytes: Uint8Array): void {
    this.#backlog.add(bytes);
    this.#feed();
    this.#draw();
  }

  /** Takes in all that waits. True in the middle of a synchronised picture. */
  #feed(): boolean {
    this.#tellTaken(this.#backlog.feed());
    return this.#emulator.modes.synchronized;
  }

  #tellTaken(bytes: number): void {
    if (bytes === 0) return;
    this.#taken += bytes;
    if (this.#taken >= TELL_AT_BYTES) this.#tellAll();
    else this.#telling ??= setTimeout(() => this.#tellAll(), TELL_AFTER_MS);
  }

  #tellAll(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    this.#tell({ type: 'taken', bytes: this.#taken });
    this.#taken = 0;
  }

  /** The wall stands here: what fails in it is not shown. The result is about how many cells have changed. */
  #draw(): number {
    if (this.#down) return 0;
    const screen = this.#emulator.capture(this.#screen);
    if (screen === this.#screen) return 0;
    this.#screen = screen;
    const frame = this.#pass(screen);
    if (frame === null) return 0;
    const { runs } = frame.diffFrom(this.#frame).parts;
    this.#frame = frame;
    this.#frames.publish(frame);
    return runs.reduce((sum, run) => sum + run.words.length / 4, 0);
  }

  #pass(screen: Screen): Frame | null {
    try {
      return Frame.of(screen, this.#redactor, (counts) => this.#tellMasked(counts));
    } catch {
      // The error may quote the screen: only the count is told.
      this.#tell({ type: 'withheld', count: ++this.#withheld });
      this.#screen = null;
      return null;
    }
  }

  /** The same wall for what people write; null when it fails: then it is not shown. */
  #mask(text: string): string | null {
    try {
      return this.#redactor.text(text);
    } catch {
      return null;
    }
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
const redactor = Redactor.of(start.rules.rules, start.rules.values, start.rules.mask);
const worker = new ScreenWorker(start, redactor, frames, tell);
parentPort!.on('message', (message: ToScreen) => worker.receive(message));
tell({ type: 'ready' });

let before: Frame = BLANK;
const nobody: Frames = {
  publish(frame) {
    frame.diffFrom(before).encode();
    before = frame;
  },
  settled: () => Promise.resolve(),
};
const understudy = new ScreenWorker(start, redactor, nobody, () => {});
rehearse((typed) => understudy.perform(typed));
