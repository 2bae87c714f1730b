import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from '../../src/observers/ssh/index.js';
import { candidates, loadConfig, readSettings } from '../../src/ops/config.js';
import { loadRules } from '../../src/ops/rules.js';
import { settingsOf } from '../../src/ops/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'lectern-config-'));
after(() => rmSync(folder, { recursive: true }));
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  return '';
}

test('without a file, variables and flags, the defaults are in force', () => {
  const { settings, file: found } = loadConfig({ env: {}, home: folder });
  assert.equal(found, undefined);
  assert.deepEqual(
    [settings.listen, settings.ttlMs, settings.approve, settings.prefix],
    [':2222', 7_200_000, 'none', 0x1c],
  );
  assert.deepEqual(settings.control, { preempt: true, defaultForMs: 60_000 });
});

test('flags win over variables, those over the file, that over the default', () => {
  const config = file('order.toml', 'name = "file"\nttl = "1h"\napprove = "each"\nonce = true\n');
  const env = { LECTERN_NAME: 'variable', LECTERN_TTL: '2m', LECTERN_ONCE: '0', LECTERN_SESSION: 'x', LECTERN: '1' };
  const { settings } = loadConfig({ config, env, home: folder, flags: { name: 'flag' } });
  assert.deepEqual([settings.name, settings.ttlMs, settings.approve, settings.once], ['flag', 120_000, 'each', false]);
});

test('the file is looked for in four places, and never in or above the current directory', () => {
  const paths = (sources: Parameters<typeof candidates>[0]) => candidates(sources).map(({ path }) => path);
  const env = { LECTERN_CONFIG: '/a/b.toml', XDG_CONFIG_HOME: '/x' };
  assert.deepEqual(paths({ config: '/c.toml', env, home: '/h' }), ['/c.toml']);
  assert.deepEqual(paths({ env, home: '/h' }), ['/a/b.toml']);
  assert.deepEqual(paths({ env: { XDG_CONFIG_HOME: '/x' }, home: '/h' }), [
    '/x/lectern/config.toml',
    '/etc/lectern/config.toml',
  ]);
  assert.equal(paths({ env: { XDG_CONFIG_HOME: 'relative' }, home: '/h' })[0], '/h/.config/lectern/config.toml');
});

test('a file that was named must be there', () => {
  const said = complaint(() => loadConfig({ config: join(folder, 'gone.toml'), env: {}, home: folder }));
  assert.equal(said, "gone.toml: the settings cannot be read (ENOENT): check the file's name and mode");
});

test('redact.toml beside the file is loaded, then the files that it names, then those of the caller', () => {
  const home = join(folder, 'home');
  const own = join(home, '.config', 'lectern');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'config.toml'), 'redact = ["more.toml", "/abs.toml"]');
  writeFileSync(join(own, 'redact.toml'), '');
  const { settings } = loadConfig({ env: { LECTERN_REDACT: '/env.toml' }, home, flags: { redact: ['/flag.toml'] } });
  const expected = [join(own, 'redact.toml'), join(own, 'more.toml'), '/abs.toml', '/env.toml', '/flag.toml'];
  assert.deepEqual(settings.redact, expected);
});

test('all faults are told at once with their places, and without the values', () => {
  const config = file(
    'bad.toml',
    [
      'tll = "2h"',
      'listen = "host:99999"',
      'max_observers = 0',
      'prefix = "ctrl-x"',
      '[control]',
      'default_for = 60',
      'preemt = true',
      '[limits]',
      'startups = "many"',
    ].join('\n'),
  );
  assert.equal(
    complaint(() => readSettings(config)),
    [
      'bad.toml:1:1: unknown key "tll": did you mean "ttl"?',
      'bad.toml:2:1: listen: must be a port from 0 to 65535, ":PORT" or "HOST:PORT"',
      'bad.toml:3:1: max_observers: must be a whole number from 1 to 10000',
      'bad.toml:4:1: prefix: must be "none", or "C-" and a letter or one of @\\]^_',
      'bad.toml:6:1: default_for: must be a duration in quotes, such as "90s" or "2h"',
      'bad.toml:7:1: unknown key "preemt": did you mean "preempt"?',
      'bad.toml:9:1: startups: must be "START:RATE:FULL", such as "30:30:200"',
    ].join('\n'),
  );
});

test('a prefix with which other keys begin, and times beyond what they are for, are refused', () => {
  const lines = 'prefix = "C-["\n[control]\ndefault_for = "25h"\nvote_time = "61m"\n';
  assert.equal(
    complaint(() => readSettings(file('times.toml', lines))),
    [
      'times.toml:1:1: prefix: must be "none", or "C-" and a letter or one of @\\]^_',
      'times.toml:3:1: default_for: must be from 1s to 24h',
      'times.toml:4:1: vote_time: must be at most 1h',
    ].join('\n'),
  );
});

test('limits that would let one source shut the door, or that say nothing, are refused with their places', () => {
  const refused = (lines: string) => {
    writeFileSync(join(folder, 'limits.toml'), `[limits]\n${lines}\n`);
    return complaint(() => readSettings(join(folder, 'limits.toml')));
  };
  const order = 'startups: START must be from 1 to FULL, and RATE from 1 to 100';
  for (const startups of ['200:30:30', '0:30:30', '30:0:200', '30:101:200']) {
    assert.equal(refused(`startups = "${startups}"`), `limits.toml:2:1: ${order}`);
  }
  const room = 'per_source: must be below the START of startups';
  assert.equal(refused('startups = "30:30:200"\nper_source = 30'), `limits.toml:3:1: ${room}`);
  assert.equal(
    refused('keepalive = "25h"\npenalty = "0s"'),
    [
      'limits.toml:2:1: keepalive: must be at most 24h',
      'limits.toml:3:1: penalty: must be a duration such as "90s", "15m", "2h" or "1h30m", up to 30d',
    ].join('\n'),
  );
});

test('variables that are wrong are told by their names', () => {
  const env = { LECTERN_TTL: 'long', LECTERN_ONCE: 'perhaps', LECTERN_MAX_OBSERVERS: 'x' };
  assert.equal(
    complaint(() => loadConfig({ env, home: folder })),
    [
      'LECTERN_TTL: must be a duration such as "90s", "15m", "2h" or "1h30m", up to 30d',
      'LECTERN_ONCE: must be true or false',
      'LECTERN_MAX_OBSERVERS: must be a whole number from 1 to 10000',
    ].join('\n'),
  );
});

test('the example of settings says what the defaults are', () => {
  const content = readSettings(join(examples, 'config.toml'));
  const defaults = { ...settingsOf({}, {}, []), limits: DEFAULT_LIMITS };
  assert.deepEqual(settingsOf(content, content, []), defaults);
});

test('the example of rules loads, and lint has nothing to say of it', () => {
  const { rules, lints } = loadRules([join(examples, 'redact.toml')], {}, { lint: true });
  assert.ok(rules.some(({ id, hold }) => id === 'acme-token' && hold === 'always'));
  assert.ok(!rules.some(({ id }) => id === 'base64-block'));
  assert.deepEqual(lints, []);
});
