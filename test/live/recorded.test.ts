/** Recorded programs, looked at by a second emulator: what observers are sent shows in tmux what the program itself shows there. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { Screen } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { OPEN } from '../../src/core/paint.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { View } from '../../src/core/view.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { House, type Pane, sleep } from '../support/house.js';
import { difference } from '../support/picture.js';
import { type Recorded, recorded, recordings } from '../support/recordings.js';

/** Moments of a recording at which screens are compared. */
const MOMENTS = 8;
const PATIENCE_MS = 5000;
/** An observer who takes every frame, and one who takes every so many. */
const STEPS = [1, 5] as const;

/** What the program printed until event `end`, and what an observer who takes one frame in `step` was sent of it. */
function sent(
  { events, size }: Recorded,
  end: number,
  step: number,
): { readonly raw: string; readonly painted: string } {
  const emulator = new Emulator(size);
  const view = new View(size);
  let screen: Screen | null = null;
  let painted = OPEN;
  let raw = '';
  for (const [i, [, text]] of events.slice(0, end).entries()) {
    raw += text;
    emulator.feed(Buffer.from(text));
    screen = emulator.capture(screen);
    if (i % step === 0 || i === end - 1) painted += view.advance(Frame.of(screen, Redactor.NONE));
  }
  emulator.dispose();
  return { raw, painted };
}

/** tmux draws what it is given, a moment later. */
async function assertSame(program: Pane, observer: Pane, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = difference(program.picture(), observer.picture());
    if (found === '') return;
    if (Date.now() > end) assert.fail(`${what}:\n${found}`);
    await sleep(20);
  }
}

for (const path of recordings()) {
  const name = basename(path, '.cast');
  test(`an observer of ${name} has on tmux's screen what the program shows there`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const all = recorded(path);
    const show = (pane: string, text: string): Pane => {
      const file = join(house.home, pane);
      writeFileSync(file, text);
      return tmux.open(pane, all.size, `stty raw -echo; cat '${file}'; exec sleep 1000`);
    };
    for (let moment = 1; moment <= MOMENTS; moment++) {
      const end = Math.ceil((all.events.length * moment) / MOMENTS);
      for (const step of STEPS) {
        const { raw, painted } = sent(all, end, step);
        const id = `${name}-${moment}-${step}`;
        await assertSame(
          show(`${id}-program`, raw),
          show(`${id}-observer`, painted),
          `after ${end} events, one frame in ${step}`,
        );
      }
    }
  });
}
