/** Titles and other single lines of foreign text: what is promised of the picture is promised of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame } from '../../src/core/frame.js';
import { MASK } from '../../src/core/redact/masks.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { seedOfRun } from './oracle/campaign.js';
import { chanceFrom } from './oracle/chance.js';
import { allKinds } from './oracle/kinds.js';
import type { Secret } from './oracle/secrets.js';
import { freshWall } from './oracle/walls.js';

const SAMPLES = 5;
const SIZE = { cols: 80, rows: 4 };
const seed = seedOfRun(7);

/** How many characters of the secret stand in a title that holds its first `count`. */
function open(title: string, { chars, from, to, lead }: Secret, count: number): number {
  const shown = [...title].slice([...lead].length);
  let seen = 0;
  for (let i = from; i < Math.min(count, to, shown.length); i++) {
    if (chars[i]!.trim() !== '' && shown[i] !== MASK) seen++;
  }
  return seen;
}

test('a title that a secret is typed into shows none of its characters', (t) => {
  const chance = chanceFrom(seed);
  let titles = 0;
  const leaky: string[] = [];
  for (const kind of allKinds().filter(({ keyword, lines }) => keyword && !lines)) {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const secret = { ...kind.make(chance), lead: 'run ' };
      const emulator = new Emulator(SIZE);
      const { redactor } = freshWall()();
      for (let count = 1; count <= secret.chars.length; count++) {
        emulator.feed(Buffer.from(`\x1b]2;${secret.lead}${secret.chars.slice(0, count).join('')}\x07`));
        const { title } = Frame.of(emulator.capture(null), redactor);
        titles++;
        if (open(title, secret, count) > 0) leaky.push(kind.id);
      }
      emulator.dispose();
    }
  }
  t.diagnostic(`seed ${seed}: ${titles} titles`);
  assert.deepEqual([...new Set(leaky)], [], `seed ${seed}: ${leaky.length} of ${titles} titles`);
});
