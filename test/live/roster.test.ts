/** Who is here: names, sizes, lag and bytes as `lectern who` and the log tell them, and the same one coming back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WhoRow } from '../../src/ops/session-api.js';
import { logged, peopleOf, present, processIn, watchAs } from '../support/acts.js';
import { House, type Ready, SSH, shellLine, sleep, sshWords, until } from '../support/house.js';

const QUIET = ['sh', '-c', 'echo READY; exec cat'];

function roster(house: House): Promise<readonly WhoRow[]> {
  return house.ask((session) => session.who());
}

async function untilRoster(
  what: string,
  house: House,
  fits: (rows: readonly WhoRow[]) => boolean,
): Promise<readonly WhoRow[]> {
  let rows: readonly WhoRow[] = [];
  const asked = async () => {
    rows = await roster(house);
    return fits(rows) && rows;
  };
  return until(what, asked, () => JSON.stringify(rows));
}

test('the roster tells name, size, client, lag, bytes and what is masked, and follows them', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const { pane, ready } = await present(house, tmux, [], ['sh', '-c', `echo READY ${token}; exec cat`]);
  await pane.shows('READY');
  const ana = await watchAs(tmux, ready, 'ana');
  await watchAs(tmux, ready, 'b\u00f6_\u65e5');
  const isKnown = ({ lagMs, masked }: WhoRow) => lagMs !== null && masked === 1;
  const rows = await untilRoster('two', house, (all) => all.length === 2 && all.every(isKnown));
  const here = Date.now() - Date.parse(rows[0]!.since);
  const [one, two] = rows as [WhoRow, WhoRow];
  assert.deepEqual([one.name, two.name], ['ana', 'b\u00f6_\u65e5']);
  assert.deepEqual(
    [one.size, one.addr, one.role, one.state],
    [{ cols: 80, rows: 25 }, '127.0.0.1', 'observer', 'watching'],
  );
  assert.match(one.client, /OpenSSH/);
  assert.ok(one.lagMs! >= 0 && one.lagMs! < here && one.bytes > 200, JSON.stringify(one));
  assert.ok(Math.abs(Date.parse(one.since) - Date.now()) < 30_000);
  assert.match((await house.run(['who'])).stdout, /NAME .*SIZE .*LAG .*SENT/);

  ana.resize(70, 20);
  await untilRoster('the new size', house, ([row]) => row?.size.cols === 70 && row.size.rows === 20);
  pane.type('more '.repeat(100));
  await untilRoster('more bytes', house, ([row]) => row!.bytes > one.bytes);
  const resized = logged(house, ready).filter(({ type }) => type === 'resize') as unknown as { participant?: WhoRow }[];
  assert.ok(
    resized.some(({ participant }) => participant?.id === one.id),
    'the size is an event',
  );
  ana.keys('w');
  assert.match(await ana.shows('Who is here'), /ana {2}observer/);
});

test('a name that is a secret, the presenter\u2019s or taken is not given; addresses can be hidden', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const config = join(house.home, 'config.toml');
  execFileSync('sh', ['-c', `printf '[room]\\nhide_addresses = true\\n' > "$0"`, config]);
  const { pane, ready } = await present(house, tmux, ['--config', config], QUIET);
  await pane.shows('READY');
  const secret = `AKIA${'Z7Q2'.repeat(4)}`;
  assert.match((await house.run(['redact', 'list'])).stdout, /aws/, 'there is a rule for such keys');
  for (const [i, name] of [secret, 'Presenter', 'ana', 'ana'].entries()) {
    const words = sshWords(ready, ['-o', `SetEnv=LECTERN_NAME=${name}`]);
    tmux.open(`w${i}`, { cols: 80, rows: 25 }, shellLine(words));
    await peopleOf(house, i + 1);
  }
  const rows = await roster(house);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['guest', 'guest-2', 'ana', 'ana-2'],
  );
  assert.deepEqual([...new Set(rows.map(({ addr }) => addr))], ['hidden']);
  const log = readFileSync(join(house.home, '.local/state/lectern/log', `${ready.session}.jsonl`), 'utf8');
  assert.ok(!log.includes('127.0.0.1') && !log.includes(secret), 'neither address nor secret is in the log');
});

/** The link of one who proves a key. */
async function keyed(house: House, flags: readonly string[]): Promise<{ ready: Ready; key: string; pub: string }> {
  const key = join(house.home, 'id');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const { pane, ready } = await present(
    house,
    house.tmux(),
    [...flags, ...(flags.includes('--authorized-keys') ? [`${key}.pub`] : [])],
    QUIET,
  );
  await pane.shows('READY');
  return { ready, key, pub: readFileSync(`${key}.pub`, 'utf8') };
}

