/**
 * Planted secrets, printed by a real program and looked for in every byte that leaves: what an observer's ssh
 * receives, the `text` verb, the recording, the session log and the events. They are made up at run time from the
 * rules' own shapes, and never printed here: failures name the rule.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { bare, Eye } from '../support/eye.js';
import { House, run, type Share, until } from '../support/house.js';
import { letters, type Planted, plant } from '../support/plants.js';
import { randomFrom } from '../support/typed.js';

const SEED = 77_000 + (Date.now() % 1000);
const SIZE = { cols: 80, rows: 23 };
const CUSTOM: Rule = { id: 'house-number', regex: 'HOUSE-[0-9]{4}-[a-z]{6}', origin: 'test' };

function plantOf(rule: Rule): Planted {
  return plant(rule, randomFrom(SEED + rule.id.length));
}

/** Ways to print a line; each must mask what is secret in it. */
const WAYS: readonly { readonly name: string; readonly print: (line: string) => string }[] = [
  { name: 'plain', print: (line) => line },
  {
    name: 'coloured in the middle',
    print: (line) => {
      const at = line.length - 5;
      return `${line.slice(0, at)}\x1b[1;38;5;203m${line.slice(at, at + 2)}\x1b[0;4m${line.slice(at + 2)}\x1b[m`;
    },
  },
  { name: 'wrapped at the right edge', print: (line) => `${' '.repeat(SIZE.cols - 10)}${line}` },
  { name: 'in the title', print: (line) => `\x1b]2;${line}\x07` },
];

/** Shows pages in the session, one after the other, each until the observer has it. */
class Projector {
  readonly #dir: string;
  readonly #eye: Eye;
  readonly #random = randomFrom(SEED);
  #page = 0;

  constructor(house: House, eye: Eye) {
    this.#dir = house.home;
    this.#eye = eye;
  }

