import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newCode } from '../../src/access/codes.js';
import { FORGET_AFTER_MS, type LinkChange, Links, MAX_LINKS, type Terms } from '../../src/access/links.js';
import type { VerifiedKey } from '../../src/core/admission.js';

const HOUR = 3_600_000;
const key = (name: string): VerifiedKey => ({ fingerprint: `SHA256:${name}`, blob: `blob-${name}` });
const terms = (over: Partial<Terms> = {}): Terms => ({
  token: newCode(),
  jti: over.jti ?? newCode(),
  sid: 's1',
  role: 'observer',
  issuedAt: 0,
  endsAt: HOUR,
  once: false,
  listed: false,
  status: true,
  ...over,
});

/** The outcome in a word: `in`, `key`, or the reason of a refusal. */
function ask(links: Links, token: string, now: number, who: VerifiedKey | null = null, exhausted = false): string {
  const answer = links.admit({ token, key: who, exhausted, now });
  return answer.kind === 'refused' ? `no: ${answer.reason}` : answer.kind;
}

test('a link admits anybody until the moment it ends, then says so, then is forgotten', () => {
  const links = new Links();
  const { token } = terms();
  links.mint(terms({ token }));
  assert.equal(ask(links, token, 0), 'in');
  assert.equal(ask(links, token, HOUR - 1, key('a')), 'in');
  assert.equal(ask(links, token, HOUR), 'no: expired');
  assert.equal(ask(links, token, HOUR + FORGET_AFTER_MS - 1), 'no: expired');
  assert.equal(ask(links, token, HOUR + FORGET_AFTER_MS), 'no: unknown');
});

test('unknown, malformed and empty tokens are one case', () => {
  const links = new Links();
  const { token } = terms();
  links.mint(terms({ token }));
  for (const wrong of [newCode(), token.toUpperCase(), `${token} `, token.slice(1), '', '\u0000', 'x'.repeat(34_000)]) {
    assert.equal(ask(links, wrong, 0), 'no: unknown');
  }
});

test('a one-time link asks for a key, binds the first one, and admits that one again but no other', () => {
  const links = new Links();
  const { token } = terms();
  links.mint(terms({ token, once: true }));
  assert.equal(ask(links, token, 1), 'key');
  assert.equal(ask(links, token, 2, key('a')), 'in');
  assert.equal(ask(links, token, 3, key('b')), 'no: used');
  assert.equal(ask(links, token, 4), 'key');
  assert.equal(ask(links, token, 5, null, true), 'no: used');
  assert.equal(ask(links, token, 6, key('a')), 'in');
  assert.equal(ask(links, token, HOUR, key('a')), 'no: expired');
});

test('a one-time link admits one connection without a key and nobody after it', () => {
  const links = new Links();
  const { token } = terms();
  links.mint(terms({ token, once: true }));
  assert.equal(ask(links, token, 1), 'key');
  assert.equal(ask(links, token, 2, null, true), 'in');
  assert.equal(ask(links, token, 3, null, true), 'no: used');
  assert.equal(ask(links, token, 3), 'no: used');
  assert.equal(ask(links, token, 4, key('a')), 'no: used');
});

test('a link for listed keys lets a client try all its keys and refuses it when it has no more', () => {
  const links = new Links({ listed: [key('a').blob] });
  const { token } = terms();
  links.mint(terms({ token, listed: true }));
  assert.equal(ask(links, token, 1), 'key');
  assert.equal(ask(links, token, 1, key('b')), 'key');
  assert.equal(ask(links, token, 1, null, true), 'no: key');
  assert.equal(ask(links, token, 1, key('a')), 'in');
  assert.equal(links.wants(token, key('b'), 1), false);
  assert.equal(links.wants(token, key('a'), 1), true);
});

test('revoking ends one link or all, and only those that were alive', () => {
  const links = new Links();
  const [a, b, c] = ['a', 'b', 'c'].map((jti) => terms({ jti, ...(jti === 'c' && { endsAt: 5 }) }));
  for (const one of [a!, b!, c!]) links.mint(one);
  assert.equal(links.revoke('a', 10), true);
  assert.equal(links.revoke('a', 11), false);
  assert.equal(links.revoke('nobody', 11), false);
  assert.equal(ask(links, a!.token, 12), 'no: revoked');
  assert.equal(ask(links, b!.token, 12), 'in');
  assert.deepEqual(links.revokeAll(13), ['b']);
  assert.equal(ask(links, b!.token, 14), 'no: revoked');
  assert.equal(ask(links, c!.token, 14), 'no: expired');
});

