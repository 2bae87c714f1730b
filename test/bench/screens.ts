/** What a stream of bytes leaves on a terminal, and when it became what it should be: the bench's judge of screens. */
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { differing } from '../support/looks.js';
import type { Printed } from './terminals.js';

/** More than a screen and all that can scroll back into it: what came before leaves no trace in a log of whole lines. */
const TAIL_BYTES = 512 * 1024;

/** One observer's terminal, which is fed everything that reached it. */
export class Eye {
  readonly #emulator: Emulator;
  #seen: Screen | null = null;

  constructor(size: Size) {
    this.#emulator = new Emulator(size);
  }

  /** Takes in bytes that nobody judges. */
  take(bytes: Uint8Array): void {
    this.#emulator.feed(bytes);
  }

  look(): Frame {
    return pictureOf(this.#emulator);
  }

  /** The characters of one row. */
  line(y: number): string {
    this.#seen = this.#emulator.capture(this.#seen);
    const row = this.#seen.rows[y]!;
    return Array.from({ length: row.cols }, (_, x) => row.text(x)).join('');
  }

  /**
   * Takes in what was printed.
   * @param fromNs reads before this moment are not looked at
   * @returns when the terminal showed `wanted` for the first time after `fromNs`, and stayed so; null for never
   */
  watch({ bytes, readings }: Printed, wanted: Frame, fromNs: bigint): bigint | null {
    let start = 0;
    let since: bigint | null = null;
    let before: bigint | null = null;
    for (const { ns, end } of readings) {
      if (ns > fromNs && before === null) {
        before = fromNs;
        if (shows(this.look(), wanted)) since = fromNs;
      }
      this.#emulator.feed(bytes.subarray(start, end));
      start = end;
      if (ns <= fromNs) continue;
      if (!shows(this.look(), wanted)) since = null;
      else since ??= ns;
    }
    if (before === null && shows(this.look(), wanted)) since = fromNs;
    return since;
  }
}

/** The screen after `bytes` of a log: only the end of it is read. */
export function screenAfter(size: Size, bytes: Buffer): Frame {
  const emulator = new Emulator(size);
  const cut = bytes.length > TAIL_BYTES ? bytes.indexOf('\r\n', bytes.length - TAIL_BYTES) : 0;
  emulator.feed(bytes.subarray(cut));
  return pictureOf(emulator);
}

/** As a frame, in which a blank that was written is the same as one that was not: nobody can see which it is. */
function pictureOf(emulator: Emulator): Frame {
  return Frame.of(emulator.capture(null), Redactor.NONE);
}

/** True when `screen` shows the picture of `wanted`, cell for cell, and has its cursor. What lies below is not looked at. */
export function shows(screen: Frame, wanted: Frame): boolean {
  return difference(screen, wanted) === '';
}

/** Where they differ: rows, and the cursor; '' for nowhere. */
export function difference(screen: Frame, wanted: Frame): string {
  const rows = wanted.rows.flatMap((row, y) => (differing(row, screen.rows[y]!) === 0 ? [] : [`row ${y}`]));
  const at = ({ cursor: { x, y } }: Frame) => `${x},${y}`;
  const cursor = at(screen) === at(wanted) ? [] : [`cursor at ${at(screen)} instead of ${at(wanted)}`];
  return [...rows, ...cursor].join(', ');
}
