/**
 * Sessions in which secrets are planted, and the search for them: no six characters of one may stand in any state of an
 * observer's screen, in the bytes that he gets, in the recording, in `text`, in the log, in the events or in what
 * `lectern session info` says. Made up at run time, never printed.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { looksRandom } from '../../src/core/redact/randomness.js';
import type { Rule } from '../../src/core/redact/rule.js';
import { bare } from './eye.js';
import { House, run } from './house.js';
import { Drawn, Lookout } from './lookout.js';
import { Fragments, letters, type Planted, plant } from './plants.js';
import { Seat } from './seat.js';
import { randomFrom } from './typed.js';

const SEED = Number(process.env['LECTERN_SEED']) || 1 + (Date.now() % 1_000_000);
export const SIZE = { cols: 80, rows: 23 };
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** Rules of the house, with a keyword and without. */
export const PRIVATE: readonly Rule[] = [
  { id: 'house-token', regex: 'acme_(?:live|test)_([0-9a-z]{24,32})', keywords: ['acme_live_', 'acme_test_'] },
  { id: 'house-number', regex: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}' },
];
/** Keys as a terminal sends them: those that write nothing are readline's. */
export const ENTER = '\r';
export const ESCAPE = '\x1b';
export const BACK = '\x7f';
export const HOME = '\x01';
export const END = '\x05';
export const LEFT = '\x02';
export const UP = '\x10';
export const [RIGHT_ARROW, LEFT_ARROW] = ['\x1b[C', '\x1b[D'];

/** A session whose observer, recording, log and words are searched for all that was planted. */
export class Scene {
  readonly house: House;
  readonly known = new Fragments();
  readonly env: Readonly<Record<string, string>>;
  readonly #record: string;
  readonly #random = randomFrom(SEED);
  readonly #texts: string[] = [];
  #marks = 0;

  constructor(t: TestContext) {
    this.house = new House(t);
    this.#record = join(this.house.home, 'out.cast');
    const rules = PRIVATE.map(({ id, regex, keywords }) => {
      const lines = ['[[rules]]', `id = "${id}"`, `regex = '''${regex}'''`];
      if (keywords !== undefined) lines.push(`keywords = ${JSON.stringify(keywords)}`);
      return lines.join('\n');
    });
    writeFileSync(join(this.house.home, 'rules.toml'), rules.join('\n'));
    this.env = { MY_DEPLOY_TOKEN: letters(28, ALPHABET, this.#random) };
    this.known.add('the variable', this.env['MY_DEPLOY_TOKEN']!);
    t.diagnostic(`seed ${SEED}`);
  }

  get flags(): readonly string[] {
    return ['--redact', join(this.house.home, 'rules.toml'), '--record', this.#record];
  }

  /** A new secret of a rule, in a line without what a shell would take for its own. */
  plant(id: string, longest = 60): Planted {
    const rule = [...BUILT_IN_RULES, ...PRIVATE].find((one) => one.id === id)!;
    // What only its surroundings give away is remembered in part if it looks random.
    const isFit = ({ line, secrets }: Planted): boolean =>
      !/['\\!`$]/.test(line) && (rule.learn !== 'random' || secrets.every(looksRandom));
    let planted = plant(rule, this.#random, longest);
    while (!isFit(planted)) planted = plant(rule, this.#random, longest);
    for (const secret of planted.secrets) this.known.add(id, secret);
    return planted;
  }

  /** One that a line can be made of in parts. */
  token(): string {
    return this.plant('github-token').line.slice('say '.length);
  }

  /** A file in the session's folder. */
  file(name: string, text: string): string {
    const path = join(this.house.home, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** A private key in a file, with other lines around it. */
  key(name: string, key: string, before = '', after = ''): string {
    for (const line of key.split('\n')) if (!line.includes('-----')) this.known.add(name, line);
    return this.file(name, before + key + after);
  }

  /** Something harmless that was never seen before. */
  mark(): string {
    return `mark${this.#marks++}${letters(4, 'ghkmnrst', this.#random)}`;
  }

  /** Remembers what the `text` verb says now. */
  async takeText(session: Pick<Seat, 'ssh'>): Promise<void> {
    const { code, stdout } = await run('ssh', [...session.ssh().slice(1), 'text'], this.house.env);
    assert.equal(code, 0);
    this.#texts.push(stdout, stdout.replaceAll('\n', ''));
  }

  /** Looks for parts of secrets in everything that has left. */
  async assertNowhere(session: string, lookout: Lookout, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const info = await this.house.run(['session', 'info', '--json']);
    const cast = readFileSync(this.#record, 'utf8');
    const drawn = cast
      .trimEnd()
      .split('\n')
      .slice(1)
      .flatMap((line) => (line.endsWith(']') ? [JSON.parse(line) as [number, string, string]] : []));
    const played = new Drawn(this.known, SIZE);
    for (const [, type, data] of drawn) if (type === 'o') played.feed(Buffer.from(data));
    const log = join(this.house.home, '.local/state/lectern/log', `${session}.jsonl`);
    const texts = {
      'the recording': cast + bare(drawn.map(([, , data]) => data).join('')),
      'the text verb': this.#texts.join('\n'),
      'the log': readFileSync(log, 'utf8'),
      'session info': info.stdout + info.stderr,
      ...more,
    };
    const leaks = lookout.leaks().map((name) => `${name} at the observer`);
    leaks.push(...[...played.leaks].map((name) => `${name} in the recording as it is played`));
    for (const [where, text] of Object.entries(texts)) {
      leaks.push(...[...this.known.in(text)].map((name) => `${name} in ${where}`));
    }
    assert.ok(
      lookout.drawn.states > 20 && played.states > 20 && texts['the text verb'].length > 100,
      'there is something to look at',
    );
    assert.deepEqual(leaks, [], `seed ${SEED}`);
  }
}

/** A presenter in bash, and somebody who watches. */
export async function atShell(t: TestContext, flags: readonly string[] = []) {
  const scene = new Scene(t);
  const bash = ['env', 'PS1=$ ', 'HISTFILE=', 'HISTCONTROL=ignorespace', 'bash', '--norc', '--noprofile'];
  const seat = await Seat.take(scene.house, SIZE, [...scene.flags, ...flags], bash, scene.env);
  const lookout = new Lookout(scene.house, seat, scene.known);
  await lookout.sees('LIVE');
  seat.send(`cd ${scene.house.home}; set +H; clear${ENTER}`);
  return { scene, seat, lookout };
}

export type At = Awaited<ReturnType<typeof atShell>>;

/** Writes something harmless with keys, and waits until it is there: the observer has seen all that came before. */
export async function settled({ scene, seat, lookout }: At, write: (mark: string) => readonly string[]): Promise<void> {
  const mark = scene.mark();
  await seat.type(...write(mark));
  await lookout.sees(mark);
}

export async function typedLine(at: At, line: string, keys: readonly string[]): Promise<void> {
  await at.seat.type(...keys);
  await at.seat.sees(line, 'the line');
  // A comment after it: when that is seen, the line was. Behind it, a quote that is not closed would hide it. With a blank
  // at its beginning it is not what UP recalls.
  await settled(at, (mark) => [END, ENTER, ...` # ${mark}`, ENTER]);
}
