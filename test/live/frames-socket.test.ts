import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { followFrames, messageOf } from '../../src/cli/session/frames-socket.js';
import { BLANK, Frame } from '../../src/core/frame.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { House, until } from '../support/house.js';
import { changed, screenOf } from '../support/screens.js';

/** So that the first picture is longer than what is read at once, and is put together from several reads. */
const SIZE = [120, 60] as const;

test('pictures come over whole, wherever the kernel cuts them between two reads', async (t) => {
  const house = new House(t);
  const path = join(house.home, 'frames');
  const seed = Date.now() % 1e9;
  t.diagnostic(`seed ${seed}`);
  const screens = screenOf(...SIZE).chain((first) =>
    fc.tuple(fc.constant(first), ...Array.from({ length: 5 }, () => changed(first))),
  );
  const [drawn] = fc.sample(screens, { numRuns: 1, seed });
  const frames = drawn!.map((screen) => Frame.of(screen, Redactor.NONE));
  const bytes = Buffer.concat(
    frames.map((frame, i) => messageOf(frame.diffFrom(i === 0 ? BLANK : frames[i - 1]!).encode())),
  );
  const cuts = fc.sample(fc.integer({ min: 1, max: 30_000 }), { numRuns: bytes.length, seed });
  const server = createServer(async (socket) => {
    for (let at = 0, i = 0; at < bytes.length; at += cuts[i++]!) {
      socket.write(bytes.subarray(at, at + cuts[i]!));
      await sleep(2);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  house.after(() => void server.close());
  const seen: Frame[] = [];
  const following = followFrames(path, (frame) => void seen.push(frame));
  house.after(() => following.close());
  await until('the last picture', () => seen.at(-1)?.equals(frames.at(-1)!));
  // Of those that came together the last one is shown.
  let next = 0;
  for (const frame of seen) {
    next = frames.findIndex((one, i) => i >= next && one.equals(frame)) + 1;
    assert.ok(next > 0, 'a picture that is none of them, or comes after a later one');
  }
});
