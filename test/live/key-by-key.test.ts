/**
 * Secrets as they are typed, corrected, recalled and completed, key by key, in bash and python, through the whole product.
 * Each is first seen on the presenter's own screen; then nothing that left may show a part of it.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { House, until } from '../support/house.js';
import { atShell, BACK, END, ENTER, HOME, LEFT, PRIVATE, settled, typedLine, UP } from '../support/scene.js';

const TYPED_RULES = [
  ...[
    'github-token',
    'aws-access-key-id',
    'slack-webhook',
    'stripe-key',
    'google-api-key',
    'anthropic-key',
    'npm-token',
  ],
  ...['gitlab-token', 'sendgrid-key', 'vault-token', 'url-password', 'auth-header', 'env-assignment', 'jwt'],
];

test('lines typed key by key into bash show nothing of their secrets', async (t) => {
  const at = await atShell(t);
  const { scene, seat } = at;
  // What runs is in the title, too.
  seat.send(`trap 'printf "\\033]2;%s\\007" "$BASH_COMMAND"' DEBUG${ENTER}`);
  const planted = [...TYPED_RULES, ...PRIVATE.map(({ id }) => id)].map((id) => scene.plant(id));
  for (const { line } of planted) await typedLine(at, line, [...`: '${line}'`]);
  await until('a title with a secret', () =>
    planted.some(({ secrets }) => secrets.every((one) => seat.title.includes(one))),
  );
  await typedLine(at, scene.env['MY_DEPLOY_TOKEN']!, [...`: ${scene.env['MY_DEPLOY_TOKEN']}`]);
  await scene.takeText(seat);
  await scene.assertNowhere(seat.ready.session, at.lookout);
});

test('lines that are corrected, recalled and completed in bash show nothing of their secrets', async (t) => {
  const at = await atShell(t);
  const { scene, seat } = at;
  const steps: readonly ((token: string) => readonly string[])[] = [
    // Slips that are taken back.
    (token) => [
      ...`: ${token.slice(0, 12)}qqq`,
      BACK,
      BACK,
      BACK,
      ...token.slice(12, 30),
      'z',
      BACK,
      ...token.slice(30),
    ],
    // Something put before it, then more of it.
    (token) => [...`: ${token.slice(0, 20)}`, HOME, ...'true; ', END, ...token.slice(20)],
    // A gap in its middle that is closed.
    (token) => {
      const gone = token.length - 28;
      return [...`: ${token.slice(0, 20)}${token.slice(28)}`, ...Array(gone).fill(LEFT), ...token.slice(20, 28), END];
    },
    // Right of it stands something else.
    (token) => [...': && true', ...Array(7).fill(LEFT), ...token],
    // Cut and put back.
    (token) => [...`: ${token}`, '\x17', '\x19'],
    // The screen drawn anew in its middle.
    (token) => [...`: ${token.slice(0, 25)}`, '\x0c', ...token.slice(25)],
    // In a prompt that leaves room for half of it.
    (token) => [...`: ${'x'.repeat(60)} ${token}`],
    // Pasted.
    (token) => [...': ', `\x1b[200~${token}\x1b[201~`],
  ];
  for (const step of steps) {
    const token = scene.token();
    await typedLine(at, token, step(token));
  }
  const recalled = scene.token();
  await typedLine(at, recalled, [...`: ${recalled}`]);
  await typedLine(at, recalled, [UP]);
  await typedLine(at, recalled, ['\x12', ...recalled.slice(0, 12)]);
  seat.send(`: ${'\x15'}clear${ENTER}`);
  const named = scene.token();
  scene.file(named, 'nothing\n');
  await typedLine(at, named, [...`: ${named.slice(0, 5)}`, '\t']);
  seat.send(`ls${ENTER}`);
  await settled(at, (mark) => [...`: ${mark}`, ENTER]);
  // Not a command: bash says it again, wrapped.
  const wrong = scene.token();
  await typedLine(at, wrong, [...wrong]);
  await scene.takeText(seat);
  await scene.assertNowhere(seat.ready.session, at.lookout);
});

test('the prompt of python shows nothing of a secret, nor of the parts that are cut out of it', async (t) => {
  const at = await atShell(t);
  const { scene, seat, lookout } = at;
  seat.send(`python3 -q${ENTER}`);
  await seat.sees('>>>');
  for (const id of ['github-token', 'google-api-key', 'house-token', 'house-number', 'url-password']) {
    const { line, secrets } = scene.plant(id);
    await seat.type(...`t = '${line}'`, ENTER);
    await seat.sees(line, id);
    const from = line.indexOf(secrets[0]!);
    await seat.type(...'print(t)', ENTER);
    // Of what is known by its whole only the whole is hidden.
    if (id === 'github-token' || id === 'google-api-key') {
      await seat.type(...`t[:${from + 7}]`, ENTER);
      await seat.type(...`[t[i:i+12] for i in range(${from}, ${line.length}, 5)]`, ENTER, ...`t[${from + 3}:]`, ENTER);
      await seat.sees(`'${line.slice(from + 3)}'`, 'a part');
    }
    await settled(at, (mark) => [...`# ${mark}`, ENTER]);
  }
  await seat.type(...'import os', ENTER, ..."os.environ['MY_DEPLOY_TOKEN'][3:20]", ENTER);
  await seat.sees(scene.env['MY_DEPLOY_TOKEN']!.slice(3, 20), 'a part of the variable');
  await scene.takeText(seat);
  await settled(at, (mark) => [...`# ${mark}`, ENTER]);
  await scene.assertNowhere(seat.ready.session, lookout);
});

test('without rules the same keys leak everywhere, so that the tests above can fail', async (t) => {
  const at = await atShell(t, ['--redact', offIn(t)]);
  const { scene, seat } = at;
  for (const { line } of ['github-token', 'npm-token'].map((id) => scene.plant(id)))
    await typedLine(at, line, [...`: '${line}'`]);
  await scene.takeText(seat);
  await assert.rejects(scene.assertNowhere(seat.ready.session, at.lookout), (error: Error) => {
    for (const where of ['at the observer', 'in the recording', 'in the text verb'])
      assert.ok(error.message.includes(where), where);
    return true;
  });
});

/** A file that switches the built-in rules off. */
function offIn(t: TestContext): string {
  const path = join(new House(t).home, 'off.toml');
  writeFileSync(path, '[extend]\nuseDefault = false\n');
  return path;
}
