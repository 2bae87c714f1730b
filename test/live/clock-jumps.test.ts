/**
 * The wall clock is set, by a day forwards or back, while a session runs. What is measured from now on (how long control
 * is lent, how long one waits, how often one may ask) goes by a clock that nobody can set. Links and tickets say a time of
 * day, and are held to it.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newCode } from '../../src/access/codes.js';
import { Links } from '../../src/access/links.js';
import { type TicketJwk, TicketOffice } from '../../src/access/tickets.js';
import { hintsFor } from '../../src/cli/session/hints.js';
import { People } from '../../src/cli/session/people.js';
import type { SessionEvent } from '../../src/core/events.js';
import { verify } from '../../src/ops/chain.js';
import type { LinkTerms } from '../../src/ops/session-api.js';
import { connectSession } from '../../src/ops/session-client.js';
import { KeyLog } from '../support/acts.js';
import { HandClock } from '../support/hand-clock.js';
import { House, run, shellLine, until } from '../support/house.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
const PRELOAD = pathToFileURL(fileURLToPath(new URL('../support/jumping-clock.js', import.meta.url))).href;
const TERMS: LinkTerms = { role: 'observer', ttlMs: 2 * HOUR, once: false, jwt: false, status: true };

/** ana watches, by a clock that is moved and set by hand. */
async function anaWatches() {
  const clock = new HandClock();
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as TicketJwk;
  const typed: string[] = [];
  const events: SessionEvent[] = [];
  const nothing = (): void => {};
  const people = new People({
    ...{ sid: 'clocks', readOnly: false, clock, approve: 'none', hideAddresses: false },
    ...{ chat: true, pointers: true, isAlive: () => true, tickets: await TicketOffice.open(jwk) },
    consensus: { on: false, voters: [], quorum: 0, voteFor: [], voteMs: MINUTE },
    masked: async (text) => text,
    hints: hintsFor({ prefix: 0x1c, grantMs: 60_000, preempt: true }),
    type: (keys) => void typed.push(Buffer.from(keys).toString('latin1')),
    emit: (event) => void events.push(event),
    ...{ dropTyped: nothing, submit: nothing, closePaste: nothing, pressed: nothing, said: nothing, pointed: nothing },
    ...{ edge: nothing, notice: nothing, changed: nothing },
  });
  const size = { cols: 80, rows: 24 };
  const who = { id: 'a1', addr: '127.0.0.1', client: '', jti: 'j', role: 'observer', key: null } as const;
  people.arrived({ ...who, size, name: 'ana', once: false });
  await new Promise((turn) => setImmediate(turn));
  const press = (keys: string): void => people.lending.press('a1', Buffer.from(keys));
  return { clock, people, typed, events, press };
}

test('a lease ends when its time is over, however far back the clock is set', async () => {
  const { clock, people, typed, events, press } = await anaWatches();
  await people.grant('ana', MINUTE, 'full');
  for (const back of [-DAY, -HOUR, -1, -365 * DAY]) clock.set(back);
  clock.move(MINUTE - 1);
  press('a');
  clock.move(1);
  press('b');
  assert.deepEqual([typed, people.lending.holder], [['a'], null]);
  assert.equal(events.filter(({ type }) => type === 'expire').length, 1);
});

test('a clock set forwards ends a lease at once, as a machine that slept does, and the next one is as long as it says', async () => {
  const { clock, people, typed, press } = await anaWatches();
  await people.grant('ana', MINUTE, 'full');
  clock.set(DAY);
  press('a');
  assert.deepEqual([typed, people.lending.holder], [[], null]);
  await people.grant('ana', MINUTE, 'full');
  clock.move(MINUTE - 1);
  press('b');
  clock.move(1);
  press('c');
  assert.deepEqual([typed, people.lending.holder], [['b'], null]);
});

