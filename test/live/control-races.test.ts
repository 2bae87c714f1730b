/** The keyboard is being given and taken back at the same moment: whoever takes back wins. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type TicketJwk, TicketOffice } from '../../src/access/tickets.js';
import { hintsFor } from '../../src/cli/session/hints.js';
import { People } from '../../src/cli/session/people.js';
import type { SessionEvent } from '../../src/core/events.js';
import { HandClock } from '../support/hand-clock.js';

/** ana watches; the clock stands still. */
async function anaWatches() {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as TicketJwk;
  const typed: string[] = [];
  const dropped: string[] = [];
  const events: SessionEvent[] = [];
  const nothing = (): void => {};
  const people = new People({
    ...{ sid: 'races', readOnly: false, clock: new HandClock(), approve: 'none', hideAddresses: false },
    ...{ chat: true, pointers: true, isAlive: () => true, tickets: await TicketOffice.open(jwk) },
    consensus: { on: false, voters: [], quorum: 0, voteFor: [], voteMs: 1000 },
    masked: async (text) => text,
    hints: hintsFor({ prefix: 0x1c, grantMs: 60_000, preempt: true }),
    type: (keys) => void typed.push(Buffer.from(keys).toString('latin1')),
    dropTyped: () => void dropped.push('dropped'),
    emit: (event) => void events.push(event),
    ...{ submit: nothing, closePaste: nothing, pressed: nothing, said: nothing, pointed: nothing },
    ...{ edge: nothing, notice: nothing, changed: nothing },
  });
  const size = { cols: 80, rows: 24 };
  people.arrived({
    ...{
      id: 'a1',
      addr: '127.0.0.1',
      client: '',
      jti: 'j',
      role: 'observer',
      key: null,
      size,
      name: 'ana',
      once: false,
    },
  });
  await new Promise((turn) => setImmediate(turn));
  return { people, typed, dropped, events };
}

test('control that is taken back while it is being given is not given', async () => {
  const { people, typed, events } = await anaWatches();
  const granted = people.grant('ana', 60_000, 'full');
  people.takeBack();
  await assert.rejects(granted, /taken back meanwhile/);
  people.lending.press('a1', Buffer.from('x'));
  assert.deepEqual([people.lending.holder, typed], [null, []]);
  assert.ok(!events.some(({ type }) => type === 'grant'));
  await people.grant('ana', 60_000, 'full');
  people.lending.press('a1', Buffer.from('y'));
  assert.deepEqual(typed, ['y'], 'the next time it is given');
});

test('who gives control back in the middle of a paste leaves no beginning of it for the program to read later', async () => {
  const { people, dropped } = await anaWatches();
  await people.grant('ana', 60_000, 'full');
  people.lending.press('a1', Buffer.from('ls\r'));
  people.lending.giveBack('a1');
  assert.deepEqual(dropped, [], 'what he typed before is still read');
  await people.grant('ana', 60_000, 'full');
  people.lending.press('a1', Buffer.from('\x1b[200~rm'));
  people.lending.giveBack('a1');
  assert.deepEqual(dropped, ['dropped']);
});