  async show(text: string): Promise<void> {
    // Every cell of a mark differs from the one before it, so that it is sent whole.
    const mark = letters(12, this.#page % 2 === 0 ? 'abcdefghijkl' : 'mnopqrstuvwx', this.#random);
    const file = join(this.#dir, `page-${this.#page++}`);
    writeFileSync(file, `\x1b[H\x1b[2J\x1b[3J${text}\x1b[${SIZE.rows};1H\x1b[K${mark}`);
    appendFileSync(join(this.#dir, 'fifo'), `${file}\n`);
    await until('the page at the observer', () => this.#eye.bytes.includes(mark));
  }
}

/** A session whose program prints each file that it is told of, and keeps a copy of what it has printed. */
async function scene(t: TestContext, env: NodeJS.ProcessEnv, flags: readonly string[] = []) {
  const house = new House(t);
  const rules = join(house.home, 'custom.toml');
  writeFileSync(join(house.home, 'dotenv'), `API_SEED="${env['SEED_OF_DOTENV']}"\n`);
  writeFileSync(
    rules,
    `[values]\ndotenv = ["dotenv"]\n[[rules]]\nid = "${CUSTOM.id}"\nregex = '''${CUSTOM.regex}'''\n`,
  );
  execFileSync('mkfifo', [join(house.home, 'fifo')]);
  const program = `stty -echo; exec 3<>${house.home}/fifo; while read -r page <&3; do tee -a ${house.home}/printed < "$page"; done`;
  const record = join(house.home, 'out.cast');
  const all = ['--redact', rules, '--record', record, '--size', `${SIZE.cols}x${SIZE.rows}`, ...flags];
  const share = await house.share(all, ['sh', '-c', program], env);
  const eye = new Eye(house, share);
  await until('the observer', () => eye.bytes.includes('LIVE'));
  return { house, share, eye, record, projector: new Projector(house, eye) };
}

/** All that leaves the host, by name. */
async function everythingThatLeft(house: House, share: Share, eye: Eye, record: string) {
  const text = await run('ssh', [...share.ssh().slice(1), 'text'], house.env);
  assert.equal(text.code, 0);
  const log = join(house.home, '.local/state/lectern/log', `${share.ready.session}.jsonl`);
  assert.ok(existsSync(record) && existsSync(log));
  const cast = readFileSync(record, 'utf8');
  const drawn = cast
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as [number, string, string])[2])
    .join('');
  return {
    'the bytes of an observer': eye.bytes,
    'the screen of an observer': bare(eye.bytes),
    'the text verb': text.stdout + bare(text.stdout),
    'the recording': cast + drawn + bare(drawn),
    'the log': readFileSync(log, 'utf8'),
    'the events':
      share.events
        .slice(1)
        .map((event) => JSON.stringify(event))
        .join('\n') + share.stderr,
  };
}

function assertNowhere(left: Readonly<Record<string, string>>, planted: readonly Planted[], how: string): void {
  for (const { name, secrets } of planted) {
    for (const [where, text] of Object.entries(left)) {
      for (const secret of secrets) assert.ok(!text.includes(secret), `${name}, ${how}: in ${where}, seed ${SEED}`);
    }
  }
}

test('no planted secret leaves, however it is printed', async (t) => {
  const random = randomFrom(SEED + 1);
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
  const [token, dotenv] = [24, 20].map((length) => letters(length, alphabet, random)) as [string, string];
  const env = { MY_DEPLOY_TOKEN: token, SEED_OF_DOTENV: dotenv };
  const { house, share, eye, record, projector } = await scene(t, env);
  const oneLine = BUILT_IN_RULES.filter(({ id, minRows }) => !id.startsWith('private-key') && minRows === undefined);
  const planted: Planted[] = [
    ...[...oneLine, CUSTOM].map(plantOf),
    { name: 'a variable', line: `it is ${token}`, secrets: [token] },
    { name: 'a dotenv value', line: `it is ${dotenv}`, secrets: [dotenv] },
  ];
  for (const { name: way, print } of WAYS) {
    for (const one of planted) await projector.show(`${print(one.line)}\r\n`);
    // The same search finds what is no secret: it would find a secret as well.
    const harmless = letters(18, alphabet, random);
    await projector.show(print(`free ${harmless}`));
    const drawn = way === 'in the title' ? eye.bytes : bare(eye.bytes);
    assert.ok(drawn.includes(harmless), `${way}: harmless text is seen`);
    assertNowhere(await everythingThatLeft(house, share, eye, record), planted, way);
  }
  const printed = readFileSync(join(house.home, 'printed'), 'utf8');
  for (const { name, line } of planted) assert.ok(printed.split(line).length > 2, `${name} was printed whole`);
  assert.match(bare(eye.bytes), /\u2588{8}|\*{8}|•{8}|▒{8}|░{8}/u, 'masks are seen');
  assert.ok(share.events.some(({ type }) => type === 'redact'));
  t.diagnostic(`${planted.length} secrets in ${WAYS.length} ways, seed ${SEED}`);
});

test('a private key leaves neither whole nor in rows', async (t) => {
  const { house, share, eye, record, projector } = await scene(t, { SEED_OF_DOTENV: 'unused-here-1234' });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(house.home, 'id')]);
  const lines = readFileSync(join(house.home, 'id'), 'utf8').trim().split('\n');
  await projector.show(lines.join('\r\n'));
  await projector.show(lines.map((line, i) => `${String(i).padStart(4)}  ${line}`).join('\r\n'));
  const planted = [{ name: 'private key', line: '', secrets: lines.slice(1, -1).filter((line) => line.length > 20) }];
  assertNowhere(await everythingThatLeft(house, share, eye, record), planted, 'in rows');
});

test('a secret that wraps in a pane of a tmux inside the session does not leave', async (t) => {
  const { house, share, eye, record, projector } = await scene(t, { SEED_OF_DOTENV: 'unused-here-1234' });
  const planted = ['github-token', 'aws-access-key-id', 'jwt']
    .flatMap((id) => BUILT_IN_RULES.filter((rule) => rule.id === id))
    .map(plantOf);
  planted.push(plantOf(CUSTOM));
  const page = join(house.home, 'panes');
  writeFileSync(page, planted.map(({ line }) => `                             ${line}`).join('\n'));
  await projector.show('');
  const inner = ['-S', join(house.home, 'inner.sock'), '-f', '/dev/null'];
  const tmux = (...args: string[]) => execFileSync('tmux', [...inner, ...args], { env: house.env, encoding: 'utf8' });
  tmux(
    'new-session',
    '-d',
    '-x',
    String(SIZE.cols),
    '-y',
    String(SIZE.rows),
    `while [ ! -e ${page}.go ]; do sleep 0.05; done; cat ${page}; echo; echo LEFT-DONE; sleep 1000`,
  );
  house.after(() => void tmux('kill-server'));
  tmux('split-window', '-h', 'seq 100 130; echo RIGHT-DONE; sleep 1000');
  const attach = await house.share(
    [
      '--redact',
      join(house.home, 'custom.toml'),
      '--record',
      join(house.home, 'inner.cast'),
      '--size',
      `${SIZE.cols}x${SIZE.rows}`,
    ],
    ['tmux', ...inner, 'attach'],
  );
  const inside = new Eye(house, attach);
  await until('the observer', () => inside.bytes.includes('LIVE'));
  writeFileSync(`${page}.go`, '');
  await until('the page in its pane', () => tmux('capture-pane', '-p', '-t', ':0.0').includes('LEFT-DONE'));
  const shown = tmux('capture-pane', '-pJ', '-t', ':0.0');
  for (const { name, line } of planted) assert.ok(shown.includes(line.trim()), `${name} stands in the pane`);
  const text = await until('the page in the picture', async () => {
    const { stdout } = await run('ssh', [...attach.ssh().slice(1), 'text'], house.env);
    return stdout.includes('LEFT-DONE') && stdout;
  });
  // Each row of the left pane, joined, is where a wrapped secret would stand.
  const rows = text.split('\n').map((row) => row.split('│')[0]!.trimEnd());
  const left = {
    'the pane, joined': rows.join(''),
    ...(await everythingThatLeft(house, attach, inside, join(house.home, 'inner.cast'))),
  };
  assertNowhere(left, planted, 'in a pane');
  assert.equal(share.ended, false);
  assertNowhere(await everythingThatLeft(house, share, eye, record), planted, 'in the outer session');
});
