/**
 * A crowd that comes and goes for a long time, sped up: at the end nobody is left in the roster and memory has not
 * grown with the number of visits. LECTERN_VISITS sets how many (9,000 are half an hour at five a second).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logged, peopleOf, processUnder } from '../support/acts.js';
import { House, type Share, sleep } from '../support/house.js';
import { RawClient } from '../support/raw-client.js';
import { randomFrom } from '../support/typed.js';

const VISITS = Number(process.env['LECTERN_VISITS'] ?? 300);
const AT_ONCE = 20;
/** Growth that is no growth: heaps breathe. In MB over the second half. */
const MOST_MB = 32;
const KEYS = ['r', 'r', 'v', 'hjkl', 'v', 'chello\r', 'w', 'x', '?', 'x', 'y', 'f', '\x1b[A'];

interface Sample {
  readonly visits: number;
  readonly host: number;
  readonly edge: number;
}

/** Resident memory of a process, in MB. */
function rss(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function visit(share: Share, random: () => number): Promise<void> {
  const from = `127.0.${Math.floor(random() * 200)}.${1 + Math.floor(random() * 200)}`;
  const client = new RawClient(share.ready.port, { from, honest: true });
  try {
    await client.login(share.ready.token);
    await client.session();
    client.send(98, 0, 'env', false, 'LECTERN_NAME', `n${Math.floor(random() * 30)}`);
    client.send(98, 0, 'pty-req', false, 'xterm', 80, 25, 0, 0, '');
    client.send(98, 0, 'shell', true);
    await client.expect(99);
    for (let presses = random() * 4; presses > 0; presses--) {
      await sleep(random() * 60);
      client.send(94, 0, KEYS[Math.floor(random() * KEYS.length)]!);
    }
    if (random() < 0.3) client.send(94, 0, 'q');
    await sleep(random() * 60);
  } finally {
    client.socket.destroy();
  }
}

/** Of a straight line through the points, how much it rises with each visit, in KB. */
function slope(samples: readonly Sample[], of: 'host' | 'edge'): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ visits }) => visits)), mean(samples.map((sample) => sample[of]))];
  const rise = samples.reduce((sum, one) => sum + (one.visits - x) * (one[of] - y), 0);
  return (1024 * rise) / samples.reduce((sum, one) => sum + (one.visits - x) ** 2, 0);
}

test(`${VISITS} visits, ${AT_ONCE} at once: no stale entry, one leave a join, and memory that does not grow`, async (t) => {
  const seed = Number(process.env['LECTERN_SEED'] ?? Date.now() % 1e9);
  const random = randomFrom(seed);
  const house = new House(t);
  const share = await house.share([], ['sh', '-c', 'while :; do date; sleep 0.2; done']);
  const edge = processUnder(share.pid, /session.edge\.js/);
  const samples: Sample[] = [];
  let begun = 0;
  let failed = 0;
  const began = Date.now();
  const slot = async () => {
    while (begun < VISITS) {
      const number = ++begun;
      await visit(share, random).catch(() => failed++);
      if (number % Math.ceil(VISITS / 100) === 0)
        samples.push({ visits: number, host: rss(share.pid), edge: rss(edge) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, slot));
  const seconds = (Date.now() - began) / 1000;
  await sleep(1000);
  await peopleOf(house, 0);
  const events = logged(house, share.ready);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  assert.equal(count('join'), count('leave'));
  assert.ok(count('join') > VISITS * 0.9 && failed < VISITS * 0.05, `${count('join')} joins, ${failed} failed`);
  const late = samples.slice(Math.floor(samples.length / 2));
  const [first, last] = [late[0]!, late.at(-1)!];
  t.diagnostic(
    `seed ${seed}: ${count('join')} joins in ${seconds.toFixed(0)} s; second half: host ${first.host.toFixed(0)} to ${last.host.toFixed(0)} MB, ` +
      `${slope(late, 'host').toFixed(2)} KB a visit; edge ${first.edge.toFixed(0)} to ${last.edge.toFixed(0)} MB, ${slope(late, 'edge').toFixed(2)} KB a visit`,
  );
  for (const of of ['host', 'edge'] as const) assert.ok(last[of] - first[of] < MOST_MB, `${of} has grown`);
});
