/** Floods: many connections, many guesses, many observers. Others come in all the same. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { WORDS } from '../../../src/core/errors.js';
import { closed, RawClient } from '../../support/raw-client.js';
import { type Case, quantile, type Siege, sleep, until } from './siege.js';
import { Victim } from './victim.js';

const OTHERS_FROM = '127.0.0.2';
const FLOOD = 500;
const HONEST = 20;
const GUESSING_MS = 4000;
/** sshd's and ours: so many at once, and one a second. */
const GUESSES_AT_ONCE = 6;
const GUESSES_OF_A_KIND = 12;
const WATCHERS = 200;
const STOPPED = 10;
const FEW = 5;
/** Longer than any farewell, in characters. */
const TAIL = 200;
/** Of some 70 bytes each: 20 MB. */
const FLOOD_LINES = 290_000;
/** Far beyond the promise, in ms: what is still there then stays. */
const GIVE_UP_MS = 8000;

const median = (values: readonly number[]): number => quantile(values, 0.5);

async function joinTimes(siege: Siege): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < HONEST; i++) took.push(await siege.joins(OTHERS_FROM));
  return took;
}

/** Honest people come while connections are opened and held, or opened again and again. */
async function besideFlood(siege: Siege, flood: (from: string) => Promise<() => Promise<unknown>>): Promise<string> {
  const unloaded = median(await joinTimes(siege));
  const over = await flood(siege.source());
  const loaded = median(await joinTimes(siege));
  const figures = `median ${loaded.toFixed(0)} ms, ${unloaded.toFixed(0)} ms without it, ratio ${(loaded / unloaded).toFixed(2)}`;
  await over();
  return `${HONEST} of ${HONEST} came in: ${figures}`;
}

/** One guess; the result is what it was told and how long that took, in ms. */
async function guess(
  siege: Siege,
  user: string,
  from: string,
): Promise<{ readonly said: string; readonly ms: number }> {
  const client = await siege.raw({ from }).service();
  const began = performance.now();
  client.send(50, user, 'ssh-connection', 'none');
  const said = (await client.expect(1)).toString('latin1');
  const ms = performance.now() - began;
  client.reset();
  await client.ended();
  return { said, ms };
}

/** Guesses as fast as the edge lets one. `oneGuess` tells each answer that says that the link is not valid. */
async function bruteForce(
  siege: Siege,
  oneGuess: (from: string, i: number, answered: () => void) => Promise<void>,
): Promise<string> {
  const from = siege.source();
  const began = performance.now();
  let tried = 0;
  let looked = 0;
  const guesser = async (): Promise<void> => {
    while (performance.now() < began + GUESSING_MS) {
      await oneGuess(from, tried++, () => looked++).catch(() => sleep(10));
    }
  };
  await Promise.all(Array.from({ length: 20 }, guesser));
  const elapsed = (performance.now() - began) / 1000;
  const most = GUESSES_AT_ONCE + Math.ceil(elapsed);
  if (looked === 0 || looked > most) throw new Error(`${looked} guesses were looked at, at most ${most} may be`);
  return `${tried} tried in ${elapsed.toFixed(1)} s, ${looked} were looked at, at most ${most} may be`;
}

