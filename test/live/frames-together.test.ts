/** Frames on their way to an edge that is busy sending the last one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FrameServer, followFrames } from '../../src/cli/session/frames-socket.js';
import { Frame } from '../../src/core/frame.js';

const PATIENCE_MS = 5000;

test('of frames that come together the last is shown, and frames that come one by one are all shown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-frames-'));
  const path = join(folder, 'frames.sock');
  const server = await FrameServer.listen(path);
  const widths: number[] = [];
  let came = () => {};
  const following = followFrames(path, ({ size }) => {
    widths.push(size.cols);
    came();
  });
  const next = (act: () => void) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`in vain after ${widths}`)), PATIENCE_MS);
      came = () => {
        clearTimeout(timer);
        resolve();
      };
      act();
    });
  const publish = (cols: number) => server.publish(Frame.blank({ cols, rows: 5 }));
  try {
    await next(() => publish(10));
    widths.length = 0;
    await next(() => publish(11));
    await next(() => publish(12));
    // Nothing is read before this turn is over.
    await next(() => [13, 14, 15].forEach(publish));
    await next(() => publish(16));
    assert.deepEqual(widths, [11, 12, 15, 16]);
  } finally {
    following.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
