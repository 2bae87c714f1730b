/** A rule that never comes to an end on what the program prints: nothing of it leaves, and everybody is told. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Wall } from '../../src/cli/session/wall.js';
import type { SessionEvent } from '../../src/core/events.js';
import { loadRules } from '../../src/ops/rules.js';
import { bare, Eye } from '../support/eye.js';
import { House, run, until } from '../support/house.js';

/** Linear in the text, and still seconds for this one: each step keeps hundreds of states alive. */
const EVIL = String.raw`\b(\w+\s?){900}$`;
/** No beginning of a match of that rule ends near the cursor, be the last characters a slip: nothing of it is held. */
const HARMLESS = 'ROOM: 42-7';
const SIZE = { cols: 200, rows: 55 };

test('what cannot be searched in time is withheld: observers are told, the program goes on, and the picture comes back', async (t) => {
  const house = new House(t);
  const rules = join(house.home, 'evil.toml');
  writeFileSync(rules, `[[rules]]\nid = "evil"\nregex = '''${EVIL}'''\n`);
  const fifo = join(house.home, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const record = join(house.home, 'out.cast');
  const flags = ['--redact', rules, '--record', record, '--size', `${SIZE.cols}x${SIZE.rows}`];
  const share = await house.share(flags, [
    'sh',
    '-c',
    `exec 3<>${fifo}; echo first; while read -r line <&3; do eval "$line"; done`,
  ]);
  const eye = new Eye(house, share);
  await until('the picture', () => eye.bytes.includes('first'));

  const heavy = `${'ab '.repeat(3400)}!`;
  writeFileSync(join(house.home, 'heavy'), heavy);
  appendFileSync(fifo, `cat ${house.home}/heavy\n`);
  assert.equal((await share.event('withheld'))['reason'], 'budget');
  await until('the placeholder', () => bare(eye.bytes).includes('Picture withheld'));
  const text = await run('ssh', [...share.ssh().slice(1), 'text'], house.env);
  assert.equal(text.stdout.trim(), 'Picture withheld: the masking rules failed or took too long.');
  const info = JSON.parse((await house.run(['session', 'info', '--json'])).stdout) as { withheld: boolean };
  assert.equal(info.withheld, true);
  assert.match((await house.run(['session', 'info'])).stdout, /withheld {2}observers see nothing/);

  // The program was not stopped by any of it.
  appendFileSync(fifo, `touch ${house.home}/alive; printf '\\033[H\\033[2J\\033[3J${HARMLESS}'\n`);
  await until('the program to go on', () => existing(join(house.home, 'alive')));
  await until('the picture again', () => bare(eye.bytes).includes(HARMLESS));
  assert.equal((await share.event('withheld', 1))['reason'], 'over');
  for (const [where, left] of [
    ['an observer', bare(eye.bytes)],
    ['the recording', readFileSync(record, 'utf8')],
    ['the log', readFileSync(join(house.home, '.local/state/lectern/log', `${share.ready.session}.jsonl`), 'utf8')],
  ] as const) {
    assert.ok(!left.includes('ab ab'), where);
  }
  assert.ok(readFileSync(record, 'utf8').includes('Picture withheld'));
});

function existing(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

test('when the screen thread is lost, what it had told of masks, hidden text and a withheld picture goes with it', (t) => {
  const house = new House(t);
  const events: SessionEvent[] = [];
  let changed = 0;
  const wall = new Wall({
    rules: loadRules([], {}),
    from: { home: house.home, beside: join(house.home, 'redact.toml') },
    ...{ setRules() {}, notice() {}, emit: (event: SessionEvent) => void events.push(event) },
    changed: () => void changed++,
  });
  house.after(async () => wall.close());
  wall.receive({ type: 'masked', count: 3, rules: { github: 3 } });
  wall.receive({ type: 'hidden', hidden: true });
  wall.receive({ type: 'withheld', reason: 'budget' });
  assert.deepEqual([wall.state, wall.withheld], [{ masked: 3, hidden: true }, true]);
  changed = 0;
  wall.beginAnew();
  assert.deepEqual([wall.state, wall.masked, wall.withheld], [{ masked: 0, hidden: false }, {}, false]);
  assert.deepEqual(events.at(-1), { type: 'withheld', reason: 'over' });
  assert.equal(changed, 1);
});

test('what was printed and is never searched is told: to the presenter, in the log, and to whoever asks', (t) => {
  const house = new House(t);
  const events: SessionEvent[] = [];
  const notices: string[] = [];
  const wall = new Wall({
    rules: loadRules([], {}),
    from: { home: house.home, beside: join(house.home, 'redact.toml') },
    ...{ setRules() {}, changed() {}, emit: (event: SessionEvent) => void events.push(event) },
    notice: (text) => void notices.push(text),
  });
  house.after(async () => wall.close());
  wall.receive({ type: 'unsearched', count: 100 });
  wall.receive({ type: 'unsearched', count: 200 });
  assert.deepEqual(events, [
    { type: 'redact', unsearched: 100 },
    { type: 'redact', unsearched: 300 },
  ]);
  assert.match(notices[1]!, /gave up on 300 characters/);
  // What a lost thread gave up stays given up.
  wall.beginAnew();
  assert.equal(wall.info.unsearched, 300);
});

test('a session that has no file descriptors left for its edge is not begun, and says so', () => {
  const edge = new URL('../../src/cli/session/edge-process.js', import.meta.url).href;
  const script = `
    import { openSync } from 'node:fs';
    import { EdgeProcess } from '${edge}';
    try { for (;;) openSync('/dev/null'); } catch {}
    await EdgeProcess.open(() => ({}), {}, Promise.resolve()).catch(({ code, message }) => console.log(code, message));
  `;
  const limited = ['-c', 'ulimit -n 256; exec "$0" --input-type=module -e "$1"', process.execPath, script];
  const { stdout, status } = spawnSync('/bin/sh', limited, { encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual([stdout.trim(), status], ['FAILED the ssh side ended while starting', 0]);
});