for (const [name, flags] of [
  ['a one-time link', ['--once']],
  ['a listed key', ['--authorized-keys']],
] as const) {
  test(`the same key coming back by ${name} replaces its stale entry and keeps its name`, async (t) => {
    const house = new House(t);
    const { ready, key } = await keyed(house, flags);
    const tmux = house.tmux();
    const words = (as: string[]) => [
      'ssh',
      ...SSH,
      '-o',
      'IdentitiesOnly=yes',
      '-i',
      key,
      ...as,
      '-p',
      String(ready.port),
      `${ready.token}@127.0.0.1`,
    ];
    const first = tmux.open('first', { cols: 80, rows: 25 }, shellLine(words(['-o', 'SetEnv=LECTERN_NAME=ana'])));
    await first.shows('LIVE');
    const pid = processIn(first, /^ssh /);
    process.kill(pid, 'SIGSTOP');
    t.after(() => process.kill(pid, 'SIGKILL'));
    const [stale] = await roster(house);
    const second = tmux.open('second', { cols: 80, rows: 25 }, shellLine(words(['-o', 'SetEnv=LECTERN_NAME=ana'])));
    await second.shows('LIVE');
    const [row] = await untilRoster('one entry', house, (rows) => rows.length === 1);
    assert.notEqual(row!.id, stale!.id);
    if (name === 'a one-time link') assert.equal(row!.name, 'ana');
    const leaves = logged(house, ready).filter(({ type }) => type === 'leave') as unknown as { reason: string }[];
    assert.deepEqual(
      leaves.map(({ reason }) => reason),
      ['replaced'],
    );
  });
}

test('two windows of one listed key are two people', async (t) => {
  const house = new House(t);
  const { ready, key } = await keyed(house, ['--authorized-keys']);
  const tmux = house.tmux();
  const words = [
    'ssh',
    ...SSH,
    '-o',
    'IdentitiesOnly=yes',
    '-i',
    key,
    '-p',
    String(ready.port),
    `${ready.token}@127.0.0.1`,
  ];
  for (const name of ['first', 'second']) await tmux.open(name, { cols: 80, rows: 25 }, shellLine(words)).shows('LIVE');
  await sleep(2500);
  assert.equal((await roster(house)).length, 2);
});

test('who stops answering is told as slow, once, and as well when he answers again', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(
    house,
    tmux,
    [],
    ['sh', '-c', 'echo READY; while :; do seq 1000000 1000060; sleep 0.2; done'],
  );
  await pane.shows('1000060');
  const pid = processIn(await watchAs(tmux, ready, 'slow', '1000060'), /^ssh /);
  process.kill(pid, 'SIGSTOP');
  const lags = () => logged(house, ready).filter(({ type }) => type === 'lag') as unknown as { ms: number }[];
  await until('the lag', () => lags().length === 1);
  const rows = await untilRoster('the lag in the roster', house, ([row]) => (row?.lagMs ?? 0) > 2000);
  t.diagnostic(`told at ${lags()[0]!.ms} ms; the roster says ${rows[0]!.lagMs} ms`);
  await sleep(4000);
  process.kill(pid, 'SIGCONT');
  await until('well again', () => lags().length === 2);
  assert.ok(lags()[0]!.ms >= 1000);
});

test('no entry outlives its client: the edge and the client killed', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, [], QUIET);
  await pane.shows('READY');
  process.kill(processIn(await watchAs(tmux, ready, 'ana'), /^ssh /), 'SIGKILL');
  await watchAs(tmux, ready, 'bo');
  await peopleOf(house, 1);
  process.kill(processIn(pane, /session.edge\.js/), 'SIGKILL');
  await peopleOf(house, 0);
  const of = (type: string) =>
    logged(house, ready).filter((event) => event.type === type) as unknown as { participant: WhoRow }[];
  const names = (type: string) => of(type).map(({ participant }) => participant.name);
  assert.deepEqual(
    [names('join'), names('leave')],
    [
      ['ana', 'bo'],
      ['ana', 'bo'],
    ],
  );
});
