/** Packets of all connections are built in one piece of memory: whoever is sent what, and with which cipher, gets his own bytes and no others. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { OFFER } from '../../src/observers/ssh/algorithms.js';
import { openDoor } from '../support/door.js';
import { randomFrom } from '../support/typed.js';

const SEED = 20_261_121;
const CIPHERS = OFFER.cs.cipher;
/** What every visitor of the test's door is sent first. */
const GREETING = Buffer.from('hello\r\n');
const ROUNDS = 300;
/** More than one packet holds, so that the long way is taken as well. */
const LONGEST = 40_000;

/** Reads what it is sent, `bytes` in all. */
function read(port: number, name: string, cipher: ssh2.CipherAlgorithm, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const hash = createHash('sha256');
    let left = bytes;
    client.on('error', reject);
    client.on('ready', () =>
      client.shell({ term: 'xterm' }, { env: { LECTERN_NAME: name } }, (error, stream) => {
        if (error !== undefined) return reject(error);
        stream.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          left -= chunk.length;
          if (left > 0) return;
          resolve(`${left} ${hash.digest('hex')}`);
          client.destroy();
        });
      }),
    );
    client.connect({ host: '127.0.0.1', port, username: 'good', algorithms: { cipher: [cipher] } });
  });
}

test('whatever is written to whom, between and during key exchanges, everybody gets his own bytes', async (t) => {
  const random = randomFrom(SEED);
  const plan = CIPHERS.map((_, who) =>
    Array.from({ length: ROUNDS }, () => Buffer.alloc(1 + Math.floor(random() ** 4 * LONGEST), 65 + who)),
  );
  for (const chunks of plan) for (const [i, chunk] of chunks.entries()) chunk.write(String(i));
  const door = await openDoor({ limits: { rekeyBytes: 100_000 } });
  t.after(() => door.close());
  const sizes = plan.map((chunks) => chunks.reduce((sum, { length }) => sum + length, GREETING.length));
  const reading = CIPHERS.map((cipher, who) => read(door.port, String(who), cipher, sizes[who]!));
  while (door.visits.length < CIPHERS.length) await new Promise((turn) => setTimeout(turn, 5));
  for (let round = 0; round < ROUNDS; round++) {
    for (const visit of door.visits) visit.write(plan[Number(visit.env.get('LECTERN_NAME'))]![round]!);
    if (round % 10 === 0) await new Promise((turn) => setTimeout(turn, 1));
  }
  const wanted = plan.map(
    (chunks) =>
      `0 ${createHash('sha256')
        .update(Buffer.concat([GREETING, ...chunks]))
        .digest('hex')}`,
  );
  assert.deepEqual(await Promise.all(reading), wanted);
});
