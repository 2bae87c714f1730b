/**
 * What people see who are refused: for each refusal, what real ssh, plink and dbclient print, compared with the
 * transcripts in `test/golden/refusals`. `LECTERN_GOLDEN=write` writes them anew, to be read before they are kept.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LinkTerms, MintedLink, SessionApi } from '../../src/ops/session-api.js';
import { connectSession } from '../../src/ops/session-client.js';
import { House, type Ready, type Share, sleep, until } from '../support/house.js';
import { rawSocket } from '../support/raw-client.js';
import {
  CLIENTS,
  type Client,
  type Outcome,
  runs,
  Seated,
  type Start,
  transcript,
  versions,
  words,
} from '../support/transcript.js';

const GOLDEN = fileURLToPath(new URL('../../../test/golden/refusals/', import.meta.url));
/** The versions of the clients whose words are kept. */
const VERSIONS = join(GOLDEN, 'clients.txt');
const WRITES = process.env['LECTERN_GOLDEN'] === 'write';

/** Guesses cost no time here: what is told is looked at, not how often. */
const FREE = '[limits]\nguesses_at_once = 1000\n';
/** As many logins at once as there are addresses that hold one. */
const HOLDERS = 6;
const FULL = `[limits]\nstartups = "${HOLDERS}:100:${HOLDERS}"\n`;
const PROGRAM = ['sh', '-c', 'echo CONTENT; sleep 1000'];
const NOBODY = 'k7qm9f000000000000000000zz';
/** Looks at the picture, until what the program printed at its start is there. */
const TRIES = 20;
const ASKS = /Link code: $/;
/** Options that say nothing about the refusal: whose key the host has, and that the client has none. */
const HOUSEKEEPING =
  / -F \/dev\/null -o UserKnownHostsFile=\S+ -o HostKeyAlias=lectern -o IdentityAgent=none -o IdentityFile=\S+| -hostkey FINGERPRINT| -y -y/g;
/** plink on a terminal: what comes before it is said by the server. */
const BEGIN = { asks: /Press Return to begin session/, with: '' };
/** Words of one or more lines for a connection that is reset. */
const CUT = /(?:^ {2}\|.*(?:reset|closed|broken pipe|aborted).*\n?)+/gim;
const TERMS: LinkTerms = { role: 'observer', ttlMs: 3_600_000, once: false, jwt: false, status: true };

const installed = versions();
const missing = CLIENTS.filter((client) => !installed.has(client));
const kept = new Map<string, string>();
if (existsSync(VERSIONS)) {
  for (const line of readFileSync(VERSIONS, 'utf8').trim().split('\n')) {
    const [client = '', ...version] = line.split(' ');
    kept.set(client, version.join(' '));
  }
}
if (WRITES) {
  mkdirSync(GOLDEN, { recursive: true });
  writeFileSync(VERSIONS, [...installed].map(([client, version]) => `${client} ${version}\n`).join(''));
}

/** What a client printed, and how it was started; null when the case is not for it. */
type Play = (client: Client) => Promise<{ readonly said: readonly string[]; readonly outcome: Outcome } | null>;

interface Played {
  readonly client: Client;
  readonly played: Awaited<ReturnType<Play>>;
}

/** A session, and the transcripts of those whom it refuses. */
class Scene {
  readonly house: House;
  readonly share: Share;
  readonly api: SessionApi;
  readonly #t: TestContext;
  /** What differs from run to run, and what it is called instead. */
  readonly #names = new Map<string | RegExp, string>();

  private constructor(t: TestContext, house: House, share: Share, api: SessionApi) {
    this.#t = t;
    this.house = house;
    this.share = share;
    this.api = api;
    this.name(house.home, 'HOME');
    this.name(this.ready.token, 'LINK');
    this.name(this.ready.fingerprint, 'FINGERPRINT');
  }

