/**
 * The keys on disk: the SSH host key and the ticket key, each made once and never overwritten. A key that others can
 * read, that is not ours, or that is a whole key of another kind is an error for a person to decide about. What is no key
 * at all (cut off, empty, rubbish) is set aside under another name, told, and a new key is made.
 * It knows nothing of sessions; it is synchronous because nothing can begin before the keys are there.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
} from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import ssh2 from 'ssh2';
import { LecternError } from '../core/errors.js';
import { exposure } from '../core/privacy.js';
import { cureFor, systemCode } from '../core/system-errors.js';
import type { TicketJwk } from './tickets.js';

const HOST_KEY = 'host_ed25519';
const TICKET_KEY = 'ticket.jwk';
/** Both keys are under 1 KiB; what is larger is not a key. */
const KEY_FILE_MAX = 16_384;
/** How long a process that replaces a key is waited for, and between two looks, in ms. It takes 10. */
const REPLACED_MS = 1000;
const LOOK_MS = 10;
/**
 * A whole file of another program, which ssh2 need not know: any PEM (RFC 7468) but OpenSSH's own, of which a broken one
 * is to be told from a good one, and PuTTY's.
 */
const WHOLE = /^-----BEGIN (?!OPENSSH )([A-Z0-9 ]+)-----\r?\n[\s\S]*^-----END \1-----|^PuTTY-User-Key-File-\d/m;
/** What ssh2 says of an OpenSSH key that is whole: it is locked, or of a kind that ssh2 does not know. */
const NOT_FOR_US = /passphrase|Unsupported (?!key format)/i;

export interface HostKey {
  /** SECRET: OpenSSH private key, as text. */
  readonly pem: string;
  /** `SHA256:…`, as `ssh` and `ssh-keygen -l` print it. */
  readonly fingerprint: string;
  /** `ssh-ed25519 AAAA…`, as known_hosts has it after the host name. */
  readonly publicLine: string;
}

/** Where the keys are: `$LECTERN_KEYS`, else `lectern/keys` in `$XDG_CONFIG_HOME`, else in `~/.config`. */
export function keyFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  if (env['LECTERN_KEYS']) return env['LECTERN_KEYS'];
  const config = env['XDG_CONFIG_HOME'];
  // The XDG base directory specification says that relative paths are to be ignored.
  return join(config && isAbsolute(config) ? config : join(home, '.config'), 'lectern', 'keys');
}

/** What lay in the place of the key `path` was no key: it is kept as `kept`, and there is a new key. */
export type SetAside = (path: string, kept: string) => void;

/**
 * The host key, made at the first call.
 * @param setAside told when what was there was no key.
 * @throws {LecternError} KEY_FILE when the folder or the file is exposed or unreadable, or is a key that cannot be used.
 */
export function openHostKey(folder: string, setAside: SetAside = () => {}): HostKey {
  const path = join(folder, HOST_KEY);
  const pem = openKeyFile(folder, path, { make: newHostKey, isRubbish: isNoHostKey }, setAside);
  const key = readHostKey(pem);
  if (key === null) throw broken(path, 'an Ed25519 private key in OpenSSH format without a passphrase');
  const wire = key.getPublicSSH();
  return { pem, fingerprint: fingerprintOf(wire), publicLine: `ssh-ed25519 ${wire.toString('base64')}` };
}

/**
 * The key that signs tickets, made at the first call.
 * @param setAside told when what was there was no key.
 * @throws {LecternError} KEY_FILE as {@link openHostKey}.
 */
export function openTicketKey(folder: string, setAside: SetAside = () => {}): TicketJwk {
  const path = join(folder, TICKET_KEY);
  const text = openKeyFile(folder, path, { make: newTicketKey, isRubbish: isNoTicketKey }, setAside);
  const jwk = readTicketKey(text);
  if (jwk === null) throw broken(path, 'an Ed25519 private JWK');
  return jwk;
}

/** Fingerprint of a public key in SSH wire form, as OpenSSH prints it: SHA-256, base64 without padding. */
export function fingerprintOf(wire: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

/** ssh2 1.17.0 drops leading zero bytes of the public half: one new key in 256 cannot be read, and is made again. */
export function newHostKey(): string {
  for (;;) {
    const pem = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'lectern' }).private;
    if (readHostKey(pem) !== null) return pem;
  }
}

function readHostKey(pem: string): ssh2.ParsedKey | null {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error || key.type !== 'ssh-ed25519' || !key.isPrivateKey()) return null;
  return provesItself(key) ? key : null;
}

/** Neither a key of ours, nor a whole one that a person put there: of another kind, public, or with a passphrase. */
function isNoHostKey(text: string): boolean {
  if (WHOLE.test(text)) return false;
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) return !NOT_FOR_US.test(key.message);
  return key.type === 'ssh-ed25519' && key.isPrivateKey() && !provesItself(key);
}

/** The same: of another kind, or without its secret half. */
function isNoTicketKey(text: string): boolean {
  if (WHOLE.test(text)) return false;
  try {
    const { kty, crv, d } = JSON.parse(text) as JsonWebKey;
    const isOurKind = kty === 'OKP' && crv === 'Ed25519' && d !== undefined;
    return typeof kty !== 'string' || (isOurKind && readTicketKey(text) === null);
  } catch {
    return true;
  }
}

