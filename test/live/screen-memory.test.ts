/** What the screen thread learns outlives it: it tells its host, and the next one begins with it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { type FromScreen, type ScreenStart, TO_SCREEN } from '../../src/cli/session/messages.js';
import { RingWriter, ringMemory } from '../../src/cli/session/ring.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import type { Lesson } from '../../src/core/redact/memory.js';

const BODY = 'Q7zK2xW9vJ4kZ8qX5jV3wK7zQ2xJ9vW4kZ8q';

/** Prints to a screen thread of its own. @returns what it has told of until everything was drawn */
async function screenOf(t: TestContext, output: string, lessons: readonly Lesson[]): Promise<readonly FromScreen[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-screen-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const workerData: ScreenStart = {
    size: { cols: 80, rows: 6 },
    ring: ringMemory(),
    rules: { rules: BUILT_IN_RULES, values: [], mask: '*', ruleFiles: [], valueFiles: [], lints: [] },
    name: 'demo',
    delayMs: 0,
    lessons,
    framesSocket: join(folder, 'frames'),
    answers: false,
    minIntervalMs: 10,
  };
  const worker = new Worker(new URL('../../src/cli/session/screen-worker.js', import.meta.url), { workerData });
  const told: FromScreen[] = [];
  const ring = new RingWriter(workerData.ring, () => worker.postMessage(0));
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: FromScreen) => {
      told.push(message);
      if (message.type === 'ready') {
        ring.write(TO_SCREEN.bytes, Buffer.from(output));
        ring.write(TO_SCREEN.finish, new Uint8Array(0));
      } else if (message.type === 'drawn') resolve();
    });
  });
  await worker.terminate();
  return told;
}

function maskedIn(told: readonly FromScreen[]): number {
  return told.reduce((most, message) => (message.type === 'masked' ? Math.max(most, message.count) : most), 0);
}

test('a screen thread that follows another knows the secrets that the first one saw', async (t) => {
  const first = await screenOf(t, `ghp_${BODY}\r\x1b[K$ `, []);
  const lessons = first.flatMap((message) => (message.type === 'learned' ? [message.lesson] : []));
  assert.deepEqual(
    lessons.map(({ rule, grain }) => `${rule} ${grain}`),
    ['github-token every'],
  );
  const tail = `$ echo ${BODY.slice(10, 30)}\r\n`;
  assert.equal(maskedIn(await screenOf(t, tail, [])), 0, 'without it, nothing is known');
  assert.equal(maskedIn(await screenOf(t, tail, lessons)), 1);
});
