import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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

test('what is larger than any log is not read, but set aside', (t) => {
  const folder = state(t);
  SessionLog.open(folder, 'demo').close();
  const path = logPath(folder, 'demo');
  const bytes = 2 ** 33;
  // Nothing of it is on the disk.
  truncateSync(path, bytes);
  const log = SessionLog.open(folder, 'demo');
  assert.equal(lstatSync(log.setAside ?? '').size, bytes);
  assert.ok(log.write(stamp({ type: 'end', code: 1 }, 'demo', 0)));
  assert.equal(verify(readFileSync(path, 'utf8')).lines, 1);
});

test('a log that others can read, or that is a link, is not written to, and the session goes on without one', (t) => {
  const folder = state(t);
  SessionLog.open(folder, 'demo').close();
  chmodSync(logPath(folder, 'demo'), 0o644);
  const event = stamp({ type: 'end', code: 1 }, 'demo', 0);
  const open = SessionLog.open(folder, 'demo');
  assert.match(open.fault ?? '', /chmod 600/);
  assert.deepEqual([open.write(event), readFileSync(logPath(folder, 'demo'), 'utf8')], [false, '']);
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, '');
  symlinkSync(elsewhere, logPath(folder, 'other'));
  const linked = SessionLog.open(folder, 'other');
  assert.match(linked.fault ?? '', /ELOOP/);
  assert.deepEqual([linked.write(event), readFileSync(elsewhere, 'utf8')], [false, '']);
  chmodSync(join(folder, 'log'), 0o755);
  assert.match(SessionLog.open(folder, 'third').fault ?? '', /chmod 700/);
  chmodSync(join(folder, 'log'), 0o700);
  assert.throws(() => SessionLog.open(folder, '../x'), { code: 'FAILED' });
});

test('a log whose last line is torn, or that was tampered with, is set aside whole, and a new one begins', (t) => {
  const folder = state(t);
  const path = logPath(folder, 'demo');
  const event = stamp({ type: 'end', code: 1 }, 'demo', 0);
  const first = SessionLog.open(folder, 'demo');
  for (let i = 0; i < 3; i++) first.write(event);
  first.close();
  const whole = readFileSync(path, 'utf8');
  for (const broken of [whole.slice(0, -20), whole.slice(0, -1), whole.replace('"code":1', '"code":2'), 'rubbish\n']) {
    writeFileSync(path, broken);
    const log = SessionLog.open(folder, 'demo');
    assert.equal(readFileSync(log.setAside!, 'utf8'), broken, 'nothing of it is lost');
    assert.ok(log.write(event));
    log.close();
    assert.deepEqual([verify(readFileSync(path, 'utf8')).broken, verify(readFileSync(path, 'utf8')).lines], [null, 1]);
  }
  assert.equal(SessionLog.open(folder, 'demo').setAside, null, 'a whole one is gone on with');
});

test('folders follow the XDG variables, and do without them', () => {
  assert.equal(stateFolder({ XDG_STATE_HOME: '/s' }, '/home/a'), '/s/lectern');
  assert.equal(stateFolder({ XDG_STATE_HOME: 'relative' }, '/home/a'), '/home/a/.local/state/lectern');
  assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: tmpdir() }), join(tmpdir(), 'lectern'));
  const fallback = join(tmpdir(), `lectern-${process.getuid?.() ?? -1}`);
  assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: '/nowhere/at/all' }), fallback);
  assert.equal(runtimeFolder({}), fallback);
});
