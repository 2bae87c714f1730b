/**
 * Secrets in the files and commands in which they stand in real life: printed at three widths, and typed. Made up at run
 * time, never printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame } from '../../src/core/frame.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { letters } from '../support/plants.js';
import { randomFrom } from '../support/typed.js';

const SEED = Number(process.env['LECTERN_SEED']) || 20_264;
const random = randomFrom(SEED);
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE62 = `${LETTERS}0123456789`;
const of = (length: number, alphabet = BASE62): string => letters(length, alphabet, random);
/** A password as people choose them: with digits, be it by chance. */
const password = (): string => `${of(5, LETTERS)}${of(2, '0123456789')}${of(7)}`;
/** Base64 of a user and a password, without a digit. */
const inLetters = (): string => `dXNlcjpw${of(5, 'AbCdEf')}XNz`;
const begin = (kind: string): string =>
  Buffer.from(`-----BEGIN ${kind}PRIVATE ${'KEY'}-----\n`).toString('base64').slice(0, 32);

/** A place for a secret, and the secret that stands there. */
const SHAPES: readonly (readonly [name: string, secret: string, around: (secret: string) => string])[] = [
  ['the prompt of aws configure', of(40), (s) => `AWS Secret Access Key [None]: ${s}`],
  ['a table of aws', of(40), (s) => `| SecretAccessKey | ${s} |`],
  ['aws access keys as CSV', of(40), (s) => `Access key ID,Secret access key\nAKIA${of(16, 'ABCDEF234567')},${s}`],
  ['a key of AWS without a digit', of(40, LETTERS), (s) => `aws_secret_access_key = ${s}`],
  ['gcloud auth print-access-token', of(80), (s) => `ya29.${s}`],
  ['a client secret of Google', of(28), (s) => `secret is GOCSPX-${s}`],
  ['a client secret of Azure', of(34), (s) => `secret abc8Q~${s}`],
  ['a signed URL of Azure', of(43), (s) => `https://a.blob.core.windows.net/c?sv=2022&sp=r&sig=${s}%3D`],
  ['a browser token of Slack', of(60), (s) => `xoxc-${s}`],
  ['the URL of a Telegram bot', of(33), (s) => `https://api.telegram.org/bot1234567890:AA${s}/getMe`],
  ['_auth of npm', of(28), (s) => `//npm.example.org/:_auth=${s}`],
  ['auths of Docker', of(28), (s) => `{"auths":{"ghcr.io":{"auth":"${s}"}}}`],
  [
    'auths of Docker, over lines, in letters',
    inLetters(),
    (s) => `\t"https://index.docker.io/v1/": {\n\t\t"auth": "${s}"`,
  ],
  ['docker login -p', password(), (s) => `docker login -u me -p ${s} registry.example.org`],
  ['mongosh -p', password(), (s) => `mongosh -u root -p ${s} --authenticationDatabase admin`],
  ['a .netrc on one line', password(), (s) => `machine api.example.org login me@example.org password ${s}`],
  ['a .netrc over lines', of(19, LETTERS), (s) => `machine github.com\n  login octocat\n  password ${s}\n`],
  ['a .netrc with line numbers', password(), (s) => `  1 machine github.com\n  2   login octocat\n  3   password ${s}`],
  ['a key in a kubeconfig', of(120), (s) => `    client-key-data: ${begin('RSA ')}${s}`],
  ['another key in a kubeconfig', of(120), (s) => `    client-key-data: ${begin('EC ')}${s}`],
  ['an environment in a manifest', password(), (s) => `        - name: DB_PASSWORD\n          value: "${s}"\n`],
  [
    'terraform output -json',
    password(),
    (s) => `{\n  "db_password": {\n    "sensitive": true,\n    "type": "string",\n    "value": "${s}"\n  }\n}`,
  ],
  ['the same in one line', password(), (s) => `{"db_password":{"sensitive":true,"type":"string","value":"${s}"}}`],
  ['a variable of Terraform', password(), (s) => `variable "db_password" {\n  default = "${s}"\n}`],
  ['a plan of Terraform', password(), (s) => `  ~ password = "${password()}" -> "${s}"`],
  ['curl over lines', password(), (s) => `curl -X POST https://h/ \\\n  -H 'X: y' \\\n  -u admin:${s} \\\n  -d @f`],
  ['Basic in letters', inLetters(), (s) => `Authorization: Basic ${s}`],
  ['a token in a query with a number behind it', of(40), (s) => `GET /cb?access_token=${s}&x=1 HTTP/1.1`],
  ['a password with a colon and a number', password(), (s) => `password=${s}:5432`],
  ['PGPASSWORD in letters', of(12, LETTERS), (s) => `PGPASSWORD=${s} psql -h db`],
  ['SMTP_PASS', password(), (s) => `SMTP_PASS="${s}"`],
  ['words in an environment', password(), (s) => `DB_PASSWORD="correct horse ${s}"`],
  ['JSON in a string', password(), (s) => `"{\\"user\\":\\"a\\",\\"password\\":\\"${s}\\"}"`],
  ['a label', of(24), (s) => `API Key: ${s}`],
  ['git diff --word-diff', password(), (s) => `password = [-"${password()}"-]{+"${s}"+}`],
  ['git diff --word-diff without quotes', password(), (s) => `api_key: [-${s}-]{+${password()}+}`],
  ['git diff --color-words of values', password(), (s) => `password = "${password()}""${s}"`],
  ['git diff --color-words of tokens of npm', of(36), (s) => `npm_${of(36)}npm_${s}`],
  ['git diff --color-words of ids of AWS', of(16, 'ABCDEF234567'), (s) => `AKIA${of(16, 'ABCDEF234567')}AKIA${s}`],
  ['git diff --color-words of keys of Stripe', of(24), (s) => `sk_live_${of(24)}sk_live_${s}`],
];

