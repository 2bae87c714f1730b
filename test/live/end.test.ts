/** How a session ends, well or badly: exit codes, last words, the terminal as it was, and nothing left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { logged } from '../support/acts.js';
import { BIN, House, type Pane, type Result, shellLine, sleep, sshWords, type Tmux, until } from '../support/house.js';

const SIZE = { cols: 80, rows: 24 };
/** What a program leaves on that does not clean up. */
const MESS = '\\033[?1049h\\033[?1000h\\033[?1006h\\033[?2004h\\033[?1h\\033[?25l\\033[4h\\033[5;10r';
const MODES =
  '#{alternate_on}#{mouse_any_flag}#{mouse_sgr_flag}#{keypad_cursor_flag}#{insert_flag}#{cursor_flag}#{scroll_region_upper}';
const CLEAN = '0000010';

function headless(house: House, flags: readonly string[], ...command: string[]): Promise<Result> {
  return house.run(['--headless', '--listen', '127.0.0.1:0', ...flags, '--', ...command]);
}

/** Files of sessions that are there: sockets and their like. */
function leftovers(house: House): string[] {
  return readdirSync(house.home, { recursive: true })
    .map(String)
    .filter((name) => /\.(sock|frames|tmp)$/.test(name) && !name.includes('tmux'));
}

/** A shell that tells the terminal's settings before and after lectern. */
function bracketed(house: House, words: readonly string[]): string {
  const { home } = house;
  const lectern = shellLine([process.execPath, BIN, '--listen', '127.0.0.1:0', ...words]);
  const before = `echo $$ > ${home}/shell; stty -g > ${home}/before`;
  // Where lectern was killed its guard puts the terminal right a moment later; after ten seconds it will not.
  const settings = `for i in $(seq 100); do stty -g > ${home}/after; cmp -s ${home}/before ${home}/after && break; sleep 0.1; done`;
  return `${before}; ${lectern}; code=$?; ${settings}; echo "code $code"; cat`;
}

function assertRestored(house: House, pane: Pane): void {
  const read = (name: string) => readFileSync(join(house.home, name), 'utf8');
  assert.equal(read('after'), read('before'));
  // What undoes modes was written before the settings were.
  assert.equal(pane.tell(MODES), CLEAN);
}

/** Process id of the edge of that lectern. */
function edgeOf(lectern: number): number {
  const children = readFileSync(`/proc/${lectern}/task/${lectern}/children`, 'utf8').trim().split(' ');
  return Number(children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('edge.js')));
}

/** Process id of the lectern that runs in a pane. */
function lecternOf(house: House): Promise<number> {
  return until('lectern', () => {
    const shell = readFileSync(join(house.home, 'shell'), 'utf8').trim();
    const children = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim();
    return Number(children.split(' ')[0]) || null;
  });
}

