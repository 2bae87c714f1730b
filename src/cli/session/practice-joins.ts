/**
 * Joins of a client of our own, for the edge's practice: what a login runs is compiled before an observer waits for it.
 * They come through a door that nobody else knows, to a made-up picture: a port of the loopback that is there for a
 * third of a second, and a name that is told to nobody.
 */
import { randomBytes } from 'node:crypto';
import type { Admission, Grant } from '../../core/admission.js';
import { CELL_WORDS, COLOR_P16, COLOR_P256, FG, FG_BOLD, GLYPH, type Size, WIDTH_SHIFT } from '../../core/cells.js';
import { Frame } from '../../core/frame.js';
import type { PatchParts, Run } from '../../core/patch.js';
import { Room } from '../../core/room.js';
import type { SessionState } from '../../core/session.js';
import { encodePatch } from '../../core/wire.js';
import { practiseHybrid } from '../../observers/ssh/hybrid.js';
import { serveSsh } from '../../observers/ssh/index.js';
import { visitOnce } from '../../observers/ssh/practice-client.js';
import { messageOf, PatchReader } from './frames-socket.js';
import { Visits } from './visits.js';

const LOOPBACK = '127.0.0.1';
const NAME_BYTES = 16;
const SCREEN: Size = { cols: 80, rows: 24 };
/** The client's terminal: the status line has a row of its own. */
const GLASS: Size = { cols: 80, rows: 25 };
/**
 * Of the edge's processor time the first join of a session took 48 ms, the tenth 5; after one of these it takes 12,
 * after three 9, after ten the same.
 */
const JOINS = 3;
/** Five times what practice takes on a slow machine, in ms. */
const PATIENCE_MS = 2000;

/** For the picture: colours of both kinds, bold now and then. */
const LOOKS = [0, COLOR_P16 | 2, COLOR_P256 | 208 | FG_BOLD];
const LOOK_CELLS = 9;

/** What the door asks for and nobody reads. */
const GRANT: Grant = {
  ...{ jti: '', sid: '', role: 'observer', issuedAt: 0, endsAt: Number.POSITIVE_INFINITY, uses: 'many', status: true },
  ...{ keyPolicy: 'none', boundKey: null, usedAt: null, revokedAt: null },
};
const LET_IN: Admission = { kind: 'in', grant: GRANT };
const KEPT_OUT: Admission = { kind: 'refused', reason: 'unknown' };

/**
 * Resolves when practice is over, and never fails: who has no loopback does without.
 * @param isNeeded asked before each join: false when somebody has come who waits meanwhile
 * @param patienceMs after this the rest of it is left out
 * @returns how many of them were shown the picture
 */
export async function practiseJoins(
  hostKey: string,
  state: SessionState,
  isNeeded: () => boolean,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const user = randomBytes(NAME_BYTES).toString('hex');
  const visits = practiceVisits(state);
  let shown = 0;
  try {
    const door = await serveSsh<Grant>({
      listen: { host: LOOPBACK, port: 0 },
      hostKey,
      admit: ({ token }) => (token === user ? LET_IN : KEPT_OUT),
      arrived: (visitor) => visits.arrive(visitor),
      refused: () => {},
    });
    // A door that is closed ends every connection, and so the visit that is waited for.
    const limit = setTimeout(() => void door.close(), patienceMs);
    const visit = { host: LOOPBACK, port: door.port, user, size: GLASS };
    while (shown < JOINS && isNeeded() && (await visitOnce(visit))) shown++;
    clearTimeout(limit);
    await door.close();
    if (isNeeded()) practiseHybrid();
  } catch {
    // Nothing but the first joins is slower for it.
  }
  return shown;
}

/** Visits that nobody is told of: who comes is let in at once, in a turn of its own as the host would. */
function practiceVisits(state: SessionState): Visits {
  const room = new Room();
  room.publish(picture());
  const visits: Visits = new Visits({
    ...{ room, state, chat: [], max: 1, lobby: false },
    tell: (message) => {
      if (message.type === 'arrived') setImmediate(() => visits.admit(message.arrival.id));
    },
  });
  return visits;
}

/** A screen full of coloured text, as it comes from the screen thread. */
function picture(): Frame {
  const runs = Array.from({ length: SCREEN.rows }, (_, y) => lineOf(y));
  const cursor = { x: 0, y: 0, visible: true, shape: 'default', blink: true } as const;
  const parts: PatchParts = {
    ...{ ...SCREEN, fresh: true, scroll: null, shifts: [], runs, cursor, look: true, title: 'practice' },
  };
  let frame = Frame.blank(SCREEN);
  new PatchReader().read(messageOf(encodePatch(parts)), (patch) => {
    frame = frame.apply(patch);
  });
  return frame;
}

function lineOf(y: number): Run {
  const words = new Uint32Array(SCREEN.cols * CELL_WORDS);
  for (let x = 0; x < SCREEN.cols; x++) {
    words[x * CELL_WORDS + GLYPH] = (0x21 + ((x + y) % 0x5e)) | (1 << WIDTH_SHIFT);
    words[x * CELL_WORDS + FG] = LOOKS[Math.floor((x + y) / LOOK_CELLS) % LOOKS.length]!;
  }
  return { y, x: 0, words, clusters: new Map() };
}
