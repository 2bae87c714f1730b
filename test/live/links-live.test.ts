/** Who is let in and who is not, with the clients that people have: refused in one sentence, without a question. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WORDS } from '../../src/core/errors.js';
import { peopleOf, present } from '../support/acts.js';
import {
  House,
  type Pane,
  type Result,
  run,
  type Share,
  SSH,
  shellLine,
  sleep,
  sshWords,
  type Tmux,
} from '../support/house.js';

/** A code of the right shape that nobody has. */
const NOBODY = '0123456789abcdefghjkmnpqrs';

const CLIENTS: Readonly<Record<string, (share: Share, token: string) => string[]>> = {
  ssh: (share, token) => share.ssh(['-tt'], token),
  'ssh in batch mode': (share, token) => share.ssh(['-tt', '-o', 'BatchMode=yes'], token),
  plink: ({ ready }, token) => [
    ...['plink', '-ssh', '-batch', '-t', '-P', String(ready.port), '-hostkey', ready.fingerprint],
    `${token}@127.0.0.1`,
  ],
  dbclient: ({ ready }, token) => ['dbclient', '-y', '-y', '-t', '-p', String(ready.port), `${token}@127.0.0.1`],
};

function start(house: House, [file, ...args]: readonly string[]): Promise<Result> {
  return run(file!, args, house.env);
}

async function mint(house: House, ...flags: string[]): Promise<{ token: string; jti: string }> {
  const { stdout, stderr } = await house.run(['link', '--json', ...flags]);
  assert.ok(stdout.startsWith('{'), stderr);
  return JSON.parse(stdout) as { token: string; jti: string };
}

function key(house: House, name: string, type = 'ed25519'): string {
  const file = join(house.home, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  return file;
}

/** Opens a link in a pane and waits for what becomes of it. */
function enter(tmux: Tmux, share: Share, name: string, token: string, options: readonly string[] = []): Pane {
  return tmux.open(name, { cols: 80, rows: 25 }, shellLine(share.ssh(options, token)));
}

/** The same as a user runs it, who has told ssh nothing about what to print. */
function enterLoud(tmux: Tmux, share: Share, name: string, token: string): Pane {
  const words = share.ssh([], token).map((word) => (word === 'LogLevel=ERROR' ? 'LogLevel=INFO' : word));
  return tmux.open(name, { cols: 80, rows: 25 }, shellLine(words));
}

test('links that do not let in are told in one sentence by every client, without a question', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const config = join(house.home, 'config.toml');
  // All of them guess, one after the other: what slows guesses down is tested elsewhere.
  writeFileSync(config, '[limits]\nguesses_at_once = 1000\n');
  const share = await house.share(['--config', config], ['sleep', '1000']);
  const expired = await mint(house, '--ttl', '1s');
  const revoked = await mint(house);
  await house.run(['link', 'revoke', revoked.jti]);
  const used = await mint(house, '--once');
  const first = enter(tmux, share, 'first', used.token);
  await first.shows('LIVE');
  await sleep(1000);
  const cases: readonly [string, string, string][] = [
    ['unknown', NOBODY, WORDS.unknown],
    ['malformed', 'x', WORDS.unknown],
    ['root', 'root', WORDS.unknown],
    ['expired', expired.token, WORDS.expired],
    ['revoked', revoked.token, WORDS.revoked],
    ['used', used.token, WORDS.used],
  ];
  for (const [client, words] of Object.entries(CLIENTS)) {
    for (const [kind, token, sentence] of cases) {
      // Without a key, and without a way to say so, a client in batch mode cannot be told more.
      if (kind === 'used' && client === 'ssh in batch mode') continue;
      const began = performance.now();
      const { code, stdout, stderr } = await start(house, words(share, token));
      const ms = Math.round(performance.now() - began);
      t.diagnostic(`${client}, ${kind}: ${ms} ms, exit code ${code}`);
      const said = stdout + stderr;
      assert.ok(said.includes(sentence), `${client}, ${kind}: ${said}`);
      assert.doesNotMatch(said, /password|passphrase/i);
      assert.equal(said.split('lectern: ').length - 1, said.split(sentence).length - 1, `one sentence: ${said}`);
      // dbclient ends with 0 whenever it was told goodbye.
      if (client !== 'dbclient') assert.equal(code, client === 'plink' ? 1 : 255);
    }
  }
  const asked = enterLoud(tmux, share, 'asked', NOBODY);
  assert.doesNotMatch(await asked.shows('[ended 255]'), /password|code:/i);
  await first.shows('LIVE');
});

test('a one-time link belongs to the first key that came with it, or to one visit without a key', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share([], ['sleep', '1000']);
  const link = await mint(house, '--once');
  const mine = ['-i', key(house, 'mine'), '-o', 'IdentitiesOnly=yes'];
  const other = ['-i', key(house, 'other', 'rsa'), '-o', 'IdentitiesOnly=yes'];
  for (const visit of ['one', 'two']) {
    const pane = enter(tmux, share, visit, link.token, mine);
    await pane.shows('LIVE');
    pane.keys('q');
    await pane.shows('[ended 0]');
  }
  for (const [name, options] of Object.entries({ other, nokey: [] })) {
    const pane = enter(tmux, share, name, link.token, options);
    assert.match((await pane.shows('[ended 255]')).replace(/\n/g, ''), /already used/);
  }
  const plain = await mint(house, '--once');
  const pane = enter(tmux, share, 'plain', plain.token);
  await pane.shows('LIVE');
  pane.keys('q');
  await pane.shows('[ended 0]');
  assert.match((await start(house, share.ssh(['-tt'], plain.token))).stderr, /already used/);
});