test('the exit code is the program\u2019s, 128 and the signal, 125 for lectern itself, 2 and 78 for its user', async (t) => {
  const house = new House(t);
  const taken = createServer().listen(0, '127.0.0.1');
  house.after(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const rules = join(house.home, 'rules.toml');
  writeFileSync(rules, '[[rules]]\nid = "open"\nregex = "("\n\n[[rules]]\nid = "word"\nregexp = "x"\n');
  writeFileSync(join(house.home, 'garbage'), 'not a key\n');
  const cases: readonly [string, number, Promise<Result>, RegExp][] = [
    ['its own', 7, headless(house, [], 'sh', '-c', 'exit 7'), /^$/],
    ['a signal', 143, headless(house, [], 'sh', '-c', 'kill -TERM $$'), /^$/],
    ['kill -9', 137, headless(house, [], 'sh', '-c', 'kill -9 $$'), /^$/],
    ['no program', 125, headless(house, [], '/nowhere/program'), /no such program/],
    [
      'a taken port',
      125,
      house.run(['--headless', '--listen', `127.0.0.1:${port}`, '--', 'true']),
      new RegExp(`${port}`),
    ],
    ['not a terminal', 125, house.run(['--listen', '127.0.0.1:0', '--', 'true']), /terminal.*--headless/],
    ['an unknown flag', 2, headless(house, ['--reed-only'], 'true'), /--reed-only/],
    ['a bad duration', 2, headless(house, ['--ttl', 'soon'], 'true'), /--ttl must be a duration/],
    ['a bad size', 2, headless(house, ['--size', '1x1'], 'true'), /--size/],
    [
      'bad rules',
      78,
      headless(house, ['--redact', rules], 'true'),
      /rules\.toml:3:\d+: .*open[\s\S]*rules\.toml:\d:\d+: .*word/,
    ],
    ['no rules', 78, headless(house, ['--redact', join(house.home, 'nothing.toml')], 'true'), /nothing\.toml/],
    ['no list of keys', 1, headless(house, ['--authorized-keys', join(house.home, 'nothing')], 'true'), /nothing/],
    ['no keys in it', 1, headless(house, ['--authorized-keys', join(house.home, 'garbage')], 'true'), /garbage/],
  ];
  for (const [name, code, running, says] of cases) {
    const result = await running;
    t.diagnostic(`${name}: ${result.code} ${result.stderr.trim().replaceAll(house.home, '~').slice(0, 300)}`);
    assert.match(result.stderr, says, name);
    assert.equal(result.code, code === 1 ? 125 : code, name);
    if (code !== 0 && says.source !== '^$') assert.equal(result.stdout, '', `${name}: nothing was shared`);
  }
  assert.deepEqual(leftovers(house), []);
});

test('the last words reach presenter and observer, and a mess is cleared away on both sides', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const command = ['sh', '-c', `printf '${MESS}'; read -r go; seq 1 3000; printf 'LAST-WORDS'; exit 3`];
  const { pane, ready, line } = await bracketedPresent(house, tmux, command);
  assert.ok(line.length > 0);
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, shellLine(sshWords(ready)));
  await ana.shows('LIVE');
  assert.notEqual(pane.tell(MODES), CLEAN);
  pane.keys('Enter');
  await pane.shows('code 3');
  assertRestored(house, pane);
  assert.match(await ana.shows('[ended 0]'), /ENDED/);
  assert.equal(ana.tell(MODES), CLEAN);
  assert.deepEqual(leftovers(house), []);
  assert.match((await house.run(['session', 'list', '--json'])).stdout, /"sessions":\[\]/);
  assert.equal((await house.run(['session', 'info'])).code, 4);
});

async function bracketedPresent(house: House, tmux: Tmux, command: readonly string[], flags: readonly string[] = []) {
  const line = bracketed(house, [...flags, '--', ...command]);
  const pane = tmux.open('presenter', SIZE, line);
  return { pane, ready: await house.ready(() => pane.text()), line };
}

/** The list of sessions is empty. */
function nothingListed(house: House): Promise<true> {
  return until('an empty list', async () => {
    const { stdout } = await house.run(['session', 'list', '--json']);
    return stdout.includes('[]');
  });
}

for (const [signal, code] of [
  ['SIGTERM', 129],
  ['SIGQUIT', 129],
  ['SIGKILL', 137],
] as const) {
  test(`${signal} to lectern leaves the terminal as it was, and no program behind`, async (t) => {
    const house = new House(t);
    const tmux = house.tmux();
    const { pane, ready } = await bracketedPresent(house, tmux, [
      'sh',
      '-c',
      `echo $$ > ${house.home}/program; printf '${MESS}READY'; sleep 1000`,
    ]);
    await pane.shows('READY');
    await until('the modes on the terminal', () => pane.tell('#{alternate_on}') === '1');
    // Who is shown the picture is shown it by a lectern that knows the modes.
    await until('the picture', async () => {
      const { stdout } = await house.tool('ssh', [...sshWords(ready).slice(1), 'text']);
      return stdout.includes('READY');
    });
    process.kill(await lecternOf(house), signal);
    await pane.shows(`code ${code}`);
    assertRestored(house, pane);
    const program = Number(readFileSync(join(house.home, 'program'), 'utf8'));
    await until('the program to end', () => !existsSync(`/proc/${program}`));
    await nothingListed(house);
    if (signal !== 'SIGKILL') assert.deepEqual(leftovers(house), []);
  });
}

