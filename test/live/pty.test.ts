import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LecternError } from '../../src/core/errors.js';
import { MAX_WAITING_BYTES } from '../../src/presenter/keyboard.js';
import { type Exit, Pty } from '../../src/presenter/pty.js';
import { Tail } from '../../src/presenter/tail.js';
import { patiently, until } from '../support/patience.js';

interface Run {
  readonly pty: Pty;
  readonly text: () => string;
  readonly exit: Promise<Exit>;
  /** How often the exit was told, and how many bytes came after it. */
  readonly after: { exits: number; bytes: number };
}

function run(file: string, args: string[], work?: (pty: Pty) => void): Run {
  const pty = Pty.open({
    file,
    args,
    cwd: '/',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
    size: { cols: 80, rows: 24 },
    term: 'xterm-256color',
  });
  const chunks: Uint8Array[] = [];
  const after = { exits: 0, bytes: 0 };
  const exit = new Promise<Exit>((done) => {
    pty.onExit((how) => {
      after.exits++;
      done(how);
    });
  });
  pty.onBytes((bytes) => {
    if (after.exits > 0) after.bytes += bytes.length;
    chunks.push(Buffer.from(bytes));
    work?.(pty);
  });
  return { pty, exit, after, text: () => Buffer.concat(chunks).toString() };
}

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** `length` bytes of numbered lines, as a terminal sends them. */
function lines(length: number): { script: string; expected: string } {
  const count = length / 10;
  const script = `i=${count}; exec awk -v n=${count} 'BEGIN { for (i = 0; i < n; i++) printf "%08d\\n", i }'`;
  return { script, expected: Array.from({ length: count }, (_, i) => `${String(i).padStart(8, '0')}\r\n`).join('') };
}

async function lossy(runs: number, atOnce: number, length: number, work?: (pty: Pty) => void): Promise<number> {
  const { script, expected } = lines(length);
  let lost = 0;
  let left = runs;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const one = run('/bin/sh', ['-c', script], work);
      const exit = await one.exit;
      const right = one.text() === expected && exit.code === 0 && one.after.exits === 1 && one.after.bytes === 0;
      if (!right) lost++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return lost;
}

test('no run of 300 loses a byte of the 20 KB that a program prints before it exits', async () => {
  assert.equal(await lossy(300, 6, 20_000), 0);
});

test('no run of 100 loses a byte when each chunk costs its reader a millisecond', async () => {
  assert.equal(await lossy(100, 4, 20_000, () => busy(1)), 0);
});

test('no run of 100 loses a byte of 200 KB', async () => {
  assert.equal(await lossy(100, 4, 200_000), 0);
});

test('reading that pauses for 400 ms around the exit loses nothing, and the exit waits for the last byte', async () => {
  const pauseOnce = (): ((pty: Pty) => void) => {
    const seen = new WeakSet<Pty>();
    return (pty) => {
      if (seen.has(pty)) return;
      seen.add(pty);
      pty.pause();
      setTimeout(() => pty.resume(), 400);
    };
  };
  assert.equal(await lossy(24, 8, 20_000, pauseOnce()), 0);
  assert.equal(await lossy(8, 4, 200_000, pauseOnce()), 0);
});

test('a program that dies at once still has its status and its words told', async () => {
  const runs = Array.from({ length: 20 }, () => run('/bin/echo', ['-n', 'bye']));
  for (const one of runs) {
    assert.deepEqual(await one.exit, { code: 0, signal: null });
    assert.equal(one.text(), 'bye');
  }
});

test('the exit tells the status, or the signal that killed the program', async () => {
  assert.deepEqual(await run('/bin/sh', ['-c', 'exit 7']).exit, { code: 7, signal: null });
  assert.deepEqual(await run('/bin/sh', ['-c', 'kill -TERM $$']).exit, { code: 0, signal: 'SIGTERM' });
  const sleeper = run('/bin/sleep', ['60']);
  sleeper.pty.kill('SIGKILL');
  assert.deepEqual(await sleeper.exit, { code: 0, signal: 'SIGKILL' });
});

