/**
 * Plays a script the way the product would: bytes into the emulator in pieces, a look at the screen now and then on a
 * made-up clock, and each look through the wall. Says what of the secret stood in the open.
 */
import type { Screen, Size } from '../../../src/core/cells.js';
import { Frame } from '../../../src/core/frame.js';
import type { Redactor } from '../../../src/core/redact/redactor.js';
import { Emulator } from '../../../src/presenter/emulator.js';
import type { Script } from './script.js';
import { tagsOf } from './tags.js';

/** The wall under test: the redactor, and what tells it of bytes before they are on the screen. */
export interface Wall {
  readonly redactor: Redactor;
  readonly hear: (bytes: Uint8Array) => void;
}

/** What one session showed. */
export interface Exposure {
  readonly frames: number;
  /** Frames with at least one character in the open. */
  readonly leaks: number;
  /** The most consecutive characters of the secret that one frame had in the open. */
  readonly longest: number;
}

/** Milliseconds that pass between two pieces of output, at most. */
const MAX_STEP_MS = 60;
const NOBODY = -2;

/** Told of every frame, for laws that hold of any. */
export type OnFrame = (screen: Screen, frame: Frame, nowMs: number) => void;

/**
 * @param start the size before the script's first resize
 * @param looks how likely a look at the screen is after a piece of output
 * @param cuts how likely a piece is cut within a sequence or character, with a look in between
 */
export function play(
  script: Script,
  wall: Wall,
  start: Size,
  looks: number,
  cuts: number,
  onFrame?: OnFrame,
): Exposure {
  const { chance } = script;
  const emulator = new Emulator(start);
  const { from, to } = script.secret;
  let [screen, nowMs, blinking]: [Screen | null, number, boolean] = [null, 1000, false];
  const waiting: Uint8Array[] = [];
  const seen = { frames: 0, leaks: 0, longest: 0 };

  const look = (): void => {
    if (blinking) return;
    takeIn();
    screen = emulator.capture(screen);
    const frame = Frame.of(screen, wall.redactor, undefined, nowMs);
    const run = longestRun(screen, frame, wall.redactor.mask, from, to);
    onFrame?.(screen, frame, nowMs);
    seen.frames++;
    if (run > 0) seen.leaks++;
    seen.longest = Math.max(seen.longest, run);
  };
  const feed = (bytes: Uint8Array): void => {
    waiting.push(bytes);
    nowMs += chance.below(MAX_STEP_MS);
  };
  /** Output waits until somebody looks, and is heard before it is on the screen. */
  const takeIn = (): void => {
    if (waiting.length === 0) return;
    const bytes = Buffer.concat(waiting.splice(0));
    wall.hear(bytes);
    emulator.feed(bytes);
  };

  for (const step of script.steps) {
    if (step.type === 'blink') blinking = true;
    else if (step.type === 'look') blinking = false;
    else if (step.type === 'wait') nowMs += step.ms;
    else if (step.type === 'resize') {
      takeIn();
      emulator.resize(step.size);
    } else {
      const bytes = Buffer.from(step.text);
      const cut = chance.maybe(cuts) ? chance.below(bytes.length) : 0;
      if (cut > 0) {
        feed(bytes.subarray(0, cut));
        look();
      }
      feed(bytes.subarray(cut));
    }
    if (step.type !== 'print' || chance.maybe(looks)) look();
  }
  look();
  emulator.dispose();
  return seen;
}

/**
 * The longest run of the secret's characters `[from, to)` that stand one after the other, as one reads, in cells without
 * mask.
 */
function longestRun(screen: Screen, frame: Frame, mask: string, from: number, to: number): number {
  let [longest, run, before] = [0, 0, NOBODY];
  screen.rows.forEach((row, y) => {
    for (const { x, tag } of tagsOf(row)) {
      if (tag < from || tag >= to) continue;
      const open = frame.rows[y]!.text(x) !== mask;
      run = !open ? 0 : tag === before + 1 ? run + 1 : 1;
      before = open ? tag : NOBODY;
      longest = Math.max(longest, run);
    }
  });
  return longest;
}