test('a terminal that is another\u2019s is none: nothing is shared, and one line says so', async (t) => {
  const house = new House(t);
  const lectern = shellLine(['setsid', '-w', process.execPath, BIN, '--listen', '127.0.0.1:0', '--', 'true']);
  const { code, stdout } = await house.tool('script', ['-qec', lectern, '/dev/null']);
  assert.equal(stdout.trim(), 'lectern: lectern needs a terminal to share: run it in one, or use --headless');
  assert.equal(code, 125);
});

test('SIGUSR1 opens no debugger, neither beside the terminal nor where ssh is answered', async (t) => {
  const house = new House(t);
  // What the edge says is seen then.
  house.env['LECTERN_DEBUG'] = '1';
  const { pane, ready } = await bracketedPresent(house, house.tmux(), ['sh', '-c', 'echo READY; sleep 1000']);
  await pane.shows('READY');
  const lectern = await lecternOf(house);
  for (const pid of [lectern, edgeOf(lectern)]) {
    process.kill(pid, 'SIGUSR1');
    // Node.js says so within a few milliseconds: both have done more than that before they answer.
    const { stdout } = await house.tool('ssh', [...sshWords(ready).slice(1), 'who']);
    assert.match(stdout, /^guest/);
    await sleep(200);
    assert.doesNotMatch(pane.text(), /Debugger/);
  }
});

test('a terminal that is closed ends the session, and leaves no program behind', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane } = await bracketedPresent(house, tmux, [
    'sh',
    '-c',
    `echo $$ > ${house.home}/program; echo READY; sleep 1000`,
  ]);
  await pane.shows('READY');
  tmux.open('another', SIZE, 'sleep 1000');
  tmux.call('kill-session', '-t', pane.name);
  const program = Number(readFileSync(join(house.home, 'program'), 'utf8'));
  await until('the program to end', () => !existsSync(`/proc/${program}`));
  await nothingListed(house);
  // A session that is not listed any more may still be on its way out.
  await until('nothing to be left behind', () => leftovers(house).length === 0);
});

test('SIGHUP while the terminal is there reads the rules again, and the session goes on', async (t) => {
  const house = new House(t);
  const { pane, ready } = await bracketedPresent(house, house.tmux(), [
    'sh',
    '-c',
    'echo READY ZZ-48151623; read x; echo on-$x; sleep 1000',
  ]);
  await pane.shows('READY');
  const rules = join(house.home, '.config/lectern/redact.toml');
  writeFileSync(rules, "[[rules]]\nid = 'badge'\nregex = 'ZZ-[0-9]{8}'\n");
  process.kill(await lecternOf(house), 'SIGHUP');
  await until('the mask', async () => {
    const { stdout } = await house.tool('ssh', [...sshWords(ready).slice(1), 'text']);
    return stdout.includes('█');
  });
  pane.type('still\n');
  await pane.shows('on-still');
});

test('who reads the events may leave, and the disk behind them may be full: the session goes on', async (t) => {
  const house = new House(t);
  const flags = ['--headless', '--json', '--listen', '127.0.0.1:0'];
  const program = ['sh', '-c', 'sleep 1; printf "\\033]2;a title\\007"; sleep 1; touch "$HOME/done"; exit 3'];
  const lectern = shellLine([process.execPath, BIN, ...flags, '--', ...program]);
  for (const [reader, told] of [
    ['| head -n 1', /^$/],
    ['> /dev/full', /^lectern: nothing more is printed, the session goes on \(ENOSPC\)$/m],
  ] as const) {
    const { stderr } = await house.tool('bash', [
      '-c',
      `(${lectern}; echo "exit $?" > "$HOME/code") ${reader}; sleep 0.2`,
    ]);
    assert.match(stderr, told);
    assert.equal(readFileSync(join(house.home, 'code'), 'utf8'), 'exit 3\n');
    assert.ok(existsSync(join(house.home, 'done')));
    rmSync(join(house.home, 'done'));
  }
});

