import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { parseAuthorizedKeys, readAuthorizedKeys } from '../../src/access/authorized-keys.js';
import { newHostKey } from '../../src/access/keyfiles.js';

const host = ssh2.utils.parseKey(newHostKey()) as ssh2.ParsedKey;
const ed = `${host.type} ${host.getPublicSSH().toString('base64')} someone`;
const ec = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).public.trim();
const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).public.trim();
const blob = (line: string) => line.split(' ')[1]!;
const read = (text: string) => [...parseAuthorizedKeys(text, 'team.keys')];

test('keys of every kind are listed, with comments, blank lines and line ends of any system', () => {
  const text = `# the team\r\n\n  ${ed} ana@host\r\n${ec} with many words\n\t${rsa}\n${ed}`;
  assert.deepEqual(read(text), [ed, ec, rsa].map(blob));
});

test('options about what observers never get change nothing', () => {
  assert.deepEqual(read(`no-pty,no-X11-forwarding,restrict ${ed} x`), [blob(ed)]);
});

test('what cannot be honoured is refused with file and line', () => {
  const bad = [
    `from="10.0.0.0/8, 127.0.0.1" ${ed}`,
    `restrict,expiry-time="20300101" ${ed}`,
    `cert-authority ${ed}`,
    `command="echo \\"hi\\" there" ${ed}`,
    'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA== ana',
    'ssh-dss AAAAB3NzaC1kc3MAAACB ana',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    `ssh-rsa ${blob(ed)}`,
    'hello world',
    '"unclosed',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
  ];
  for (const line of bad) {
    assert.throws(() => read(`${ed}\n${line}\n`), { code: 'KEY_FILE', message: /^team\.keys:2: / }, line);
  }
});

test('a file without keys would let nobody in, so it is refused', () => {
  for (const text of ['', '\n\n', '# nobody\n']) assert.throws(() => read(text), { message: /lists no key/ });
});

test('a file that is missing, or that others can write to, is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-authorized-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'keys');
  assert.throws(() => readAuthorizedKeys(file), { code: 'KEY_FILE', message: /ENOENT/ });
  writeFileSync(file, ed, { mode: 0o644 });
  assert.equal(readAuthorizedKeys(file).size, 1);
  chmodSync(file, 0o664);
  assert.throws(() => readAuthorizedKeys(file), { code: 'KEY_FILE', message: /chmod go-w/ });
});
