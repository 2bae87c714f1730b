import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import ssh2 from 'ssh2';
import { keyFolder, newHostKey, openHostKey, openTicketKey } from '../../src/access/keyfiles.js';
import { TicketOffice } from '../../src/access/tickets.js';

const mode = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

function folder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'lectern-keys-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return join(base, 'lectern', 'keys');
}

test('keys are made once, private, and are the same at the next start', async (t) => {
  const keys = folder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const host = openHostKey(keys);
  const ticket = openTicketKey(keys);
  assert.equal(mode(keys), '700');
  assert.deepEqual(readdirSync(keys).sort(), ['host_ed25519', 'ticket.jwk']);
  for (const name of readdirSync(keys)) assert.equal(mode(join(keys, name)), '600', name);
  assert.deepEqual(openHostKey(keys), host);
  assert.deepEqual(openTicketKey(keys), ticket);
  const office = await TicketOffice.open(ticket);
  const lease = { sub: 'p', sid: 's', jti: 'j', mode: 'full', exp: 10 } as const;
  const verdict = await office.verifyControl(await office.mintControl(lease), { sid: 's', now: 0 });
  assert.equal(verdict.kind, 'good');
});

test('ssh-keygen reads the host key and prints the same fingerprint and public line', (t) => {
  if (spawnSync('ssh-keygen', ['-?']).error !== undefined) return t.skip('ssh-keygen is not installed');
  const keys = folder(t);
  const { fingerprint, publicLine } = openHostKey(keys);
  const file = join(keys, 'host_ed25519');
  assert.equal(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).split(' ')[1], fingerprint);
  assert.ok(execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).startsWith(publicLine));
});

test('a host key made by ssh-keygen is used as it is', (t) => {
  if (spawnSync('ssh-keygen', ['-?']).error !== undefined) return t.skip('ssh-keygen is not installed');
  const keys = folder(t);
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const file = join(keys, 'host_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const said = execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' });
  assert.equal(openHostKey(keys).fingerprint, said.split(' ')[1]);
});

test('a folder or a key that others can reach is refused, with its path and the cure', (t) => {
  const keys = folder(t);
  openHostKey(keys);
  chmodSync(join(keys, 'host_ed25519'), 0o640);
  assert.throws(() => openHostKey(keys), { code: 'KEY_FILE', message: /host_ed25519 is open .*640.*chmod 600/ });
  chmodSync(join(keys, 'host_ed25519'), 0o600);
  chmodSync(keys, 0o750);
  assert.throws(() => openHostKey(keys), { code: 'KEY_FILE', message: /keys is open .*750.*chmod 700/ });
});

test('a symbolic link is refused as folder, as key, and when it leads nowhere', (t) => {
  const keys = folder(t);
  openHostKey(keys);
  const file = join(keys, 'host_ed25519');
  renameSync(file, join(keys, 'elsewhere'));
  symlinkSync(join(keys, 'elsewhere'), file);
  assert.throws(() => openHostKey(keys), { code: 'KEY_FILE', message: /symbolic link/ });
  rmSync(file);
  symlinkSync(join(keys, 'nowhere'), file);
  assert.throws(() => openHostKey(keys), { code: 'KEY_FILE', message: /symbolic link/ });
  assert.ok(!readdirSync(keys).includes('nowhere'));
  const link = `${keys}-link`;
  symlinkSync(keys, link);
  assert.throws(() => openHostKey(link), { code: 'KEY_FILE', message: /symbolic link/ });
});

test('a key of another user is refused', (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can give files away');
  const keys = folder(t);
  openTicketKey(keys);
  chownSync(join(keys, 'ticket.jwk'), 12_345, 0);
  assert.throws(() => openTicketKey(keys), { code: 'KEY_FILE', message: /belongs to user 12345/ });
  chownSync(keys, 12_345, 0);
  assert.throws(() => openTicketKey(keys), { code: 'KEY_FILE', message: /belongs to user 12345/ });
});

test('what is no key, or no longer, is set aside and told, and a new key is made', (t) => {
  const keys = folder(t);
  const other = folder(t);
  openHostKey(keys);
  const whole = { host_ed25519: openHostKey(keys).pem, 'ticket.jwk': JSON.stringify(openTicketKey(keys)) };
  const foreign = openTicketKey(other).x;
  const mixed = JSON.stringify({ ...JSON.parse(whole['ticket.jwk']), x: foreign });
  for (const [name, text] of Object.entries(whole)) {
    const open = name === 'ticket.jwk' ? openTicketKey : openHostKey;
    for (const bad of ['', text.slice(0, -60), 'hello', mixed, 'x'.repeat(20_000)]) {
      writeFileSync(join(keys, name), bad);
      const told: [string, string][] = [];
      const made = open(keys, (path, kept) => void told.push([path, kept]));
      assert.equal(told.length, 1, 'told once');
      const [path, kept] = told[0]!;
      assert.deepEqual([path, readFileSync(kept, 'utf8')], [join(keys, name), bad], 'nothing of it is lost');
      assert.deepEqual([mode(kept), mode(path)], ['600', '600']);
      assert.deepEqual(
        open(keys, () => assert.fail('told again')),
        made,
        'from now on it is the new one',
      );
    }
  }
  assert.deepEqual(
    readdirSync(keys).filter((name) => name.endsWith('.new')),
    [],
  );
});

