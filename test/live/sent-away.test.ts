/** Observers who are sent away are gone at once, with their terminals as they were; and what no observer may do at all. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { WORDS } from '../../src/core/errors.js';
import { connectSession } from '../../src/ops/session-client.js';
import { peopleOf } from '../support/acts.js';
import { House, run, type Share, SSH, shellLine, sleep, until } from '../support/house.js';

/** Observers whose link is revoked at once, and how many of them do not move at that time. */
const CROWD = 20;
const STOPPED = 5;
/** The promise: gone within this time, in ms. How long it took is told; the machine may be busy. */
const GONE_MS = 300;

/** Connections that the session holds: what the kernel says of its port. */
function connections(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  // 01 is ESTABLISHED; the first address of a line is the local one.
  return lines.filter((line) => line.slice(0, 21).includes(local) && / 01 /.test(line.slice(28, 40))).length;
}

function observer(house: House, share: Share): ChildProcess {
  const [file, ...args] = share.ssh(['-tt']);
  const child = spawn(file!, args, { env: house.env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout!.resume();
  house.after(() => void child.kill('SIGKILL'));
  return child;
}

test('the observers of a revoked link are gone, those that do not move too', async (t) => {
  const house = new House(t);
  const share = await house.share([], ['sh', '-c', 'while :; do date +%N; sleep 0.05; done']);
  const crowd: ChildProcess[] = [];
  for (let i = 0; i < CROWD; i += 5) {
    for (let j = 0; j < 5; j++) crowd.push(observer(house, share));
    await peopleOf(house, i + 5);
  }
  const stopped = crowd.slice(0, STOPPED);
  for (const child of stopped) child.kill('SIGSTOP');
  assert.equal(connections(share.ready.port), CROWD);
  const ended: number[] = [];
  const session = await connectSession(house.env, share.ready.session);
  house.after(() => session.close());
  const began = performance.now();
  for (const child of crowd) child.on('exit', () => ended.push(performance.now() - began));
  await session.revokeAllLinks();
  await until('the last connection to go', () => connections(share.ready.port) === 0);
  const gone = performance.now() - began;
  for (const child of stopped) child.kill('SIGCONT');
  const walking = [...ended].sort((a, b) => a - b);
  t.diagnostic(
    `${CROWD} observers, ${STOPPED} stopped: clients ended after ${walking[walking.length >> 1]?.toFixed(0)} ms (median), ` +
      `${walking.at(-1)?.toFixed(0)} ms (max); the last connection was gone after ${gone.toFixed(0)} ms (goal ${GONE_MS})`,
  );
  const leaves = () => share.events.filter(({ type }) => type === 'leave').length;
  await until('a leave of each', () => leaves() >= CROWD);
  assert.equal(leaves(), CROWD);
});

test('who is kicked finds his terminal as it was and is told why; with --ban he does not come back', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share(
    [],
    ['sh', '-c', "printf '\\033[?1002h\\033[?1006h\\033[?2004h\\033[?1h'; sleep 1000"],
  );
  const line = `stty -g > ${house.home}/before; ${shellLine(share.ssh())}; echo "code $?"; stty -g > ${house.home}/after; cat`;
  const tell = '#{alternate_on}#{mouse_any_flag}#{mouse_sgr_flag}#{keypad_cursor_flag}#{cursor_flag}#{wrap_flag}';
  for (const ban of [false, true]) {
    const pane = tmux.open(`pane${ban}`, { cols: 80, rows: 25 }, line);
    await pane.shows('LIVE');
    assert.equal((await house.run(['grant', 'guest', '--for', '20s'])).code, 0);
    await pane.shows('CONTROL');
    await until('the modes in his terminal', () => pane.tell('#{alternate_on}#{mouse_sgr_flag}') === '11');
    assert.equal((await house.run(['kick', 'guest', ...(ban ? ['--ban'] : [])])).code, 0);
    const text = await pane.shows('code 1');
    assert.ok(text.includes(WORDS.kicked), text);
    assert.equal(pane.tell(tell), '000011');
    const after = await until(
      'the settings after it',
      () => existsSync(`${house.home}/after`) && readFileSync(`${house.home}/after`, 'utf8'),
    );
    assert.equal(after, readFileSync(`${house.home}/before`, 'utf8'));
    rmSync(`${house.home}/after`);
  }
  const again = await run('ssh', share.ssh(['-tt']).slice(1), house.env);
  assert.notEqual(again.code, 0);
  assert.ok((again.stdout + again.stderr).includes(WORDS.kicked), again.stdout + again.stderr);
});

test('commands, files, forwarding, agent, X11 and variables are refused without effect', async (t) => {
  const house = new House(t);
  const share = await house.share([], ['sh', '-c', 'echo CONTENT; sleep 1000']);
  const { port, token } = share.ready;
  const ssh = (options: string[], ...command: string[]) =>
    run('ssh', [...share.ssh(options).slice(1), ...command], house.env);
  await until('the picture', async () => (await ssh([], 'text')).stdout.includes('CONTENT'));
  for (const command of [['touch', `${house.home}/made`], ['sh'], ['text; id'], ['/usr/lib/openssh/sftp-server']]) {
    const { code, stdout, stderr } = await ssh([], ...command);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^lectern: [^\n]+\n$/);
  }
  assert.equal(existsSync(`${house.home}/made`), false);
  assert.match((await ssh([], 'text')).stdout, /CONTENT/);
  assert.match((await ssh([], 'who')).stdout, /guest/);
  assert.equal((await ssh(['-T'])).code, 1);

  const sftp = await run('sftp', [...SSH, '-b', '/dev/null', '-P', String(port), `${token}@127.0.0.1`], house.env);
  assert.notEqual(sftp.code, 0);
  const scp = await run(
    'scp',
    ['-O', ...SSH, '-P', String(port), `${token}@127.0.0.1:/etc/hostname`, house.home],
    house.env,
  );
  assert.notEqual(scp.code, 0);
  assert.equal(existsSync(join(house.home, 'hostname')), false);

  let touched = 0;
  const target = createServer(() => touched++).listen(0, '127.0.0.1');
  house.after(() => void target.close());
  await once(target, 'listening');
  const { port: targetPort } = target.address() as { port: number };
  const through = await ssh(['-W', `127.0.0.1:${targetPort}`]);
  assert.equal(through.code, 255);
  const listening = await ssh(['-o', 'ExitOnForwardFailure=yes', '-N', '-R', `0:127.0.0.1:${targetPort}`]);
  assert.equal(listening.code, 255);
  assert.equal(touched, 0);
  const agent = join(house.home, 'agent');
  writeFileSync(agent, '');
  const env = { ...house.env, DISPLAY: ':99', SSH_AUTH_SOCK: agent, LD_PRELOAD: 'x' };
  const words = share.ssh(['-A', '-Y', '-o', 'SetEnv=LD_PRELOAD=x PATH=y', '-o', 'SendEnv=DISPLAY']).slice(1);
  assert.match((await run('ssh', [...words, 'text'], env)).stdout, /CONTENT/);
  assert.equal((await house.run(['who', '--json'])).code, 0);
});

test('a link without a status line leaves the picture alone', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share([], ['sh', '-c', 'echo CONTENT; sleep 1000']);
  const { stdout } = await house.run(['link', '--no-status', '--json']);
  const { token } = JSON.parse(stdout) as { token: string };
  const bare = tmux.open('bare', { cols: 80, rows: 25 }, shellLine(share.ssh([], token)));
  const env = tmux.open('env', { cols: 80, rows: 24 }, shellLine(share.ssh(['-o', 'SetEnv=LECTERN_STATUS=off'])));
  for (const pane of [bare, env]) {
    await pane.shows('CONTENT');
    pane.keys('t', 'x');
    await sleep(200);
    assert.equal(pane.text().trim(), 'CONTENT');
  }
});
