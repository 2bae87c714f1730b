import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { verify } from '../../src/ops/chain.js';
import { logPath, SessionLog, stamp } from '../../src/ops/log.js';
import { runtimeFolder, stateFolder } from '../../src/ops/paths.js';

function state(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'lectern-state-'));
  t.after(() => rmSync(base, { recursive: true }));
  return join(base, 'lectern');
}

test('each event is one line, private, and a second start appends', (t) => {
  const folder = state(t);
  for (const code of [1, 2]) {
    const log = SessionLog.open(folder, 'demo');
    assert.ok(log.write(stamp({ type: 'end', code }, 'demo', 0)));
    log.close();
    assert.ok(!log.write(stamp({ type: 'end', code: 9 }, 'demo', 0)));
  }
  const path = logPath(folder, 'demo');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const first = { v: 1, t: '1970-01-01T00:00:00.000Z', session: 'demo', type: 'end' };
  assert.deepEqual(
    lines.map((line) => ({ ...JSON.parse(line), h: '' })),
    [
      { ...first, code: 1, h: '' },
      { ...first, code: 2, h: '' },
    ],
  );
  const { lines: count, broken, ended } = verify(readFileSync(path, 'utf8'));
  assert.deepEqual([count, broken, ended], [2, null, true], 'the second start goes on with the chain of the first');
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
});

test('a log stops growing at its limit instead of filling the disk', (t) => {
  const log = SessionLog.open(state(t), 'demo');
  t.after(() => log.close());
  const megabyte = 'x'.repeat(1_000_000);
  const strangers = stamp({ type: 'refuse', addr: megabyte, reason: 'unknown' }, 'demo', 0);
  const acts = stamp({ type: 'link', jti: megabyte, revoked: true }, 'demo', 0);
  const fill = (event: typeof acts) => {
    let written = 0;
    while (log.write(event) && written < 30) written++;
    return written;
  };
  assert.equal(fill(strangers), 8, 'strangers can fill half of it');
  assert.equal(fill(acts), 8, 'the other half is for what was done');
});

test('a log that others can read, or that is a link, is not written to', (t) => {
  const folder = state(t);
  SessionLog.open(folder, 'demo').close();
  chmodSync(logPath(folder, 'demo'), 0o644);
  assert.throws(() => SessionLog.open(folder, 'demo'), { code: 'FAILED', message: /chmod 600/ });
  symlinkSync('/dev/null', logPath(folder, 'other'));
  assert.throws(() => SessionLog.open(folder, 'other'), { code: 'FAILED' });
  assert.throws(() => SessionLog.open(folder, '../x'), { code: 'FAILED' });
});

test('folders follow the XDG variables, and do without them', () => {
  assert.equal(stateFolder({ XDG_STATE_HOME: '/s' }, '/home/a'), '/s/lectern');
  assert.equal(stateFolder({ XDG_STATE_HOME: 'relative' }, '/home/a'), '/home/a/.local/state/lectern');
  assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: tmpdir() }), join(tmpdir(), 'lectern'));
  const fallback = join(tmpdir(), `lectern-${process.getuid?.() ?? -1}`);
  assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: '/nowhere/at/all' }), fallback);
  assert.equal(runtimeFolder({}), fallback);
});