test('a host key whose halves do not belong together is no key', (t) => {
  const keys = folder(t);
  const publicKey = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64').subarray(-32);
  const own = openHostKey(keys);
  const foreign = publicKey(openHostKey(folder(t)).publicLine);
  const body = Buffer.from(own.pem.replace(/-----.*-----/g, ''), 'base64');
  for (let at = body.indexOf(publicKey(own.publicLine)); at !== -1; at = body.indexOf(publicKey(own.publicLine))) {
    foreign.copy(body, at);
  }
  const [head, tail] = own.pem.match(/-----.*-----/g)!;
  writeFileSync(join(keys, 'host_ed25519'), `${head}\n${body.toString('base64')}\n${tail}\n`);
  let told = 0;
  const made = openHostKey(keys, () => told++);
  assert.equal(told, 1);
  assert.notEqual(made.fingerprint, own.fingerprint);
});

test('a key with a passphrase, of another kind, or without its secret half is refused', (t) => {
  if (spawnSync('ssh-keygen', ['-?']).error !== undefined) return t.skip('ssh-keygen is not installed');
  const keys = folder(t);
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const file = join(keys, 'host_ed25519');
  for (const args of [
    ['-t', 'ed25519', '-N', 'secret'],
    ['-t', 'ecdsa', '-N', ''],
  ]) {
    rmSync(file, { force: true });
    execFileSync('ssh-keygen', ['-q', ...args, '-f', file]);
    const before = readFileSync(file);
    assert.throws(() => openHostKey(keys), { code: 'KEY_FILE', message: /is not an Ed25519 private key/ });
    assert.deepEqual(readFileSync(file), before);
    writeFileSync(file, readFileSync(`${file}.pub`));
    assert.throws(() => openHostKey(keys), { code: 'KEY_FILE' });
    rmSync(`${file}.pub`);
  }
});

test('a whole key that only other programs read is left where it is, in the place of either key', (t) => {
  const keys = folder(t);
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const pem = { format: 'pem', type: 'pkcs8' } as const;
  const files = [
    privateKey.export(pem),
    privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'secret' }),
    publicKey.export({ format: 'pem', type: 'spki' }),
    ec.export({ format: 'pem', type: 'sec1' }),
    'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: mine\r\nPublic-Lines: 2\r\n',
  ] as string[];
  const jwks = [publicKey, ec].map((key) => JSON.stringify(key.export({ format: 'jwk' })));
  const told = () => assert.fail('set aside');
  for (const [name, text] of [
    ...files.flatMap((file) => [['host_ed25519', file] as const, ['ticket.jwk', file] as const]),
    ...jwks.map((jwk) => ['ticket.jwk', jwk] as const),
  ]) {
    writeFileSync(join(keys, name), text, { mode: 0o600 });
    const open = name === 'ticket.jwk' ? openTicketKey : openHostKey;
    assert.throws(() => open(keys, told), { code: 'KEY_FILE', message: /restore it, or move it away/ });
    assert.ok(readFileSync(join(keys, name), 'utf8') === text, name);
  }
});

test('a folder that cannot be made is an error with its path', () => {
  assert.throws(() => openHostKey('/dev/null/keys'), { code: 'KEY_FILE', message: /\/dev\/null\/keys/ });
});

test('the folder is $LECTERN_KEYS, else in $XDG_CONFIG_HOME, else in ~/.config', () => {
  assert.equal(keyFolder({ LECTERN_KEYS: '/k', XDG_CONFIG_HOME: '/c' }, '/home/a'), '/k');
  assert.equal(keyFolder({ XDG_CONFIG_HOME: '/c' }, '/home/a'), '/c/lectern/keys');
  assert.equal(keyFolder({ XDG_CONFIG_HOME: 'relative' }, '/home/a'), '/home/a/.config/lectern/keys');
});

test('every new host key can be read again, also those that begin with a zero', () => {
  // One in 256 of ssh2's own cannot: among 1000 there is none with a chance of 2 %.
  for (let i = 0; i < 1000; i++) {
    const key = ssh2.utils.parseKey(newHostKey());
    assert.ok(!(key instanceof Error), String(key));
  }
});
