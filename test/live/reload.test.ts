/** Rule files that change while a session runs. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bare, Eye } from '../support/eye.js';
import { House, type Share, until } from '../support/house.js';

const RULE = (id: string, regex: string) => `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\n`;
/** Prints a secret of nobody's yet, and then nothing more. */
const QUIET = ['sh', '-c', 'echo badge ZZ-48151623 end; sleep 1000'];

function reloads(share: Share) {
  return share.events.filter(({ type, reload }) => type === 'redact' && reload !== undefined);
}

async function reload(share: Share, nth: number) {
  return until(`reload ${nth}`, () => reloads(share)[nth]);
}

/** As editors do: what is written in place is empty for a moment, and may be read then. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** What one who comes now sees. */
async function seen(house: House, share: Share): Promise<string> {
  const [file, ...args] = share.ssh();
  return (await house.tool(file!, [...args, 'text'])).stdout;
}

test('a changed rule masks what stands on a quiet screen, also for those who watch', async (t) => {
  const house = new House(t);
  const rules = join(house.home, 'rules.toml');
  writeFileSync(rules, RULE('badge', 'YY-[0-9]{8}'));
  const share = await house.share(['--redact', rules], QUIET);
  const eye = new Eye(house, share);
  await until('the secret, which no rule knows', () => eye.bytes.includes('ZZ-48151623'));
  const before = eye.bytes.length;
  writeFileSync(rules, RULE('badge', 'ZZ-[0-9]{8}'));
  const event = await reload(share, 0);
  assert.equal(event['reload'], 'taken');
  await until('the mask', () => bare(eye.bytes.slice(before)).includes('█'));
  assert.ok(!(await seen(house, share)).includes('48151623'));
  await until('the count', () => share.events.some(({ count }) => count === 1));
  assert.match((await house.run(['session', 'info'])).stdout, /masked {4}badge 1/);
});

test('a broken rule file changes nothing but what the presenter knows', async (t) => {
  const house = new House(t);
  const rules = join(house.home, 'rules.toml');
  writeFileSync(rules, RULE('badge', 'ZZ-[0-9]{8}'));
  const share = await house.share(['--redact', rules], QUIET);
  replace(rules, `${RULE('one', 'x(')}[[rules]]\nid = "two"\nregexp = "y"\n`);
  const event = await reload(share, 0);
  assert.equal(event['reload'], 'kept');
  const faults = event['faults'] as readonly string[];
  assert.equal(faults.length, 2);
  assert.match(faults[0]!, /rules\.toml:3:1: rule "one": /);
  assert.match(faults[1]!, /rules\.toml:6:1: rule "two": unknown key "regexp"/);
  assert.doesNotMatch(await seen(house, share), /48151623/);
  const info = (await house.run(['session', 'info'])).stdout;
  assert.match(info, /rules {5}not taken: .*rules\.toml:3:1: rule "one"/);
  const log = readFileSync(join(house.home, '.local/state/lectern/log', `${share.ready.session}.jsonl`), 'utf8');
  assert.match(log, /"reload":"kept"/);
  replace(rules, RULE('badge', 'ZZ-[0-9]{8}\\b'));
  assert.equal((await reload(share, 1))['reload'], 'taken');
  assert.doesNotMatch((await house.run(['session', 'info'])).stdout, /not taken/);
  rmSync(rules);
  const gone = await reload(share, 2);
  assert.equal(gone['reload'], 'kept');
  assert.match(String(gone['faults']), /rules\.toml:1:1: the rule file cannot be read \(ENOENT\)/);
  assert.doesNotMatch(await seen(house, share), /48151623/);
});

test('a value that comes into a .env file is masked, and one that leaves it still is', async (t) => {
  const house = new House(t);
  const [rules, dotenv] = [join(house.home, 'rules.toml'), join(house.home, '.env')];
  writeFileSync(rules, '[values]\ndotenv = [".env"]\n');
  writeFileSync(dotenv, 'FIRST="correct-horse-1"\n');
  const share = await house.share(
    ['--redact', rules],
    ['sh', '-c', 'echo correct-horse-1 battery-staple-2; sleep 1000'],
  );
  const first = await until('the words', async () => {
    const text = await seen(house, share);
    return text.includes('staple') && text;
  });
  assert.match(first, /█+ battery-staple-2/);
  replace(dotenv, 'SECOND="battery-staple-2"\n');
  await reload(share, 0);
  await until('both to be masked', () => share.events.some(({ count }) => count === 2));
  assert.doesNotMatch(await seen(house, share), /horse|staple/);
});

test('SIGHUP reads files whose folder was not there', async (t) => {
  const house = new House(t);
  const config = join(house.home, 'cfg');
  const env = { XDG_CONFIG_HOME: config, LECTERN_KEYS: join(house.home, 'keys') };
  const share = await house.share([], QUIET, env);
  mkdirSync(join(config, 'lectern'), { recursive: true });
  writeFileSync(join(config, 'lectern', 'redact.toml'), RULE('badge', 'ZZ-[0-9]{8}'));
  process.kill(share.pid, 'SIGHUP');
  assert.equal((await reload(share, 0))['reload'], 'taken');
  await until('the mask', () => share.events.some(({ count }) => count === 1));
  assert.equal(share.ended, false);
});
