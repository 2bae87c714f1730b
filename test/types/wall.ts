/**
 * Programs that must not compile: each is a way round the wall. The compiler is the test: a line marked with
 * `@ts-expect-error` that compiles is an error. Never run.
 */
import { blankRow, type Cursor, Row, type Screen, type Size } from '../../src/core/cells.js';
import { BLANK, Frame, Patch } from '../../src/core/frame.js';
import { paint } from '../../src/core/paint.js';
import type { PatchParts } from '../../src/core/patch.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Room } from '../../src/core/room.js';
import type { Recording } from '../../src/observers/recording.js';

declare const screen: Screen;
declare const rows: readonly Row[];
declare const cursor: Cursor;
declare const size: Size;
declare const parts: PatchParts;
declare const room: Room;
declare const recording: Recording;
declare const bytes: Uint8Array;
/** Has everything that a frame shows, and is none. */
declare const lookAlike: { readonly [Field in keyof Frame]: Frame[Field] };
declare const patchAlike: { readonly [Field in keyof Patch]: Patch[Field] };

/** What is right compiles: the refusals below are not those of a broken import. */
export function allowed(): void {
  const frame = Frame.of(screen, Redactor.of([]));
  room.publish(frame);
  room.publish(BLANK.apply(Patch.decode(frame.diffFrom(BLANK).encode())));
  paint(frame.diffFrom(BLANK), false);
  recording.show(frame);
}

export function aSecretIsNotPublished(): void {
  // @ts-expect-error a screen is secret
  room.publish(screen);
  // @ts-expect-error rows are not a frame
  room.publish(rows);
  // @ts-expect-error a row is not a frame
  room.publish(blankRow(80));
  // @ts-expect-error a look-alike has no brand
  room.publish(lookAlike);
  // @ts-expect-error nor has a literal
  room.publish({ size, rows, cursor, title: '' });
  // @ts-expect-error nor a copy of a frame
  room.publish({ ...BLANK });
  // @ts-expect-error text is not a frame
  room.publish('secret');
  // @ts-expect-error nor are bytes
  room.publish(bytes);
  // @ts-expect-error viewers are shown frames only
  recording.show(screen);
  // @ts-expect-error a room takes nothing at its birth
  new Room(screen);
}

export function aFrameIsNotMade(): void {
  // @ts-expect-error the constructor is private
  new Frame(size, rows, cursor, '');
  // @ts-expect-error also to heirs
  class Forged extends Frame {}
  void Forged;
  // @ts-expect-error a screen does not turn into a frame without a redactor
  Frame.of(screen);
  // @ts-expect-error nor with a look-alike of one
  Frame.of(screen, { redact: () => ({ masks: [], title: '', counts: new Map() }) });
  // @ts-expect-error a redactor has doors of its own
  new Redactor([], []);
  // @ts-expect-error a frame is no screen with a few fields more
  const forged: Frame = { ...screen, cursor };
  void forged;
}

export function aPatchIsNotMade(): void {
  // @ts-expect-error the constructor is private
  new Patch(parts);
  // @ts-expect-error parts are not a patch
  BLANK.apply(parts);
  // @ts-expect-error a look-alike has no brand
  BLANK.apply(patchAlike);
  // @ts-expect-error bytes are decoded at one place
  BLANK.apply(bytes);
  // @ts-expect-error a screen has no difference to a frame
  BLANK.diffFrom(screen);
  // @ts-expect-error only what differs between frames is a patch
  Patch.between(screen, screen);
  // @ts-expect-error parts are not painted
  paint(parts, false);
}

export function aFrameDoesNotChange(): void {
  // @ts-expect-error a frame never changes
  BLANK.title = 'secret';
  // @ts-expect-error nor do its rows
  BLANK.rows[0] = blankRow(1);
  // @ts-expect-error nor the list of them
  BLANK.rows.push(new Row(new Uint32Array(4), new Map()));
  // @ts-expect-error nor the rows of a patch
  BLANK.diffFrom(BLANK).parts.runs = [];
}
