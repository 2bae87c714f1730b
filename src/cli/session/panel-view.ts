/** What the presenter's panel shows, out of what the session knows: one view a drawing. */
import type { Size } from '../../core/cells.js';
import type { SessionInfo, WhoRow } from '../../ops/session-api.js';
import type { PanelPerson, PanelView } from '../../presenter/panel/view.js';
import type { RoomView } from './answers.js';

/** Columns of a link's secret that are shown at its ends: enough to tell two links apart. */
const SHOWN = { first: 4, last: 2 };

export interface Surroundings {
  readonly info: SessionInfo;
  readonly size: Size;
  readonly recording: boolean;
  readonly nowMs: number;
}

/** Bytes sent to one observer, when it was counted last. */
interface Count {
  readonly bytes: number;
  readonly atMs: number;
  readonly rate: number;
}

export class PanelViews {
  #counts = new Map<string, Count>();

  of(room: RoomView, { info, size, recording, nowMs }: Surroundings): PanelView {
    const { token, watch, expires, unsearched } = info;
    this.#counts = new Map(room.people.map((row) => [row.id, this.#count(row, nowMs)]));
    return {
      ...room,
      watch: watch.replace(token, `${token.slice(0, SHOWN.first)}…${token.slice(-SHOWN.last)}`),
      expires,
      unsearched,
      size: `${size.cols}x${size.rows}`,
      recording,
      lastChat: room.chat.at(-1) ?? null,
      people: room.people.map((row) => this.#person(row)),
    };
  }

  #person(row: WhoRow): PanelPerson {
    const { id, name, role, client, addr, state, muted, size, lagMs, since, askedAt } = row;
    const sees = `${size.cols}x${size.rows}`;
    const rate = this.#counts.get(id)?.rate ?? 0;
    return { id, name, role, client, addr, state, muted, sees, lagMs, rate, since, askedAt };
  }

  /** The rate between two counts: the same number twice within a second is the same count. */
  #count({ id, bytes }: WhoRow, nowMs: number): Count {
    const before = this.#counts.get(id);
    if (before === undefined) return { bytes, atMs: nowMs, rate: 0 };
    const seconds = (nowMs - before.atMs) / 1000;
    if (seconds < 1) return before;
    return { bytes, atMs: nowMs, rate: (bytes - before.bytes) / seconds };
  }
}