test('--authorized-keys asks for one of the listed keys, --max-observers for a free place', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const listed = key(house, 'listed');
  const list = join(house.home, 'list');
  writeFileSync(list, `# team\n${readFileSync(`${listed}.pub`, 'utf8')}`);
  const share = await house.share(['--authorized-keys', list, '--max-observers', '1'], ['sleep', '1000']);
  const { token } = share.ready;
  for (const options of [
    [],
    ['-i', key(house, 'stranger')],
    ['-o', 'BatchMode=yes', '-i', join(house.home, 'stranger')],
  ]) {
    const { code, stderr } = await start(house, share.ssh(['-tt', ...options]));
    assert.equal(code, 255);
    assert.match(stderr, /listed SSH keys|Permission denied \(publickey/);
    assert.doesNotMatch(stderr, /password/i);
  }
  const pane = enter(tmux, share, 'listed', token, ['-i', listed]);
  await pane.shows('LIVE');
  const second = await start(house, share.ssh(['-tt', '-i', listed]));
  assert.equal(second.code, 255);
  assert.ok(second.stderr.includes(WORDS.full), second.stderr);
});

test('--approve each: nothing is shown before the presenter says so, by command or by hotkey', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await present(house, tmux, ['--approve', 'each'], ['sh', '-c', 'echo CONTENT; sleep 1000']);
  const come = (name: string) => tmux.open(name, { cols: 80, rows: 25 }, shellLine(sshWords(ready)));
  const one = come('one');
  await peopleOf(house, 1);
  await one.shows('Waiting');
  one.keys('r', 'Right', '?');
  await sleep(300);
  assert.doesNotMatch(one.text(), /CONTENT/);
  const verb = run('ssh', [...sshWords(ready).slice(1), 'text'], house.env);
  await peopleOf(house, 2);
  assert.equal((await house.run(['grant', 'guest', '--for', '5s'])).code === 0, false);
  // Two wait: it is asked whom.
  pane.keys('C-\\', 'a');
  await pane.shows('Let in');
  pane.keys('1');
  await one.shows('CONTENT');
  const two = come('two');
  await peopleOf(house, 3);
  pane.keys('C-\\', 'd');
  assert.equal((await verb).code !== 0, true);
  assert.equal((await house.run(['approve', 'guest-3'])).code, 0);
  await two.shows('CONTENT');
  const three = come('three');
  await peopleOf(house, 3);
  assert.equal((await house.run(['deny', 'guest-2'])).code, 0);
  assert.match(await three.shows(/\[ended (1|255)\]/), /did not let you in/);
  assert.doesNotMatch(three.text(), /CONTENT/);
});

test('--approve first: the second one needs no word', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share(['--approve', 'first'], ['sh', '-c', 'echo CONTENT; sleep 1000']);
  const one = enter(tmux, share, 'one', share.ready.token);
  await peopleOf(house, 1);
  await sleep(200);
  assert.doesNotMatch(one.text(), /CONTENT/);
  assert.equal((await house.run(['approve', 'guest'])).code, 0);
  await one.shows('CONTENT');
  await enter(tmux, share, 'two', share.ready.token).shows('CONTENT');
});

test('a signed ticket is a user name too, and a changed one is nobody', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share([], ['sleep', '1000']);
  const { token, jti } = await mint(house, '--jwt');
  const pane = enter(tmux, share, 'ticket', token);
  await pane.shows('LIVE');
  const [head, claims, signature] = token.split('.') as [string, string, string];
  const body = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const longer = Buffer.from(JSON.stringify({ ...body, exp: Number(body['exp']) + 9999 })).toString('base64url');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const turned = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  for (const changed of [`${head}.${longer}.${signature}`, `${none}.${claims}.`, `${head}.${claims}.${turned}`]) {
    const { code, stderr } = await start(house, share.ssh(['-tt'], changed));
    assert.equal(code, 255);
    assert.ok(stderr.includes(WORDS.unknown), stderr);
  }
  assert.equal((await house.run(['link', 'revoke', jti])).code, 0);
  await pane.shows('[ended 1]');
  assert.ok((await start(house, share.ssh(['-tt'], token))).stderr.includes(WORDS.revoked));
});

test('join@host asks for the link, and takes a wrong one back', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const share = await house.share([], ['sh', '-c', 'echo CONTENT; sleep 1000']);
  const pane = enterLoud(tmux, share, 'join', 'join');
  await pane.shows('Link code:');
  pane.type(`${NOBODY}\n`);
  await pane.shows('not valid');
  pane.type(`${share.ready.token}\n`);
  await pane.shows('CONTENT');
  assert.doesNotMatch(pane.text(), new RegExp(share.ready.token));
  assert.equal(
    (await start(house, ['ssh', ...SSH, '-o', 'BatchMode=yes', '-p', String(share.ready.port), 'join@127.0.0.1'])).code,
    255,
  );
});