  static async open(t: TestContext, flags: readonly string[] = [], settings = FREE): Promise<Scene> {
    const house = new House(t);
    const config = join(house.home, 'config.toml');
    writeFileSync(config, settings);
    const share = await house.share(['--config', config, '--name', 'demo', ...flags], PROGRAM);
    const api = await connectSession(house.env, share.ready.session);
    house.after(() => api.close());
    return new Scene(t, house, share, api);
  }

  get ready(): Ready {
    return this.share.ready;
  }

  name(text: string | RegExp, name: string): void {
    this.#names.set(text, name);
  }

  async link(name: string, terms: Partial<LinkTerms> = {}): Promise<MintedLink> {
    const link = await this.api.mintLink({ ...TERMS, ...terms });
    this.name(link.token, name);
    return link;
  }

  words(client: Client, start: Start): readonly string[] {
    return words(client, this.house, this.ready, start);
  }

  /** Starts one who watches, and resolves when he is in. */
  async watch(client: Client, user = this.ready.token): Promise<{ said: readonly string[]; seat: Seated; id: string }> {
    const before = this.#joins.length;
    const said = this.words(client, { user, terminal: true });
    const seat = new Seated(this.house, said, BEGIN);
    const joined = await until(`${client} among those who watch`, () => this.#joins[before]);
    return { said, seat, id: (joined['participant'] as { id: string }).id };
  }

  /** Compares what each client prints with what it printed when the transcript was made. */
  refusal(name: string, play: Play): Promise<void> {
    return this.#t.test(name.replaceAll('-', ' '), async () => {
      const plays: Played[] = [];
      for (const client of installed.keys()) plays.push({ client, played: await play(client) });
      this.#compare(name, plays);
    });
  }

  /** The same for all clients, at once: each is started so, and ends by itself. */
  refused(name: string, start: Start | ((client: Client) => Start | null)): Promise<void> {
    const play = async (client: Client): Promise<Played> => {
      const chosen = typeof start === 'function' ? start(client) : start;
      if (chosen === null) return { client, played: null };
      const said = this.words(client, chosen);
      const seated = chosen.terminal === true ? new Seated(this.house, said, BEGIN).outcome : null;
      return { client, played: { said, outcome: await (seated ?? runs(this.house, said, chosen.env)) } };
    };
    return this.#t.test(name.replaceAll('-', ' '), async () => {
      this.#compare(name, await Promise.all([...installed.keys()].map(play)));
    });
  }

  /** What a client prints who watches when something happens to him. */
  sentAway(name: string, act: (id: string) => Promise<unknown>): Promise<void> {
    return this.refusal(name, async (client) => {
      const { said, seat, id } = await this.watch(client);
      await seat.sees('CONTENT');
      await act(id);
      return { said, outcome: await seat.outcome };
    });
  }

  /** Waits until a text stands in the picture. */
  async shows(text: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { stdout } = await runs(this.house, this.words('ssh', { user: this.ready.token, command: ['text'] }));
      if (stdout.includes(text)) return;
    }
    throw new Error(`"${text}" never came`);
  }

  #compare(name: string, plays: readonly Played[]): void {
    const file = join(GOLDEN, `${name}.txt`);
    const now = plays.flatMap(({ client, played }) =>
      played === null ? [] : [{ client, text: this.#plain(transcript(client, played.said, played.outcome)) }],
    );
    if (WRITES) return writeFileSync(file, `${now.map(({ text }) => text).join('\n\n')}\n`);
    const golden = readFileSync(file, 'utf8').split('\n\n');
    for (const { client, text } of now) {
      const then = golden.find((part) => part.startsWith(`== ${client}\n`))?.trimEnd() ?? '';
      // Another version has words of its own around ours.
      const same = kept.get(client) === installed.get(client);
      assert.equal(same ? text : ours(text), same ? then : ours(then), client);
    }
  }

  get #joins() {
    return this.share.events.filter(({ type }) => type === 'join');
  }

  #plain(text: string): string {
    let plain = text;
    for (const [from, to] of this.#names) plain = plain.replaceAll(from, to);
    return plain
      .replace(new RegExp(`\\b${this.ready.port}\\b`, 'g'), 'PORT')
      .replace(/\b\d\d:\d\d(:\d\d)?\b/g, 'TIME')
      .replace(HOUSEKEEPING, '')
      .trimEnd();
  }
}

