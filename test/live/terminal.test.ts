import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Pty } from '../../src/presenter/pty.js';
import { undo } from '../../src/presenter/undo.js';
import { sleep, until } from '../support/patience.js';

const MODULE = fileURLToPath(new URL('../../src/presenter/terminal.js', import.meta.url));
const UNDO = undo({ alternate: false });
const UNDO_ALTERNATE = undo({ alternate: true });

/** Who was killed leaves it to his guard, which comes a moment later; what is not right after ten seconds will not be. */
const AFTER = 'for i in $(seq 100); do after=$(stty -g); if [ "$after" = "$before" ]; then break; fi; sleep 0.1; done';

interface Run {
  readonly text: () => string;
  readonly says: (text: string) => Promise<boolean>;
  readonly exit: Promise<unknown>;
  readonly pty: Pty;
}

/** Runs `code` with an open terminal in node, in a shell that tells the settings before and after. */
function run(code: string): Run {
  const script = `import { Terminal } from ${JSON.stringify(MODULE)}; const terminal = Terminal.open(); const say = (text) => terminal.write(Buffer.from(text)); ${code}`;
  const pty = Pty.open({
    file: '/bin/sh',
    args: [
      '-c',
      `before=$(stty -g); echo "<$before>"; "$NODE" --input-type=module -e "$SCRIPT"; echo "status $?"; ${AFTER}; echo "<$after>"`,
    ],
    cwd: '/',
    env: { PATH: process.env['PATH'], NODE: process.execPath, SCRIPT: script },
    size: { cols: 80, rows: 24 },
    term: 'xterm-256color',
  });
  const chunks: Uint8Array[] = [];
  pty.onBytes((bytes) => chunks.push(Buffer.from(bytes)));
  const text = (): string => Buffer.concat(chunks).toString();
  const says = (wanted: string) =>
    until(
      JSON.stringify(wanted),
      () => text().includes(wanted),
      () => JSON.stringify(text()),
    );
  return { pty, text, says, exit: new Promise((done) => pty.onExit(done)) };
}

/** The settings before and after, as the shell told them. */
function settings(text: string): string[] {
  return [...text.matchAll(/<([0-9a-f:]+)>/g)].map((found) => found[1]!);
}

async function assertRestored(one: Run, sequences: string, status: number): Promise<void> {
  await one.exit;
  const [before, after, ...more] = settings(one.text());
  assert.ok(before !== undefined && after === before && more.length === 0, JSON.stringify(one.text()));
  assert.equal(one.text().split(sequences).length, 2, JSON.stringify(one.text()));
  assert.match(one.text(), new RegExp(`status ${status}\r?\n`));
}

test('bytes pass unchanged both ways while it is open, and everything is undone after', async () => {
  const one = run(
    `say('ready\\n'); terminal.onKeys((keys) => { say('[' + keys.toString('hex') + ']\\nend'); terminal.restore('last').then(() => process.exit(3)); });`,
  );
  await one.says('ready\n');
  assert.ok(!one.text().includes('ready\r'), 'a line feed stays one character');
  one.pty.type(Buffer.from('\x03\x1c\x13\r'));
  await assertRestored(one, UNDO, 3);
  assert.ok(one.text().includes(`[031c130d]\nendlast${UNDO}`), JSON.stringify(one.text()));
});

test('a program’s alternate screen is left, only when it is shown', async () => {
  await assertRestored(run(`terminal.setAlternate(true); process.exit(0);`), UNDO_ALTERNATE, 0);
});

for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const) {
  test(`the terminal is restored on ${signal}`, async () => {
    await assertRestored(
      run(`say('x'); setTimeout(() => process.kill(process.pid, '${signal}'), 50); setTimeout(() => {}, 9000);`),
      UNDO,
      status,
    );
  });
}

test('the terminal is restored on an error that nobody caught', async () => {
  await assertRestored(run(`setTimeout(() => { throw new Error('oops'); }, 20);`), UNDO, 1);
});

test('the terminal is restored when lectern is killed and can do nothing itself', async () => {
  const one = run(
    `terminal.setAlternate(true); say('x'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);`,
  );
  await assertRestored(one, UNDO_ALTERNATE, 137);
});

