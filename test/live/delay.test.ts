/** A picture that is shown later than it happens, through the whole product, and the key that hides what is on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bare, Eye } from '../support/eye.js';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';

const DELAY_MS = 1500;

test('with a delay a secret that nothing announces is masked from its first character', async (t) => {
  const house = new House(t);
  const rules = join(house.home, 'rules.toml');
  writeFileSync(rules, `[[rules]]\nid = "number"\nregex = '''[0-9]{12}'''\n`);
  const fifo = join(house.home, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const record = join(house.home, 'out.cast');
  const program = `exec 3<>${fifo}; while read -r word <&3; do printf %s "$word"; done`;
  const share = await house.share(['--redact', rules, '--delay', '1500ms', '--record', record], ['sh', '-c', program]);
  const eye = new Eye(house, share);
  await until('the observer', () => eye.bytes.includes('LIVE'));
  const began = performance.now();
  appendFileSync(fifo, 'mark\n');
  await until('the mark', () => eye.bytes.includes('mark'));
  assert.ok(performance.now() - began >= DELAY_MS, 'not before its time');
  for (const digit of '918273645546') {
    appendFileSync(fifo, `${digit}\n`);
    await sleep(60);
  }
  appendFileSync(fifo, 'after\n');
  await until('what comes after', () => bare(eye.bytes).includes('after'));
  // No digit of a picture, but those of the status line.
  const drawn = () => {
    const whole = readFileSync(record, 'utf8').split('\n').slice(1, -1);
    return bare(whole.map((line) => (JSON.parse(line) as [number, string, string])[2]).join(''));
  };
  await until('that in the recording', () => drawn().includes('after'));
  assert.match(drawn(), /mark█/);
  assert.doesNotMatch(drawn(), /[0-9]/);
});

test('C-\\ z hides what stands on the screen, and what waited to be shown', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(
    tmux,
    { cols: 80, rows: 24 },
    ['--delay', '2s'],
    ['bash', '--norc', '-i'],
  );
  const observer = tmux.open(
    'observer',
    { cols: 80, rows: 25 },
    shellLine(sshWords(ready, ['-o', 'SetEnv=LECTERN_STATUS=off'])),
  );
  pane.type('echo before-$((1+1))\n');
  await observer.shows('before-2');
  pane.type('echo oops-$((40+2))');
  pane.keys('Enter');
  await pane.shows('oops-42');
  pane.keys('C-\\', 'z');
  pane.type('echo next-$((2+3))\n');
  const seen: string[] = [];
  await until('what came after', () => {
    seen.push(observer.text());
    return seen.at(-1)!.includes('next-5');
  });
  for (const text of seen) assert.doesNotMatch(text, /oops/);
  assert.match(seen.at(-1)!, /█/);
  const info = await house.run(['session', 'info', '--json']);
  const { session } = JSON.parse(info.stdout) as { session: string };
  assert.match(
    readFileSync(join(house.home, '.local/state/lectern/log', `${session}.jsonl`), 'utf8'),
    /"type":"panic"/,
  );
});

test('without a delay the same key hides what stands there from those who come later', async (t) => {
  const house = new House(t);
  const tmux = house.tmux();
  const { pane, ready } = await house.present(tmux, { cols: 80, rows: 24 }, [], ['bash', '--norc', '-i']);
  pane.type('echo oops-$((40+2))\n');
  await pane.shows('oops-42');
  const sees = (what: RegExp, not: RegExp) =>
    until(`${what} without ${not}`, async () => {
      const { stdout } = await house.tool('ssh', [...sshWords(ready).slice(1), 'text']);
      return what.test(stdout) && !not.test(stdout);
    });
  await sees(/oops-42/, /█/);
  pane.keys('C-\\', 'z');
  await sees(/█/, /oops/);
  pane.type('clear; echo fine-$((1+2))\n');
  await sees(/fine-3/, /oops/);
});