test('neither the list nor the changes nor a snapshot holds a token', () => {
  const changes: LinkChange[] = [];
  const links = new Links({ onChange: (change) => changes.push(change) });
  const { token } = terms();
  links.mint(terms({ token, once: true }));
  links.admit({ token, key: key('a'), exhausted: false, now: 1 });
  links.revokeAll(2);
  assert.deepEqual(
    changes.map((change) => change.kind),
    ['minted', 'used', 'revoked'],
  );
  assert.ok(!JSON.stringify([links.list(1), links.snapshot(), changes]).includes(token));
});

test('a full table refuses new links, and drops ended ones first', () => {
  const links = new Links();
  for (let i = 0; i < MAX_LINKS; i++) links.mint(terms({ jti: `j${i}`, endsAt: HOUR + i }));
  assert.throws(() => links.mint(terms()), { code: 'REFUSED' });
  links.mint(terms({ issuedAt: HOUR + 1, endsAt: 2 * HOUR }));
  assert.equal(links.list(HOUR + 1).length, MAX_LINKS);
  assert.ok(!links.list(HOUR + 1).some((grant) => grant.jti === 'j0'));
});

test('an id or a token is minted once', () => {
  const links = new Links();
  links.mint(terms({ jti: 'a' }));
  assert.throws(() => links.mint(terms({ jti: 'a' })), { code: 'REFUSED' });
});

/** What the model says about one link: written from the promise, not from the table. */
interface Model {
  readonly token: string;
  readonly endsAt: number;
  readonly once: boolean;
  readonly listed: boolean;
  holder: string | null;
  revokedAt: number | null;
}

function expected(model: Model, now: number, who: string | null, exhausted: boolean): string {
  if (now >= model.endsAt + FORGET_AFTER_MS) return 'no: unknown';
  if (model.revokedAt !== null) return 'no: revoked';
  if (now >= model.endsAt) return 'no: expired';
  if (model.listed && who !== 'a' && who !== 'b') return exhausted ? 'no: key' : 'key';
  if (!model.once) return 'in';
  if (model.holder === null) return who === null && !exhausted ? 'key' : 'in';
  if (model.holder === 'keyless') return 'no: used';
  if (who === null && !exhausted) return 'key';
  return who === model.holder ? 'in' : 'no: used';
}

const names = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      link: fc.nat(),
      who: fc.option(names),
      exhausted: fc.boolean(),
      copy: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mint' as const),
      ttl: fc.constantFrom(1, HOUR, 3 * HOUR),
      once: fc.boolean(),
      listed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), link: fc.nat(), copy: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, HOUR - 1, HOUR, FORGET_AFTER_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

test('two copies that hand each other their changes answer as the model does, whichever is asked', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const toCopy = (change: LinkChange) => copy.apply(JSON.parse(JSON.stringify(change)) as LinkChange);
      const toTable = (change: LinkChange) => table.apply(JSON.parse(JSON.stringify(change)) as LinkChange);
      const table = new Links({ listed: ['blob-a', 'blob-b'], onChange: toCopy });
      let copy = Links.from(table.snapshot(), toTable);
      const models: Model[] = [];
      let now = 1000;
      for (const one of steps) {
        if (one.kind === 'wait') now += one.ms;
        if (one.kind === 'restart') copy = Links.from(JSON.parse(JSON.stringify(table.snapshot())), toTable);
        if (one.kind === 'mint') {
          const { once, listed } = one;
          const model: Model = { token: newCode(), endsAt: now + one.ttl, once, listed, holder: null, revokedAt: null };
          table.mint(
            terms({ token: model.token, jti: `j${models.length}`, issuedAt: now, endsAt: model.endsAt, once, listed }),
          );
          models.push(model);
        }
        if (one.kind === 'revoke' && models.length > 0) {
          const at = one.link % models.length;
          const model = models[at]!;
          const alive = model.revokedAt === null && now < model.endsAt;
          assert.equal((one.copy ? copy : table).revoke(`j${at}`, now), alive);
          if (alive) model.revokedAt = now;
        }
        if (one.kind === 'ask' && models.length > 0) {
          const model = models[one.link % models.length]!;
          const wanted = expected(model, now, one.who, one.exhausted);
          const who = one.who === null ? null : key(one.who);
          assert.equal(ask(one.copy ? copy : table, model.token, now, who, one.exhausted), wanted);
          if (wanted === 'in' && model.once) model.holder ??= one.who ?? 'keyless';
        }
      }
      assert.deepEqual(copy.list(now), table.list(now));
    }),
    { numRuns: 1000 },
  );
});