/** The longest part of the secret that stands in the open on a row. */
function longestOpen(frame: Frame, secret: string): number {
  let longest = 0;
  for (const row of frame.rows) {
    const text = Array.from({ length: row.cols }, (_, x) => row.text(x) || ' ').join('');
    for (let from = 0; from + longest < secret.length; from++) {
      while (from + longest < secret.length && text.includes(secret.slice(from, from + longest + 1))) longest++;
    }
  }
  return longest;
}

/** The longest part of it in any frame while `text` is printed in pieces of `step` characters. */
function shown(text: string, secret: string, cols: number, step: number, wall = Redactor.of(BUILT_IN_RULES)): number {
  const emulator = new Emulator({ cols, rows: 16 });
  let longest = 0;
  let nowMs = 0;
  const print = (piece: string): void => {
    emulator.feed(Buffer.from(piece.replaceAll('\n', '\r\n')));
    nowMs += 30;
    longest = Math.max(longest, longestOpen(Frame.of(emulator.capture(null), wall, undefined, nowMs), secret));
  };
  print('$ ');
  for (let at = 0; at < text.length; at += step) print(text.slice(at, at + step));
  nowMs += 5000;
  print('\n$ ');
  emulator.dispose();
  return longest;
}

/** Runs of so many characters stand elsewhere in the same text by chance. */
const BY_CHANCE = 3;

for (const [name, secret, around] of SHAPES) {
  test(`${name}: the secret is not seen, printed or typed`, () => {
    for (const cols of [150, 80, 47])
      assert.ok(shown(around(secret), secret, cols, 1000) <= BY_CHANCE, `${cols} wide, seed ${SEED}`);
    assert.ok(shown(around(secret), secret, 120, 1) <= BY_CHANCE, `typed, seed ${SEED}`);
  });
}

test('without rules the same secrets are all seen, so that the tests above can fail', () => {
  for (const [name, secret, around] of SHAPES)
    assert.equal(shown(around(secret), secret, 200, 1000, Redactor.NONE), secret.length, name);
});