test('a link opens until its time of day: a clock set forwards shuts it, set back it opens again, and revoked stays revoked', () => {
  const clock = new HandClock();
  const links = new Links();
  const [open, revoked, once] = [newCode(), newCode(), newCode()];
  const terms = { sid: 's', role: 'observer', listed: false, status: true } as const;
  const ends = { issuedAt: clock.wall(), endsAt: clock.wall() + 2 * HOUR };
  links.mint({ ...terms, ...ends, token: open, jti: 'open', once: false });
  links.mint({ ...terms, ...ends, token: revoked, jti: 'revoked', once: false });
  links.mint({ ...terms, ...ends, token: once, jti: 'once', once: true });
  const ask = (token: string): string => {
    const answer = links.admit({ token, key: null, exhausted: true, now: clock.wall() });
    return answer.kind === 'refused' ? answer.reason : answer.kind;
  };
  links.revoke('revoked', clock.wall());
  assert.deepEqual([open, revoked, once].map(ask), ['in', 'revoked', 'in']);
  clock.set(DAY);
  assert.deepEqual([open, revoked, once].map(ask), ['expired', 'revoked', 'expired']);
  clock.set(2 * HOUR);
  assert.deepEqual([open, revoked, once].map(ask), ['unknown', 'unknown', 'unknown']);
  clock.set(-2 * DAY);
  assert.deepEqual([open, revoked, once].map(ask), ['in', 'revoked', 'used']);
});

/** What an ssh client without a terminal is told that comes by a link. */
async function comes(house: House, words: readonly string[]): Promise<string> {
  const { code, stderr } = await run('ssh', [...words.slice(1), 'who'], house.env);
  return code === 0 ? 'in' : (/lectern: this link (.*?)\./.exec(stderr)?.[1] ?? stderr);
}

test('a session whose clock is set by a day goes on: who watches stays, control ends in time, the log and the recording stay whole', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const clock = join(house.home, 'clock');
  const cast = join(house.home, 'all.cast');
  const sets = (ms: number): void => writeFileSync(clock, String(ms));
  sets(0);
  const log = new KeyLog(house, 'keys');
  const preload = { NODE_OPTIONS: `--import ${PRELOAD}?${encodeURIComponent(clock)}` };
  const share = await house.share(['--record', cast, '--ttl', '2h'], log.command, preload);
  const api = await connectSession(house.env, share.ready.session);
  house.after(() => api.close());
  const ticket = (await api.mintLink({ ...TERMS, jwt: true })).token;
  const pane = tmux.open('ana', { cols: 80, rows: 25 }, shellLine(share.ssh(['-o', 'SetEnv=LECTERN_NAME=ana'])));
  await pane.shows('LIVE');
  const told = () => Promise.all([comes(house, share.ssh()), comes(house, share.ssh([], ticket))]);
  assert.deepEqual(await told(), ['in', 'in']);

  sets(DAY);
  assert.deepEqual(await told(), ['has expired', 'has expired']);
  pane.keys('r');
  await share.event('request');
  await api.grant('ana', MINUTE, 'full');
  pane.type('forwards');
  await log.has('forwards');
  await api.revoke();

  sets(-DAY);
  // A ticket is not good before it was signed.
  assert.deepEqual(await told(), ['in', 'is not valid']);
  await api.grant('ana', 1500, 'full');
  pane.type('back');
  await log.has('back');
  await share.event('expire');
  pane.type('late');
  // How often one may ask is measured by a clock that was not set.
  pane.keys('r');
  await share.event('request', 1);

  sets(0);
  assert.deepEqual(await told(), ['in', 'in']);
  assert.ok(!log.text().includes('late'));
  assert.equal(
    share.events.some(({ type, participant }) => type === 'leave' && (participant as { name: string }).name === 'ana'),
    false,
  );
  assert.equal(
    share.events.some(({ type }) => type === 'lag'),
    false,
    'nobody is told to be slow',
  );
  await api.stop();
  await until('the end', () => share.ended);
  const file = join(house.home, '.local/state/lectern/log', `${share.ready.session}.jsonl`);
  assert.equal(verify(readFileSync(file, 'utf8')).broken, null);
  const times = readFileSync(cast, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => (JSON.parse(line) as [number])[0]);
  assert.ok(
    times.length > 2 && times.every((at, i) => at >= (times[i - 1] ?? 0)) && times.at(-1)! < MINUTE / 1000,
    `${times.at(-1)}`,
  );
});
