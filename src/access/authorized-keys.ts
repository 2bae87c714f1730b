/**
 * Reads an authorized_keys file (sshd(8), "AUTHORIZED_KEYS FILE FORMAT") into the set of keys that it lists. Whatever
 * cannot be honoured is an error: skipping a line would let in fewer, ignoring a restriction would let in more.
 * It knows nothing of links or connections.
 */
import { readFileSync, statSync } from 'node:fs';
import ssh2 from 'ssh2';
import { LecternError } from '../core/errors.js';
import { systemCode } from '../core/system-errors.js';

const KEY_TYPES: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

/** Options about things that no observer is ever given: with or without them the line means the same here. */
const MEANINGLESS_HERE: ReadonlySet<string> = new Set(
  ['agent-forwarding', 'port-forwarding', 'pty', 'user-rc', 'x11-forwarding']
    .flatMap((option) => [option, `no-${option}`])
    .concat('restrict'),
);

/** Any shape of key type that OpenSSH has, supported here or not. */
const KEY_TYPE_SHAPE = /^(ssh-|ecdsa-|sk-|rsa-|webauthn-)[\w.@-]+$/;

/** Write permission of group and others: they could add themselves. sshd's StrictModes has the same rule. */
const OTHERS_WRITE = 0o022;

/**
 * The keys of a file, as base64 of their wire form.
 * @throws {LecternError} KEY_FILE, with `file:line`, on a line that cannot be honoured; when the file is unreadable,
 * others can write to it, or it lists no key at all.
 */
export function readAuthorizedKeys(file: string): ReadonlySet<string> {
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS_WRITE) !== 0) {
      throw new LecternError('KEY_FILE', `${file} can be changed by other users; run: chmod go-w on it`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof LecternError) throw error;
    const reason = systemCode(error);
    throw new LecternError('KEY_FILE', `cannot read ${file} (${reason}); name a readable authorized_keys file`, {
      cause: error,
    });
  }
  return parseAuthorizedKeys(text, file);
}

/** As {@link readAuthorizedKeys}, from text; `file` is only for messages. */
export function parseAuthorizedKeys(text: string, file: string): ReadonlySet<string> {
  const blobs = new Set<string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line !== '' && !line.startsWith('#')) blobs.add(parseLine(line, `${file}:${index + 1}`));
  }
  if (blobs.size === 0) throw new LecternError('KEY_FILE', `${file} lists no key, so nobody could join; add one`);
  return blobs;
}

function parseLine(line: string, where: string): string {
  const [first, rest] = firstWord(line);
  if (KEY_TYPE_SHAPE.test(first)) return parseKey(first, rest, where);
  checkOptions(first, where);
  const [type, key] = firstWord(rest);
  return parseKey(type, key, where);
}

/** Splits at the first blank outside double quotes; `\"` does not end a quote. */
function firstWord(text: string): [first: string, rest: string] {
  const first = /^(?:"(?:\\"|[^"])*"|[^\s"])*/.exec(text)![0];
  return [first, text.slice(first.length).trim()];
}

function checkOptions(options: string, where: string): void {
  for (const option of options.match(/(?:"(?:\\"|[^"])*"|[^,"])+/g) ?? []) {
    const name = option.replace(/=.*$/s, '');
    if (!MEANINGLESS_HERE.has(name.toLowerCase())) {
      throw unusable(where, `"${name.slice(0, 40)}" is neither a key type nor an option that lectern can honour`);
    }
  }
}

function parseKey(type: string, rest: string, where: string): string {
  if (!KEY_TYPES.has(type)) {
    throw unusable(where, `key type "${type.slice(0, 40)}" is not supported (use ed25519, ecdsa or rsa)`);
  }
  const key = ssh2.utils.parseKey(`${type} ${rest.split(/\s/)[0]}`);
  if (key instanceof Error || key.type !== type) throw unusable(where, 'the key is damaged');
  return key.getPublicSSH().toString('base64');
}

function unusable(where: string, why: string): LecternError {
  return new LecternError('KEY_FILE', `${where}: ${why}; correct or remove that line`);
}