/** A half-written file can still parse: the secret and the public half must belong together. */
function provesItself(key: ssh2.ParsedKey): boolean {
  const sample = Buffer.from('lectern');
  try {
    return key.verify(sample, key.sign(sample)) === true;
  } catch {
    return false;
  }
}

function newTicketKey(): string {
  const { crv, d, x, kty } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return `${JSON.stringify({ kty, crv, x, d, alg: 'EdDSA', use: 'sig' })}\n`;
}

function readTicketKey(text: string): TicketJwk | null {
  try {
    const { kty, crv, x, d } = JSON.parse(text) as JsonWebKey;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof d !== 'string') return null;
    const derived = createPublicKey(createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }));
    return derived.export({ format: 'jwk' }).x === x ? { kty, crv, x, d } : null;
  } catch {
    return null;
  }
}

interface KeyFile {
  readonly make: () => string;
  /** What stands in the file was never a key, or is not any more. */
  readonly isRubbish: (text: string) => boolean;
}

function openKeyFile(folder: string, path: string, { make, isRubbish }: KeyFile, setAside: SetAside): string {
  guard(folder, 'use the folder', () => openFolder(folder));
  return guard(path, 'use', () => {
    if (!exists(path)) createOnce(path, make());
    const text = readPrivate(path);
    if (!isRubbish(text)) return text;
    const kept = replace(path, text, make);
    if (kept !== null) setAside(path, kept);
    return readPrivate(path);
  });
}

/**
 * Puts a new key in the place of `text`, which stays under another name, where it can be looked at and restored. That
 * name is made of what stood there: of two processes that start at once only one can give it, and the other waits for
 * its key. There is a file under `path` all the time.
 * @returns the other name; null when another process made the key
 */
function replace(path: string, text: string, make: () => string): string | null {
  const kept = `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.broken`;
  if (!isLinked(path, kept) && hasChanged(path, text)) return null;
  const draft = writeDraft(path, make());
  renameSync(draft, path);
  return kept;
}

/** Gives a file a second name. False when that name is taken. */
function isLinked(path: string, second: string): boolean {
  try {
    linkSync(path, second);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** Waits for another process that is about to replace `text`. False when none does: it broke off, or it was long ago. */
function hasChanged(path: string, text: string): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < REPLACED_MS; waited += LOOK_MS) {
    if (readPrivate(path) !== text) return true;
    Atomics.wait(clock, 0, 0, LOOK_MS);
  }
  return false;
}

function openFolder(folder: string): void {
  if (!exists(folder)) makeFolder(folder);
  const wrong = exposure(lstatSync(folder), 'folder', userId());
  if (wrong !== null) throw new LecternError('KEY_FILE', `key folder ${folder} ${wrong}`);
}

/**
 * With those above it. Node.js's own way of making these too never comes back where a folder that is there takes none
 * (ENOENT): homes that are mounted when they are needed, and /proc.
 */
function makeFolder(path: string): void {
  const above = dirname(path);
  if (!exists(above)) makeFolder(above);
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Writes the whole file under another name and links it into place: a crash leaves either no key or a whole one, and
 * of two processes that start at once, the second finds the first one's key instead of replacing it.
 */
function createOnce(path: string, text: string): void {
  const draft = writeDraft(path, text);
  try {
    isLinked(draft, path);
  } finally {
    unlinkSync(draft);
  }
}

function writeDraft(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
    return draft;
  } catch (error) {
    // A full disk: half a key is worth nothing.
    unlinkSync(draft);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Checks the file that was opened, not the name: it cannot be exchanged between the check and the use. */
function readPrivate(path: string): string {
  const link = lstatSync(path);
  if (link.isSymbolicLink()) throw exposed(path, exposure(link, 'file', userId())!);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    const wrong = exposure(found, 'file', userId());
    if (wrong !== null) throw exposed(path, wrong);
    // Of what is too large to be a key a part is enough to see that it is none.
    return readUpTo(fd, Math.min(found.size, KEY_FILE_MAX));
  } finally {
    closeSync(fd);
  }
}

/** All of them, in as many pieces as a file system over a network may give: half a key would pass for a broken one. */
function readUpTo(fd: number, bytes: number): string {
  const text = Buffer.alloc(bytes);
  let [length, got] = [0, -1];
  while (length < bytes && got !== 0) {
    got = readSync(fd, text, length, bytes - length, null);
    length += got;
  }
  return text.toString('utf8', 0, length);
}

function userId(): number {
  return process.getuid?.() ?? -1;
}

function exposed(path: string, wrong: string): LecternError {
  return new LecternError('KEY_FILE', `key file ${path} ${wrong}`);
}

function broken(path: string, wanted: string): LecternError {
  return new LecternError(
    'KEY_FILE',
    `key file ${path} is not ${wanted}; restore it, or move it away to have a new one made`,
  );
}

/** Says what the system refused, with the path, as one of our own errors. */
function guard<T>(path: string, verb: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof LecternError) throw error;
    const cure = cureFor(error, 'check its owner and permissions');
    throw new LecternError('KEY_FILE', `cannot ${verb} ${path} (${systemCode(error)}); ${cure}`, { cause: error });
  }
}