test('the clients whose words are kept are here', {
  skip: missing.length > 0 && `without ${missing.join(', ')}`,
}, () => {
  assert.deepEqual([...kept.keys()], [...CLIENTS]);
});

/** What is ours in a transcript: how it ended and what lectern said. */
function ours(text: string): string {
  return [...text.matchAll(/^exit .*$|lectern: .*?(?=["\n]|$)/gm)].map(([line]) => line).join('\n');
}

test('a link that does not open', async (t) => {
  const scene = await Scene.open(t);
  const { api } = scene;
  const expired = await scene.link('LINK', { ttlMs: 1000 });
  const revoked = await scene.link('LINK');
  const used = await scene.link('LINK', { once: true });
  assert.equal((await runs(scene.house, scene.words('ssh', { user: used.token, command: ['text'] }))).code, 0);
  await api.revokeLink(revoked.jti);
  await scene.refused('wrong-link', { user: NOBODY });
  await scene.refused('wrong-link-without-questions', (client) =>
    client === 'dbclient' ? null : { user: NOBODY, options: client === 'ssh' ? ['-o', 'BatchMode=yes'] : ['-batch'] },
  );
  await scene.refused('malformed-link', { user: 'Not.A~Link' });
  const { expires } = expired;
  while (Date.now() <= Date.parse(expires)) await sleep(20);
  await scene.refused('expired-link', { user: expired.token });
  await scene.refused('revoked-link', { user: revoked.token });
  await scene.refused('used-link', { user: used.token });
  await scene.refusal('wrong-link-typed-too-often', async (client) => {
    const said = scene.words(client, { user: 'join' });
    return { said, outcome: await new Seated(scene.house, said, { asks: ASKS, with: 'wrong' }).outcome };
  });
});

test('what nobody may do here', async (t) => {
  const scene = await Scene.open(t);
  const { ready } = scene;
  const user = ready.token;
  await scene.shows('CONTENT');
  await scene.refused('no-terminal', { user, options: ['-T'] });
  await scene.refused('a-command', { user, command: ['touch', 'made'] });
  await scene.refused('sftp', { user, options: ['-s'], command: ['sftp'] });
  // pscp itself ends with either, by chance.
  scene.name(/(?<=pscp .*\nexit )[01]$/gm, '0 OR 1');
  await scene.refusal('scp', async (client) => {
    if (client === 'dbclient') return null;
    const { house } = scene;
    const [, ...options] = scene.words(client, { user });
    const at = options.indexOf(client === 'ssh' ? '-p' : '-P');
    const flags = [...options.slice(0, at), ...options.slice(at + 2, -1)];
    const said = [client === 'ssh' ? 'scp' : 'pscp', client === 'ssh' ? '-O' : '-scp', ...flags, '-P', `${ready.port}`];
    const all = [...said, `${user}@127.0.0.1:/etc/hostname`, house.home];
    return { said: all, outcome: await runs(house, all) };
  });
  const through: Readonly<Record<Client, string>> = { ssh: '-W', plink: '-nc', dbclient: '-B' };
  await scene.refused('a-connection-through', (client) => ({ user, options: [through[client], '127.0.0.1:9'] }));
  await scene.refused('a-port-to-listen-on', { user, options: ['-R', '19:127.0.0.1:9'], command: ['text'] });
  const display = { DISPLAY: ':99', SSH_AUTH_SOCK: join(scene.house.home, 'agent') };
  const extras: Readonly<Record<Client, readonly string[]>> = {
    ssh: ['-A', '-o', 'SetEnv=EVIL=1', '-o', 'ForwardX11Trusted=yes', '-X'],
    plink: ['-A', '-X'],
    dbclient: ['-A'],
  };
  await scene.refused('agent-x11-and-variables', (client) => ({
    user,
    options: extras[client],
    command: ['text'],
    env: display,
  }));
});

test('who is sent away', async (t) => {
  const scene = await Scene.open(t);
  const { api, house } = scene;
  let link = await scene.link('LINK');
  await scene.refusal('revoked-while-watching', async (client) => {
    link = await scene.link('LINK');
    const { said, seat } = await scene.watch(client, link.token);
    await seat.sees('CONTENT');
    await api.revokeLink(link.jti);
    return { said, outcome: await seat.outcome };
  });
  await scene.sentAway('kicked', (id) => api.kick(id, false));
  await scene.refusal('session-over', async (client) => {
    const other = await Scene.open(t);
    const { said, seat } = await other.watch(client);
    await seat.sees('CONTENT');
    await other.api.stop();
    const outcome = await seat.outcome;
    scene.name(other.ready.token, 'LINK');
    scene.name(other.house.home, 'HOME');
    scene.name(other.ready.fingerprint, 'FINGERPRINT');
    scene.name(`${other.ready.port}`, 'PORT');
    return { said, outcome };
  });
  const { id } = await scene.watch('ssh');
  await api.kick(id, true);
  await scene.refused('banned', { user: scene.ready.token, terminal: true });
  await house.run(['session', 'stop']);
  await until('the end', () => scene.share.ended);
  await scene.refused('session-gone', { user: scene.ready.token });
});

test('a session that is full', async (t) => {
  const scene = await Scene.open(t, ['--max-observers', '1']);
  await scene.watch('ssh');
  await scene.refused('full-room', { user: scene.ready.token });
});

test('a session without control', async (t) => {
  const scene = await Scene.open(t, ['--read-only']);
  await scene.refusal('read-only-asks-for-control', async (client) => {
    const { said, seat } = await scene.watch(client);
    await seat.sees('LIVE');
    seat.type('r');
    await seat.sees('read only: control');
    const shown = seat.shown;
    seat.type('q');
    return { said, outcome: { ...(await seat.outcome), shown } };
  });
});

test('a session with a lobby', async (t) => {
  const scene = await Scene.open(t, ['--approve', 'each']);
  await scene.refusal('denied-in-the-lobby', async (client) => {
    const { said, seat, id } = await scene.watch(client);
    await seat.sees('let you in');
    await scene.api.deny(id);
    return { said, outcome: await seat.outcome };
  });
});

test('a session for listed keys', async (t) => {
  const folder = new House(t).home;
  const [listed, foreign, dropbear, putty] = ['listed', 'foreign', 'foreign.db', 'foreign.ppk'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const file of [listed, foreign]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  execFileSync('dropbearconvert', ['openssh', 'dropbear', foreign, dropbear], { stdio: 'ignore' });
  execFileSync('puttygen', [foreign, '-O', 'private', '-o', putty], { stdio: 'ignore' });
  const keys: Readonly<Record<Client, string>> = { ssh: foreign, plink: putty, dbclient: dropbear };
  const scene = await Scene.open(t, ['--authorized-keys', `${listed}.pub`]);
  scene.name(folder, 'KEYS');
  const user = scene.ready.token;
  await scene.refused('no-key', { user });
  await scene.refused('a-foreign-key', (client) => ({ user, options: ['-i', keys[client]] }));
});

test('a door at which too many stand', async (t) => {
  const scene = await Scene.open(t, [], FULL);
  const sockets = await Promise.all(
    Array.from({ length: HOLDERS }, (_, i) => rawSocket(scene.ready.port, `127.0.0.${i + 2}`)),
  );
  scene.house.after(() => sockets.forEach((socket) => void socket.destroy()));
  // How far a client had come decides what it says of a connection that is reset.
  scene.name(CUT, '  | AS OF A CONNECTION THAT IS RESET');
  await scene.refused('too-many-logins', { user: scene.ready.token });
});