/** What the settings were before, after a change by the shell that has the terminal again, and after its undoing. */
async function assertLeftAlone(guardPath: string): Promise<void> {
  const script = `import { Terminal } from ${JSON.stringify(MODULE)}; process.env.PATH = process.env.GUARD_PATH; Terminal.open(); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`;
  const pty = Pty.open({
    file: 'bash',
    args: ['--norc', '--noprofile', '--noediting', '-i'],
    cwd: '/',
    env: { PATH: process.env['PATH'], GUARD_PATH: guardPath, NODE: process.execPath, SCRIPT: script, PS1: '' },
    size: { cols: 80, rows: 24 },
    term: 'xterm-256color',
  });
  const chunks: Uint8Array[] = [];
  pty.onBytes((bytes) => chunks.push(Buffer.from(bytes)));
  const exit = new Promise((done) => pty.onExit(done));
  const type = (...lines: string[]) => pty.type(Buffer.from(`${lines.join('\n')}\n`));
  const said = () => Buffer.concat(chunks).toString();
  type('stty -echo', 'echo "<$(stty -g)>"', '"$NODE" --input-type=module -e "$SCRIPT"', 'stty erase ^H');
  await until('the modes to be undone', () => said().includes(UNDO));
  // Long enough for the guard to touch the settings, too, if it did.
  await sleep(400);
  type('echo "<$(stty -g)>"', 'stty erase ^?', 'echo "<$(stty -g)>"', 'exit');
  await exit;
  const text = said();
  const [before, changed, after] = settings(text);
  assert.ok(
    before !== undefined && before === after && changed !== undefined && changed !== before,
    JSON.stringify(text),
  );
  assert.ok(text.includes(UNDO), JSON.stringify(text));
}

test('a shell that has taken the terminal back keeps its settings, and the program’s modes are undone', async () => {
  await assertLeftAlone(process.env['PATH']!);
});

test('a shell that takes it back while the guard is about to restore the settings keeps them, too', async (t) => {
  const slow = mkdtempSync(join(tmpdir(), 'lectern-slow-'));
  t.after(() => rmSync(slow, { recursive: true }));
  const tried = join(slow, 'tried');
  const stty = spawnSync('/bin/sh', ['-c', 'command -v stty'], { encoding: 'utf8' }).stdout.trim();
  // Settings are words with colons. Later than the look at who has the terminal, and sooner than the sleep above.
  const restores = `sleep 0.2; : > ${tried}; exec ${stty} "$@"`;
  writeFileSync(join(slow, 'stty'), `#!/bin/sh\ncase $1 in *:*) ${restores} ;; esac\nexec ${stty} "$@"\n`, {
    mode: 0o755,
  });
  // Who looks first, the guard or the shell, is chance.
  for (let round = 0; round < 40 && !existsSync(tried); round++)
    await assertLeftAlone(`${slow}:${process.env['PATH']}`);
  assert.ok(existsSync(tried), 'the guard never came first');
});

test('the size is known, and its changes', async () => {
  const one = run(
    `terminal.onResize(({ cols, rows }) => { say('now ' + cols + 'x' + rows); terminal.restore().then(() => process.exit(0)); }); say(terminal.size.cols + 'x' + terminal.size.rows + ' ready'); setTimeout(() => {}, 9000);`,
  );
  await one.says('80x24 ready');
  one.pty.resize({ cols: 132, rows: 43 });
  await one.says('now 132x43');
  await one.exit;
});

test('a terminal that takes nothing says so instead of blocking, and says when it has taken all', async () => {
  const one = run(
    `let count = 0; const piece = Buffer.alloc(1024); const turn = () => { piece.fill(String(count % 10)); if (terminal.write(piece)) { count++; setImmediate(turn); } else { piece.fill('?'); terminal.onDrain(() => { say('|drained after ' + count); terminal.restore().then(() => process.exit(0)); }); } }; terminal.onKeys(turn); say('ready');`,
  );
  await one.says('ready');
  one.pty.pause();
  one.pty.type(Buffer.from('k'));
  await sleep(300);
  one.pty.resume();
  await one.says('|drained after ');
  const count = Number(/drained after (\d+)/.exec(one.text())![1]);
  assert.ok(count >= 16 && count < 64, String(count));
  // One piece of memory was used for all of it.
  const told = Array.from({ length: count + 1 }, (_, i) => String(i % 10).repeat(1024)).join('');
  assert.equal(/ready(.*)\|drained/.exec(one.text())![1], told);
  await one.exit;
});

test('without a terminal it says so in one line', () => {
  const code = `import { Terminal } from ${JSON.stringify(MODULE)}; try { Terminal.open(); } catch (error) { console.log(error.code, error.message); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  assert.match(stdout, /^NOT_A_TTY lectern needs a terminal[^\n]*\n$/);
});
