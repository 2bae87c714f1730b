/**
 * A secret planted beside the picture: in the session's name, in the title, in a rule file that does not parse. Each
 * test first proves that it was there; then it is looked for in everything that leaves, and in what the presenter is told.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Eye } from '../support/eye.js';
import { House, run, type Share, sleep, until } from '../support/house.js';

/** Made up at run time, in a shape that a built-in rule knows. */
const SECRET = `ghp_${Array.from({ length: 36 }, () => 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'[Math.floor(Math.random() * 56)]).join('')}`;
const HARMLESS = 'harmless-name';

interface Stage {
  readonly house: House;
  readonly share: Share;
  readonly eye: Eye;
  readonly record: string;
}

async function stage(t: TestContext, flags: readonly string[], command: readonly string[]): Promise<Stage> {
  const house = new House(t);
  const record = join(house.home, 'out.cast');
  const share = await house.share(['--record', record, ...flags], command);
  const eye = new Eye(house, share);
  await until('the observer', () => eye.bytes.includes('LIVE'));
  return { house, share, eye, record };
}

function log({ house, share }: Stage): string {
  return readFileSync(join(house.home, '.local/state/lectern/log', `${share.ready.session}.jsonl`), 'utf8');
}

/** All that is told about the session, by name. */
async function told(on: Stage): Promise<Readonly<Record<string, string>>> {
  const { house, share, eye, record } = on;
  const said = async (...words: string[]) => {
    const { stdout, stderr } = await house.run(words);
    return stdout + stderr;
  };
  const verb = async (word: string) => (await run('ssh', [...share.ssh().slice(1), word], house.env)).stdout;
  return {
    'an observer': eye.bytes,
    'the text verb': await verb('text'),
    'the who verb': await verb('who'),
    'the recording': readFileSync(record, 'utf8'),
    'the log': log(on),
    'the events': share.events.map((event) => JSON.stringify(event)).join('\n'),
    'standard error': share.stderr,
    'session info': (await said('session', 'info')) + (await said('session', 'info', '--json')),
    'session list': (await said('session', 'list')) + (await said('session', 'list', '--json')),
    who: await said('who', '--json'),
    links: await said('link', 'list', '--json'),
  };
}

function assertNowhere(where: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(where)) {
    // Half of it would be as bad.
    for (let at = 4; at + 6 <= SECRET.length; at++) assert.ok(!text.includes(SECRET.slice(at, at + 6)), name);
  }
}

/** Words of the processes that the session has started. */
function commandLines(parent: number): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return ppid === parent ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
      } catch {
        return [];
      }
    });
}

test('the name of the session is masked wherever it is shown', async (t) => {
  const on = await stage(t, ['--name', `${HARMLESS} ${SECRET}`], ['sleep', '1000']);
  const where = await told(on);
  for (const name of ['an observer', 'the recording', 'the events', 'session info', 'session list']) {
    assert.ok(where[name]!.includes(HARMLESS), `${name} has the name`);
  }
  assertNowhere(where);
  const header = JSON.parse(where['the recording']!.split('\n')[0]!) as { title: string };
  assert.match(header.title, /^harmless-name █+$/);
  const others = commandLines(on.share.pid);
  assert.ok(others.some((line) => line.includes('edge.js')));
  for (const line of others) {
    assert.ok(!line.includes(SECRET.slice(4)) && !line.includes(on.share.ready.token), 'in the process list');
  }
});

test('a title that a secret is typed into shows nothing of it', async (t) => {
  const print = `for i in $(seq 1 ${SECRET.length}); do printf '\\033]2;${HARMLESS} %s\\007' "$(printf %s "$TYPED" | cut -c1-$i)"; sleep 0.03; done; sleep 1000`;
  const house = new House(t);
  const record = join(house.home, 'out.cast');
  // The variable's name asks for no masking, so that the rule alone has to see it.
  const share = await house.share(['--record', record], ['sh', '-c', `sleep 2; ${print}`], { TYPED: SECRET });
  const eye = new Eye(house, share);
  await until('the title', () => eye.bytes.includes(HARMLESS));
  await until('all of it', () => eye.bytes.includes('█'.repeat(SECRET.length - 4)));
  assertNowhere(await told({ house, share, eye, record }));
});

test('a rule file that is broken where a secret stands is told without it', async (t) => {
  const house = new House(t);
  const rules = join(house.home, 'rules.toml');
  writeFileSync(rules, '');
  const record = join(house.home, 'out.cast');
  const share = await house.share(['--redact', rules, '--record', record], ['sleep', '1000']);
  const eye = new Eye(house, share);
  await until('the observer', () => eye.bytes.includes('LIVE'));
  for (const broken of [
    `token = ${SECRET}\n`,
    `[values]\nenv = "${SECRET}"\n`,
    `[values]\ndotenv = ["${SECRET}\n`,
    `[mask]\nchar = "${SECRET}"\n`,
    `[[rules]]\nid = "x"\nregex = "x"\nentropy = "${SECRET}"\n`,
  ]) {
    const before = share.events.length;
    writeFileSync(rules, broken);
    await until('the fault', () => share.events.slice(before).some(({ reload }) => reload === 'kept'));
    await sleep(50);
  }
  const where = await told({ house, share, eye, record });
  assert.match(where['session info']!, /not taken: .*rules\.toml:\d+:\d+: /);
  assertNowhere(where);
});
