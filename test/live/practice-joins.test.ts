/** What the edge practises joins for must not be seen by anybody: no guest, no door that stays. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { practiseJoins } from '../../src/cli/session/practice-joins.js';
import type { SessionState } from '../../src/core/session.js';
import { NO_INPUT_MODES } from '../../src/core/session.js';
import { HOST_KEY } from '../support/door.js';
import { House, PATIENCE_MS, sleep, until } from '../support/house.js';

const CALM: SessionState = {
  ...{ name: 'demo', startedMs: 0, watching: 0, readOnly: false, control: null, typing: null, suggestion: null },
  ...{ vote: null, pausedMs: null, endsMs: null, waiting: 0, mayChat: true, mayPoint: true, muted: [], masked: 0 },
  ...{ echoOff: false, hidden: false, modes: NO_INPUT_MODES },
};
const LISTENING = '0A';
/** Practice is over by then, in ms: it takes a third of a second, and has two at most. */
const OVER_MS = 3000;
const LOOK_MS = 5;
const TRIES = 4;

/** Ports on which a process or one of its children listens; none for one that has just ended. */
function portsOf(pid: number): number[] {
  try {
    return portsNow(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function portsNow(pid: number): number[] {
  const own = new Set(descriptors(pid).map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ''));
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const ports = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === LISTENING && own.has(inode ?? ''))
      .map(([, address]) => Number.parseInt(address!.split(':')[1]!, 16)),
  );
  return [...ports, ...children.flatMap(portsOf)];
}

function descriptors(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // Closed meanwhile.
      return '';
    }
  });
}

const sockets = () => process.getActiveResourcesInfo().filter((name) => /TCP/.test(name));

test('practice is shown a picture three times and leaves no door and no connection', async () => {
  const before = sockets();
  assert.equal(await practiseJoins(HOST_KEY, CALM, () => true, PATIENCE_MS), 3);
  await until(
    'sockets closed',
    () => (sockets().length <= before.length ? true : null),
    () => sockets().join(),
  );
});

test('practice is left out when somebody has come, and ends when somebody comes', async () => {
  assert.equal(await practiseJoins(HOST_KEY, CALM, () => false), 0);
  let asked = 0;
  assert.equal(await practiseJoins(HOST_KEY, CALM, () => ++asked < 2, PATIENCE_MS), 1);
});

/** A session, and the most doors that it had at once while it practised. */
async function practised(house: House) {
  const share = await house.share([], ['cat']);
  const began = performance.now();
  let most = 0;
  while (performance.now() - began < OVER_MS) {
    most = Math.max(most, portsOf(share.pid).length);
    await sleep(LOOK_MS);
  }
  return { share, most };
}

test('a session that has practised has one door, nobody has come, and its log knows of nobody', async (t) => {
  const house = new House(t);
  let { share, most } = await practised(house);
  // On a busy machine the other door may have come and gone between two looks.
  for (let tries = 1; most < 2 && tries < TRIES; tries++) {
    await share.end();
    ({ share, most } = await practised(house));
  }
  assert.equal(most, 2, 'the other door was there');
  assert.deepEqual(portsOf(share.pid), [share.ready.port]);
  assert.deepEqual(await house.ask((session) => session.who()), []);
  assert.deepEqual([...new Set(share.events.map(({ type }) => type))], ['ready']);
});