/** A ticket in good form that is over, of a session that there is not, signed by a stranger. */
function foreignTicket(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'lectern',
    aud: 'a1b2c3d4',
    sub: 'observer',
    jti: 'zzzzzzzz',
    iat: 1_700_000_000,
    exp: 1_700_000_900,
  };
  const signed = `${part({ alg: 'EdDSA', typ: 'lectern+jwt' })}.${part(claims)}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

async function sameWords(siege: Siege): Promise<string> {
  const link = await siege.asPresenter(async (api) => {
    const minted = await api.mintLink({ role: 'observer', ttlMs: 60_000, once: false, jwt: true, status: true });
    await api.revokeLink(minted.jti);
    return minted;
  });
  const kinds: Readonly<Record<string, string>> = {
    unknown: 'k7qm9f000000000000000000zz',
    malformed: 'not a link at all',
    long: 'k'.repeat(900),
    'a damaged ticket': `${link.token.slice(0, -4)}AAAA`,
    'an expired ticket of another session': foreignTicket(),
    'a broken ticket': 'eyJhbGciOiJFZERTQSJ9.e30.AAAA',
  };
  const said = new Set<string>();
  const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  for (let i = 0; i < GUESSES_OF_A_KIND; i++) {
    const answers = Object.entries(kinds).map(async ([kind, user]) => {
      const answer = await guess(siege, user, siege.source());
      said.add(answer.said);
      times.get(kind)!.push(answer.ms);
    });
    await Promise.all(answers);
  }
  if (said.size !== 1 || ![...said][0]!.includes(WORDS.unknown)) throw new Error(`${said.size} different answers`);
  const figures = [...times].map(([kind, ms]) => `${kind} ${median(ms).toFixed(1)}`);
  return `median in ms: ${figures.join(', ')}`;
}

/** A session for few, in which one more comes than there may be. */
async function fullHouse(): Promise<void> {
  const victim = await Victim.start({ flags: ['--max-observers', String(FEW)] });
  try {
    const { port, token } = victim.ready;
    const clients: RawClient[] = [];
    for (let i = 0; i < FEW; i++) clients.push(await new RawClient(port, { honest: true }).shell(token));
    const late = await new RawClient(port).service();
    late.send(50, token, 'ssh-connection', 'none');
    if (!(await late.expect(1)).includes(WORDS.full)) throw new Error('it got other words');
    clients.pop()!.reset();
    await until('there is room again', async () =>
      new RawClient(port).shell(token).then(
        () => true,
        () => false,
      ),
    );
    for (const client of clients) client.reset();
  } finally {
    await victim.end();
  }
}

/** What one who watches got. */
interface Got {
  /** The last of it. */
  tail: string;
  /** Bytes that came after every connection was gone from the edge. */
  late: number;
}

/** All are gone after a revocation, also those that do not read; the farewell is the last that anybody gets. */
async function revoke(siege: Siege, output: (siege: Siege) => Promise<() => Promise<void>>): Promise<string> {
  const terms = { role: 'observer', ttlMs: 600_000, once: false, jwt: false, status: true } as const;
  const link = await siege.asPresenter((api) => api.mintLink(terms));
  // More than a hundred of one address may not wait at the door.
  const sources = Array.from({ length: 4 }, () => siege.source());
  let gone = false;
  const got: Got[] = [];
  const watch = (from: string): Promise<RawClient> => {
    const mine: Got = { tail: '', late: 0 };
    got.push(mine);
    const onData = (bytes: Buffer): void => {
      mine.tail = (mine.tail + bytes.toString('latin1')).slice(-TAIL);
      if (gone) mine.late += bytes.length;
    };
    return siege.raw({ from, honest: true, onData }).shell(link.token);
  };
  const watchers: RawClient[] = [];
  while (watchers.length < WATCHERS) watchers.push(...(await Promise.all(sources.map(watch))));
  for (const client of watchers.slice(0, STOPPED)) client.socket.pause();
  const over = await output(siege);
  await sleep(100);
  let revokedAt = Number.POSITIVE_INFINITY;
  const times = watchers.map(async (client) => {
    await client.gone;
    return performance.now() - revokedAt;
  });
  revokedAt = performance.now();
  const answered = siege.asPresenter((api) => api.revokeLink(link.jti));
  // A stopped client notices the end only when it reads again: what the kernel says of the edge counts.
  while (siege.sockets > 1 && performance.now() - revokedAt < GIVE_UP_MS) await sleep(5);
  const took = performance.now() - revokedAt;
  if (siege.sockets > 1)
    throw new Error(`${siege.sockets - 1} connections are still there after ${took.toFixed(0)} ms`);
  gone = true;
  for (const client of watchers.slice(0, STOPPED)) client.socket.resume();
  const all = await Promise.all(times);
  await answered;
  await over();
  // What a stopped client had got before lies in its own buffers.
  const reading = got.slice(STOPPED);
  const late = reading.reduce((sum, one) => sum + one.late, 0);
  if (late > 0) throw new Error(`${late} bytes came after the end`);
  const unsaid = reading.filter(({ tail }) => !tail.endsWith(`${WORDS.revoked}\r\n`)).length;
  if (unsaid > 0) throw new Error(`${unsaid} got something else than the farewell last`);
  const ms = all.slice(STOPPED);
  const figures = `p50 ${quantile(ms, 0.5).toFixed(0)} ms, p99 ${quantile(ms, 0.99).toFixed(0)} ms`;
  return `${figures}, no socket left after ${took.toFixed(0)} ms, 0 bytes after that`;
}

/** A little is printed. */
async function aLittle(siege: Siege): Promise<() => Promise<void>> {
  await siege.begins('the picture goes on\n'.repeat(100));
  return () => Promise.resolve();
}

/** 20 MB are printed, again and again. */
async function aFlood(siege: Siege): Promise<() => Promise<void>> {
  let over = false;
  const lines = Buffer.from(
    '\x1b[3mthe picture goes on, and on, and on, and on, and on, and on\x1b[m\n'.repeat(FLOOD_LINES),
  );
  const printing = (async () => {
    while (!over) await siege.prints(lines);
  })();
  await sleep(500);
  return () => {
    over = true;
    return printing;
  };
}

export const floodCases: readonly Case[] = [
  {
    name: `${FLOOD} idle connections of one address, and ${HONEST} honest joins from another`,
    run: (siege) =>
      besideFlood(siege, async (from) => {
        const sockets = await Promise.all(Array.from({ length: FLOOD }, () => siege.tcp(from)));
        return () => Promise.all(sockets.map(closed));
      }),
  },
  {
    name: `${FLOOD} half logins of one address, and ${HONEST} honest joins from another`,
    run: (siege) =>
      besideFlood(siege, async (from) => {
        const clients = Array.from({ length: FLOOD }, () => siege.raw({ from, kex: 'mlkem768x25519-sha256' }));
        await sleep(200);
        return () => Promise.all(clients.map((client) => client.gone));
      }),
  },
  {
    name: 'connections that come and go without a pause from one address, and honest joins from another',
    run: (siege) =>
      besideFlood(siege, async (from) => {
        let over = false;
        const comeAndGo = async (): Promise<void> => {
          while (!over) (await siege.tcp(from)).resetAndDestroy();
        };
        const all = Array.from({ length: 4 }, comeAndGo);
        return () => {
          over = true;
          return Promise.all(all);
        };
      }),
  },
  {
    name: 'two hundred logins of forty addresses at once',
    async run(siege) {
      const sources = Array.from({ length: 40 }, () => siege.source());
      const clients = Array.from({ length: 200 }, (_, i) =>
        siege.raw({ from: sources[i % 40]!, kex: 'mlkem768x25519-sha256' }),
      );
      await Promise.all(clients.map((client) => client.gone));
    },
  },
  {
    name: 'a class of sixty behind one address',
    async run(siege) {
      const from = siege.source();
      await Promise.all(Array.from({ length: 60 }, () => siege.joins(from)));
    },
  },
  {
    name: 'guesses at links as user names, from one address',
    run: (siege) =>
      bruteForce(siege, async (from, i, answered) => {
        if ((await guess(siege, `guess${i}`, from)).said.includes(WORDS.unknown)) answered();
      }),
  },
  {
    name: 'guesses at links at the prompt, from one address',
    run: (siege) =>
      bruteForce(siege, async (from, i, answered) => {
        const client = await siege.raw({ from }).service();
        try {
          for (let n = 0; n < 6; n++) {
            client.send(50, 'join', 'ssh-connection', 'keyboard-interactive', '', '');
            await client.expect(60);
            client.send(61, 1, `guess${i}-${n}`);
            await client.expect(51);
            answered();
          }
        } finally {
          client.reset();
          await client.ended();
        }
      }),
  },
  { name: 'unknown, malformed, long, foreign and broken links are told the same', run: sameWords },
  { name: 'more observers than there may be', apart: true, run: fullHouse },
  {
    name: `a link with ${WATCHERS} observers is revoked, ${STOPPED} of them stopped`,
    run: (siege) => revoke(siege, aLittle),
  },
  {
    name: `a link with ${WATCHERS} observers is revoked during a flood of output, ${STOPPED} of them stopped`,
    run: (siege) => revoke(siege, aFlood),
  },
];