test('a job left in the background does not delay the exit of the shell', async () => {
  const one = run('/bin/sh', ['-c', 'trap "" HUP; (trap "" HUP; sleep 20) & echo "job $!"']);
  await one.exit;
  const job = /^job (\d+)\r\n$/.exec(one.text());
  assert.ok(job, JSON.stringify(one.text()));
  process.kill(Number(job[1]), 'SIGKILL');
});

test('a job that floods the terminal in the background does not delay the exit without end', async () => {
  const one = run('/bin/bash', ['-c', 'yes & echo "job $!"']);
  await patiently('the exit', one.exit);
});

test('output that was stopped with C-s does not swallow the exit', async () => {
  const one = run('/bin/sh', ['-c', 'echo ready; read line; echo never seen']);
  await until('the program', () => one.text().includes('ready'));
  one.pty.type(Buffer.from('\x13'));
  one.pty.kill('SIGKILL');
  assert.equal((await one.exit).signal, 'SIGKILL');
  assert.equal(one.text(), 'ready\r\n');
});

test('what is typed arrives in order, also when it is more than the kernel takes at once', async () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}`).join('\n');
  const count = Buffer.byteLength(text);
  const one = run('/bin/sh', ['-c', `stty raw -echo; echo ready; sleep 0.2; head -c ${count} | sha256sum`]);
  await until('the program', () => one.text().includes('ready'));
  for (let at = 0; at < count; at += 1000) assert.ok(one.pty.type(Buffer.from(text.slice(at, at + 1000))));
  await one.exit;
  const { createHash } = await import('node:crypto');
  assert.match(one.text(), new RegExp(createHash('sha256').update(text).digest('hex')));
});

test('a program that reads nothing does not make typed bytes pile up without end', async () => {
  const one = run('/bin/sh', ['-c', 'stty raw -echo; echo ready; sleep 60']);
  await until('the program', () => one.text().includes('ready'));
  const kib = Buffer.alloc(1024, 'x');
  const most = MAX_WAITING_BYTES / kib.length;
  let taken = 0;
  while (taken < 2 * most && one.pty.type(kib)) taken++;
  // Beside what waits there is what the kernel took.
  assert.ok(taken >= most && taken < most + 200, String(taken));
  one.pty.kill('SIGKILL');
  await one.exit;
});

test('the program learns its size, its changes, and that its terminal takes UTF-8', async () => {
  const one = run('/bin/bash', [
    '-c',
    'stty size; stty -a | grep -o .iutf8; trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.05; done',
  ]);
  await until('the program', () => one.text().includes('ready'));
  one.pty.resize({ cols: 132, rows: 43 });
  await one.exit;
  assert.equal(one.text().replaceAll('\r', ''), '24 80\n iutf8\nready\n43 132\n');
});

test('a program or a directory that is not there is refused before anything starts', () => {
  const start = (file: string, cwd: string) => () =>
    Pty.open({ file, args: [], cwd, env: { PATH: '/bin' }, size: { cols: 80, rows: 24 }, term: 'xterm' });
  const refusal = (error: unknown) => error instanceof LecternError && error.code === 'SPAWN';
  assert.throws(start('no-such-program', '/'), refusal);
  assert.throws(start('/etc/passwd', '/'), refusal);
  assert.throws(start('sh', '/no/such/directory'), refusal);
});

test('the mark is cut out wherever the chunks are cut, and nothing else is', () => {
  const mark = Buffer.from('1121131');
  const stream = Buffer.from('a1b11c112113d1121121131after11211');
  for (let size = 1; size <= stream.length; size++) {
    const tail = new Tail(mark);
    const out: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) out.push(tail.pass(stream.subarray(at, at + size)));
    out.push(tail.rest());
    assert.equal(Buffer.concat(out).toString(), 'a1b11c112113d112after11211', `chunks of ${size}`);
    assert.equal(tail.found, true);
  }
});
