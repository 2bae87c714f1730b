/** How old what observers see is, while something moves: of each picture that was drawn, the time until it or a newer one was shown. */
import { createHash } from 'node:crypto';
import type { Size } from '../../src/core/cells.js';
import type { Frame } from '../../src/core/frame.js';
import { STAMP, stampOf } from './animate.js';
import { Eye, shows } from './screens.js';
import type { Printed } from './terminals.js';

const NS_PER_MS = 1e6;

/** What one observer saw. */
export interface Sight {
  /** One for each picture that was drawn, in ms; those that nobody was shown in time are missing. */
  readonly delaysMs: readonly number[];
  /** Pictures that he was shown. */
  readonly pictures: number;
  /** His last picture is the presenter's. */
  readonly right: boolean;
}

/** From which read on a terminal shows which picture. */
interface Shown {
  readonly reading: number;
  readonly stamp: bigint;
}

interface Story {
  readonly shown: readonly Shown[];
  readonly last: Frame;
}

/** The moments of all pictures that a program drew, from what the presenter's terminal got. */
export function drawn({ bytes }: Printed): bigint[] {
  return [...bytes.toString('latin1').matchAll(new RegExp(STAMP, 'g'))].map(([text]) => stampOf(text)!);
}

/** Observers of one animation. Those who got the same bytes are fed to one emulator: most of a thousand do. */
export class Sights {
  readonly #stamps: readonly bigint[];
  readonly #wanted: Frame;
  readonly #glass: Size;
  readonly #stories = new Map<string, Story>();

  /**
   * @param stamps of all pictures, see {@link drawn}
   * @param wanted the last one
   * @param glass the size of their terminals
   */
  constructor(stamps: readonly bigint[], wanted: Frame, glass: Size) {
    this.#stamps = stamps;
    this.#wanted = wanted;
    this.#glass = glass;
  }

  /** @param before what the terminal had got before the animation began */
  of(before: Buffer, printed: Printed): Sight {
    const { shown, last } = this.#story(before, printed);
    const delaysMs: number[] = [];
    let next = 0;
    for (const stamp of this.#stamps) {
      while (next < shown.length && shown[next]!.stamp < stamp) next++;
      if (next === shown.length) break;
      delaysMs.push(Number(printed.readings[shown[next]!.reading]!.ns - stamp) / NS_PER_MS);
    }
    return { delaysMs, pictures: shown.length, right: shows(last, this.#wanted) };
  }

  /** How many different streams of bytes there were. */
  get streams(): number {
    return this.#stories.size;
  }

  #story(before: Buffer, { bytes, readings }: Printed): Story {
    const hash = createHash('sha256').update(before).update(bytes);
    for (const { end } of readings) hash.update(`,${end}`);
    const key = hash.digest('base64');
    const known = this.#stories.get(key) ?? storyOf(this.#glass, before, { bytes, readings });
    this.#stories.set(key, known);
    return known;
  }
}

function storyOf(glass: Size, before: Buffer, { bytes, readings }: Printed): Story {
  const eye = new Eye(glass);
  eye.take(before);
  const shown: Shown[] = [];
  let start = 0;
  for (const [reading, { end }] of readings.entries()) {
    eye.take(bytes.subarray(start, end));
    start = end;
    const stamp = stampOf(eye.line(0));
    if (stamp !== null && stamp !== shown.at(-1)?.stamp) shown.push({ reading, stamp });
  }
  return { shown, last: eye.look() };
}
