/** An observer at whom nobody looks, for the edge's {@link rehearse}: typed keys walk from the frames' socket to a glass. */
import { BLANK_GLYPH, CELL_WORDS } from '../../core/cells.js';
import { Frame } from '../../core/frame.js';
import type { PatchParts } from '../../core/patch.js';
import { Room } from '../../core/room.js';
import type { SessionState } from '../../core/session.js';
import { encodePatch } from '../../core/wire.js';
import type { Desk } from '../../observers/ssh/desk.js';
import { type Glass, Observer } from '../../observers/ssh/observer.js';
import { messageOf, PatchReader } from './frames-socket.js';

const SIZE = { cols: 80, rows: 24 };

/** The result types one character on a made-up screen and shows it. */
export function practiceObserver(state: SessionState): (typed: Uint8Array) => void {
  const room = new Room();
  const nothing = (): void => {};
  const desk: Desk = {
    room,
    state: () => state,
    now: Date.now,
    steady: () => performance.now(),
    chat: () => [],
    pointers: () => [],
    ...{ ask: nothing, withdraw: nothing, giveBack: nothing, press: nothing, name: nothing, suggest: nothing },
    ...{ vote: nothing, say: nothing, point: nothing, who: nothing, lag: nothing },
  };
  const glass: Glass = {
    id: '',
    size: SIZE,
    writable: true,
    writeAcked: (_, done) => done(),
    ...{ write: nothing, leave: nothing, dismiss: nothing },
  };
  new Observer(glass, desk, false).enter();
  const reader = new PatchReader();
  let frame = Frame.blank(SIZE);
  let keys = 0;
  return ([code = 0]) => {
    const message = messageOf(encodePatch(typedAt(keys++, code)));
    reader.read(message, (patch) => {
      frame = frame.apply(patch);
    });
    room.publish(frame);
  };
}

function typedAt(key: number, code: number): PatchParts {
  const { cols, rows } = SIZE;
  const [x, y] = [key % cols, Math.floor(key / cols) % rows];
  const words = new Uint32Array(CELL_WORDS);
  words[0] = Math.max(code, 0x20) | BLANK_GLYPH;
  const cursor = { x: Math.min(x + 1, cols - 1), y, visible: true, shape: 'default', blink: true } as const;
  const run = { y, x, words, clusters: new Map<number, string>() };
  return { cols, rows, fresh: false, scroll: null, shifts: [], runs: [run], cursor, look: false, title: null };
}