test('who reads what is told may leave before anything is: the session is had all the same', async (t) => {
  const house = new House(t);
  const keys = join(house.home, '.config/lectern/keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  // The first that there is to tell.
  writeFileSync(join(keys, 'host_ed25519'), '', { mode: 0o600 });
  const flags = ['--headless', '--json', '--listen', '127.0.0.1:0'];
  const lectern = shellLine([process.execPath, BIN, ...flags, '--', 'touch', join(house.home, 'done')]);
  await house.tool('bash', ['-c', `exec 3> >(:); wait $!; ${lectern} >&3 2>&3; echo "exit $?" > "$HOME/code"`]);
  assert.equal(readFileSync(join(house.home, 'code'), 'utf8'), 'exit 0\n');
  assert.ok(existsSync(join(house.home, 'done')));
});

test('lectern session stop ends a program that does not care about SIGHUP', async (t) => {
  const house = new House(t);
  const share = await house.share([], ['sh', '-c', "trap '' HUP TERM INT; while :; do sleep 0.1; done"]);
  assert.equal((await house.run(['session', 'stop'])).code, 0);
  await until('the end', () => share.ended);
  assert.equal(share.exitCode, 137);
  const end = logged(house, share.ready).at(-1) as unknown as { type: string; code: number };
  assert.deepEqual([end.type, end.code], ['end', 137], 'the log tells the same');
  assert.deepEqual(leftovers(house), []);
});

test('when the edge dies the presenter goes on, and an observer can come back by the same link', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await bracketedPresent(house, tmux, ['bash', '--norc', '-i']);
  const watch = shellLine(sshWords(ready));
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, watch);
  await ana.shows('LIVE');
  process.kill(edgeOf(await lecternOf(house)), 'SIGKILL');
  const began = performance.now();
  await ana.shows('[ended 255]');
  pane.type('echo still-$((40+2))\n');
  await pane.shows('still-42');
  const back = tmux.open('back', { cols: 80, rows: 25 }, `until ${watch}; do sleep 0.1; done`);
  await back.shows('still-42');
  t.diagnostic(`back after ${Math.round(performance.now() - began)} ms`);
  assert.match((await house.run(['who', '--json'])).stdout, /"guest"/);
  pane.type('exit 5\n');
  await pane.shows('code 5');
  assertRestored(house, pane);
});

test('output made to hang a screen stops nobody: keys, presenter and observers go on', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const evil = [
    "printf '\\033[9999999S\\033[2147483647T\\033[2147483647L\\033[2147483647M'",
    "printf '\\033[2147483647b\\033[2147483647I\\033[2147483647Z\\033[99999999@\\033[99999999P'",
    "i=0; while [ $i -lt 500 ]; do printf '\\033[9999S\\033[9999T'; i=$((i+1)); done",
    "printf '\\033]2;'; head -c 3000000 /dev/zero | tr '\\0' a; printf '\\007'",
    "printf '\\033P'; head -c 3000000 /dev/zero | tr '\\0' a; printf '\\033\\\\'",
    "printf '\\033[m\\033[r\\033[2J\\033[HWELL'",
  ];
  const file = join(house.home, 'evil.sh');
  writeFileSync(file, `stty -echo; read -r go\n${evil.join('\n')}\nread -r go; echo " $go"; read -r go\n`);
  const { pane, ready } = await bracketedPresent(house, tmux, ['sh', file]);
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, shellLine(sshWords(ready)));
  await ana.shows('LIVE');
  const began = performance.now();
  pane.keys('Enter');
  await ana.shows('WELL');
  t.diagnostic(`the observer saw the end of it after ${Math.round(performance.now() - began)} ms`);
  pane.type('and on\n');
  await ana.shows('WELL and on');
  assert.doesNotMatch(ana.text(), /aaaa/);
  pane.keys('Enter');
  await pane.shows('code 0');
});

test('a private key that others can read is refused, and nothing is shared', async (t) => {
  const house = new House(t);
  assert.equal((await headless(house, [], 'true')).code, 0);
  const folder = join(house.home, '.config/lectern/keys');
  for (const name of readdirSync(folder)) {
    const { code } = await new Promise<{ code: number | null }>((resolve) =>
      spawn('chmod', ['644', join(folder, name)]).on('close', (status) => resolve({ code: status })),
    );
    assert.equal(code, 0);
  }
  const { code, stdout, stderr } = await headless(house, [], 'true');
  assert.equal(code, 125);
  assert.equal(stdout, '');
  assert.match(stderr, /^lectern: [^\n]*(key|644)[^\n]*\n$/);
  assert.deepEqual(leftovers(house), []);
});
